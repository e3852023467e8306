"""Answers to the exercise `gram`, right and wrong."""

RIGHT = {
    "loops": """
def f(features):
    n, c, h, w = features.shape
    out = features.new_zeros(n, c, c)
    for b in range(n):
        for i in range(c):
            for j in range(c):
                out[b, i, j] = (features[b, i] * features[b, j]).sum() / (c * h * w)
    return out
""",
    "matrix": """
def f(features):
    n, c, h, w = features.size()
    m = features.view(n, c, h * w)
    return torch.bmm(m, m.mT).div(c * h * w)
""",
    "einsum": """
def f(features):
    return torch.einsum("ncij,ndij->ncd", features, features) / features[0].numel()
""",
    "broadcast": """
def f(features):
    return (features[:, :, None] * features[:, None]).mean((3, 4)) / features.shape[1]
""",
}

WRONG = [
    ("loops", " / (c * h * w)", "", "K_p is missing"),
    ("einsum", " / features[0].numel()", "", "K_p is missing"),
    ("matrix", ".div(c * h * w)", "", "K_p is missing"),
    ("loops", "(c * h * w)", "c", "by C only"),
    ("broadcast", ".mean((3, 4))", ".sum((3, 4))", "by C only"),
    ("loops", "(c * h * w)", "(h * w)", "H · W only"),
    ("broadcast", " / features.shape[1]", "", "H · W only"),
    ("matrix", "c * h * w)", "n * c * h * w)", "number of pictures"),
    ("einsum", "features[0].numel()", "features.numel()", "number of pictures"),
    ("matrix", "c * h * w)", "c * c * h * w)", "C twice"),
    ("broadcast", "features.shape[1]", "features.shape[1] ** 2", "C twice"),
    ("matrix", "torch.bmm(m, m.mT)", "torch.bmm(m.mT, m)", "compares positions"),
    ("einsum", "ncij,ndij->ncd", "ncij,nckl->nijkl", "position|shape"),
    ("loops", "    out =", "    features = features - features.mean((2, 3), keepdim=True)\n    out =", "covariance"),
    ("matrix", "    return", "    m = m - m.mean(2, keepdim=True)\n    return", "covariance"),
    ("matrix", "    return", "    m = m / m.norm(dim=2, keepdim=True)\n    return", "length 1"),
    (
        "matrix",
        "    return torch.bmm(m, m.mT).div(c * h * w)",
        "    m = F.normalize(m, dim=-1)\n    return m @ m.mT",
        "length 1",
    ),
    ("einsum", "->ncd", "->cd", "batch gives one matrix"),
    ("matrix", "view(n, c, h * w)", "view(n, h * w, c).mT", "mixes channels and positions"),
    ("matrix", "view(n, c, h * w)", "view(n, h * w, c)", "position|mixes|shape"),
    (
        "matrix",
        "    m = features.view(n, c, h * w)\n    return torch.bmm(m, m.mT)",
        "    m = features.view(n * c, h * w)\n    return torch.mm(m, m.T)",
        "pictures are mixed|shape",
    ),
    ("einsum", "ncij,ndij->ncd", "ncij,ncij->nc", "diagonal|shape|channel"),
    ("loops", "for j in range(c):", "for j in [i]:", "diagonal"),
    ("einsum", "features, features)", "features.mean((2, 3), True), features.mean((2, 3), True))", "average first"),
    ("matrix", "torch.bmm(m, m.mT).div(c * h * w)", "features @ features.mT / (c * h * w)", "last two axes"),
    ("matrix", "torch.bmm(m, m.mT)", "torch.bmm(m, m.mT)[0]", "first picture"),
    ("loops", "out[b, i, j]", "out[0, i, j]", "first picture|last|pictures"),
    ("matrix", "torch.bmm(m, m.mT)", "torch.bmm(m, m.mT).abs().sqrt()", "root"),
    ("loops", "for j in range(c):", "for j in range(i, c):", "half|triang|symmetric"),
    ("loops", "for j in range(c):", "for j in range(i):", "half|triang|diagonal"),
    ("matrix", "torch.bmm(m, m.mT)", "torch.bmm(m, m.mT).detach()", "gradient"),
    ("matrix", "def f", "@torch.no_grad()\ndef f", "gradient"),
    ("matrix", "torch.bmm(m, m.mT).div(c * h * w)", "m * m / (c * h * w)", "product|@|shape"),
    ("matrix", "torch.bmm(m, m.mT).div(c * h * w)", "torch.bmm(m, m.mT).div(c * h)", "W|H"),
    ("loops", "features[b, j]).sum()", "features[b, j]).mean()", "twice"),
    ("matrix", "torch.bmm(m, m.mT).div(c * h * w)", "torch.softmax(torch.bmm(m, m.mT), -1)", "softmax|sum to 1|row"),
    ("einsum", "features, features)", "features, features).numpy()", "tensor|line"),
    (
        "",
        "",
        "def f(features):\n    N, C, H, W = features.shape\n    out = []\n    for a in features:\n        p = a.flatten(1)\n        out.append(p.T @ p / (C * H * W))\n    return torch.stack(out)\n",
        "positions",
    ),
    (
        "",
        "",
        "def f(features):\n    N, C, H, W = features.shape\n    out = []\n    for a in features:\n        p = a.flatten(1)\n        out.append(p @ p.T / (C * H * W))\n    return out\n",
        "list",
    ),
    (
        "",
        "",
        "def f(features):\n    N, C, H, W = features.shape\n    p = features.permute(0, 2, 3, 1).reshape(N, C, H * W)\n    return p @ p.mT / (C * H * W)\n",
        "mix|channels and positions|reshape",
    ),
    (
        "",
        "",
        "def f(features):\n    p = features.flatten(2)\n    return torch.stack([torch.cov(a) for a in p])\n",
        "covariance|mean",
    ),
    (
        "",
        "",
        "def f(features):\n    p = features.flatten(2)\n    return torch.stack([torch.corrcoef(a) for a in p])\n",
        "correlation|scaled|length",
    ),
    (
        "",
        "",
        "def f(features):\n    p = features.flatten(2)\n    return p @ p.mT / (features.shape[1] ** 2 * features.shape[2] * features.shape[3])\n",
        "C twice",
    ),
    (
        "",
        "",
        "def f(features):\n    p = features.flatten(2)\n    return p @ p.mT / len(features.flatten())\n",
        "number of pictures",
    ),
    (
        "",
        "",
        "def f(features):\n    n, c, h, w = features.shape\n    x = features.reshape(n, c, -1)\n    return torch.einsum('nci,ndi->cd', x, x) / (n * c * h * w)\n",
        "batch|each picture|shape",
    ),
    (
        "",
        "",
        "def f(features):\n    n, c, h, w = features.shape\n    x = features.reshape(n, -1, c)\n    return x.mT @ x / (c * h * w)\n",
        "mixes",
    ),
    (
        "",
        "",
        "def f(features):\n    n, c, h, w = features.shape\n    x = features.reshape(n, c, -1)\n    return x @ x.mT / (c * (h + w))\n",
        "divided by",
    ),
    (
        "",
        "",
        "def f(features):\n    n, c, h, w = features.shape\n    x = features.reshape(n, c, -1)\n    x = x / x.std(-1, keepdim=True)\n    return x @ x.mT / (c * h * w)\n",
        "scale|correlation",
    ),
]
