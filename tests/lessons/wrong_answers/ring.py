"""Answers to the exercise `ring`, right and wrong."""

RIGHT = {
    "loops": """
def f(mask, n):
    h, w = mask.shape
    out = np.zeros((h, w), bool)
    for i in range(h):
        for j in range(w):
            best = 10**9
            for r in range(h):
                for c in range(w):
                    if not mask[r, c]:
                        best = min(best, max(abs(i - r), abs(j - c)))
            out[i, j] = mask[i, j] and best == n
    return out
""",
    "dilate": """
from pconv_edu.core import dilate
def f(mask, n):
    outer = dilate(mask, n)
    inner = dilate(mask, n - 1)
    return inner & ~outer
""",
    "scipy": """
from scipy.ndimage import distance_transform_cdt
def f(mask, n):
    if mask.all():
        return np.zeros_like(mask)
    return distance_transform_cdt(mask, metric="chessboard") == n
""",
    "torch": """
def f(mask, n):
    hole = 1 - torch.tensor(mask).float()[None, None]
    grow = lambda r: F.max_pool2d(hole, 2 * r + 1, 1, r)[0, 0] > 0
    return (grow(n) & ~grow(n - 1)).numpy()
""",
}

WRONG = [
    ("loops", "best == n", "best <= n", "up to distance n"),
    ("dilate", "inner & ~outer", "mask & ~outer", "up to distance n"),
    ("scipy", '"chessboard") == n', '"chessboard") <= n', "hole and every pixel|up to distance n"),
    ("torch", " & ~grow(n - 1)", "", "hole and every pixel|up to distance n"),
    ("dilate", "inner & ~outer", "~outer", "hole and every pixel|up to distance n"),
    ("dilate", "inner & ~outer", "outer & ~inner", "empty|FEWER"),
    ("loops", "best == n", "best == n - 1", "one pixel too (near|close)"),
    ("loops", "best == n", "best == n + 1", "too far"),
    ("scipy", "== n", "== n + 1", "too far"),
    ("dilate", "n - 1)", "n + 1)", "empty|too far|FEWER"),
    ("dilate", "return inner & ~outer", "return outer", "(beyond|from) distance n|far"),
    ("loops", "max(abs(i - r), abs(j - c))", "abs(i - r) + abs(j - c)", "are added|chessboard"),
    ("scipy", '"chessboard"', '"taxicab"', "are added|chessboard"),
    ("loops", "max(abs(i - r), abs(j - c))", "((i - r) ** 2 + (j - c) ** 2) ** 0.5", "Euclidean"),
    ("loops", "max(abs(i - r), abs(j - c))", "round(((i - r) ** 2 + (j - c) ** 2) ** 0.5)", "Euclidean"),
    ("loops", "max(abs(i - r), abs(j - c))", "int(((i - r) ** 2 + (j - c) ** 2) ** 0.5)", "Euclidean"),
    ("loops", "max(abs(i - r), abs(j - c))", "min(abs(i - r), abs(j - c))", "smaller|larger"),
    ("loops", "if not mask[r, c]", "if mask[r, c]", "inside|empty|valid"),
    ("scipy", "cdt(mask", "cdt(~mask", "inside"),
    ("dilate", "inner & ~outer", "~mask & ~outer", "hole"),
    ("loops", "best == n", "best == 1", "`n`"),
    ("dilate", "inner & ~outer", "mask & ~dilate(mask, 1)", "`n`|up to distance"),
    ("dilate", "inner & ~outer", "inner and not outer", "&"),
    ("dilate", "inner & ~outer", "inner.astype(int) - outer.astype(int)", "not bool"),
    ("torch", "1 - torch.tensor(mask).float()", "torch.tensor(mask).float()", "inside|empty|valid part"),
    ("loops", "return out", "return ~out", "swapped|inverted|everything but"),
    ("torch", ".numpy()", "", "tensor"),
    (
        "",
        "",
        "from scipy.ndimage import binary_dilation\ndef f(mask, n):\n    hole = ~mask\n    return binary_dilation(hole, np.ones((3, 3)), iterations=n) & mask\n",
        "up to distance n",
    ),
    (
        "",
        "",
        "from scipy.ndimage import binary_dilation\ndef f(mask, n):\n    hole = ~mask\n    return binary_dilation(hole, iterations=n) & ~binary_dilation(hole, iterations=n - 1)\n",
        "added|diagonal|chessboard",
    ),
    (
        "",
        "",
        "from scipy.ndimage import binary_dilation\ndef f(mask, n):\n    hole = ~mask\n    return binary_dilation(hole, iterations=n) & ~hole\n",
        "added|diagonal|chessboard",
    ),
    (
        "",
        "",
        "from scipy.ndimage import distance_transform_edt\ndef f(mask, n):\n    return distance_transform_edt(mask) == n\n",
        "Euclidean",
    ),
    (
        "",
        "",
        "from scipy.ndimage import distance_transform_edt\ndef f(mask, n):\n    d = distance_transform_edt(mask)\n    return (d > n - 1) & (d <= n)\n",
        "Euclidean",
    ),
    (
        "",
        "",
        "from pconv_edu.core import dilate\ndef f(mask, n):\n    return dilate(mask, n - 1) ^ dilate(mask, n + 1)\n",
        ".",
    ),
    (
        "",
        "",
        "from pconv_edu.core import dilate\ndef f(mask, n):\n    return ~dilate(mask, n) & ~dilate(mask, n - 1)\n",
        "hole|far|near|within",
    ),
    (
        "",
        "",
        "from pconv_edu.core import dilate\ndef f(mask, n):\n    return dilate(~mask, n) ^ dilate(~mask, n - 1)\n",
        "inside|empty|hole",
    ),
    (
        "",
        "",
        "def f(mask, n):\n    out = np.zeros_like(mask)\n    for r, c in np.argwhere(~mask):\n        out[max(0, r-n):r+n+1, max(0, c-n):c+n+1] = True\n    return out & mask\n",
        "up to distance n",
    ),
    (
        "",
        "",
        "def f(mask, n):\n    out = np.zeros_like(mask)\n    for r, c in np.argwhere(~mask):\n        for i in range(mask.shape[0]):\n            for j in range(mask.shape[1]):\n                if max(abs(i - r), abs(j - c)) == n:\n                    out[i, j] = True\n    return out & mask\n",
        "nearest|any hole pixel|up to distance|farther|some",
    ),
    (
        "",
        "",
        "def f(mask, n):\n    out = np.zeros_like(mask)\n    for r, c in np.argwhere(~mask):\n        for i in range(mask.shape[0]):\n            for j in range(mask.shape[1]):\n                if abs(i - r) == n and abs(j - c) == n:\n                    out[i, j] = True\n    return out & mask\n",
        "diagonal|corner|larger|and",
    ),
    (
        "",
        "",
        "from pconv_edu.core import dilate\ndef f(mask, n):\n    return mask & ~dilate(mask, n) & dilate(mask, n + 1)\n",
        ".",
    ),
]
