"""Answers to the exercise `up_and_join`, right and wrong."""

RIGHT = {
    "interpolate": """
def f(x, mask, skip, skip_mask, layer):
    x2 = F.interpolate(x, scale_factor=2, mode="nearest")
    m2 = F.interpolate(mask, scale_factor=2, mode="nearest")
    return layer([x2, skip], [m2, skip_mask])
""",
    "repeat": """
def f(x, mask, skip, skip_mask, layer):
    big = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    bigm = mask.repeat_interleave(2, 2).repeat_interleave(2, 3)
    feats = torch.cat((big, skip), 1)
    masks = torch.cat((bigm.expand_as(big), skip_mask.expand_as(skip)), 1)
    return layer(feats, masks)
""",
    "loops": """
def f(x, mask, skip, skip_mask, layer):
    n, c, h, w = x.shape
    a, b = torch.zeros(n, c, 2 * h, 2 * w), torch.zeros(n, 1, 2 * h, 2 * w)
    for i in range(2 * h):
        for j in range(2 * w):
            a[:, :, i, j] = x[:, :, i // 2, j // 2]
            b[:, :, i, j] = mask[:, :, i // 2, j // 2]
    y, new = layer([a, skip], [b, skip_mask])
    return y, new
""",
}

WRONG = [
    ("interpolate", "[x2, skip], [m2, skip_mask]", "[skip, x2], [skip_mask, m2]", "skip link come first"),
    ("repeat", "(big, skip), 1", "(skip, big), 1", "skip link come first|order"),
    ("loops", "[a, skip], [b, skip_mask]", "[skip, a], [skip_mask, b]", "skip link come first"),
    ("interpolate", "[m2, skip_mask]", "[m2, m2]", "mask from below"),
    ("repeat", "skip_mask.expand_as(skip)", "bigm.expand_as(skip)", "mask from below"),
    ("loops", "[b, skip_mask]", "[skip_mask, skip_mask]", "mask of the skip link is used"),
    ("repeat", "bigm.expand_as(big)", "skip_mask.expand_as(big)", "mask of the skip link is used"),
    ("repeat", "layer(feats, masks)", "layer(feats, bigm * skip_mask)", "valid in both"),
    ("interpolate", "[m2, skip_mask]", "[torch.minimum(m2, skip_mask)] * 2", "valid in both"),
    ("interpolate", "[m2, skip_mask]", "[torch.maximum(m2, skip_mask)] * 2", "valid in one"),
    ("repeat", "layer(feats, masks)", "layer(feats, ((bigm + skip_mask) > 0).float())", "valid in one"),
    ("interpolate", "[m2, skip_mask]", "[skip_mask, m2]", "masks are swapped"),
    (
        "interpolate",
        'x, scale_factor=2, mode="nearest"',
        'x, scale_factor=2, mode="bilinear"',
        "features are enlarged bilinearly",
    ),
    (
        "interpolate",
        'mask, scale_factor=2, mode="nearest"',
        'mask, scale_factor=2, mode="bilinear"',
        "mask is enlarged bilinearly",
    ),
    ("interpolate", '"nearest"', '"bilinear"', "bilinear"),
    ("interpolate", '"nearest"', '"bicubic"', "bilinear|bicubic|nearest"),
    ("loops", "return y, new", "return y, b", "enlarged mask"),
    ("loops", "return y, new", "return y, skip_mask", "skip.*mask|mask of the skip|new mask"),
    ("loops", "return y, new", "return y, mask", "mask"),
    ("loops", "return y, new", "return y", "Return 2"),
    ("loops", "return y, new", "return new, y", "order"),
    ("repeat", "layer(feats, masks)", "layer(feats, torch.ones_like(masks))", "no mask is used"),
    ("interpolate", "[m2, skip_mask]", "[torch.ones_like(m2), torch.ones_like(skip_mask)]", "no mask is used"),
    ("interpolate", "[x2, skip], [m2, skip_mask]", "x2 + skip, m2", "concatenat|join|channels"),
    ("interpolate", "[x2, skip], [m2, skip_mask]", "x2, m2", "skip|channels|join"),
    ("interpolate", "return layer", "with torch.no_grad():\n        return layer", "gradient"),
    (
        "loops",
        "torch.zeros(n, c, 2 * h, 2 * w), torch.zeros(n, 1, 2 * h, 2 * w)",
        "torch.zeros(1, c, 2 * h, 2 * w), torch.zeros(1, 1, 2 * h, 2 * w)",
        "batch|two pictures|line",
    ),
    ("loops", "range(2 * w)", "range(2 * h)", "square|wide|height|IndexError|line"),
    (
        "repeat",
        "x.repeat_interleave(2, 2).repeat_interleave(2, 3)",
        "x.repeat(1, 1, 2, 2)",
        "tile|side by side|copies|repeat",
    ),
    (
        "loops",
        "x[:, :, i // 2, j // 2]\n            b[:, :, i, j] = mask[:, :, i // 2, j // 2]",
        "x[:, :, j // 2, i // 2]\n            b[:, :, i, j] = mask[:, :, j // 2, i // 2]",
        "rows and columns|transposed|IndexError|line",
    ),
    ("repeat", "x.repeat_interleave(2, 2).repeat_interleave(2, 3)", "x", "twice|size|line|enlarge"),
    ("interpolate", "[m2, skip_mask]", "[1 - m2, 1 - skip_mask]", "swapped|hole"),
    ("interpolate", "[m2, skip_mask]", "[torch.ones_like(m2), skip_mask]", "below"),
    ("interpolate", "[m2, skip_mask]", "[m2, torch.ones_like(skip_mask)]", "skip"),
    (
        "loops",
        "[a, skip], [b, skip_mask]",
        "[a[:1], skip[:1]], [b[:1], skip_mask[:1]]",
        "batch|first picture|two pictures",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = torch.nn.Upsample(scale_factor=2)\n    return layer(torch.cat([u(x), skip], 1), torch.cat([u(mask), skip_mask], 1))\n",
        "channel|mask",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = torch.nn.Upsample(scale_factor=2)\n    x = torch.cat([u(x) * u(mask), skip * skip_mask], 1)\n    return layer(x, torch.ones_like(x))\n",
        "mask",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = torch.nn.Upsample(scale_factor=2)\n    y, m = layer([u(x), skip], [u(mask), skip_mask])\n    return y, m * u(mask)\n",
        "mask",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = torch.nn.Upsample(scale_factor=2)\n    y, m = layer([u(x), skip], [u(mask), skip_mask])\n    return torch.relu(y), m\n",
        "negative|below 0|relu|ReLU",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = torch.nn.Upsample(scale_factor=2)\n    return layer([u(x), skip], [u(mask), skip_mask])[0]\n",
        "Return 2",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = torch.nn.Upsample(scale_factor=2)\n    return layer([u(x), skip], [(u(mask) + skip_mask).clamp(max=1)] * 2)\n",
        "valid in one",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    return layer([x, F.max_pool2d(skip, 2)], [mask, F.max_pool2d(skip_mask, 2)])\n",
        "shape|twice|enlarge|small",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = lambda t: F.interpolate(t, size=skip.shape[-1], mode='nearest')\n    return layer([u(x), skip], [u(mask), skip_mask])\n",
        "square|wide|line",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = lambda t: F.interpolate(t, size=skip.shape[-2:], mode='nearest')\n    m = u(mask)\n    y, new = layer(torch.cat([u(x), skip], 1), m)\n    return y, new\n",
        "mask from below",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = lambda t: F.interpolate(t, size=skip.shape[-2:], mode='nearest')\n    y, new = layer([u(x), skip], [u(mask), skip_mask])\n    return y, torch.maximum(u(mask), skip_mask)\n",
        "new_mask|returns",
    ),
    (
        "",
        "",
        "def f(x, mask, skip, skip_mask, layer):\n    u = lambda t: F.interpolate(t, size=skip.shape[-2:], mode='bilinear')\n    y, new = layer([u(x), skip], [(u(mask) > 0).float(), skip_mask])\n    return y, new\n",
        "bilinear",
    ),
]
