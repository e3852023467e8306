"""Keep a few fills of networks whose weights are not shipped, so that lessons and figures can still show them.

A fill is stored as a PNG file. The file's name contains the name of the network, and a hash of the photo and the hole,
so a fill is never shown for another case. Only the hole is stored, and the rest of the picture is black.
"""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from pconv_edu.core.atomic import write_atomically

from . import RESULTS, evaluate

STORED = RESULTS / "fills"


def path_of(case: evaluate.Case, network: str, folder: Path = STORED) -> Path:
    """Return the path of a stored fill, whether it exists or not."""
    return folder / f"{network}-{evaluate.describe(case)['hash']}.png"


def fill(case: evaluate.Case, network: str, folder: Path = STORED) -> np.ndarray:
    """Return the filled picture (H, W, 3) of a method, or the stored fill if its network does not ship.

    network : a method that `evaluate.fill` knows, or the name of a network with stored fills

    Raises ValueError if the network does not ship and there is no fill of this case.
    """
    if network in evaluate.SHIPPED or Path(network).is_dir():
        return evaluate.fill(case, network)
    path = path_of(case, network, folder)
    if not path.exists():
        raise ValueError(
            f"the network {network!r} does not ship, and no fill of {case.photo} with the hole {case.holes}, "
            f"{case.bin} by it is stored in {folder}"
        )
    with Image.open(path) as image:
        stored = np.asarray(image.convert("RGB"), np.float32) / 255
    return np.where(case.mask[..., None], case.image, stored)


def store(cases: Iterable[evaluate.Case], run: Path | str, folder: Path = STORED) -> list[Path]:
    """Fill cases by a network, store the fills, and return their paths.

    run : the folder of a finished training run, whose name is the network's name, or the name of a shipped network that
        will be removed. Raises ValueError for anything else
    """
    paths = []
    for name, method in evaluate.named([run]).items():
        for case in cases:
            pixels = np.where(case.mask[..., None], 0, np.round(255 * evaluate.fill(case, method))).astype(np.uint8)
            path = path_of(case, name, folder)
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, _png(pixels))
            paths.append(path)
    return paths


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return file.getvalue()
