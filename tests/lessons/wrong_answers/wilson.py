"""Answers to the exercise `wilson`, right and wrong."""

RIGHT = {
    "plain": """
def f(chosen, decided):
    z, n = 1.96, decided
    p = chosen / n
    root = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (p + z * z / (2 * n) - root) / (1 + z * z / n), (p + z * z / (2 * n) + root) / (1 + z * z / n)
""",
    "quadratic": """
def f(chosen, decided):
    p, n, z2 = chosen / decided, decided, 1.96**2
    a, b, c = 1 + z2 / n, -(2 * p + z2 / n), p * p
    disc = math.sqrt(b * b - 4 * a * c)
    return (-b - disc) / (2 * a), (-b + disc) / (2 * a)
""",
    "vectorised": """
def f(chosen, decided):
    p = chosen / decided
    z2 = 1.96**2 / decided
    roots = np.roots([1 + z2, -2 * p - z2, p**2])
    return tuple(sorted(roots.real))
""",
    "counts": """
def f(chosen, decided):
    z = 1.96
    mid = (chosen + z**2 / 2) / (decided + z**2)
    half = z / (decided + z**2) * np.sqrt(chosen * (decided - chosen) / decided + z**2 / 4)
    return np.array([mid - half, mid + half])
""",
    "loops": """
def f(chosen, decided):
    share, z = chosen / decided, 1.96
    surprise = lambda p: abs(share - p) > z * math.sqrt(p * (1 - p) / decided)
    ends = []
    for a, b in ((0.0, share), (1.0, share)):
        if share == a:
            ends.append(a)
            continue
        for _ in range(100):
            m = (a + b) / 2
            a, b = (m, b) if surprise(m) else (a, m)
        ends.append((a + b) / 2)
    return ends
""",
}

WRONG = [
    (
        "plain",
        "    root =",
        "    e = z * math.sqrt(p * (1 - p) / n)\n    return p - e, p + e\n    root =",
        "normal interval",
    ),
    (
        "counts",
        "return np",
        "p = chosen / decided; mid, half = p, 1.96 * (p * (1 - p) / decided) ** 0.5\n    return np",
        "normal interval",
    ),
    (
        "plain",
        "    root =",
        "    e = z * math.sqrt(p * (1 - p) / n)\n    return max(p - e, 0.0), min(p + e, 1.0)\n    root =",
        "cut the normal",
    ),
    ("plain", "z, n = 1.96", "z, n = 1", "z is 1\\b"),
    ("quadratic", "1.96**2", "1", "z is 1\\b"),
    ("counts", "z = 1.96", "z = 1.645", "1.645"),
    ("plain", "z, n = 1.96", "z, n = 2.576", "2.576|99 %"),
    ("plain", "z, n = 1.96", "z, n = 2", "z is 2|1.96"),
    ("quadratic", "1.96**2", "1.96", "z²|squared|1.96"),
    ("vectorised", "1.96**2", "1.96", "z²|squared|1.96"),
    ("plain", " / (1 + z * z / n)", "", "divide by 1 \\+ z²/n"),
    ("quadratic", "/ (2 * a)", "/ 2", "divide by 1 \\+ z²/n"),
    (
        "plain",
        "(p + z * z / (2 * n) - root) / (1 + z * z / n), (p + z * z / (2 * n) + root) / (1 + z * z / n)",
        "p - root / (1 + z * z / n), p + root / (1 + z * z / n)",
        "middle is the share",
    ),
    ("counts", "mid = (chosen + z**2 / 2) / (decided + z**2)", "mid = chosen / decided", "middle is the share"),
    (
        "plain",
        "(p + z * z / (2 * n) - root) / (1 + z * z / n), (p + z * z / (2 * n) + root) / (1 + z * z / n)",
        "(p + z * z / (2 * n)) / (1 + z * z / n) - root, (p + z * z / (2 * n)) / (1 + z * z / n) + root",
        "half width is not divided",
    ),
    ("plain", "p = chosen / n", "p = 1 - chosen / n", "other side"),
    ("counts", "    mid", "    chosen = decided - chosen\n    mid", "other side"),
    ("plain", "p = chosen / n", "p = n / chosen", "upside down|swapped|decided"),
    ("plain", "p = chosen / n", "p = chosen", "share|chosen / decided"),
    ("quadratic", "chosen / decided", "decided / chosen", "upside down|swapped|decided"),
    ("plain", "z * z / (4 * n * n))", "z * z / (4 * n))", "4"),
    ("plain", " + z * z / (4 * n * n)", "", "z²/\\(4"),
    ("plain", "z * math.sqrt", "math.sqrt", "z"),
    ("quadratic", "(2 * a), (-b + disc) / (2 * a)", "2 * a, (-b + disc) / 2 * a", "bracket|2 · a|\\(2"),
    ("quadratic", "b * b - 4 * a * c", "b * b - a * c", "4"),
    ("quadratic", "-(2 * p + z2 / n)", "2 * p + z2 / n", "sign|below 0|negative"),
    (
        "quadratic",
        "return (-b - disc) / (2 * a), (-b + disc) / (2 * a)",
        "return (-b + disc) / (2 * a), (-b - disc) / (2 * a)",
        "order",
    ),
    ("vectorised", "tuple(sorted(roots.real))", "tuple(roots.real)", "order"),
    ("plain", "return (", "return 100 * (", "per cent|line|first"),
    ("counts", "np.array([mid - half, mid + half])", "mid, half", "half width|middle"),
    ("counts", "np.array([mid - half, mid + half])", "mid - half, 2 * half", "width"),
    ("counts", "np.array([mid - half, mid + half])", "100 * (mid - half), 100 * (mid + half)", "per cent"),
    ("counts", "np.array([mid - half, mid + half])", "mid", "Return 2"),
    ("plain", "p * (1 - p) / n", "p * (1 - p)", "n"),
    ("plain", "p * (1 - p) / n", "p * (1 - p) / (n - 1)", "n − 1|zero"),
    ("plain", "math.sqrt", "", "root"),
    ("plain", "chosen / n", "chosen // n", "//|whole number"),
    ("counts", "np.array([mid - half, mid + half])", "f'{mid - half:.6f}', f'{mid + half:.6f}'", "text|string"),
    ("counts", "np.array([mid - half, mid + half])", "round(mid - half, 2), round(mid + half, 2)", "round"),
    ("plain", "p = chosen / n", "p = (chosen + 2) / (n + 4)", "2 votes|Agresti|share"),
    (
        "",
        "",
        "def f(chosen, decided):\n    from scipy.stats import binomtest\n    ci = binomtest(chosen, decided).proportion_ci(0.95, method='exact')\n    return ci.low, ci.high\n",
        "exact|Clopper|Wilson",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    from scipy.stats import binomtest\n    ci = binomtest(chosen, decided).proportion_ci(0.95, method='wilsoncc')\n    return ci.low, ci.high\n",
        "continuity|correct",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    c = (p + z**2 / n) / (1 + z**2 / n)\n    h = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)\n    return c - h, c + h\n",
        "2n|2 · n|half|middle",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    c = p + z**2 / (2 * n)\n    h = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))\n    return c - h / (1 + z**2 / n), c + h / (1 + z**2 / n)\n",
        "middle|divide",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    a = n + z**2; b = -(2 * n * p + z**2); c = n * p * p\n    d = math.sqrt(b * b - 4 * a * c)\n    return [(-b + d) / (2 * a), (-b - d) / (2 * a)]\n",
        "order",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    a = n + z**2; b = -(2 * n * p + z**2); c = n * p * p\n    d = b * b - 4 * a * c\n    return (-b - d) / (2 * a), (-b + d) / (2 * a)\n",
        "root|width is not",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    h = z * math.sqrt(0.25 / n)\n    return p - h, p + h\n",
        "normal|1/2|half|share",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    p = chosen / decided\n    s = 1.96 * (p * (1 - p) / decided) ** .5\n    return p - s, p + s\n",
        "normal interval",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    m = (p + z * z / 2 / n) / (1 + z * z / n)\n    h = z * (p * (1 - p) / n + z * z / 4 / n) ** .5 / (1 + z * z / n)\n    return m - h, m + h\n",
        "4n|width",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided + z * z; p = (chosen + z * z / 2) / n\n    h = z * (p * (1 - p) / n) ** .5\n    return p - h, p + h\n",
        "width|Agresti",
    ),
    (
        "",
        "",
        "def f(chosen, decided):\n    z = 1.96; n = decided; p = chosen / n\n    m = (p + z * z / 2 / n) / (1 + z * z / n)\n    h = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / 4 / n / n) ** .5\n    return m + h, m - h\n",
        "order",
    ),
]
