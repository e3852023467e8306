"""Photos and masks that are unlike in their pixels, and a way to fill a folder of them by the command line."""

import numpy as np
from PIL import Image

from pconv_edu.__main__ import main


def hole(number):
    """Return a mask, white = hole, that is different for each number."""
    mask = np.zeros((24, 32), np.uint8)
    mask[2 * number : 2 * number + 3, number : number + 9] = 255
    return mask


def photo(path, number=0):
    pixels = np.random.default_rng(number).integers(1, 255, (24, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, lossless=True, quality=95)
    return pixels


def run(capsys, *arguments, code=0, record=False):
    """Run ``inpaint`` with the method mean and without records; return what it prints."""
    capsys.readouterr()
    try:
        main(["inpaint", *arguments, "--method", "mean", *([] if record else ["--no-record"])])
        assert code == 0
    except SystemExit as stopped:
        if isinstance(stopped.code, str):
            assert code == "refused"
            return stopped.code
        assert stopped.code == code
    return "".join(capsys.readouterr())


def content(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
