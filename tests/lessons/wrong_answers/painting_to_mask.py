"""Answers to the exercise `painting_to_mask`, right and wrong."""

RIGHT = {
    "loops": """
def f(picture):
    out = np.ones(picture.shape, dtype=bool)
    for i, row in enumerate(picture):
        for j, v in enumerate(row):
            if v > 127:
                out[i, j] = False
    return out
""",
    "vectorised": """
def f(picture):
    hole = picture > 127
    return np.logical_not(hole)
""",
    "torch": """
def f(picture):
    return (torch.from_numpy(picture) < 128).numpy()
""",
    "bits": """
def f(picture):
    return (picture >> 7) == 0
""",
}

WRONG = [
    ("loops", "v > 127", "v < 128", "white becomes valid"),
    ("vectorised", "np.logical_not(hole)", "hole", "white becomes valid"),
    ("torch", "< 128", ">= 128", "white becomes valid"),
    ("loops", "v > 127", "v == 255", "pure white"),
    ("vectorised", "picture > 127", "picture >= 255", "pure white"),
    ("torch", "< 128", "< 255", "pure white"),
    ("loops", "v > 127", "v", "pure black|above 0"),
    ("vectorised", "picture > 127", "picture > 0", "pure black|above 0"),
    ("torch", "< 128", "< 1", "pure black|above 0"),
    ("loops", "v > 127", "v >= 127", "127 counts as hole"),
    ("vectorised", "picture > 127", "picture >= 127", "127 counts as hole"),
    ("loops", "v > 127", "v > 128", "128 counts as valid"),
    ("torch", "< 128", "<= 128", "128 counts as valid"),
    ("vectorised", "np.logical_not(hole)", "np.where(hole, 0, 255)", "0 and 255"),
    ("vectorised", "np.logical_not(hole)", "1 - hole.astype(int)", "not bool"),
    ("loops", "dtype=bool", "dtype=float", "not bool"),
    ("torch", ".numpy()", "", "tensor"),
    ("torch", ".numpy()", ".tolist()", "list"),
    ("vectorised", "picture > 127", "picture > picture.max() / 2", "brightest|changes with"),
    ("vectorised", "picture > 127", "picture > picture.mean()", "mean of the picture"),
    ("vectorised", "picture > 127", "picture.astype(np.int8) > 127", "everything|int8|overflow|hole is missing|valid"),
    ("vectorised", "picture > 127", "picture > np.median(picture)", "changes with"),
    ("vectorised", "np.logical_not(hole)", "not hole", "np.logical_not|~|&"),
    ("vectorised", "picture > 127", "picture / 255 > 127", "everything|255|valid"),
    ("vectorised", "picture > 127", "picture / 256 > 0.6", "threshold"),
    ("loops", "return out", "return out.T", "shape|transposed|rows and columns"),
    ("", "", "def f(picture):\n    return picture < picture.max()\n", "changes with"),
    (
        "",
        "",
        "def f(picture):\n    return ~(picture.astype(float) / 255).round().astype(bool) == False\n",
        "white becomes valid",
    ),
    ("", "", "def f(picture):\n    return picture < 200\n", "threshold is 199"),
    ("", "", "def f(picture):\n    return [[v <= 127 for v in row] for row in picture]\n", "list"),
    ("", "", "def f(picture):\n    return np.where(picture > 127, 0, 1)\n", "not bool"),
    ("", "", "def f(picture):\n    picture[picture > 127] = 0\n    return picture\n", "."),
    (
        "",
        "",
        "def f(picture):\n    return np.array([[0 if v > 127 else 1 for v in row] for row in picture])\n",
        "not bool",
    ),
    ("", "", "def f(picture):\n    return picture.astype(bool) == False\n", "pure black|above 0"),
    ("", "", "def f(picture):\n    return picture > 128\n", "white becomes valid|white"),
    ("", "", "def f(picture):\n    return picture.ravel() <= 127\n", "shape"),
]
