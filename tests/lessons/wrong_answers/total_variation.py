"""Answers to the exercise `total_variation`, right and wrong."""

RIGHT = {
    "loops": """
def f(composed, mask):
    N, C, H, W = composed.shape
    total = composed.sum() * 0
    for n in range(N):
        R = [[bool((mask[n, 0, max(0, i - 1):i + 2, max(0, j - 1):j + 2] == 0).any()) for j in range(W)] for i in range(H)]
        for i in range(H):
            for j in range(W):
                if j + 1 < W and R[i][j] and R[i][j + 1]:
                    total = total + (composed[n, :, i, j + 1] - composed[n, :, i, j]).abs().sum()
                if i + 1 < H and R[i][j] and R[i + 1][j]:
                    total = total + (composed[n, :, i + 1, j] - composed[n, :, i, j]).abs().sum()
    return total / (N * C * H * W)
""",
    "vectorised": """
def f(composed, mask):
    R = F.max_pool2d(1 - mask, 3, stride=1, padding=1)
    dx = (composed[:, :, :, 1:] - composed[:, :, :, :-1]).abs()
    dy = (composed[:, :, 1:] - composed[:, :, :-1]).abs()
    rx = R[:, :, :, 1:] * R[:, :, :, :-1]
    ry = R[:, :, 1:] * R[:, :, :-1]
    return ((dx * rx).sum() + (dy * ry).sum()) / composed.numel()
""",
    "diff": """
def f(composed, mask):
    R = 1 - (F.conv2d(F.pad(mask, (1, 1, 1, 1), value=1), torch.ones(1, 1, 3, 3)) > 8.5).float()
    out = 0
    for axis in (-1, -2):
        n = composed.shape[axis]
        both = R.narrow(axis, 1, n - 1) * R.narrow(axis, 0, n - 1)
        out = out + (torch.diff(composed, dim=axis).abs() * both).sum()
    return out / composed.numel()
""",
}

WRONG = [
    ("vectorised", "(dx * rx).sum() + (dy * ry).sum()", "dx.sum() + dy.sum()", "all pairs of the picture"),
    ("diff", ".abs() * both", ".abs()", "all pairs of the picture"),
    ("vectorised", "F.max_pool2d(1 - mask, 3, stride=1, padding=1)", "1 - mask", "hole alone"),
    ("diff", "R = 1 -", "R = 1 - mask if True else", "hole alone"),
    ("loops", "max(0, i - 1):i + 2, max(0, j - 1):j + 2]", "i, j]", "hole alone"),
    ("vectorised", "1 - mask, 3, stride=1, padding=1", "1 - mask, 5, stride=1, padding=2", "two pixels"),
    ("vectorised", "1 - mask, 3", "mask, 3", "valid part grows"),
    (
        "vectorised",
        "R[:, :, :, 1:] * R[:, :, :, :-1]",
        "torch.maximum(R[:, :, :, 1:], R[:, :, :, :-1])",
        "one of its pixels|wholly in R",
    ),
    (
        "vectorised",
        "dx * rx).sum() + (dy * ry)",
        "dx * R[..., 1:]).sum() + (dy * R[..., 1:, :])",
        "one of|only one|both",
    ),
    ("vectorised", ".abs()", ".square()", "squared"),
    ("diff", ".abs() *", ".pow(2) *", "squared"),
    ("loops", ".abs().sum()", ".pow(2).sum()", "squared"),
    ("vectorised", ".abs()", "", "signs"),
    ("diff", ".abs() *", " *", "signs"),
    ("vectorised", "(dx * rx).sum() + (dy * ry).sum()", "(dx * rx).sum()", "only the differences across"),
    ("diff", "(-1, -2)", "(-2,)", "only the differences down"),
    ("diff", "(-1, -2)", "(-1,)", "only the differences across"),
    ("vectorised", " / composed.numel()", "", "return a sum"),
    ("diff", "out / composed.numel()", "out", "return a sum"),
    ("loops", "(N * C * H * W)", "N", "number of pictures|C · H · W"),
    ("vectorised", "composed.numel()", "mask.numel()", "channel|three times"),
    ("vectorised", "composed.numel()", "composed[0].numel()", "one picture|batch"),
    ("loops", "(N * C * H * W)", "(C * H * W)", "one picture|batch"),
    ("vectorised", "composed.numel()", "(R.sum() * 3)", "size of R"),
    (
        "vectorised",
        "((dx * rx).sum() + (dy * ry).sum()) / composed.numel()",
        "(dx * rx).mean() + (dy * ry).mean()",
        "mean of each array",
    ),
    (
        "vectorised",
        "((dx * rx).sum() + (dy * ry).sum()) / composed.numel()",
        "((dx * rx).sum() + (dy * ry).sum()) / (3 * (rx.sum() + ry.sum()))",
        "number of pairs",
    ),
    (
        "vectorised",
        "return",
        "dx = ((composed * R).diff(dim=3)).abs(); dy = ((composed * R).diff(dim=2)).abs(); rx = ry = 1\n    return",
        "outside R to 0|line",
    ),
    ("vectorised", "dx = (composed", "composed = composed * (1 - mask)\n    dx = (composed", "valid|0|hole"),
    (
        "vectorised",
        "return",
        "return torch.sqrt((dx[:, :, 1:] ** 2 + dy[:, :, :, 1:] ** 2) * rx[:, :, 1:] * ry[:, :, :, 1:]).sum() / composed.numel()\n    return",
        "root|both directions|isotropic",
    ),
    (
        "vectorised",
        "((dx * rx).sum() + (dy * ry).sum()) / composed.numel()",
        "(((dx * rx).sum() + (dy * ry).sum()) / composed.numel()).item()",
        "gradient|tensor",
    ),
    ("vectorised", "return ", "with torch.no_grad():\n        return ", "gradient"),
    ("loops", "(N * C * H * W)", "(N * C * H * W) / 2", "halved"),
    ("diff", "for axis in (-1, -2)", "for axis in (-1, -2, 1)", "colour|channel|narrow|line"),
    (
        "vectorised",
        "return ((dx * rx).sum() + (dy * ry).sum()) / composed.numel()",
        "return 0.1 * ((dx * rx).sum() + (dy * ry).sum()) / composed.numel()",
        "0.1|weight",
    ),
    ("vectorised", "composed[:, :, :, 1:] - composed[:, :, :, :-1]", "composed - composed.roll(1, 3)", "line|wraps"),
    ("diff", "torch.ones(1, 1, 3, 3)) > 8.5", "torch.tensor([[[[0., 1, 0], [1, 1, 1], [0, 1, 0]]]])) > 4.5", "plus"),
    ("diff", "value=1", "value=0", "outside|border"),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    a = F.l1_loss(composed[..., 1:] * R[..., 1:] , composed[..., :-1] * R[..., :-1])\n    b = F.l1_loss(composed[..., 1:, :] * R[..., 1:, :], composed[..., :-1, :] * R[..., :-1, :])\n    return a + b\n",
        "flat picture",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    dx = (composed[..., 1:] - composed[..., :-1]).abs()[..., :-1, :]\n    dy = (composed[..., 1:, :] - composed[..., :-1, :]).abs()[..., :-1]\n    r = R[..., 1:, 1:] * R[..., :-1, 1:] * R[..., 1:, :-1]\n    return ((dx + dy) * r).sum() / composed.numel()\n",
        "row|column|pair",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    dx = (composed[..., 2:] - composed[..., :-2]).abs() * R[..., 2:] * R[..., :-2]\n    dy = (composed[..., 2:, :] - composed[..., :-2, :]).abs() * R[..., 2:, :] * R[..., :-2, :]\n    return (dx.sum() + dy.sum()) / composed.numel()\n",
        "count as|pairs",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = 1 - mask\n    dx = (composed[..., 1:] - composed[..., :-1]).abs() * torch.maximum(R[..., 1:], R[..., :-1])\n    dy = (composed[..., 1:, :] - composed[..., :-1, :]).abs() * torch.maximum(R[..., 1:, :], R[..., :-1, :])\n    return (dx.sum() + dy.sum()) / composed.numel()\n",
        "count as 6",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    dx = (composed[..., 1:] - composed[..., :-1]).abs() * R[..., 1:] * R[..., :-1]\n    dy = (composed[..., 1:, :] - composed[..., :-1, :]).abs() * R[..., 1:, :] * R[..., :-1, :]\n    return (dx.sum((1, 2, 3)) + dy.sum((1, 2, 3))) / composed[0].numel()\n",
        "shape",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    dx = (composed[..., 1:] - composed[..., :-1]).abs() * R[..., 1:] * R[..., :-1]\n    dy = (composed[..., 1:, :] - composed[..., :-1, :]).abs() * R[..., 1:, :] * R[..., :-1, :]\n    return torch.tensor((dx.sum() + dy.sum()) / composed.numel())\n",
        "gradient",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    c = composed.masked_fill(R == 0, float('nan'))\n    dx = (c[..., 1:] - c[..., :-1]).abs()\n    dy = (c[..., 1:, :] - c[..., :-1, :]).abs()\n    return (dx.nanmean() + dy.nanmean())\n",
        "mean|size|pairs|divide",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    h = composed.diff(dim=-1).abs()\n    v = composed.diff(dim=-2).abs()\n    a = R[..., 1:] * R[..., :-1]\n    b = R[..., 1:, :] * R[..., :-1, :]\n    return ((h * a).sum() + (v * b).sum()) / (3 * R.sum())\n",
        "size of R",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    h = composed.diff(dim=-1).abs()\n    v = composed.diff(dim=-2).abs()\n    a = R[..., 1:] * R[..., :-1]\n    b = R[..., 1:, :] * R[..., :-1, :]\n    return (h * a).mean() + (v * b).mean()\n",
        "mean of each",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    h = composed.diff(dim=-1).abs()\n    v = composed.diff(dim=-2).abs()\n    a = R[..., 1:] * R[..., :-1]\n    b = R[..., 1:, :] * R[..., :-1, :]\n    return ((h * a).pow(2).sum() + (v * b).pow(2).sum()).sqrt() / composed.numel()\n",
        "root|squared|pairs|count",
    ),
    (
        "",
        "",
        "def f(composed, mask):\n    R = F.max_pool2d(1 - mask, 3, 1, 1)\n    h = composed.diff(dim=-1).abs()\n    v = composed.diff(dim=-2).abs()\n    a = R[..., 1:] * R[..., :-1]\n    b = R[..., 1:, :] * R[..., :-1, :]\n    return (h.mean() + v.mean()) * R.mean()\n",
        "pairs|R",
    ),
]
