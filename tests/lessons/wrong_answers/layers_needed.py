"""Answers to the exercise `layers_needed`, right and wrong."""

RIGHT = {
    "loops": """
def f(mask, k):
    H, W = mask.shape
    known = [(r, c) for r in range(H) for c in range(W) if mask[r, c]]
    worst = 0
    for r in range(H):
        for c in range(W):
            if not mask[r, c]:
                d = min(max(abs(r - a), abs(c - b)) for a, b in known)
                worst = max(worst, d)
    reach = (k - 1) // 2
    return -(-worst // reach)
""",
    "vectorised": """
def f(mask, k):
    holes, known = np.argwhere(~mask), np.argwhere(mask)
    if len(holes) == 0:
        return 0
    d = np.abs(holes[:, None] - known[None]).max(-1).min(1)
    return int(np.ceil(d.max() / ((k - 1) / 2)))
""",
    "scipy": """
from scipy.ndimage import distance_transform_cdt
def f(mask, k):
    r = int(distance_transform_cdt(~mask, "chessboard").max())
    step = k // 2
    return (r + step - 1) // step
""",
    "torch": """
def f(mask, k):
    holes = torch.nonzero(~torch.tensor(mask)).double()
    known = torch.nonzero(torch.tensor(mask)).double()
    if holes.numel() == 0:
        return 0
    d = torch.cdist(holes, known, p=float("inf")).amin(1).max().item()
    return math.ceil(d * 2 / (k - 1))
""",
}

WRONG = [
    ("loops", "max(abs(r - a), abs(c - b))", "math.hypot(r - a, c - b)", "Euclidean"),
    ("torch", ', p=float("inf")', "", "Euclidean"),
    (
        "vectorised",
        "np.abs(holes[:, None] - known[None]).max(-1)",
        "np.linalg.norm(holes[:, None] - known[None], axis=-1)",
        "Euclidean",
    ),
    ("loops", "max(abs(r - a), abs(c - b))", "abs(r - a) + abs(c - b)", "city.block"),
    ("torch", 'p=float("inf")', "p=1", "city.block"),
    ("scipy", '"chessboard"', '"taxicab"', "city.block"),
    ("loops", "-(-worst // reach)", "worst // reach", "rounded down"),
    ("vectorised", "np.ceil(d.max() / ((k - 1) / 2))", "d.max() / ((k - 1) / 2)", "rounded down"),
    ("scipy", "(r + step - 1) // step", "r // step", "rounded down"),
    ("scipy", "(r + step - 1) // step", "round(r / step)", "nearest|round"),
    ("scipy", "(r + step - 1) // step", "r / step", "not a whole|round up|whole number"),
    ("scipy", "(r + step - 1) // step", "r", "reach 1 pixel"),
    ("loops", "-(-worst // reach)", "worst", "reach 1 pixel"),
    ("vectorised", "(k - 1) / 2", "k", "reach k pixels"),
    ("loops", "(k - 1) // 2", "k", "reach k pixels"),
    ("loops", "(k - 1) // 2", "k - 1", "k − 1"),
    ("vectorised", "((k - 1) / 2)", "(k - 1)", "k − 1"),
    ("vectorised", "(k - 1) / 2", "k / 2", "k / 2 pixels"),
    ("torch", "d * 2 / (k - 1)", "d * 2 / k", "k / 2 pixels"),
    ("scipy", "step = k // 2", "step = k // 2; r = 2 * r", "diameter"),
    ("torch", "d * 2 / (k - 1)", "d * 4 / (k - 1)", "diameter"),
    ("vectorised", "d.max()", "d.mean()", "mean distance"),
    ("torch", ".amin(1).max()", ".amin(1).mean()", "mean distance"),
    ("scipy", "cdt(~mask", "cdt(np.pad(~mask, 1)", "outside"),
    ("scipy", "return (r", "return 1 + (r", "one layer too many"),
    ("vectorised", "return int(np", "return 1 + int(np", "one layer too many"),
    ("loops", "if mask[r, c]]", "if not mask[r, c]]", "swapped|hole"),
    ("scipy", "~mask", "mask", "swapped|valid"),
    ("scipy", "(r + step - 1) // step", "(r + step - 1) // step - 1", "one layer too few"),
    ("vectorised", ".min(1)", ".max(1)", "farthest|nearest"),
    ("loops", "min(max(", "max(max(", "farthest|nearest"),
    ("vectorised", "    if len(holes) == 0:\n        return 0\n", "", "nothing missing"),
    ("torch", "    if holes.numel() == 0:\n        return 0\n", "", "nothing missing"),
    (
        "loops",
        "for c in range(W):\n            if not",
        "for c in range(H):\n            if not",
        "IndexError|wide|rows|columns|shape",
    ),
    (
        "scipy",
        'int(distance_transform_cdt(~mask, "chessboard").max())',
        "math.ceil(math.sqrt((~mask).sum()) / 2)",
        "area",
    ),
    ("scipy", 'int(distance_transform_cdt(~mask, "chessboard").max())', "math.sqrt((~mask).sum() / math.pi)", "area"),
    (
        "",
        "",
        "def f(mask, k):\n    r, c = np.where(~mask)\n    if len(r) == 0:\n        return 0\n    side = max(np.ptp(r), np.ptp(c)) + 1\n    return math.ceil(side / 2 / ((k - 1) / 2))\n",
        "larger side|longer side|bounding",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    r, c = np.where(~mask)\n    if len(r) == 0:\n        return 0\n    side = min(np.ptp(r), np.ptp(c)) + 1\n    return math.ceil((side + 1) // 2 / ((k - 1) / 2))\n",
        "shorter side|smaller side|bounding|outside",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    n = 0\n    m = mask\n    while not m.all():\n        p = np.pad(m, 1)\n        m = np.lib.stride_tricks.sliding_window_view(p, (3, 3)).any((2, 3))\n        n += 1\n    return n\n",
        "reach 1 pixel",
    ),
    ("", "", "def f(mask, k):\n    return int((~mask).sum() // (k * k))\n", "area"),
    (
        "",
        "",
        "def f(mask, k):\n    best = 0\n    for row in ~mask:\n        run = 0\n        for v in row:\n            run = run + 1 if v else 0\n            best = max(best, run)\n    return math.ceil((best + 1) // 2 / (k // 2))\n",
        "row",
    ),
    (
        "",
        "",
        "from scipy.ndimage import distance_transform_edt\ndef f(mask, k):\n    return math.ceil(distance_transform_edt(~mask).max() / (k // 2))\n",
        "Euclidean",
    ),
    (
        "",
        "",
        "from scipy.ndimage import distance_transform_cdt\ndef f(mask, k):\n    return int(distance_transform_cdt(~mask, 'taxicab').max() / (k // 2) + 0.999)\n",
        "city.block",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    n = 0\n    while not mask.all():\n        p = np.pad(mask, k // 2, constant_values=True)\n        mask = np.lib.stride_tricks.sliding_window_view(p, (k, k)).any((2, 3))\n        n += 1\n    return n\n",
        "outside",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    n = 1\n    while not mask.all():\n        p = np.pad(mask, k // 2)\n        mask = np.lib.stride_tricks.sliding_window_view(p, (k, k)).any((2, 3))\n        n += 1\n    return n\n",
        "too many",
    ),
    ("", "", "def f(mask, k):\n    return math.ceil((~mask).sum(0).max() / (k - 1))\n", "column|run|row"),
    ("", "", "def f(mask, k):\n    return math.ceil((~mask).sum() / k**2)\n", "area"),
    (
        "",
        "",
        "def f(mask, k):\n    h = np.argwhere(~mask)\n    if not len(h):\n        return 0\n    c = h.mean(0)\n    return math.ceil(np.abs(h - c).max() / (k // 2))\n",
        "centre|middle|valid|longer",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    h, v = np.argwhere(~mask), np.argwhere(mask)\n    if not len(h): return 0\n    d = min(max(abs(a - b)) for a in h for b in v)\n    return math.ceil(d / (k // 2))\n",
        "smallest|nearest|farthest|largest",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    h, v = np.argwhere(~mask), np.argwhere(mask)\n    if not len(h): return 0\n    d = max(min(max(abs(a - b)) for b in v) for a in h)\n    return math.floor(d / (k // 2)) + 1\n",
        "too many|round",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    h, v = np.argwhere(~mask), np.argwhere(mask)\n    if not len(h): return 0\n    d = max(min(abs(a - b).sum() for b in v) for a in h)\n    return -(-d // (k // 2))\n",
        "city.block",
    ),
    (
        "",
        "",
        "def f(mask, k):\n    h, v = np.argwhere(~mask), np.argwhere(mask)\n    if not len(h): return 0\n    d = max(min(max(abs(a - b)) for b in v) for a in h)\n    return -(-d // (k // 2 + 1))\n",
        "reach",
    ),
]
