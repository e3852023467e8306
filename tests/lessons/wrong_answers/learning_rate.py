"""Answers to the exercise `learning_rate`, right and wrong."""

RIGHT = {
    "plain": """
def f(step, steps, warm_up, rate):
    if step < warm_up:
        lr = rate * (step + 1) / warm_up
    else:
        t = (step - warm_up) / (steps - warm_up)
        lr = 0.5 * rate * (1 + math.cos(math.pi * t))
    return lr
""",
    "loops": """
def f(step, steps, warm_up, rate):
    rates = []
    for s in range(warm_up):
        rates.append(rate / warm_up * (s + 1))
    n = steps - warm_up
    for s in range(n + 1):
        rates.append(rate * math.cos(math.pi * s / n / 2) ** 2)
    return rates[step]
""",
    "vectorised": """
def f(step, steps, warm_up, rate):
    s = np.arange(steps + 1)
    t = (s - warm_up) / (steps - warm_up)
    up = (s + 1) / max(warm_up, 1)
    return (rate * np.where(s < warm_up, up, (1 + np.cos(np.pi * t)) / 2))[step]
""",
    "torch": """
def f(step, steps, warm_up, rate):
    if warm_up and step + 1 <= warm_up:
        return rate * (step + 1) / warm_up
    angle = torch.linspace(0, torch.pi, steps - warm_up + 1, dtype=torch.float64)
    return float(rate * (0.5 + 0.5 * torch.cos(angle[step - warm_up])))
""",
}

WRONG = [
    ("plain", "(step + 1) / warm_up", "step / warm_up", "rate 0"),
    ("loops", "(s + 1)", "s", "rate 0"),
    ("vectorised", "(s + 1)", "s", "rate 0"),
    ("plain", "step < warm_up", "step <= warm_up", "<=|above|one step too long|first step after"),
    ("torch", "step + 1 <= warm_up", "step <= warm_up", "<=|above|one step too long|first step after"),
    ("plain", "step < warm_up", "False", "no warm-up|warm-up is missing"),
    (
        "plain",
        "    if step < warm_up:\n        lr = rate * (step + 1) / warm_up\n    else:\n        t = (step - warm_up) / (steps - warm_up)\n        lr",
        "    t = step / steps\n    lr",
        "no warm-up",
    ),
    ("plain", "(step - warm_up) / (steps - warm_up)", "step / steps", "from step 0"),
    ("vectorised", "(s - warm_up) / (steps - warm_up)", "s / steps", "from step 0"),
    ("plain", "(steps - warm_up)", "steps", "stretched over all"),
    ("vectorised", "/ (steps - warm_up)", "/ steps", "stretched over all"),
    ("plain", "(step - warm_up) /", "step /", "from (step )?0|step − warm_up|end of the warm-up"),
    ("plain", "0.5 * rate * (1 + math.cos(math.pi * t))", "rate * math.cos(math.pi * t)", "bare cosine"),
    ("plain", "0.5 * rate * (1 + math.cos(math.pi * t))", "rate * math.cos(math.pi * t / 2)", "quarter"),
    ("loops", " ** 2", "", "quarter"),
    ("plain", "math.pi * t", "2 * math.pi * t", "whole cosine"),
    ("vectorised", "np.pi * t", "2 * np.pi * t", "whole cosine"),
    ("plain", "0.5 * rate", "rate", "not halved"),
    ("vectorised", "(1 + np.cos(np.pi * t)) / 2", "1 + np.cos(np.pi * t)", "not halved"),
    ("plain", "0.5 * rate * (1 + math.cos(math.pi * t))", "rate * (1 - t)", "straight line"),
    ("vectorised", "(1 + np.cos(np.pi * t)) / 2", "1 - t", "straight line"),
    ("plain", "0.5 * rate * (1 + math.cos(math.pi * t))", "rate", "stays at the top"),
    ("plain", "math.pi * t", "180 * t", "degrees"),
    ("plain", "return lr", "return lr / rate", "share of the rate"),
    ("plain", "0.5 * rate *", "0.5 *", "share|`rate`|multipl"),
    ("plain", "math.pi * t", "t", "π"),
    ("plain", "1 + math.cos", "1 - math.cos", "rises|1 −|minus"),
    ("vectorised", "1 + np.cos", "1 - np.cos", "rises|1 −|minus"),
    ("plain", "math.cos", "math.sin", "sine"),
    ("plain", "(steps - warm_up)", "(steps - warm_up - 1)", "steps − 1|last step|too (early|soon)"),
    (
        "loops",
        "for s in range(n + 1):\n        rates.append(rate * math.cos(math.pi * s / n / 2)",
        "for s in range(n):\n        rates.append(rate * math.cos(math.pi * s / (n - 1) / 2)",
        "steps − 1|last step|too (early|soon)",
    ),
    ("plain", "(step + 1) / warm_up", "(step + 1) / (warm_up + 1)", "warm_up \\+ 1|full rate"),
    ("plain", "(step - warm_up) /", "(step - warm_up + 1) /", "one step (too )?(early|late|ahead)|\\+ 1"),
    (
        "plain",
        "    if step < warm_up:",
        "    warm_up = max(warm_up, 1)\n    if step < warm_up:",
        "warm.up.*0|without a warm-up",
    ),
    (
        "plain",
        "    if step < warm_up:\n        lr = rate * (step + 1) / warm_up\n    else:\n",
        "    lr = rate * (step + 1) / warm_up\n    if step >= warm_up:\n",
        "without a warm-up|warm_up.*0|zero",
    ),
    ("plain", "(step + 1) / warm_up", "math.sin(math.pi / 2 * (step + 1) / warm_up)", "equal steps"),
    ("plain", "(step + 1) / warm_up", "((step + 1) / warm_up) ** 2", "equal steps"),
    (
        "plain",
        "0.5 * rate * (1 + math.cos(math.pi * t))",
        "rate * 0.5 * (1 + math.cos(math.pi * t)) ** 2 / 2",
        "squared",
    ),
    (
        "torch",
        "return float(rate * (0.5 + 0.5 * torch.cos(angle[step - warm_up])))",
        "return str(rate * (0.5 + 0.5 * math.cos(angle[step - warm_up])))",
        "text|string",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    w = min(1, (step + 1) / max(1, warm_up))\n    return rate * w * 0.5 * (1 + math.cos(math.pi * step / steps))\n",
        "step 0|warm",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / warm_up\n    return rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) // (steps - warm_up)))\n",
        "//|does not end at 0",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) // warm_up\n    return rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))\n",
        "//|equal steps",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / steps\n    return rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))\n",
        "warm",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / warm_up\n    return rate * 0.5 * 1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up))\n",
        "bracket|jumps|end at 0",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * step / (warm_up - 1)\n    return rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))\n",
        "rate 0|equal steps",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / warm_up\n    return rate * math.cos(math.pi / 2 * (step - warm_up) / (steps - warm_up)) ** 0.5\n",
        "quarter|cosine",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * step / warm_up\n    return rate / 2 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))\n",
        "rate 0",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / warm_up\n    return rate / 2 * (1 + math.cos(math.pi * (steps - step) / (steps - warm_up)))\n",
        "rises",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / warm_up\n    return rate / 2 * (1 + math.cos(math.pi * (step - warm_up) / steps))\n",
        "stretched",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    if step < warm_up:\n        return rate * (step + 1) / warm_up\n    return rate * 0.5 ** ((step - warm_up) / (steps - warm_up))\n",
        "exponential|end at 0|cosine",
    ),
    (
        "",
        "",
        "def f(step, steps, warm_up, rate):\n    t = max(0, step - warm_up) / (steps - warm_up)\n    return rate * (1 + math.cos(math.pi * t)) / 2\n",
        "warm",
    ),
]
