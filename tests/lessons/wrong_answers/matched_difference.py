"""Answers to the exercise `matched_difference`, right and wrong."""

RIGHT = {
    "loops": """
def f(n_scores, n_radius, b_scores, b_radius, edges):
    top = bottom = 0
    for k in range(len(edges) - 1):
        ns = [s for s, r in zip(n_scores, n_radius) if edges[k] < r <= edges[k + 1]]
        bs = [s for s, r in zip(b_scores, b_radius) if edges[k] < r <= edges[k + 1]]
        if ns and bs:
            diff = sum(ns) / len(ns) - sum(bs) / len(bs)
            top += len(bs) * diff
            bottom += len(bs)
    return top / bottom
""",
    "vectorised": """
def f(n_scores, n_radius, b_scores, b_radius, edges):
    k = len(edges) - 1
    i, j = np.searchsorted(edges, n_radius) - 1, np.searchsorted(edges, b_radius) - 1
    n_scores, i = n_scores[(i >= 0) & (i < k)], i[(i >= 0) & (i < k)]
    b_scores, j = b_scores[(j >= 0) & (j < k)], j[(j >= 0) & (j < k)]
    n, b = np.bincount(i, minlength=k), np.bincount(j, minlength=k)
    ok = (n > 0) & (b > 0)
    diff = np.bincount(i, n_scores, k)[ok] / n[ok] - np.bincount(j, b_scores, k)[ok] / b[ok]
    return np.average(diff, weights=b[ok])
""",
    "pandas": """
import pandas as pd
def f(n_scores, n_radius, b_scores, b_radius, edges):
    n = pd.DataFrame({"s": n_scores, "bin": pd.cut(n_radius, edges, labels=False)}).groupby("bin").s
    b = pd.DataFrame({"s": b_scores, "bin": pd.cut(b_radius, edges, labels=False)}).groupby("bin").s
    table = pd.DataFrame({"d": n.mean() - b.mean(), "w": b.count()}).dropna()
    return (table.d * table.w).sum() / table.w.sum()
""",
}

WRONG = [
    (
        "loops",
        "    top = bottom = 0\n",
        "    return np.mean(n_scores) - np.mean(b_scores)\n    top = bottom = 0\n",
        "radius is not used",
    ),
    ("loops", "sum(ns) / len(ns) - sum(bs) / len(bs)", "sum(bs) / len(bs) - sum(ns) / len(ns)", "sign"),
    ("pandas", "n.mean() - b.mean()", "b.mean() - n.mean()", "sign"),
    (
        "loops",
        "top += len(bs) * diff\n            bottom += len(bs)",
        "top += diff\n            bottom += 1",
        "same weight",
    ),
    ("vectorised", ", weights=b[ok]", "", "same weight"),
    ("pandas", "(table.d * table.w).sum() / table.w.sum()", "table.d.mean()", "same weight"),
    (
        "loops",
        "top += len(bs) * diff\n            bottom += len(bs)",
        "top += len(ns) * diff\n            bottom += len(ns)",
        "number of N",
    ),
    ("vectorised", "weights=b[ok]", "weights=n[ok]", "number of N"),
    ("pandas", "b.count()", "n.count()", "number of N"),
    ("vectorised", "weights=b[ok]", "weights=(n + b)[ok]", "both kinds"),
    ("loops", "edges[k] < r <= edges[k + 1]", "edges[k] <= r < edges[k + 1]", "bin above"),
    ("pandas", "labels=False", "labels=False, right=False", "bin above"),
    ("loops", "edges[k] < r <= edges[k + 1]", "edges[k] <= r <= edges[k + 1]", "both bins|counted twice|two bins"),
    ("loops", "edges[k] < r <= edges[k + 1]", "edges[k] < r < edges[k + 1]", "left out|on an edge"),
    ("pandas", ".dropna()", ".fillna(0)", "score of 0|0 dB|difference of 0"),
    (
        "loops",
        "if ns and bs:\n            diff = sum(ns) / len(ns)",
        "if bs:\n            diff = sum(ns) / max(1, len(ns))",
        "0 dB",
    ),
    ("loops", "if ns and bs:", "if True:", "without|empty"),
    ("vectorised", "diff = np", "ok[:] = True; diff = np", "NaN"),
    ("loops", "top / bottom", "top / len(b_scores)", "all B holes"),
    ("pandas", "table.w.sum()", "len(b_scores)", "all B holes"),
    ("pandas", "(table.d * table.w).sum() / table.w.sum()", "table.d.sum()", "summed"),
    ("pandas", "(table.d * table.w).sum() / table.w.sum()", "(table.d * table.w).sum()", "weight|divide"),
    ("loops", "range(len(edges) - 1)", "range(len(edges) - 2)", "last (radius )?bin"),
    ("loops", "range(len(edges) - 1)", "range(1, len(edges) - 1)", "first (radius )?bin"),
    (
        "vectorised",
        "    n_scores, i = n_scores[(i >= 0) & (i < k)], i[(i >= 0) & (i < k)]\n    b_scores, j = b_scores[(j >= 0) & (j < k)], j[(j >= 0) & (j < k)]\n",
        "    i, j = i.clip(0, k - 1), j.clip(0, k - 1)\n",
        "outside the edges|beyond",
    ),
    (
        "vectorised",
        "    n_scores, i = n_scores[(i >= 0) & (i < k)], i[(i >= 0) & (i < k)]\n    b_scores, j = b_scores[(j >= 0) & (j < k)], j[(j >= 0) & (j < k)]\n",
        "",
        "outside the edges|beyond|line",
    ),
    ("loops", "sum(ns) / len(ns) - sum(bs) / len(bs)", "np.median(ns) - np.median(bs)", "median"),
    ("pandas", "n.mean() - b.mean()", "n.median() - b.median()", "median"),
    ("loops", "sum(ns) / len(ns) - sum(bs) / len(bs)", "sum(ns) - sum(bs)", "sum"),
    ("loops", "if ns and bs:", "if edges[k] < n_radius <= edges[k + 1]:", "any\\(\\)|&"),
    ("vectorised", "(n > 0) & (b > 0)", "n > 0 & b > 0", "bracket|&"),
    ("vectorised", "(n > 0) & (b > 0)", "(n > 0) and (b > 0)", "&"),
    ("loops", "return top / bottom", "return top / bottom if False else float(diff)", "last (radius )?bin|one bin"),
    ("loops", "    return top / bottom", "            return top / bottom", "first bin|one bin|first radius"),
    ("loops", "return top / bottom", "return abs(top / bottom)", "absolute|sign"),
    ("pandas", '"w": b.count()', '"w": b.mean()', "weight"),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    n, b = np.digitize(n_radius, edges), np.digitize(b_radius, edges)\n    ks = set(n) & set(b)\n    return np.average([n_scores[n == k].mean() - b_scores[b == k].mean() for k in ks], weights=[(b == k).sum() for k in ks])\n",
        "bin above|outside|edge",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    n, b = np.digitize(n_radius, edges, right=True), np.digitize(b_radius, edges, right=True)\n    ks = set(n) & set(b)\n    return np.average([n_scores[n == k].mean() - b_scores[b == k].mean() for k in ks], weights=[(b == k).sum() for k in ks])\n",
        "outside the edges",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    n = [n_scores[(n_radius > lo) & (n_radius <= hi)].mean() for lo, hi in zip(edges, edges[1:])]\n    b = [b_scores[(b_radius > lo) & (b_radius <= hi)].mean() for lo, hi in zip(edges, edges[1:])]\n    return np.nanmean(n) - np.nanmean(b)\n",
        "weight",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    n = np.array([n_scores[(n_radius > lo) & (n_radius <= hi)].mean() for lo, hi in zip(edges, edges[1:])])\n    b = np.array([b_scores[(b_radius > lo) & (b_radius <= hi)].mean() for lo, hi in zip(edges, edges[1:])])\n    return np.nanmean(n - b)\n",
        "same weight",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    n = np.array([n_scores[(n_radius > lo) & (n_radius <= hi)].mean() for lo, hi in zip(edges, edges[1:])])\n    b = np.array([b_scores[(b_radius > lo) & (b_radius <= hi)].mean() for lo, hi in zip(edges, edges[1:])])\n    w = np.histogram(b_radius, edges)[0]\n    return np.nansum((n - b) * w) / w.sum()\n",
        "bin|B holes|0 dB",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    return np.median(n_scores) - np.median(b_scores)\n",
        "radius|not used",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    t = 0\n    for lo, hi in zip(edges, edges[1:]):\n        n = n_scores[(n_radius > lo) & (n_radius <= hi)]\n        b = b_scores[(b_radius > lo) & (b_radius <= hi)]\n        if len(n) and len(b):\n            t += len(b) * (n.mean() - b.mean())\n    return t / len(n_scores)\n",
        "divide|N holes|all",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    ds, ws = [], []\n    for lo, hi in zip(edges[:-1], edges[1:]):\n        n = n_scores[(n_radius > lo) & (n_radius <= hi)]\n        b = b_scores[(b_radius > lo) & (b_radius <= hi)]\n        if len(n) and len(b):\n            ds.append(n.mean() - b.mean()); ws.append(min(len(n), len(b)))\n    return np.average(ds, weights=ws)\n",
        "weight",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    ds, ws = [], []\n    for lo, hi in zip(edges[:-1], edges[1:]):\n        n = n_scores[(n_radius > lo) & (n_radius <= hi)]\n        b = b_scores[(b_radius > lo) & (b_radius <= hi)]\n        if len(n) and len(b):\n            ds.append(n.mean() - b.mean()); ws.append(hi - lo)\n    return np.average(ds, weights=ws)\n",
        "weight",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    ds, ws = [], []\n    for lo, hi in zip(edges[:-1], edges[1:]):\n        n = n_scores[(n_radius > lo) & (n_radius <= hi)]\n        b = b_scores[(b_radius > lo) & (b_radius <= hi)]\n        if len(n) and len(b):\n            ds.append(b.mean() - n.mean()); ws.append(len(n))\n    return np.average(ds, weights=ws)\n",
        "sign|weight",
    ),
    (
        "",
        "",
        "def f(n_scores, n_radius, b_scores, b_radius, edges):\n    ds, ws = [], []\n    for lo, hi in zip(edges[:-1], edges[1:]):\n        n = n_scores[(n_radius > lo) & (n_radius <= hi)]\n        b = b_scores[(b_radius > lo) & (b_radius <= hi)]\n        ds.append(n.mean() - b.mean()); ws.append(len(b))\n    return np.average(ds, weights=ws)\n",
        "NaN|without",
    ),
]
