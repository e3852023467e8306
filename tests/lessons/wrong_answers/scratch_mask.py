"""Answers to the exercise `scratch_mask`, right and wrong."""

RIGHT = {
    "scipy": """
from scipy.ndimage import minimum_filter, maximum_filter
def f(grey, size, threshold, grow):
    opened = maximum_filter(minimum_filter(grey, size), size)
    damaged = grey - opened > threshold
    return ~maximum_filter(damaged, 2 * grow + 1)
""",
    "dilate": """
from scipy.ndimage import grey_opening
from pconv_edu.core import dilate
def f(grey, size, threshold, grow):
    tophat = grey - grey_opening(grey, size=(size, size))
    hole = tophat > threshold
    return dilate(np.logical_not(hole), grow)
""",
    "loops": """
def f(grey, size, threshold, grow):
    r = size // 2
    H, W = grey.shape
    def sweep(a, best, r):
        p = np.pad(a, r, mode="symmetric") if r else a
        return np.array([[best(p[i:i + 2 * r + 1, j:j + 2 * r + 1]) for j in range(W)] for i in range(H)])
    opened = sweep(sweep(grey, np.min, r), np.max, r)
    hole = grey - opened > threshold
    out = np.ones((H, W), bool)
    for i, j in zip(*np.nonzero(hole)):
        out[max(0, i - grow):i + grow + 1, max(0, j - grow):j + grow + 1] = False
    return out
""",
    "white tophat": """
from scipy.ndimage import white_tophat, binary_dilation
def f(grey, size, threshold, grow):
    hole = white_tophat(grey, size) > threshold
    if grow:
        hole = binary_dilation(hole, np.ones((3, 3)), iterations=grow)
    return ~hole
""",
}

WRONG = [
    ("scipy", "~maximum_filter", "maximum_filter", "mask is inverted"),
    ("white tophat", "return ~hole", "return hole", "mask is inverted"),
    ("loops", "return out", "return ~out", "mask is inverted"),
    ("scipy", "~maximum_filter(damaged, 2 * grow + 1)", "~damaged", "not grown"),
    ("dilate", "dilate(np.logical_not(hole), grow)", "~hole", "not grown"),
    (
        "white tophat",
        "    if grow:\n        hole = binary_dilation(hole, np.ones((3, 3)), iterations=grow)\n",
        "",
        "not grown",
    ),
    ("dilate", "dilate(np.logical_not(hole), grow)", "~dilate(hole, grow)", "shrinks"),
    ("dilate", "dilate(np.logical_not(hole), grow)", "dilate(hole, grow)", "inverted|swapped|valid"),
    (
        "scipy",
        "maximum_filter(minimum_filter(grey, size), size)",
        "minimum_filter(maximum_filter(grey, size), size)",
        "close the picture",
    ),
    ("dilate", "import grey_opening", "import grey_closing as grey_opening", "close the picture"),
    (
        "white tophat",
        "white_tophat(grey, size) > threshold",
        "(lambda z: z)(__import__('scipy.ndimage').ndimage.black_tophat(grey, size)) > threshold",
        "dark",
    ),
    ("scipy", "grey - opened > threshold", "opened - grey > threshold", "sign|dark|minus|nothing"),
    (
        "dilate",
        "grey - grey_opening(grey, size=(size, size))",
        "grey_opening(grey, size=(size, size)) - grey",
        "sign|minus|nothing|other way",
    ),
    ("scipy", "maximum_filter(minimum_filter(grey, size), size)", "minimum_filter(grey, size)", "only the minimum"),
    ("scipy", "grey - opened > threshold", "grey > threshold", "only brightness"),
    ("loops", "grey - opened > threshold", "grey > threshold", "only brightness"),
    ("dilate", "tophat > threshold", "grey > threshold", "only brightness"),
    ("scipy", "grey - opened > threshold", "opened > threshold", "opened picture itself"),
    (
        "scipy",
        "opened = maximum_filter(minimum_filter(grey, size), size)",
        "s = 2 * size + 1; opened = maximum_filter(minimum_filter(grey, s), s)",
        "radius",
    ),
    ("loops", "r = size // 2", "r = size", "radius"),
    ("scipy", "2 * grow + 1", "grow", "grow|2 · grow"),
    ("scipy", "2 * grow + 1", "grow + 1", "grow|2 · grow"),
    ("scipy", "2 * grow + 1", "2 * grow", "grow|2 · grow"),
    ("white tophat", ", np.ones((3, 3))", "", "plus|diagonal|diamond"),
    ("white tophat", ", iterations=grow", "", "`grow`|1 px|one pixel"),
    ("white tophat", "if grow:", "if True:", "grow.*0|not grown|IndexError|whole|everything"),
    ("scipy", "> threshold", "< threshold", "swapped|inverted|below"),
    ("dilate", "tophat > threshold", "tophat < threshold", "swapped|inverted|below"),
    (
        "dilate",
        "grey - grey_opening(grey, size=(size, size))",
        "grey_opening(grey, size=(size, size))",
        "opened picture itself",
    ),
    ("scipy", "damaged = grey - opened > threshold", "damaged = grey - opened", "threshold|bool|line|float"),
    ("dilate", "hole = tophat > threshold", "hole = tophat > 0.1", "`threshold`"),
    ("dilate", "size=(size, size)", "size=(5, 5)", "`size`"),
    ("dilate", "size=(size, size)", "size=(size, 1)", "square|rows|columns|direction"),
    ("dilate", "size=(size, size)", "size=(1, size)", "square|rows|columns|direction"),
    ("loops", "return out", "return out.astype(np.uint8)", "not bool"),
    (
        "scipy",
        "~maximum_filter(damaged, 2 * grow + 1)",
        "np.where(maximum_filter(damaged, 2 * grow + 1), 0.0, 1.0)",
        "not bool",
    ),
    ("scipy", "~maximum_filter(damaged, 2 * grow + 1)", "not maximum_filter(damaged, 2 * grow + 1)", "~"),
    ("scipy", "~maximum_filter(damaged, 2 * grow + 1)", "~maximum_filter(damaged, 2 * grow + 1) and grey > 0", "&"),
    ("dilate", "dilate(np.logical_not(hole), grow)", "dilate(np.logical_not(hole), 2 * grow)", "grow|twice"),
    ("dilate", "dilate(np.logical_not(hole), grow)", "dilate(np.logical_not(hole), 1)", "`grow`|1 px|one pixel"),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening, grey_dilation\ndef f(grey, size, threshold, grow):\n    t = grey - grey_opening(grey, size)\n    t = grey_dilation(t, 2 * grow + 1)\n    return t < threshold + 0.02\n",
        ".",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening, binary_erosion\ndef f(grey, size, threshold, grow):\n    valid = grey - grey_opening(grey, size) <= threshold\n    return binary_erosion(valid, np.ones((3, 3)), iterations=grow)\n",
        "grow|0|everything|border|hole",
    ),
    (
        "",
        "",
        "from scipy.ndimage import median_filter\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    return dilate(grey - median_filter(grey, size) <= threshold, grow)\n",
        "median",
    ),
    (
        "",
        "",
        "from scipy.ndimage import uniform_filter\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    return dilate(grey - uniform_filter(grey, size) <= threshold, grow)\n",
        "mean",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    hole = grey - grey_opening(grey, size) > threshold\n    return ~dilate(~hole, grow)\n",
        "inverted",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    hole = grey - grey_opening(grey, size) > threshold\n    return dilate(hole, grow) == False\n",
        "shrinks",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    hole = grey - grey_opening(dilate(grey > threshold, grow) * grey, size) > threshold\n    return ~hole\n",
        ".",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening\ndef f(grey, size, threshold, grow):\n    hole = grey - grey_opening(grey, size) > threshold\n    out = ~hole\n    for i, j in np.argwhere(hole):\n        out[i-grow:i+grow+1, j-grow:j+grow+1] = False\n    return out\n",
        "border|slice|grown",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_closing\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    return dilate(~(grey_closing(grey, size) - grey > threshold), grow)\n",
        "dark",
    ),
    (
        "",
        "",
        "from scipy.ndimage import grey_opening\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    return ~dilate(grey - grey_opening(grey, size) <= threshold, grow)\n",
        "inverted",
    ),
    (
        "",
        "",
        "from scipy.ndimage import minimum_filter\nfrom pconv_edu.core import dilate\ndef f(grey, size, threshold, grow):\n    return dilate(grey - minimum_filter(grey, size) <= threshold, grow)\n",
        "only the minimum",
    ),
]
