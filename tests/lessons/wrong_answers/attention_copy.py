"""Answers to the exercise `attention_copy`, right and wrong."""

RIGHT = {
    "loops": """
def f(picture, mask, scale):
    H, W = mask.shape
    clean = np.zeros((H + 2, W + 2))
    for r in range(H):
        for c in range(W):
            if mask[r, c]:
                clean[r + 1, c + 1] = picture[r, c]
    patch = lambda r, c: clean[r:r + 3, c:c + 3].ravel()
    sources = [(r, c) for r in range(1, H - 1) for c in range(1, W - 1) if mask[r - 1:r + 2, c - 1:c + 2].all()]
    out = picture.copy()
    for r in range(H):
        for c in range(W):
            if mask[r, c]:
                continue
            q = patch(r, c)
            weights = []
            for a, b in sources:
                k = patch(a, b)
                length = math.sqrt((q @ q) * (k @ k))
                cos = q @ k / length if length > 0 else 0
                weights.append(math.exp(scale * cos))
            total = sum(weights)
            out[r, c] = sum(w * picture[s] for w, s in zip(weights, sources)) / total
    return out
""",
    "vectorised": """
def f(picture, mask, scale):
    known = np.where(mask, picture, 0)
    win = np.lib.stride_tricks.sliding_window_view
    patches = win(np.pad(known, 1), (3, 3)).reshape(-1, 9)
    ok = win(np.pad(mask, 1), (3, 3)).all((2, 3)).ravel()
    norm = np.sqrt((patches**2).sum(1))
    norm[norm == 0] = 1
    unit = patches / norm[:, None]
    hole = ~mask.ravel()
    e = np.exp(scale * unit[hole] @ unit[ok].T)
    e = e / e.sum(1, keepdims=True)
    out = picture.ravel().copy()
    out[hole] = e @ picture.ravel()[ok]
    return out.reshape(mask.shape)
""",
    "torch": """
def f(picture, mask, scale):
    m = torch.tensor(mask)
    x = torch.where(m, torch.tensor(picture), 0.0)
    cols = F.unfold(x[None, None], 3, padding=1)[0].T
    full = F.unfold(m[None, None].double(), 3, padding=1)[0].sum(0) == 9
    unit = F.normalize(cols, dim=1)
    h = ~m.flatten()
    att = torch.softmax(scale * unit[h] @ unit[full].T, dim=1)
    out = torch.tensor(picture)
    out[~m] = att @ x.flatten()[full]
    return out.numpy()
""",
}

WRONG = [
    ("loops", "q @ k / length if length > 0 else 0", "q @ k", "not normalised"),
    ("vectorised", "patches / norm[:, None]", "patches", "not normalised"),
    ("torch", "F.normalize(cols, dim=1)", "cols", "not normalised"),
    ("loops", "math.sqrt((q @ q) * (k @ k))", "math.sqrt(q @ q)", "only the patch of the hole pixel"),
    ("torch", "unit[full].T", "cols[full].T", "only the patch of the hole pixel"),
    ("loops", "math.sqrt((q @ q) * (k @ k))", "math.sqrt(k @ k)", "only the known patches"),
    ("vectorised", "unit[hole] @", "patches[hole] @", "only the known patches"),
    ("loops", "math.sqrt((q @ q) * (k @ k))", "(q @ q) * (k @ k)", "sums of squares"),
    ("vectorised", "np.sqrt((patches**2).sum(1))", "(patches**2).sum(1)", "sums of squares"),
    (
        "torch",
        "F.normalize(cols, dim=1)",
        "F.normalize(cols - cols.mean(1, keepdim=True), dim=1)",
        "mean is subtracted",
    ),
    ("loops", "q @ k / length if length > 0 else 0", "-((q - k) ** 2).sum()", "Euclidean"),
    ("loops", "weights.append(math.exp(scale * cos))", "weights.append(scale * cos)", "softmax is missing"),
    (
        "vectorised",
        "np.exp(scale * unit[hole] @ unit[ok].T)",
        "(scale * unit[hole] @ unit[ok].T)",
        "softmax is missing",
    ),
    ("loops", " / total", "", "do not sum to 1"),
    ("vectorised", "    e = e / e.sum(1, keepdims=True)\n", "", "do not sum to 1"),
    ("vectorised", "e.sum(1, keepdims=True)", "e.sum(0, keepdims=True)", "over the hole pixels"),
    ("torch", "dim=1)\n    out", "dim=0)\n    out", "over the hole pixels"),
    ("vectorised", "e.sum(1, keepdims=True)", "e.sum()", "all pairs at once"),
    (
        "loops",
        "out[r, c] = sum(w * picture[s] for w, s in zip(weights, sources)) / total",
        "out[r, c] = picture[sources[int(np.argmax(weights))]]",
        "only the best patch",
    ),
    ("loops", "scale * cos", "cos", "scale is not used"),
    ("torch", "scale * unit", "unit", "scale is not used"),
    ("loops", "scale * cos", "cos / scale", "divide by the scale"),
    (
        "torch",
        "torch.softmax(scale * unit[h] @ unit[full].T, dim=1)",
        "scale * torch.softmax(unit[h] @ unit[full].T, dim=1)",
        "after the softmax",
    ),
    ("vectorised", ".all((2, 3))", ".any((2, 3))", "touch the hole|sources|source"),
    ("vectorised", "win(np.pad(mask, 1), (3, 3)).all((2, 3)).ravel()", "mask.ravel()", "sources"),
    (
        "loops",
        "range(1, H - 1) for c in range(1, W - 1) if mask[r - 1:r + 2, c - 1:c + 2].all()",
        "range(H) for c in range(W) if mask[r, c]",
        "sources",
    ),
    ("loops", "if mask[r - 1:r + 2, c - 1:c + 2].all()", "if mask[r, c]", "touch the hole"),
    (
        "vectorised",
        "win(np.pad(mask, 1), (3, 3)).all((2, 3)).ravel()",
        "win(np.pad(mask, 1, constant_values=True), (3, 3)).all((2, 3)).ravel()",
        "beyond the picture",
    ),
    ("vectorised", "np.pad(known, 1)", 'np.pad(known, 1, mode="edge")', "border pixels"),
    ("vectorised", "known = np.where(mask, picture, 0)", "known = picture", "values in the hole are compared"),
    ("torch", "torch.where(m, torch.tensor(picture), 0.0)", "torch.tensor(picture)", "values in the hole are compared"),
    ("torch", "torch.where(m, torch.tensor(picture), 0.0)", "torch.tensor(picture * mask)", "NaN"),
    ("vectorised", "    norm[norm == 0] = 1\n", "", "0/0"),
    ("loops", " if length > 0 else 0", "", "0/0|zero|line"),
    ("loops", "            if mask[r, c]:\n                continue\n", "", "valid pixels change"),
    ("vectorised", "np.pad(known, 1)", 'np.pad(known, 1, mode="reflect")', "mirror|pad"),
    ("torch", "return out.numpy()", "return out", "tensor"),
    ("loops", "out = picture.copy()", "out = picture", "copy"),
    ("vectorised", "out.reshape(mask.shape)", "out", "shape"),
    ("vectorised", "np.exp(scale", "np.exp(-scale", "sign|minus"),
    (
        "loops",
        "patch = lambda r, c: clean[r:r + 3, c:c + 3].ravel()",
        "patch = lambda r, c: clean[r:r + 2, c:c + 2].ravel()",
        "patch",
    ),
    ("torch", "out[~m] = att @ x.flatten()[full]", "out[m] = 0; out[~m] = att @ x.flatten()[full]", "valid pixels"),
    ("vectorised", "picture.ravel()[ok]", "(patches[ok].mean(1))", "centre"),
    ("vectorised", "out[hole] = e @ picture.ravel()[ok]", "out[hole] = picture.ravel()[ok].mean()", "same weight"),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    p = np.pad(np.where(mask, picture, 0), 1)\n    H, W = mask.shape\n    P = {(r, c): p[r:r+3, c:c+3].ravel() for r in range(H) for c in range(W)}\n    src = [k for k in P if 0 < k[0] < H - 1 and 0 < k[1] < W - 1 and mask[k[0]-1:k[0]+2, k[1]-1:k[1]+2].all()]\n    out = picture.copy()\n    for r, c in zip(*np.where(~mask)):\n        q = P[r, c]\n        s = np.array([q @ P[k] / (np.linalg.norm(q) * np.linalg.norm(P[k]) + 1e-9) for k in src])\n        w = np.exp(s) / np.exp(s).sum()\n        out[r, c] = sum(wi * picture[k] for wi, k in zip(w, src))\n    return out\n",
        "scale is not used",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    p = np.pad(np.where(mask, picture, 0), 1)\n    H, W = mask.shape\n    P = {(r, c): p[r:r+3, c:c+3].ravel() for r in range(H) for c in range(W)}\n    src = [k for k in P if 0 < k[0] < H - 1 and 0 < k[1] < W - 1 and mask[k[0]-1:k[0]+2, k[1]-1:k[1]+2].all()]\n    out = np.zeros_like(picture)\n    for r, c in zip(*np.where(~mask)):\n        q = P[r, c]\n        s = np.array([q @ P[k] / (np.linalg.norm(q) * np.linalg.norm(P[k]) + 1e-9) for k in src])\n        w = np.exp(scale * s) / np.exp(scale * s).sum()\n        out[r, c] = sum(wi * picture[k] for wi, k in zip(w, src))\n    return out\n",
        "valid pixels",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    p = np.pad(np.where(mask, picture, 0), 1)\n    H, W = mask.shape\n    P = {(r, c): p[r:r+3, c:c+3].ravel() for r in range(H) for c in range(W)}\n    src = [k for k in P if 0 < k[0] < H - 1 and 0 < k[1] < W - 1 and mask[k[0]-1:k[0]+2, k[1]-1:k[1]+2].all()]\n    out = picture.copy()\n    for r, c in zip(*np.where(~mask)):\n        q = P[r, c]\n        s = np.array([q @ P[k] / (np.linalg.norm(q) * np.linalg.norm(P[k]) + 1e-9) for k in src])\n        w = s ** scale\n        out[r, c] = sum(wi * picture[k] for wi, k in zip(w, src)) / w.sum()\n    return out\n",
        "exp|softmax",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    p = np.pad(np.where(mask, picture, 0), 1)\n    H, W = mask.shape\n    P = {(r, c): p[r:r+3, c:c+3].ravel() for r in range(H) for c in range(W)}\n    src = [k for k in P if 0 < k[0] < H - 1 and 0 < k[1] < W - 1 and mask[k[0]-1:k[0]+2, k[1]-1:k[1]+2].all()]\n    out = picture.copy()\n    for r, c in zip(*np.where(~mask)):\n        q = P[r, c]\n        s = np.array([-np.abs(q - P[k]).sum() for k in src])\n        w = np.exp(scale * s) / np.exp(scale * s).sum()\n        out[r, c] = sum(wi * picture[k] for wi, k in zip(w, src))\n    return out\n",
        "Euclid|cosine|distance",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    p = np.pad(np.where(mask, picture, 0), 1)\n    H, W = mask.shape\n    P = {(r, c): p[r:r+3, c:c+3].ravel() for r in range(H) for c in range(W)}\n    src = [k for k in P if mask[k]]\n    out = picture.copy()\n    for r, c in zip(*np.where(~mask)):\n        q = P[r, c]\n        s = np.array([q @ P[k] / (np.linalg.norm(q) * np.linalg.norm(P[k]) + 1e-9) for k in src])\n        w = np.exp(scale * s) / np.exp(scale * s).sum()\n        out[r, c] = sum(wi * picture[k] for wi, k in zip(w, src))\n    return out\n",
        "source",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    H, W = mask.shape\n    p = np.pad(np.where(mask, picture, 0), 1)\n    P = np.array([[p[i:i+3, j:j+3].ravel() for j in range(W)] for i in range(H)])\n    ok = np.zeros((H, W), bool)\n    for i in range(1, H - 1):\n        for j in range(1, W - 1):\n            ok[i, j] = mask[i-1:i+2, j-1:j+2].all()\n    out = picture.copy()\n    U = P / np.maximum(np.sqrt((P ** 2).sum(-1)), 1e-8)[..., None]\n    for i, j in np.argwhere(~mask):\n        s = U[ok] @ U[i, j]\n        k = np.argsort(s)[-3:]\n        e = np.exp(scale * s[k])\n        out[i, j] = (e * picture[ok][k]).sum() / e.sum()\n    return out\n",
        "all|best",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    H, W = mask.shape\n    p = np.pad(np.where(mask, picture, 0), 1)\n    P = np.array([[p[i:i+3, j:j+3].ravel() for j in range(W)] for i in range(H)])\n    ok = np.zeros((H, W), bool)\n    for i in range(1, H - 1):\n        for j in range(1, W - 1):\n            ok[i, j] = mask[i-1:i+2, j-1:j+2].all()\n    out = picture.copy()\n    U = P / np.maximum(np.sqrt((P ** 2).sum(-1)), 1e-8)[..., None]\n    for i, j in np.argwhere(~mask):\n        s = scale * U[ok] @ U[i, j]\n        out[i, j] = (s * picture[ok]).sum() / s.sum()\n    return out\n",
        "softmax is missing",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    H, W = mask.shape\n    p = np.pad(np.where(mask, picture, 0), 1)\n    P = np.array([[p[i:i+3, j:j+3].ravel() for j in range(W)] for i in range(H)])\n    ok = np.zeros((H, W), bool)\n    for i in range(1, H - 1):\n        for j in range(1, W - 1):\n            ok[i, j] = mask[i-1:i+2, j-1:j+2].all()\n    out = picture.copy()\n    U = P / np.maximum(np.sqrt((P ** 2).sum(-1)), 1e-8)[..., None]\n    for i, j in np.argwhere(~mask):\n        s = P[ok] @ P[i, j]\n        e = np.exp(scale * s)\n        out[i, j] = (e * picture[ok]).sum() / e.sum()\n    return out\n",
        "not normalised",
    ),
    (
        "",
        "",
        "def f(picture, mask, scale):\n    H, W = mask.shape\n    p = np.pad(np.where(mask, picture, 0), 1)\n    P = np.array([[p[i:i+3, j:j+3].ravel() for j in range(W)] for i in range(H)])\n    ok = np.zeros((H, W), bool)\n    for i in range(1, H - 1):\n        for j in range(1, W - 1):\n            ok[i, j] = mask[i-1:i+2, j-1:j+2].all()\n    out = picture.copy()\n    U = P / np.maximum(np.sqrt((P ** 2).sum(-1)), 1e-8)[..., None]\n    for i, j in np.argwhere(~mask):\n        e = np.exp(scale * U[ok] @ U[i, j])\n        out[i, j] = (e * picture[ok]).sum()\n    return out\n",
        "sum to 1",
    ),
]
