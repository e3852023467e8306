"""Answers to the exercise `pixel_losses`, right and wrong."""

RIGHT = {
    "loops": """
def f(output, target, mask):
    B, C, H, W = output.shape
    valid = hole = 0
    for b in range(B):
        for c in range(C):
            d = abs(output[b, c] - target[b, c])
            valid = valid + (d * mask[b, 0]).sum()
            hole = hole + (d * (1 - mask[b, 0])).sum()
    return valid / (B * C * H * W), hole / (B * C * H * W)
""",
    "vectorised": """
def f(output, target, mask):
    n = output.numel()
    return torch.abs(mask * (output - target)).sum() / n, torch.abs((1 - mask) * (output - target)).sum() / n
""",
    "functional": """
def f(output, target, mask):
    valid = F.l1_loss(output * mask, target * mask)
    hole = F.l1_loss(output * (1 - mask), target * (1 - mask))
    return [valid, hole]
""",
    "stack": """
def f(output, target, mask):
    both = torch.stack([mask, 1 - mask]) * torch.linalg.vector_norm(output - target, ord=1, dim=1, keepdim=True)
    return both.mean((1, 2, 3, 4)).div(3)
""",
}

WRONG = [
    ("loops", "return valid / (B * C * H * W), hole", "return hole / (B * C * H * W), valid", "swapped"),
    ("functional", "[valid, hole]", "[hole, valid]", "swapped|order"),
    (
        "vectorised",
        "torch.abs(mask * (output - target)).sum() / n",
        "torch.abs(mask * (output - target)).sum() / mask.sum()",
        "valid.*(size|divided|part)|N",
    ),
    (
        "loops",
        "valid / (B * C * H * W), hole / (B * C * H * W)",
        "valid / (C * mask.sum()), hole / (C * (1 - mask).sum())",
        "size of its own part|size of the part",
    ),
    (
        "vectorised",
        "return",
        "d = (output - target).abs()\n    m = mask.bool().expand_as(d)\n    return d[m].mean(), d[~m].mean()\n    return",
        "size of the part",
    ),
    ("loops", "valid / (B * C * H * W), hole / (B * C * H * W)", "valid, hole", "sums"),
    ("vectorised", " / n", "", "sums"),
    ("loops", "(B * C * H * W)", "B", "number of pictures only"),
    ("vectorised", "output.numel()", "len(output)", "number of pictures only"),
    ("loops", "(B * C * H * W)", "(B * H * W)", "one channel"),
    ("vectorised", "output.numel()", "mask.numel()", "one channel"),
    ("stack", ".div(3)", "", "one channel"),
    ("loops", "(B * C * H * W)", "(C * H * W)", "size of one picture"),
    ("vectorised", "output.numel()", "output[0].numel()", "size of one picture"),
    ("vectorised", "torch.abs", "torch.square", "squared"),
    ("functional", "l1_loss", "mse_loss", "squared"),
    ("loops", "abs(output[b, c] - target[b, c])", "(output[b, c] - target[b, c]) ** 2", "squared"),
    ("loops", "abs(output[b, c] - target[b, c])", "(output[b, c] - target[b, c])", "signs"),
    ("vectorised", "torch.abs", "", "signs"),
    ("functional", "l1_loss", "smooth_l1_loss", "smooth|Huber"),
    (
        "functional",
        "output * mask, target * mask",
        "output * mask, target",
        "only the output (of the valid term )?is masked",
    ),
    ("vectorised", "mask * (output - target)).sum() / n,", "output - target).sum() / n,", "whole picture"),
    ("functional", "output * mask, target * mask", "output, target", "whole picture"),
    ("functional", "[valid, hole]", "[valid, 6 * hole]", "weight of 6"),
    ("functional", "[valid, hole]", "valid + 6 * hole", "add|Return 2"),
    ("functional", "[valid, hole]", "valid + hole", "add|Return 2"),
    ("functional", "[valid, hole]", "valid.item(), hole.item()", "gradient|tensor"),
    ("functional", "[valid, hole]", "valid.detach(), hole.detach()", "gradient"),
    ("functional", "def f(", "@torch.no_grad()\ndef f(", "gradient"),
    ("vectorised", "return", "output = mask * target + (1 - mask) * output\n    return", "I_comp"),
    (
        "vectorised",
        ".sum() / n, torch",
        ".sum((1, 2, 3)) / output[0].numel(), torch",
        "shape|one number|each picture|batch",
    ),
    ("vectorised", ".sum() / n", ".mean((2, 3))", "shape|one number|each"),
    ("functional", "[valid, hole]", "[valid, hole / 2]", "second|half|0.5"),
    (
        "vectorised",
        "torch.abs(mask * (output - target)).sum() / n",
        "torch.sqrt((mask * (output - target) ** 2).mean())",
        "root",
    ),
    (
        "vectorised",
        "torch.abs(mask * (output - target)).sum() / n, torch.abs((1 - mask) * (output - target)).sum() / n",
        "(mask * (output - target)).mean().abs(), ((1 - mask) * (output - target)).mean().abs()",
        "after the mean",
    ),
    ("functional", "output * (1 - mask), target * (1 - mask)", "output * mask, target * mask", "hole|same|twice"),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = torch.abs(output - target)\n    return d[mask.expand_as(d) == 1].mean(), d[mask.expand_as(d) == 0].mean()\n",
        "part",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    m = mask.expand_as(output)\n    d = torch.abs(output - target)\n    return (d * m).sum() / m.sum().clamp(min=1), (d * (1 - m)).sum() / (1 - m).sum().clamp(min=1)\n",
        "own part",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = torch.abs(output - target)\n    return (d * mask).mean(), d.mean()\n",
        "whole picture|hole",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = torch.abs(output - target)\n    return (d * mask).mean(), (d * mask).mean() - d.mean()\n",
        "sign",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = torch.norm(output - target, p=2)\n    return (d * mask).mean(), (d * (1 - mask)).mean()\n",
        "norm|root|absolute",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = torch.abs(output - target).sum((1, 2, 3)).mean()\n    return d, d\n",
        "mask",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = torch.abs(output - target).numpy()\n    m = mask.numpy()\n    return np.mean(d * m), np.mean(d * (1 - m))\n",
        "tensor",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    return ((output - target).abs() * mask).sum(), ((output - target).abs() * (1 - mask)).sum()\n",
        "sums",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = F.l1_loss(output, target, reduction='none')\n    return (d * mask).mean(), (d * mask).mean()\n",
        "hole|second|same",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = F.l1_loss(output, target, reduction='none')\n    return (d * mask).sum() / mask.sum(), (d * (1 - mask)).sum() / (1 - mask).sum()\n",
        "part|size|channel",
    ),
    (
        "",
        "",
        "def f(output, target, mask):\n    d = F.mse_loss(output, target, reduction='none')\n    return (d * mask).mean(), (d * (1 - mask)).mean()\n",
        "squared",
    ),
]
