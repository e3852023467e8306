"""Answers to the exercise `paired_interval`, right and wrong."""

RIGHT = {
    "loops": """
def f(a, b, draws):
    n = len(a)
    d = [a[i] - b[i] for i in range(n)]
    means = []
    for row in draws:
        total = 0
        for i in row:
            total += d[i]
        means.append(total / len(row))
    return sum(d) / n, np.percentile(means, 2.5), np.percentile(means, 97.5)
""",
    "vectorised": """
def f(a, b, draws):
    boot = a[draws].mean(1) - b[draws].mean(1)
    low, high = np.quantile(boot, (0.025, 0.975))
    return a.mean() - b.mean(), low, high
""",
    "pandas": """
import pandas as pd
def f(a, b, draws):
    d = pd.Series(np.subtract(a, b))
    boot = pd.DataFrame(d.values[draws]).mean(axis=1)
    return d.mean(), boot.quantile(0.025), boot.quantile(0.975)
""",
    "torch": """
def f(a, b, draws):
    d = torch.tensor(a) - torch.tensor(b)
    boot = d[torch.tensor(draws)].mean(1)
    return d.mean().item(), *torch.quantile(boot, torch.tensor([0.025, 0.975], dtype=boot.dtype)).tolist()
""",
}

WRONG = [
    (
        "vectorised",
        "a[draws].mean(1) - b[draws].mean(1)",
        "a[draws].mean(1) - b[np.random.default_rng(0).permutation(draws)].mean(1)",
        "different draws|photo by photo",
    ),
    (
        "vectorised",
        "a[draws].mean(1) - b[draws].mean(1)",
        "np.roll(a[draws].mean(1), 1) - b[draws].mean(1)",
        "different draws|photo by photo",
    ),
    (
        "vectorised",
        "a[draws].mean(1) - b[draws].mean(1)",
        "a[draws].mean(1) - b[draws[::-1]].mean(1)",
        "different draws|photo by photo",
    ),
    ("loops", "a[i] - b[i]", "b[i] - a[i]", "sign"),
    ("pandas", "np.subtract(a, b)", "np.subtract(b, a)", "sign"),
    ("vectorised", "0.025, 0.975", "0.05, 0.95", "90 %"),
    ("loops", "2.5), np.percentile(means, 97.5)", "5), np.percentile(means, 95)", "90 %"),
    ("pandas", "boot.quantile(0.975)", "boot.quantile(0.95)", "upper|0.975|97.5|end"),
    ("loops", "2.5), np.percentile(means, 97.5)", "5), np.percentile(means, 100)", "one end"),
    ("vectorised", "0.025, 0.975", "0, 0.95", "one end|smallest"),
    ("loops", "2.5), np.percentile(means, 97.5)", "0.025), np.percentile(means, 0.975)", "takes 2.5"),
    ("vectorised", "0.025, 0.975", "0.25, 0.75", "quantiles 0.25"),
    ("vectorised", "0.025, 0.975", "0.005, 0.995", "quantiles 0.005"),
    ("vectorised", "np.quantile(boot, ", "np.quantile(a - b, ", "single photos"),
    ("pandas", "boot = pd.DataFrame(d.values[draws]).mean(axis=1)", "boot = d", "single photos"),
    (
        "vectorised",
        "low, high = np.quantile(boot, (0.025, 0.975))",
        "d = a - b; low, high = d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std()",
        "standard deviations of the photos",
    ),
    (
        "pandas",
        "boot.quantile(0.025), boot.quantile(0.975)",
        "d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std()",
        "standard deviations of the photos",
    ),
    (
        "pandas",
        "boot.quantile(0.025), boot.quantile(0.975)",
        "d.mean() - 1.96 * d.sem(), d.mean() + 1.96 * d.sem()",
        "standard errors",
    ),
    (
        "vectorised",
        "low, high = np.quantile(boot, (0.025, 0.975))",
        "d = a - b; e = 1.96 * d.std() / len(d) ** 0.5; low, high = d.mean() - e, d.mean() + e",
        "standard errors",
    ),
    (
        "vectorised",
        "low, high = np.quantile(boot, (0.025, 0.975))",
        "low, high = boot.mean() - 1.96 * boot.std(), boot.mean() + 1.96 * boot.std()",
        "standard deviations of the (draws|means)|from the draws|quantile",
    ),
    ("vectorised", "mean(1)", "mean(0)", "axis=1"),
    ("pandas", "axis=1", "axis=0", "axis=1"),
    ("torch", ".mean(1)", ".mean(0)", "axis=1"),
    ("vectorised", "a[draws].mean(1) - b[draws].mean(1)", "(a - b)[draws].flatten()", "every drawn photo"),
    ("pandas", "pd.DataFrame(d.values[draws]).mean(axis=1)", "pd.DataFrame(d.values[draws]).median(axis=1)", "median"),
    ("vectorised", "return a.mean() - b.mean()", "return boot.mean()", "mean of the draws"),
    ("loops", "sum(d) / n", "np.median(means)", "first number|median"),
    ("vectorised", "low, high\n", "a.mean() - b.mean() - low, high - a.mean() + b.mean()\n", "distances from the mean"),
    ("vectorised", "np.quantile(boot, (0.025, 0.975))", "boot.min(), boot.max()", "smallest and the largest"),
    ("vectorised", "- b[draws].mean(1)", "", "b is not used"),
    ("vectorised", "low, high\n", "high, low\n", "order|swapped"),
    ("vectorised", "return a.mean() - b.mean(), low, high", "return low, high", "Return 3"),
    ("vectorised", "return a.mean() - b.mean(), low, high", "return low, a.mean() - b.mean(), high", "order"),
    ("vectorised", "return a.mean() - b.mean(), low, high", "return a.mean() - b.mean(), high - low", "Return 3"),
    (
        "vectorised",
        "    boot =",
        "    draws = np.random.default_rng(0).integers(len(a), size=draws.shape)\n    boot =",
        "`draws`|your own draws|given",
    ),
    (
        "vectorised",
        "low, high = np.quantile(boot, (0.025, 0.975))",
        "s = sorted(boot); low, high = s[int(0.025 * len(s))], s[int(0.975 * len(s)) - 1]",
        "quantile|sorted|interpolat",
    ),
    ("loops", "total / len(row)", "total", "sum"),
    ("vectorised", "return a.mean() - b.mean(), low, high", "return a.mean() - b.mean(), -low, -high", "sign|second"),
    ("vectorised", "a.mean() - b.mean(), low", "(a.mean() - b.mean()) / b.mean(), low", "first"),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = np.array([d[r].mean() for r in draws])\n    return d.mean(), m.mean() - 2 * m.std(), m.mean() + 2 * m.std()\n",
        "standard deviations of the draws|from the draws|quantile",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = np.array([d[r].mean() for r in draws.T])\n    return d.mean(), *np.quantile(m, [0.025, 0.975])\n",
        "axis=1",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    la, ha = np.quantile(a[draws].mean(1), [0.025, 0.975])\n    lb, hb = np.quantile(b[draws].mean(1), [0.025, 0.975])\n    return a.mean() - b.mean(), la - lb, ha - hb\n",
        "apart|separate|photo by photo|each method",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    la, ha = np.quantile(a[draws].mean(1), [0.025, 0.975])\n    lb, hb = np.quantile(b[draws].mean(1), [0.025, 0.975])\n    return a.mean() - b.mean(), la - hb, ha - lb\n",
        "different draws|photo by photo",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = np.abs(a - b)\n    m = d[draws].mean(1)\n    return d.mean(), *np.quantile(m, [0.025, 0.975])\n",
        "absolute",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = d[draws].mean(1)\n    return d.mean(), np.quantile(m, 0.025), np.quantile(m, 0.95)\n",
        "quantiles",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = d[draws].mean(1)\n    return 2 * d.mean() - np.quantile(m, 0.975), d.mean(), 2 * d.mean() - np.quantile(m, 0.025)\n",
        "order|basic|reflect",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = [d[r].mean() for r in draws]\n    return np.mean(m), np.quantile(m, .025), np.quantile(m, .975)\n",
        "mean of the draws",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = np.sort([d[r].mean() for r in draws])\n    n = len(m)\n    return d.mean(), m[int(n * .025)], m[int(n * .975)]\n",
        "single draws|quantile",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    m = [np.median(d[r]) for r in draws]\n    return d.mean(), np.quantile(m, .025), np.quantile(m, .975)\n",
        "median",
    ),
    (
        "",
        "",
        "def f(a, b, draws):\n    d = a - b\n    s = d.std(ddof=1) / math.sqrt(len(d))\n    return d.mean(), d.mean() - 2.045 * s, d.mean() + 2.045 * s\n",
        "equal distances|standard error|`draws`|does not change",
    ),
]
