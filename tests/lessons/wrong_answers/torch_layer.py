"""Answers to the exercise `torch_layer`, right and wrong."""

RIGHT = {
    "loops": """
def f(x, mask, weight, bias):
    N, C, H, W = x.shape
    O, _, k, _ = weight.shape
    p = k // 2
    xs = F.pad(torch.where(mask > 0, x, torch.zeros_like(x)), (p, p, p, p))
    ms = F.pad(mask, (p, p, p, p))
    y, new = x.new_zeros(N, O, H, W), torch.zeros(N, 1, H, W)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                c = ms[n, 0, i:i + k, j:j + k].sum()
                if c == 0:
                    continue
                patch = xs[n, :, i:i + k, j:j + k]
                for o in range(O):
                    y[n, o, i, j] = (weight[o] * patch).sum() * k * k / c + bias[o]
                new[n, 0, i, j] = 1
    return y, new
""",
    "conv": """
def f(x, mask, weight, bias):
    k = weight.shape[2]
    clean = x.masked_fill(mask == 0, 0)
    total = F.conv2d(clean, weight, padding=k // 2)
    count = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)
    new = (count > 0).float()
    y = total * (k * k / count.clamp(min=1)) + bias.view(1, -1, 1, 1)
    return y * new, new
""",
    "unfold": """
def f(x, mask, weight, bias):
    n, c, h, w = x.shape
    o, _, k, _ = weight.shape
    cols = F.unfold(torch.where(mask.bool(), x, 0.0), k, padding=k // 2)
    known = F.unfold(mask, k, padding=k // 2).sum(1, keepdim=True)
    out = weight.reshape(o, -1) @ cols
    out = torch.where(known > 0, out * k * k / known.clamp(min=1) + bias[:, None], 0.0)
    return out.reshape(n, o, h, w), (known > 0).to(x.dtype).reshape(n, 1, h, w)
""",
    "pool": """
def f(x, mask, weight, bias):
    k = weight.size(-1)
    share = F.avg_pool2d(mask, k, 1, k // 2)
    new = F.max_pool2d(mask, k, 1, k // 2)
    out = F.conv2d(torch.where(mask > 0.5, x, 0), weight, None, 1, k // 2)
    return torch.where(new > 0, out / (share + (share == 0)) + bias[None, :, None, None], 0), new
""",
}

WRONG = [
    ("conv", "x.masked_fill(mask == 0, 0)", "x * mask", "NaN"),
    ("unfold", "torch.where(mask.bool(), x, 0.0)", "x * mask", "NaN"),
    ("conv", "x.masked_fill(mask == 0, 0)", "x", "values in holes"),
    ("loops", "torch.where(mask > 0, x, torch.zeros_like(x))", "x", "values in holes"),
    ("conv", " * (k * k / count.clamp(min=1))", "", "not rescaled"),
    ("unfold", "out * k * k / known.clamp(min=1)", "out", "not rescaled"),
    ("loops", " * k * k / c", "", "not rescaled"),
    ("conv", "(k * k / count", "(1 / count", "never multiplied by sum\\(1\\)"),
    ("loops", " * k * k / c", " / c", "never multiplied by sum\\(1\\)"),
    ("conv", "(k * k / count.clamp(min=1))", "(count / k / k)", "upside down"),
    ("pool", "out / (share + (share == 0))", "out * share", "upside down"),
    (
        "conv",
        "(k * k / count.clamp(min=1)) + bias.view(1, -1, 1, 1)",
        "1\n    y = (y + bias.view(1, -1, 1, 1)) * k * k / count.clamp(min=1)",
        "bias is rescaled",
    ),
    ("pool", "weight, None, 1", "weight, bias, 1", "bias"),
    ("conv", "y * new, new", "y, new", "b is added in empty"),
    (
        "pool",
        "torch.where(new > 0, out / (share + (share == 0)) + bias[None, :, None, None], 0)",
        "out / (share + (share == 0)) + bias[None, :, None, None]",
        "b is added in empty",
    ),
    ("conv", " + bias.view(1, -1, 1, 1)", "", "bias is missing"),
    ("loops", " + bias[o]", "", "bias is missing"),
    ("conv", "count.clamp(min=1)", "count", "count of 0|NaN"),
    ("conv", "return y * new, new", "return y * new, count", "counts as the mask"),
    ("conv", "return y * new, new", "return y * new, mask", "old mask"),
    ("unfold", "(known > 0).to(x.dtype).reshape(n, 1, h, w)", "mask", "old mask"),
    ("conv", "new = (count > 0).float()", "new = (count == k * k).float()", "all|one is enough"),
    ("loops", "new[n, 0, i, j] = 1", "new[n, 0, i, j] = float(c == k * k)", "all|one is enough"),
    ("unfold", "(known > 0).to(", "(known > k * k / 2).to(", "half|most|majority"),
    ("conv", "return y * new, new", "return y * new, (count > k * k // 2).float()", "half|most|majority"),
    ("conv", "return y * new, new", "return y * mask, new", "old mask"),
    ("pool", ", new\n", " * mask, new\n", "old mask"),
    ("conv", "F.conv2d(clean, weight,", "F.conv2d(clean, weight.flip(2, 3),", "flipped|rotated"),
    ("loops", "weight[o] *", "weight[o].flip(-1, -2) *", "flipped|rotated"),
    ("conv", "weight, padding", "weight.transpose(2, 3), padding", "transposed|rows and columns"),
    ("conv", "F.conv2d(mask, torch", "F.conv2d(1 - mask, torch", "holes|swapped"),
    ("loops", "ms[n, 0, i:i + k, j:j + k].sum()", "(1 - ms[n, 0, i:i + k, j:j + k]).sum()", "holes|swapped"),
    ("loops", "weight[o] * patch", "weight[o, 0] * patch[0]", "first channel"),
    ("conv", "F.conv2d(clean, weight,", "F.conv2d(clean[:, :1], weight[:, :1],", "first channel"),
    ("conv", "(k * k / ", "(weight[0].numel() / ", "off by C"),
    ("unfold", "out * k * k", "out * cols.shape[1]", "off by C"),
    ("conv", "(k * k / count.clamp(min=1))", "(k * k / (count * x.shape[1]).clamp(min=1))", "off by 1/C"),
    ("conv", "k * k /", "9 /", "9"),
    ("conv", "count = F.conv2d(mask,", "count = F.conv2d(mask[:1],", "first picture"),
    ("conv", "new = (count > 0).float()", "new = count > 0", "bool"),
    ("unfold", ".to(x.dtype)", "", "bool"),
    ("unfold", ".reshape(n, 1, h, w)", ".reshape(n, h, w)", "shape"),
    ("conv", "def f(", "@torch.no_grad()\ndef f(", "gradient"),
    ("conv", "clean = x.m", "clean = x.detach().m", "gradient"),
    ("conv", ", padding=k // 2", "", "smaller|shape|pad"),
    ("conv", "return y * new, new", "return y * new, new.expand_as(y)", "one channel for each output"),
    (
        "conv",
        "F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)",
        "F.conv2d(F.pad(mask, (k // 2,) * 4, value=1), torch.ones(1, 1, k, k))",
        "padded with ones",
    ),
    ("conv", "bias.view(1, -1, 1, 1)", "bias", "bias|line"),
    (
        "pool",
        "avg_pool2d(mask, k, 1, k // 2)",
        "avg_pool2d(mask, k, 1, k // 2, count_include_pad=False)",
        "outside|inside",
    ),
    ("conv", "mask == 0, 0", "mask == 1, 0", "swapped|hole"),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    y = F.conv2d(x * mask, weight, bias, padding=k // 2)\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    return torch.where(c > 0, y * k * k / c, torch.zeros_like(y)), (c > 0).float()\n",
        "bias|NaN",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    x = torch.nan_to_num(x)\n    y = F.conv2d(x, weight, padding=k // 2)\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    return (y * k * k / c.clamp(min=1) + bias.view(-1, 1, 1)) * v, v\n",
        "values in holes",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    m = mask.expand_as(x)\n    y = F.conv2d(torch.where(m > 0, x, 0), weight, padding=k // 2)\n    c = F.conv2d(m, torch.ones_like(weight), padding=k // 2)\n    v = (c > 0).float()\n    return (y * weight[0].numel() / c.clamp(min=1) + bias.view(-1, 1, 1)) * v, v\n",
        "one channel for each output",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    y = F.conv2d(torch.where(mask > 0, x, 0), weight, padding=k // 2)\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    return (y * k * k / c.clamp(min=1) + bias.view(-1, 1, 1)) * v, v.bool()\n",
        "bool",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    y = F.conv2d(torch.where(mask > 0, x, 0), weight, padding=k // 2)\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    return (y * k * k / (c + 1) + bias.view(-1, 1, 1)) * v, v\n",
        "\\+ 1|count|clamp",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    y = F.conv2d(torch.where(mask > 0, x, 0), weight, padding=k // 2)\n    c = F.avg_pool2d(mask, k, 1, k // 2)\n    v = torch.ceil(c)\n    return (y * c + bias.view(-1, 1, 1)) * v, v\n",
        "upside down",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    y = F.conv2d(torch.where(mask > 0, x, 0), weight, padding=k // 2)\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    return torch.where(mask > 0, F.conv2d(torch.where(mask > 0, x, 0), weight, bias, padding=k // 2), (y * k * k / c.clamp(min=1) + bias.view(-1, 1, 1)) * v), v\n",
        "rescaled|ratio",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    z = torch.where(mask > 0, x, 0)\n    return (F.conv2d(z, weight, padding=k // 2) * k * k / c.clamp(min=1) + bias) * v, v\n",
        "line|shape|bias",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    z = torch.where(mask > 0, x, 0)\n    return F.conv2d(z, weight, bias, padding=k // 2) * v, v\n",
        "not rescaled",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    z = torch.where(mask > 0, x, 0)\n    return (F.conv2d(z, weight, padding=k // 2) / c.clamp(min=1) + bias.view(1, -1, 1, 1)) * v, v\n",
        "sum\\(1\\)",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    z = torch.where(mask > 0, x, 0)\n    return (F.conv2d(z, weight, padding=k // 2) * k * k / c.clamp(min=1) + bias.view(1, -1, 1, 1)) * v, (c / c.max())\n",
        "mask|counts",
    ),
    (
        "",
        "",
        "def f(x, mask, weight, bias):\n    k = weight.shape[-1]\n    c = F.conv2d(mask, torch.ones(1, 1, k, k), padding=k // 2)\n    v = (c > 0).float()\n    z = torch.where(mask > 0, x, 0)\n    r = torch.sqrt(k * k / c.clamp(min=1))\n    return (F.conv2d(z, weight, padding=k // 2) * r + bias.view(1, -1, 1, 1)) * v, v\n",
        "multiplied|root",
    ),
]
