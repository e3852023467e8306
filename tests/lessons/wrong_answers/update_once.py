"""Answers to the exercise `update_once`, right and wrong."""

RIGHT = {
    "loops": """
def f(mask):
    H, W = mask.shape
    new = np.zeros((H, W), dtype=bool)
    for i in range(H):
        for j in range(W):
            for di in (-1, 0, 1):
                for dj in (-1, 0, 1):
                    r, c = i + di, j + dj
                    if 0 <= r < H and 0 <= c < W:
                        if mask[r, c]:
                            new[i, j] = True
    return new
""",
    "vectorised": """
def f(mask):
    p = np.pad(mask, 1)
    win = np.lib.stride_tricks.sliding_window_view(p, (3, 3))
    return win.any(axis=(2, 3))
""",
    "scipy": """
from scipy.ndimage import binary_dilation
def f(mask):
    return binary_dilation(mask, np.ones((3, 3)))
""",
    "torch": """
def f(mask):
    t = torch.from_numpy(mask).float()[None, None]
    return (F.conv2d(t, torch.ones(1, 1, 3, 3), padding=1)[0, 0] > 0).numpy()
""",
}

WRONG = [
    ("vectorised", "any(", "all(", "ALL values|one is enough"),
    ("torch", "> 0)", "== 9)", "ALL values|one is enough"),
    ("scipy", "binary_dilation(mask", "~binary_dilation(~mask", "hole grows|ALL|swapped"),
    ("torch", "> 0)", "> 4)", "most values"),
    ("torch", "> 0)", "> 1)", "two|one is enough"),
    ("torch", "> 0)", ">= 2)", "two|one is enough"),
    ("torch", "> 0)", ">= 3)", "three|one is enough"),
    ("vectorised", "win.any(axis=(2, 3))", "win.sum(axis=(2, 3)) > 4", "most values"),
    ("vectorised", "win.any(axis=(2, 3))", "win.mean(axis=(2, 3)) > 0.5", "most values"),
    ("vectorised", "win.any(axis=(2, 3))", "win.mean(axis=(2, 3))", "mean|share|number"),
    ("vectorised", "win.any(axis=(2, 3))", "win.sum(axis=(2, 3))", "number of valid"),
    ("scipy", ", np.ones((3, 3))", "", "diagonal"),
    ("loops", "if mask[r, c]:", "if mask[r, c] and di * dj == 0:", "diagonal"),
    ("loops", "if mask[r, c]:", "if mask[r, c] and (di or dj):", "pixel itself"),
    ("vectorised", "np.pad(mask, 1)", "np.pad(mask, 1, constant_values=True)", "padded with ones"),
    (
        "loops",
        "                        if mask[r, c]:\n                            new[i, j] = True",
        "                        if mask[r, c]:\n                            new[i, j] = True\n                    else:\n                        new[i, j] = True",
        "padded with ones",
    ),
    ("vectorised", "np.pad(mask, 1)", 'np.pad(mask, 1, mode="wrap")', "wraps"),
    ("loops", "if 0 <= r < H and 0 <= c < W:", "r, c = r % H, c % W\n                    if True:", "wraps"),
    ("torch", ", padding=1", "", "nothing is padded"),
    ("vectorised", "np.pad(mask, 1)", "mask", "nothing is padded"),
    ("loops", "new = np.zeros((H, W), dtype=bool)", "new = mask", "while you still read"),
    ("loops", "mask[r, c]:", "not mask[r, c]:", "swapped"),
    ("vectorised", "np.pad(mask, 1)", "np.pad(~mask, 1)", "swapped"),
    ("scipy", "np.ones((3, 3))", "np.ones((5, 5))", "two pixels|5"),
    ("scipy", "np.ones((3, 3))", "np.ones((3, 3)), iterations=2", "two pixels|twice"),
    ("loops", "range(H)", "range(1, H - 1)", "border|edge"),
    ("scipy", "    return binary_dilation(mask, np.ones((3, 3)))", "    return mask", "as it came|unchanged"),
    ("torch", "[0, 0] > 0).numpy()", "> 0).numpy()", "shape"),
    ("torch", ".numpy()", "", "tensor"),
    ("torch", " > 0).numpy()", ").numpy()", "number of valid"),
    (
        "loops",
        "(-1, 0, 1):\n                for dj in (-1, 0, 1)",
        "(-1, 0):\n                for dj in (-1, 0)",
        "one side|window|off",
    ),
    ("loops", "dtype=bool", "dtype=int", "not bool"),
    ("scipy", "import binary_dilation", "import binary_erosion as binary_dilation", "ALL values|hole grows"),
    (
        "scipy",
        "binary_dilation(mask, np.ones((3, 3)))",
        "binary_dilation(mask, np.ones((3, 3))) & ~mask",
        "only the pixels that become valid",
    ),
    (
        "",
        "",
        "def f(mask):\n    new = mask.copy()\n    H, W = mask.shape\n    for i in range(1, H - 1):\n        for j in range(1, W - 1):\n            new[i, j] = mask[i-1:i+2, j-1:j+2].any()\n    return new\n",
        "border",
    ),
    (
        "",
        "",
        "def f(mask):\n    new = mask.copy()\n    H, W = mask.shape\n    for i in range(H):\n        for j in range(W):\n            new[i, j] = mask[i-1:i+1, j-1:j+1].any()\n    return new\n",
        "slice|window|Python counts",
    ),
    (
        "",
        "",
        "def f(mask):\n    new = mask.copy()\n    new[1:] |= mask[:-1]\n    new[:-1] |= mask[1:]\n    new[:, 1:] |= mask[:, :-1]\n    new[:, :-1] |= mask[:, 1:]\n    return new\n",
        "diagonal",
    ),
    (
        "",
        "",
        "from scipy.ndimage import uniform_filter\ndef f(mask):\n    return uniform_filter(mask.astype(float), 3, mode='constant') > 0.5\n",
        "valid|most",
    ),
    (
        "",
        "",
        "from scipy.ndimage import maximum_filter\ndef f(mask):\n    return maximum_filter(~mask, 3)\n",
        "swapped",
    ),
    ("", "", "def f(mask):\n    return np.ones_like(mask)\n", "always True"),
    (
        "",
        "",
        "def f(mask):\n    p = np.pad(mask.astype(int), 1)\n    s = sum(np.roll(np.roll(p, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1))\n    return s[1:-1, 1:-1] > 5\n",
        "6|valid",
    ),
    (
        "",
        "",
        "def f(mask):\n    p = np.pad(mask.astype(int), 1)\n    s = sum(np.roll(np.roll(p, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1))\n    return s > 0\n",
        "shape",
    ),
    ("", "", "def f(mask):\n    return mask[:-2, :-2] | mask[1:-1, 1:-1] | mask[2:, 2:]\n", "shape|smaller"),
    (
        "",
        "",
        "def f(mask):\n    out = mask.copy()\n    for i, j in np.argwhere(mask):\n        out[i-1:i+2, j-1:j+2] = True\n    return out\n",
        "border|−1|slice|Python counts|edge",
    ),
]
