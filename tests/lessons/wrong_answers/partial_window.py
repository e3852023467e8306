"""Answers to the exercise `partial_window`, right and wrong."""

RIGHT = {
    "loops": """
def f(x, m, w, b):
    k = len(x)
    acc, seen = 0.0, 0
    for i in range(k):
        for j in range(k):
            if m[i, j]:
                acc += w[i, j] * x[i, j]
                seen += 1
    if seen == 0:
        return 0, 0
    return acc * k * k / seen + b, 1
""",
    "vectorised": """
def f(x, m, w, b):
    n = np.count_nonzero(m)
    if not n:
        return 0.0, False
    return w[m] @ x[m] * (x.size / n) + b, True
""",
    "torch": """
def f(x, m, w, b):
    x, m, w = torch.tensor(x), torch.tensor(m), torch.tensor(w)
    if m.sum() == 0:
        return 0.0, 0
    s = (torch.where(m, x, 0) * w).sum()
    return float(s * m.numel() / m.sum() + b), 1
""",
    "nansum": """
def f(x, m, w, b):
    if not m.any():
        return 0, 0
    return np.nansum(np.where(m, x, np.nan) * w) / np.mean(m) + b, 1
""",
}

WRONG = [
    ("loops", "if m[i, j]:\n                acc", "if 1:\n                acc", "hole are used|window"),
    ("loops", "acc += w[i, j] * x[i, j]\n                seen", "seen", "does not change with"),
    ("vectorised", "w[m] @ x[m]", "np.sum(w * x)", "values in the hole are used"),
    ("torch", "torch.where(m, x, 0)", "x", "values in the hole are used"),
    ("torch", "torch.where(m, x, 0)", "x * m", "NaN"),
    ("vectorised", "w[m] @ x[m]", "np.sum(w * x * m)", "NaN"),
    ("loops", " * k * k / seen", "", "not rescaled"),
    ("vectorised", " * (x.size / n)", "", "not rescaled"),
    ("torch", " * m.numel() / m.sum()", "", "not rescaled"),
    ("nansum", " / np.mean(m)", "", "not rescaled"),
    ("loops", "acc * k * k / seen", "acc / seen", "not multiplied by sum\\(1\\)"),
    ("torch", "s * m.numel() / m.sum()", "s / m.sum()", "not multiplied by sum\\(1\\)"),
    ("loops", "acc * k * k / seen", "acc * seen / k / k", "upside down"),
    ("nansum", "/ np.mean(m)", "* np.mean(m)", "upside down"),
    ("loops", "acc * k * k / seen + b", "(acc + b) * k * k / seen", "bias is rescaled"),
    (
        "nansum",
        "np.nansum(np.where(m, x, np.nan) * w) / np.mean(m) + b",
        "(np.nansum(np.where(m, x, np.nan) * w) + b) / m.mean()",
        "bias is rescaled",
    ),
    ("loops", "return 0, 0", "return b, 0", "b is added in an empty"),
    ("torch", "return 0.0, 0", "return b, 0", "b is added in an empty"),
    ("loops", "return 0, 0", "return 0, 1", "always 1"),
    ("vectorised", "0.0, False", "0.0, True", "always 1"),
    ("vectorised", "    if not n:\n        return 0.0, False\n", "", "sum\\(M\\) = 0|division by zero"),
    ("nansum", "    if not m.any():\n        return 0, 0\n", "", "sum\\(M\\) = 0|division by zero"),
    ("loops", "    if seen == 0:\n        return 0, 0\n", "", "sum\\(M\\) = 0|division by zero"),
    ("torch", ", 1\n", ", int(m.all())\n", "requires all"),
    ("loops", ", 1\n", ", int(m[k // 2][k // 2])\n", "middle of the window"),
    ("vectorised", ", True", ", m", "new.mask"),
    ("vectorised", ", True", ", n", "number of valid|count"),
    ("vectorised", "w[m] @ x[m]", "w.T[m] @ x[m]", "transposed"),
    ("torch", "* w)", "@ w)", "multiplied as matrices"),
    ("loops", "w[i, j] * x[i, j]", "w[j, i] * x[i, j]", "transposed"),
    ("loops", "w[i, j] * x[i, j]", "w[k - 1 - i, k - 1 - j] * x[i, j]", "rotated"),
    ("vectorised", " + b, True", ", True", "bias is missing"),
    ("torch", " + b), 1", "), 1", "bias is missing"),
    ("loops", "if m[i, j]:", "if not m[i, j]:", "swapped"),
    ("vectorised", "n = ", "m = ~m; n = ", "swapped"),
    ("vectorised", "(x.size / n)", "(len(x) / n)", "k · k|times"),
    ("torch", "return float(s * m.numel() / m.sum() + b), 1", "return float(s * m.numel() / m.sum() + b)", "Return 2"),
    ("loops", "return acc * k * k / seen + b, 1", "return 1, acc * k * k / seen + b", "order"),
    ("vectorised", "* (x.size / n) + b", "* (x.size / n) - b", "bias|sign"),
    ("vectorised", "if not n:", "if m:", "any\\(\\)"),
    (
        "",
        "",
        "def f(x, m, w, b):\n    x = x * m\n    return (x * w).sum() * 9 / m.sum() + b, float(m.sum() > 0)\n",
        "NaN|sum\\(M\\) = 0",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if m.sum() == 0:\n        return 0, 0\n    t = 0\n    for i in range(3):\n        for j in range(3):\n            if m[i][j] == 1:\n                t += x[i][j] * w[i][j]\n    return t * (9 - m.sum()) / m.sum() + b, 1\n",
        "hole|sum\\(1\\)",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if not m.any():\n        return 0.0, 0\n    x[~m] = 0\n    return (w * x).sum() / m.mean() + b, 1\n",
        "write|copy",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if not m.any():\n        return 0.0, 0\n    return np.nansum(w * x) * 9 / m.sum() + b, 1\n",
        "values in the hole",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if not m.any():\n        return 0.0, 0\n    return (w[m] * x[m]).mean() + b, 1\n",
        "sum\\(1\\)",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if not m.any():\n        return 0.0, 0\n    return (w[m] * x[m]).sum() * 9 / w[m].sum() + b, 1\n",
        "weight|kernel|count",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if not m.any():\n        return b, 1\n    return (w[m] * x[m]).sum() * 9 / m.sum() + b, 1\n",
        "empty|b is added|always 1",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    if not m[1, 1]:\n        return 0.0, 0\n    return (w[m] * x[m]).sum() * 9 / m.sum() + b, 1\n",
        "middle",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    n = m.sum()\n    if n == 0:\n        return 0, 0\n    s = sum(x[i, j] * w[i, j] for i in range(3) for j in range(3) if m[i, j])\n    return s * n / 9 + b, 1\n",
        "upside down",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    n = m.sum()\n    if n == 0:\n        return 0, 0\n    s = sum(x[i, j] * w[i, j] for i in range(3) for j in range(3) if m[i, j])\n    return s * 9 / n + b * 9 / n, 1\n",
        "bias is rescaled",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    n = m.sum()\n    if n == 0:\n        return 0, 0\n    s = sum(x[i, j] * w[i, j] for i in range(3) for j in range(3) if m[i, j])\n    return s * 8 / n + b, 1\n",
        "multiplied by|sum\\(1\\)",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    n = m.sum()\n    if n == 0:\n        return 0, 0\n    s = sum(x[i, j] * abs(w[i, j]) for i in range(3) for j in range(3) if m[i, j])\n    return s * 9 / n + b, 1\n",
        "absolute|sign|kernel",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    n = m.sum()\n    if n == 0:\n        return 0, 0\n    s = max(0, sum(x[i, j] * w[i, j] for i in range(3) for j in range(3) if m[i, j]) * 9 / n + b)\n    return s, 1\n",
        "below 0|ReLU",
    ),
]
