"""Answers to the exercise `partial_image`, right and wrong."""

RIGHT = {
    "loops": """
def f(x, m, w, b):
    k = len(w)
    p = k // 2
    H, W = x.shape
    y, new = np.zeros((H, W)), np.zeros((H, W), bool)
    for i in range(H):
        for j in range(W):
            s, c = 0.0, 0
            for u in range(k):
                for v in range(k):
                    r, q = i + u - p, j + v - p
                    if 0 <= r < H and 0 <= q < W and m[r, q]:
                        s += w[u, v] * x[r, q]
                        c += 1
            if c:
                y[i, j] = s * k * k / c + b
                new[i, j] = True
    return y, new
""",
    "vectorised": """
def f(x, m, w, b):
    k = w.shape[0]
    p = k // 2
    X = np.pad(np.where(m, x, 0), p)
    M = np.pad(m, p)
    win = np.lib.stride_tricks.sliding_window_view
    s = (win(X, (k, k)) * w).sum((-1, -2))
    c = win(M, (k, k)).sum((-1, -2))
    new = c > 0
    return np.where(new, s * k**2 / np.maximum(c, 1) + b, 0), new
""",
    "scipy": """
from scipy.ndimage import correlate
def f(x, m, w, b):
    s = correlate(np.where(m, x, 0), w, mode="constant")
    c = correlate(m.astype(float), np.ones(w.shape), mode="constant")
    new = c > 0.5
    y = s * w.size / np.where(new, c, 1) + b
    y[~new] = 0
    return y, new
""",
    "torch": """
def f(x, m, w, b):
    M = torch.tensor(m)[None, None].double()
    X = torch.tensor(np.where(m, x, 0.0))[None, None]
    k = len(w)
    s = F.conv2d(X, torch.tensor(w)[None, None], padding=k // 2)
    c = F.conv2d(M, torch.ones(1, 1, k, k).double(), padding=k // 2)
    y = torch.where(c > 0, s * k * k / c + b, 0)
    return y[0, 0].numpy(), (c > 0)[0, 0].numpy()
""",
}

WRONG = [
    ("vectorised", "np.where(m, x, 0)", "x", "values in the hole"),
    ("scipy", "np.where(m, x, 0)", "x", "values in the hole"),
    ("vectorised", "np.where(m, x, 0)", "x * m", "NaN"),
    ("torch", "np.where(m, x, 0.0)", "x * m", "NaN"),
    ("loops", "s * k * k / c + b", "s + b", "not rescaled"),
    ("vectorised", "s * k**2 / np.maximum(c, 1) + b", "s + b", "not rescaled"),
    ("scipy", "s * w.size / np.where(new, c, 1) + b", "s + b", "not rescaled"),
    ("loops", "s * k * k / c", "s / c", "sum\\(1\\)"),
    ("torch", "s * k * k / c", "s / c", "sum\\(1\\)"),
    ("vectorised", "s * k**2 / np.maximum(c, 1)", "s * c / k**2", "upside down"),
    ("scipy", "s * w.size / np.where(new, c, 1)", "s * c / w.size", "upside down"),
    ("loops", "s * k * k / c + b", "(s + b) * k * k / c", "bias is rescaled"),
    ("torch", "s * k * k / c + b", "(s + b) * k * k / c", "bias is rescaled"),
    ("scipy", "    y[~new] = 0\n", "", "b is added in"),
    ("torch", "torch.where(c > 0, s * k * k / c + b, 0)", "s * k * k / c.clamp(min=1) + b", "b is added in"),
    ("torch", "torch.where(c > 0, s * k * k / c + b, 0)", "s * k * k / c + b", "= 0|NaN"),
    ("loops", "    return y, new", "    return y, m", "old mask"),
    ("scipy", "return y, new", "return y, m", "old mask"),
    ("vectorised", "new = c > 0", "new = c == k * k", "all values|requires all"),
    ("loops", "new[i, j] = True", "new[i, j] = c > k * k // 2", "most|majority|half"),
    ("loops", "new[i, j] = True", "new[i, j] = c == k * k", "all values|requires all"),
    ("vectorised", ", 0), new", ", 0), c", "count|number of valid"),
    (
        "scipy",
        'correlate(m.astype(float), np.ones(w.shape), mode="constant")',
        'correlate(m.astype(float), np.ones(w.shape), mode="constant", cval=1)',
        "mask is padded with ones",
    ),
    ("vectorised", "np.pad(m, p)", "np.pad(m, p, constant_values=1)", "mask is padded with ones"),
    ("scipy", 'mode="constant"', 'mode="nearest"', "copies of the edge"),
    ("scipy", ', mode="constant"', "", "mirror|reflect"),
    ("vectorised", "np.pad(m, p)", 'np.pad(m, p, "wrap")', "wrap|padding"),
    ("scipy", "import correlate", "import convolve as correlate", "rotated"),
    ("loops", "w[u, v]", "w[v, u]", "rows and columns of the kernel"),
    ("loops", "w[u, v]", "w[-1 - u, -1 - v]", "rotated"),
    ("torch", "padding=k // 2", "padding=1", "padded by 1"),
    ("torch", ", padding=k // 2", "", "nothing is padded"),
    ("loops", "s * k * k / c", "s * 9 / c", "9 for every kernel"),
    ("vectorised", "k**2", "9", "9 for every kernel"),
    ("loops", "range(H)", "range(p, H - p)", "border|last rows"),
    ("loops", "s * k * k / c + b", "s * k * k / c", "bias is missing"),
    ("vectorised", " + b", "", "bias is missing"),
    ("loops", " and m[r, q]", " and not m[r, q]", "swapped"),
    ("scipy", "s = ", "m = ~m\n    s = ", "swapped"),
    ("loops", "if c:", "if c and m[i, j]:", "OLD mask"),
    ("scipy", "y[~new] = 0", "y[~m] = 0", "OLD mask"),
    ("torch", "(c > 0)[0, 0].numpy()", "(c > 0)", "shape|tensor"),
    ("torch", "y[0, 0].numpy()", "y[0, 0]", "tensor"),
    ("vectorised", ", 0), new", ", 0)", "Return 2"),
    ("vectorised", "new = c > 0", "new = (c > 0).astype(float)", "not bool"),
    ("vectorised", "s * k**2", "s * win(np.pad(np.ones(x.shape), p), (k, k)).sum((-1, -2))", "outside the image"),
    ("loops", "if c:", "if not m[i, j]:", "known|OLD|valid"),
    (
        "vectorised",
        "np.where(new, s * k**2 / np.maximum(c, 1) + b, 0), new",
        "np.where(m, x, np.where(new, s * k**2 / np.maximum(c, 1) + b, 0)), new",
        "copied",
    ),
    (
        "",
        "",
        "from scipy.signal import convolve2d\ndef f(x, m, w, b):\n    s = convolve2d(np.where(m, x, 0), w, mode='same')\n    c = convolve2d(m, np.ones_like(w), mode='same')\n    return np.where(c > 0, s * w.size / np.maximum(c, 1) + b, 0), c > 0\n",
        "rotated",
    ),
    (
        "",
        "",
        "from scipy.signal import correlate2d\ndef f(x, m, w, b):\n    s = correlate2d(np.where(m, x, 0), w, mode='valid')\n    c = correlate2d(m.astype(float), np.ones_like(w), mode='valid')\n    return np.where(c > 0, s * w.size / np.maximum(c, 1) + b, 0), c > 0\n",
        "nothing is padded",
    ),
    (
        "",
        "",
        "from scipy.signal import correlate2d\ndef f(x, m, w, b):\n    s = correlate2d(np.where(m, x, 0), w, mode='same')\n    c = correlate2d(m.astype(float), np.ones_like(w), mode='same')\n    return np.where(c > 0, s / np.maximum(c, 1) + b, 0), c > 0\n",
        "sum\\(1\\)",
    ),
    (
        "",
        "",
        "from scipy.signal import correlate2d\ndef f(x, m, w, b):\n    s = correlate2d(np.where(m, x, 0), w, mode='same')\n    c = correlate2d(m.astype(float), np.ones_like(w), mode='same')\n    return s * w.size / (c + 1e-8) + b, c > 0\n",
        "b is added",
    ),
    (
        "",
        "",
        "from scipy.signal import correlate2d\ndef f(x, m, w, b):\n    s = correlate2d(np.where(m, x, 0), w, mode='full')\n    c = correlate2d(m.astype(float), np.ones_like(w), mode='full')\n    return np.where(c > 0, s * w.size / np.maximum(c, 1) + b, 0), c > 0\n",
        "shape",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    k = len(w); p = k // 2\n    X = np.pad(x, p); M = np.pad(m, p)\n    y = np.zeros(x.shape); new = m.copy()\n    for i in range(x.shape[0]):\n        for j in range(x.shape[1]):\n            mm = M[i:i+k, j:j+k]\n            if mm.any():\n                y[i, j] = (w[mm] * X[i:i+k, j:j+k][mm]).sum() * k * k / mm.sum() + b\n    return y, new\n",
        "old mask",
    ),
    (
        "",
        "",
        "def f(x, m, w, b):\n    k = len(w); p = k // 2\n    X = np.pad(x, p); M = np.pad(m, p)\n    y = np.zeros(x.shape); new = np.zeros(m.shape, bool)\n    for i in range(x.shape[0]):\n        for j in range(x.shape[1]):\n            mm = M[j:j+k, i:i+k]\n            if mm.any():\n                y[i, j] = (w[mm] * X[j:j+k, i:i+k][mm]).sum() * k * k / mm.sum() + b\n                new[i, j] = 1\n    return y, new\n",
        ".",
    ),
    (
        "",
        "",
        "from scipy.ndimage import correlate\ndef f(x, m, w, b):\n    s = correlate(np.nan_to_num(x), w, mode='constant')\n    c = correlate(m.astype(int), np.ones(w.shape, int), mode='constant')\n    return np.where(c > 0, s * w.size / np.maximum(c, 1) + b, 0), c > 0\n",
        "values in the hole",
    ),
    (
        "",
        "",
        "from scipy.ndimage import correlate\ndef f(x, m, w, b):\n    s = correlate(np.where(m, x, 0), w, mode='constant')\n    c = correlate(m.astype(int), np.ones(w.shape, int), mode='constant')\n    return np.where(c > 0, (s + b) * w.size / np.maximum(c, 1), 0), c > 0\n",
        "bias is rescaled",
    ),
    (
        "",
        "",
        "from scipy.ndimage import correlate\ndef f(x, m, w, b):\n    s = correlate(np.where(m, x, 0), w, mode='constant')\n    c = correlate(m.astype(int), np.ones(w.shape, int), mode='constant')\n    return np.where(m, s * w.size / np.maximum(c, 1) + b, 0), m\n",
        "old mask",
    ),
    (
        "",
        "",
        "from scipy.ndimage import correlate, uniform_filter\ndef f(x, m, w, b):\n    s = correlate(np.where(m, x, 0), w, mode='constant')\n    c = uniform_filter(m.astype(float), len(w))\n    return np.where(c > 0, s / np.maximum(c, 1e-6) + b, 0), c > 0\n",
        "border|multiplied|bias|mask is padded|padd",
    ),
]
