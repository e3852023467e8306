"""Answers to the exercise `encoder_reach`, right and wrong."""

RIGHT = {
    "loops": """
def f(kernels, strides):
    out = []
    reach = 0
    jump = 1
    for i in range(len(kernels)):
        reach = reach + (kernels[i] - 1) // 2 * jump
        out.append(reach)
        jump = jump * strides[i]
    return out
""",
    "vectorised": """
def f(kernels, strides):
    jump = np.cumprod([1] + list(strides[:-1]))
    return np.cumsum(np.array(kernels) // 2 * jump).tolist()
""",
    "torch": """
def f(kernels, strides):
    s = torch.cumprod(torch.tensor([1] + strides), 0)[:-1]
    return [int(v) for v in torch.cumsum(torch.tensor(kernels).div(2, rounding_mode="floor") * s, 0)]
""",
    "comprehension": """
def f(kernels, strides):
    return [sum(kernels[i] // 2 * math.prod(strides[:i]) for i in range(n + 1)) for n in range(len(kernels))]
""",
}

WRONG = [
    ("loops", " * jump\n        out", "\n        out", "strides are ignored"),
    ("vectorised", " * jump", "", "strides are ignored"),
    ("comprehension", " * math.prod(strides[:i])", "", "strides are ignored"),
    ("vectorised", "[1] + list(strides[:-1])", "strides", "own stride"),
    ("comprehension", "strides[:i]", "strides[:i + 1]", "own stride"),
    ("loops", "jump = jump * strides[i]", "jump = strides[i]", "product of all"),
    ("comprehension", "math.prod(strides[:i])", "([1] + strides)[i]", "product of all"),
    ("loops", "jump = jump * strides[i]", "jump = jump + strides[i]", "added|product"),
    ("comprehension", "math.prod(strides[:i])", "max(1, sum(strides[:i]))", "added|product"),
    ("loops", "(kernels[i] - 1) // 2", "(kernels[i] - 1)", "both sides"),
    ("vectorised", "np.array(kernels) // 2", "(np.array(kernels) - 1)", "both sides"),
    ("loops", "(kernels[i] - 1) // 2", "kernels[i]", "whole kernel"),
    ("comprehension", "kernels[i] // 2", "kernels[i]", "whole kernel"),
    ("comprehension", "kernels[i] // 2", "kernels[i] / 2", "k // 2|half"),
    ("vectorised", "np.array(kernels) // 2", "np.array(kernels) / 2", "k // 2|half"),
    ("loops", "out.append(reach)", "out.append(2 * reach + 1)", "whole field"),
    ("loops", "reach = reach + ", "reach = ", "what each layer adds"),
    (
        "vectorised",
        "np.cumsum(np.array(kernels) // 2 * jump)",
        "(np.array(kernels) // 2 * jump)",
        "what each layer adds",
    ),
    ("loops", "return out", "return reach", "only the last"),
    ("loops", "return out", "return out[-1]", "only the last"),
    ("loops", "return out", "return sum(out)", "only the last|list|one number"),
    ("loops", "jump = jump * strides[i]", "jump *= 2", "2 for every|`strides`"),
    ("comprehension", "math.prod(strides[:i])", "2 ** i", "2 for every|`strides`"),
    ("loops", "reach = 0", "reach = 1", "begins at 1|1 more|too (many|large)|always 1"),
    ("loops", "return out", "return [0] + out", "extra 0"),
    ("loops", "out.append(reach)", "out.append(reach // jump)", "own input|image"),
    ("loops", "out.append(reach)", "out.append(reach + 1)", "1 more|always 1|too large"),
    ("comprehension", "range(n + 1)", "range(n)", "previous|before|one layer|own"),
    ("comprehension", "strides[:i]", "strides[i:]", "after"),
    ("vectorised", ".tolist()", ".tolist()[::-1]", "reverse|wrong order"),
    ("loops", "(kernels[i] - 1) // 2 * jump", "(kernels[i] - 1) // 2 / jump", "divid"),
    (
        "",
        "",
        "def f(kernels, strides):\n    out = []\n    r, j = 1, 1\n    for k, s in zip(kernels, strides):\n        r += (k - 1) * j\n        j *= s\n        out.append(r)\n    return out\n",
        "whole field|both sides",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    out = []\n    r = 0\n    for k, s in zip(kernels, strides):\n        r = r * s + k // 2\n        out.append(r)\n    return out\n",
        "stride|own",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    out = []\n    r = 0\n    for k, s in zip(kernels, strides):\n        r = (r + k // 2) * s\n        out.append(r)\n    return out\n",
        "stride|own",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    r, j = 0, 1\n    for k, s in zip(kernels, strides):\n        r += k // 2 * j\n        j *= s\n    return [r]\n",
        "last|list of",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    out = []\n    r, j = 0, 1\n    for k, s in zip(kernels, strides):\n        r += (k + 1) // 2 * j\n        j *= s\n        out.append(r)\n    return out\n",
        "alone reaches 4",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    out = []\n    r, j = 0, 1\n    for k, s in zip(kernels, strides):\n        j *= s\n        r += k // 2 * j\n        out.append(r)\n    return out\n",
        "own stride",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    out = {}\n    r, j = 0, 1\n    for i, (k, s) in enumerate(zip(kernels, strides)):\n        r += k // 2 * j\n        j *= s\n        out[i] = r\n    return out\n",
        "dict",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    return [sum(k // 2 for k in kernels[:i + 1]) for i in range(len(kernels))]\n",
        "strides are ignored",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    r = [kernels[0] // 2]\n    for i in range(1, len(kernels)):\n        r.append(r[-1] + kernels[i] // 2 * strides[i - 1])\n    return r\n",
        "product of all",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    r = [kernels[0] // 2]\n    for i in range(1, len(kernels)):\n        r.append(r[-1] * strides[i - 1] + kernels[i] // 2)\n    return r\n",
        "adds|step|stride",
    ),
    (
        "",
        "",
        "def f(kernels, strides):\n    r, j, t = [], 1, 1\n    for k, s in zip(kernels, strides):\n        t += (k - 1) * j\n        j *= s\n        r.append(t / 2)\n    return r\n",
        "half|0.5|k // 2",
    ),
]
