"""Answers to the exercise `mean_fill`, right and wrong."""

RIGHT = {
    "loops": """
def f(image, mask):
    h, w, _ = image.shape
    total, n = [0, 0, 0], 0
    for i in range(h):
        for j in range(w):
            if mask[i, j]:
                n += 1
                for c in range(3):
                    total[c] += image[i, j, c]
    out = np.array(image)
    for i in range(h):
        for j in range(w):
            if not mask[i, j]:
                for c in range(3):
                    out[i, j, c] = total[c] / n
    return out
""",
    "vectorised": """
def f(image, mask):
    color = image[mask].sum(0) / mask.sum()
    return np.where(mask[:, :, None], image, color)
""",
    "torch": """
def f(image, mask):
    x, m = torch.tensor(image), torch.tensor(mask)
    out = x.clone()
    out[~m] = x[m].mean(0)
    return out.numpy()
""",
    "masked arrays": """
def f(image, mask):
    hole = np.repeat(~mask[..., None], 3, axis=-1)
    known = np.ma.array(image, mask=hole)
    return known.filled(known.mean(axis=(0, 1)).data)
""",
}

WRONG = [
    ("loops", "if mask[i, j]:", "if True:", "junk in the hole"),
    ("vectorised", "image[mask].sum(0) / mask.sum()", "image.reshape(-1, 3).mean(0)", "junk in the hole"),
    ("torch", "x[m].mean(0)", "x.mean((0, 1))", "junk in the hole"),
    ("loops", "total[c] / n", "sum(total) / n / 3", "one grey"),
    ("vectorised", "image[mask].sum(0) / mask.sum()", "image[mask].mean()", "one grey"),
    ("torch", "x[m].mean(0)", "x[m].mean()", "one grey"),
    ("loops", "if not mask[i, j]:", "if True:", "painted over"),
    ("vectorised", "np.where(mask[:, :, None], image, color)", "np.zeros_like(image) + color", "painted over"),
    ("torch", "out[~m] =", "out[:] =", "painted over"),
    ("loops", "if not mask[i, j]:", "if mask[i, j]:", "valid pixels .*(over|replaced)|swapped"),
    ("vectorised", "image, color)", "color, image)", "valid pixels .*(over|replaced)|swapped"),
    ("loops", "if mask[i, j]:", "if not mask[i, j]:", "mean is taken over the hole"),
    ("torch", "x[m].mean(0)", "x[~m].mean(0)", "mean is taken over the hole"),
    ("loops", "/ n", "/ (h * w)", "too dark|number of valid"),
    ("vectorised", "mask.sum()", "mask.size", "too dark|number of valid"),
    ("vectorised", "image[mask].sum(0) / mask.sum()", "np.median(image[mask], axis=0)", "median"),
    ("torch", "x[m].mean(0)", "x[m].median(0).values", "median"),
    ("vectorised", "np.where(mask[:, :, None], image, color)", "image * mask[:, :, None]", "black"),
    ("vectorised", "image[mask].sum(0) / mask.sum()", "(image * mask[..., None]).sum((0, 1)) / mask.sum()", "NaN"),
    (
        "vectorised",
        "np.where(mask[:, :, None], image, color)",
        "image * mask[..., None] + color * ~mask[..., None]",
        "NaN",
    ),
    ("torch", "return out.numpy()", "return out", "tensor"),
    ("loops", "out = np.array(image)", "out = image", "copy"),
    ("vectorised", "image[mask].sum(0) / mask.sum()", "image[mask].mean(axis=1)", "shape|axis|line"),
    ("vectorised", "return np.where", "image[~mask] = color\n    return np.where", "copy"),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    for c in range(3):\n        out[..., c][~mask] = image[..., c].mean()\n    return out\n",
        "junk",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    out[mask == 0] = np.nanmean(image, axis=(0, 1))\n    return out\n",
        "junk",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    out[~mask] = image[mask].max(0)\n    return out\n",
        "largest value",
    ),
    ("", "", "def f(image, mask):\n    mean = image[mask].mean(0)\n    return mean\n", "shape"),
    (
        "",
        "",
        "def f(image, mask):\n    out = np.zeros(image.shape)\n    out[~mask] = image[mask].mean(0)\n    return out\n",
        "valid pixels",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    out[~mask] = np.round(image[mask].mean(0), 1)\n    return out\n",
        "round",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    out[~mask] = 0.5\n    return out\n",
        "0.5|constant|mean",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    m = mask[..., None]\n    mean = (image * m).sum((0, 1)) / m.sum()\n    out[~mask] = mean\n    return out\n",
        "NaN",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    out[~mask] = image[mask].mean(0, keepdims=True).mean()\n    return out\n",
        "one grey",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    out[mask == False] = image[mask == False].mean(axis=0)\n    return out\n",
        "over the hole",
    ),
    (
        "",
        "",
        "def f(image, mask):\n    out = image.copy()\n    rows = [image[i][mask[i]].mean(0) for i in range(len(image))]\n    for i in range(len(image)):\n        out[i][~mask[i]] = rows[i]\n    return out\n",
        "row",
    ),
]
