"""Answers to the exercise `explained`, right and wrong."""

RIGHT = {
    "loops": """
def f(values, bins):
    groups = {}
    for v, b in zip(values, bins):
        groups.setdefault(b, []).append(v)
    m = sum(values) / len(values)
    within = total = 0
    for vs in groups.values():
        mean = sum(vs) / len(vs)
        for v in vs:
            within += (v - mean) ** 2
            total += (v - m) ** 2
    return 1 - within / total
""",
    "vectorised": """
def f(values, bins):
    labels, which = np.unique(bins, return_inverse=True)
    n = np.bincount(which)
    mean = np.bincount(which, weights=values) / n
    return (n * (mean - values.mean()) ** 2).sum() / ((values - values.mean()) ** 2).sum()
""",
    "pandas": """
import pandas as pd
def f(values, bins):
    t = pd.DataFrame({"v": values, "b": bins})
    own = t.groupby("b").v.transform("mean")
    return 1 - ((t.v - own) ** 2).mean() / t.v.var(ddof=0)
""",
    "torch": """
def f(values, bins):
    v, b = torch.tensor(values), torch.tensor(bins)
    hot = (b[:, None] == torch.unique(b)).double()
    own = hot @ ((hot.T @ v) / hot.sum(0))
    return float(1 - (v - own).square().sum() / (v - v.mean()).square().sum())
""",
}

WRONG = [
    ("loops", "1 - within / total", "within / total", "left over"),
    ("torch", "1 - (v", "(v", "left over"),
    ("pandas", "1 - (", "(", "left over"),
    ("loops", "1 - within / total", "math.sqrt(1 - within / total)", "square root"),
    ("loops", "1 - within / total", "1 - math.sqrt(within / total)", "standard deviations"),
    ("pandas", "((t.v - own) ** 2).mean() / t.v.var(ddof=0)", "(t.v - own).std() / t.v.std()", "standard deviations"),
    (
        "vectorised",
        "(n * (mean - values.mean()) ** 2).sum() / ((values - values.mean()) ** 2).sum()",
        "mean.var() / values.var()",
        "every bin has the same weight",
    ),
    (
        "pandas",
        "((t.v - own) ** 2).mean() / t.v.var(ddof=0)",
        't.groupby("b").v.var(ddof=0).mean() / t.v.var(ddof=0)',
        "same weight",
    ),
    (
        "pandas",
        "((t.v - own) ** 2).mean() / t.v.var(ddof=0)",
        't.groupby("b").v.var().mean() / t.v.var()',
        "same weight",
    ),
    ("loops", "m = sum(values) / len(values)", "m = 0", "about 0"),
    ("torch", "(v - v.mean())", "v", "about 0"),
    (
        "vectorised",
        "return (n",
        "return np.polyfit(bins, values, 1)[0] ** 2 * bins.var() / values.var()\n    return (n",
        "straight line",
    ),
    ("vectorised", "return (n", "return np.corrcoef(bins, values)[1, 0]\n    return (n", "correlation"),
    ("vectorised", "return (n", "return np.corrcoef(bins, values)[1, 0] ** 2\n    return (n", "straight line"),
    ("loops", "mean = sum(vs) / len(vs)", "mean = np.median(vs)", "median"),
    ("pandas", '"mean"', '"median"', "median"),
    (
        "loops",
        "within += (v - mean) ** 2\n            total += (v - m) ** 2",
        "within += abs(v - mean)\n            total += abs(v - m)",
        "absolute",
    ),
    ("loops", "1 - within / total", "100 * (1 - within / total)", "per cent"),
    ("torch", "float(1 -", "100 * float(1 -", "per cent"),
    ("loops", "1 - within / total", "(total - within) / len(values)", "variance of the bins' means"),
    ("vectorised", " / ((values - values.mean()) ** 2).sum()", "", "sum of squares|Divide"),
    ("loops", "1 - within / total", "total - within", "sum of squares|Divide"),
    ("loops", "(v - mean) ** 2", "(v - m) ** 2", "mean of all values"),
    (
        "vectorised",
        "return (n * (mean - values.mean()) ** 2).sum() / ((values - values.mean()) ** 2).sum()",
        "return 1 - ((values - mean[bins]) ** 2).sum() / ((values - values.mean()) ** 2).sum()",
        "gaps|bin numbers",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    w = t = 0\n    for b in range(bins.max() + 1):\n        g = values[bins == b]\n        w += len(g) * np.var(g)\n    return 1 - w / (len(values) * values.var())\n",
        "gaps|bin numbers",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    w = 0\n    for b in range(len(set(bins))):\n        g = values[bins == b]\n        w += ((g - g.mean()) ** 2).sum()\n    return 1 - w / ((values - values.mean()) ** 2).sum()\n",
        "gaps|bin numbers",
    ),
    ("loops", "1 - within / total", "within / total - 1", "sign"),
    ("vectorised", "(mean - values.mean())", "(mean - mean.mean())", "mean of all values|weight"),
    (
        "loops",
        "m = sum(values) / len(values)",
        "m = np.mean([np.mean(g) for g in groups.values()])",
        "mean of (the|all)|weight",
    ),
    ("pandas", "t.v.var(ddof=0)", "t.v.var()", "n − 1|ddof"),
    (
        "vectorised",
        "return (n",
        "return np.float64(1) - np.sum([values[bins == b].var() for b in labels]) / values.var()\n    return (n",
        "weight|sum|variance",
    ),
    ("loops", "1 - within / total", "1 - total / within", "upside down|swapped"),
    ("loops", "1 - within / total", "(total - within) / within", "left over|divide|within"),
    ("loops", "1 - within / total", "round(1 - within / total, 2)", "round"),
    ("loops", "1 - within / total", "f'{1 - within / total}'", "text|string"),
    (
        "vectorised",
        "mean = np.bincount(which, weights=values) / n",
        "mean = np.bincount(which, weights=values)",
        "sum|divide|mean",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    w = 0\n    for b in np.unique(bins):\n        w += values[bins == b].var() * (bins == b).mean()\n    return w / values.var()\n",
        "left over",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    w = 0\n    for b in np.unique(bins):\n        w += values[bins == b].std() * (bins == b).mean()\n    return 1 - w / values.std()\n",
        "standard deviation",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    m = np.array([values[bins == b].mean() for b in np.unique(bins)])\n    return m.var(ddof=1) / values.var(ddof=1)\n",
        "same weight|n − 1",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    m = np.array([values[bins == b].mean() for b in bins])\n    return m.std() / values.std()\n",
        "root",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    m = np.array([values[bins == b].mean() for b in bins])\n    return np.cov(m, values)[0, 1] / values.var()\n",
        "n − 1|ddof",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    k = len(np.unique(bins)); n = len(values)\n    m = np.array([values[bins == b].mean() for b in bins])\n    return 1 - ((values - m) ** 2).sum() / (n - k) / values.var(ddof=1)\n",
        "n − |freedom|adjusted|ddof",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    m = np.array([values[bins == b].mean() for b in bins])\n    return ((m - values.mean()) ** 2).sum() / ((values - m) ** 2).sum()\n",
        "left over",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    t = ((values - values.mean()) ** 2).mean()\n    w = np.mean([((values[bins == b] - values[bins == b].mean()) ** 2).mean() for b in set(bins)])\n    return 1 - w / t\n",
        "same weight",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    t = ((values - values.mean()) ** 2).sum()\n    w = sum(((values[bins == b] - values[bins == b].mean()) ** 2).sum() for b in set(bins))\n    return w / t * 100\n",
        "per cent|left over|share",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    t = ((values - np.median(values)) ** 2).sum()\n    w = sum(((values[bins == b] - values[bins == b].mean()) ** 2).sum() for b in set(bins))\n    return 1 - w / t\n",
        "median|mean of all",
    ),
    (
        "",
        "",
        "def f(values, bins):\n    t = ((values - values.mean()) ** 2).sum()\n    w = sum(((values[bins == b] - values.mean()) ** 2).sum() for b in set(bins))\n    return 1 - w / t\n",
        "mean of all|own bin",
    ),
]
