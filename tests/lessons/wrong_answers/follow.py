"""Answers to the exercise `follow`, right and wrong."""

RIGHT = {
    "loops": """
def f(slow, fast, keep):
    out = []
    for s, q in zip(slow, fast):
        if s.dtype.is_floating_point:
            out.append(s * keep + q * (1 - keep))
        else:
            out.append(q)
    return out
""",
    "lerp": """
def f(slow, fast, keep):
    return [torch.lerp(q, s, keep) if torch.is_floating_point(q) else q.clone() for s, q in zip(slow, fast)]
""",
    "in place on copies": """
@torch.no_grad()
def f(slow, fast, keep):
    new = [s.clone() for s in slow]
    for i in range(len(new)):
        if new[i].dtype == torch.int64:
            new[i].copy_(fast[i])
        else:
            new[i].mul_(keep).add_(fast[i], alpha=1 - keep)
    return new
""",
}

WRONG = [
    ("loops", "s * keep + q * (1 - keep)", "q * keep + s * (1 - keep)", "share of `fast`"),
    ("lerp", "torch.lerp(q, s, keep)", "torch.lerp(s, q, keep)", "share of `fast`"),
    (
        "in place on copies",
        "mul_(keep).add_(fast[i], alpha=1 - keep)",
        "mul_(1 - keep).add_(fast[i], alpha=keep)",
        "share of `fast`",
    ),
    ("loops", "if s.dtype.is_floating_point:", "if True:", "counter is averaged"),
    (
        "lerp",
        "torch.lerp(q, s, keep) if torch.is_floating_point(q) else q.clone()",
        "keep * s + (1 - keep) * q",
        "counter is averaged",
    ),
    (
        "lerp",
        "torch.lerp(q, s, keep) if torch.is_floating_point(q) else q.clone()",
        "torch.lerp(q.float(), s.float(), keep).to(s.dtype)",
        "cut to a whole",
    ),
    ("loops", "out.append(q)", "out.append(s)", "counter stays"),
    ("in place on copies", "new[i].copy_(fast[i])", "pass", "counter stays"),
    ("loops", "out.append(q)", "pass", "missing|fewer|number of|length|2 (values|tensors)"),
    ("loops", "out.append(q)", "out.append(q + s)", "counter|whole number"),
    ("loops", "q * (1 - keep)", "q", "all of `fast`"),
    ("in place on copies", ", alpha=1 - keep", "", "all of `fast`"),
    ("loops", "s * keep +", "s +", "all of `slow`"),
    ("in place on copies", ".mul_(keep)", "", "all of `slow`"),
    ("loops", "s * keep + q * (1 - keep)", "(s + q) / 2", "same share"),
    ("lerp", "s, keep)", "s, 0.5)", "same share"),
    ("loops", "s * keep + q * (1 - keep)", "q", "return `fast`"),
    ("loops", "return out", "return fast", "return `fast`"),
    ("loops", "return out", "return slow", "return `slow`"),
    ("loops", "s.dtype.is_floating_point", "s.ndim > 1", "one axis"),
    ("loops", "return out", "return out[0]", "first tensor|list"),
    ("loops", "    return out", "        return out", "first tensor"),
    ("in place on copies", "[s.clone() for s in slow]", "slow", "copy|write"),
    ("lerp", "q.clone()", "q.float()", "float32|whole number|int64"),
    ("loops", "return out", "return torch.stack([o.float().mean() for o in out])", "list|tensor|shape"),
    ("loops", "return out", "return [o.tolist() for o in out]", "list|tensor"),
    ("loops", "return out", "return [o.numpy() for o in out]", "array|tensor"),
    ("loops", "return out", "return [o.double() if o.is_floating_point() else o for o in out]", "float64"),
    ("loops", "return out", "return dict(enumerate(out))", "dict|list"),
    ("loops", "s * keep + q * (1 - keep)", "s * 0.9 + q * 0.1", "`keep`|0.9"),
    ("loops", "s * keep + q * (1 - keep)", "s * keep + q * 1 - keep", "brackets|keep is subtracted|\\(1 − keep\\)"),
    ("loops", "s * keep + q * (1 - keep)", "s * keep - q * (1 - keep)", "minus|subtract|add"),
    ("loops", "s * keep + q * (1 - keep)", "(s * keep + q * (1 - keep)) / 2", "half|0.5|sum to 1"),
    ("loops", "s * keep + q * (1 - keep)", "(1 - keep) * (q - s)", "change|difference|add"),
    ("loops", "return out", "return out[::-1]", "reverse|order"),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return [s + keep * (q - s) if s.is_floating_point() else q for s, q in zip(slow, fast)]\n",
        "share of `fast`",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    for s, q in zip(slow, fast):\n        if s.is_floating_point():\n            s.mul_(keep).add_(q, alpha=1 - keep)\n        else:\n            s.copy_(q)\n    return slow\n",
        "copy|write",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    out = []\n    for s, q in zip(slow, fast):\n        out.append(s * keep + q * (1 - keep))\n        if not s.is_floating_point():\n            out[-1] = out[-1].round().long()\n    return out\n",
        "counter|whole",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return [(s * keep + q * (1 - keep)).to(torch.float16) if s.is_floating_point() else q for s, q in zip(slow, fast)]\n",
        "float16|rounded",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return [s * keep + q * (1 - keep ** 2) if s.is_floating_point() else q for s, q in zip(slow, fast)]\n",
        "keep|square",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    for s, q in zip(slow, fast):\n        if s.is_floating_point():\n            s = s * keep + q * (1 - keep)\n        else:\n            s = q\n    return slow\n",
        "return `slow`",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return sum(s.float().sum() * keep + q.float().sum() * (1 - keep) for s, q in zip(slow, fast))\n",
        "list",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return [(1 - keep) * a + keep * b if a.dtype == torch.float32 else b for a, b in zip(slow, fast)]\n",
        "share of `fast`",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return [keep * a + (1 - keep) * b for a, b in zip(slow, fast)]\n",
        "counter is averaged",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    out = [keep * a + (1 - keep) * b if a.is_floating_point() else torch.maximum(a, b) + 1 for a, b in zip(slow, fast)]\n    return out\n",
        "counter|number 3|1 too large",
    ),
    (
        "",
        "",
        "def f(slow, fast, keep):\n    return [keep * a + (1 - keep) * b.abs() if a.is_floating_point() else b for a, b in zip(slow, fast)]\n",
        "absolute|sign",
    ),
]
