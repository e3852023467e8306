"""NumPy and Numba, no PyTorch: the formula, the holes, the photos.

In the order of the course: ``reference`` (the layer, the mask update, shrinking), ``worked_example`` (the 5×5
numbers), ``holes`` (ratio and radius), ``photos`` and ``image_files``.
"""

from . import worked_example
from .holes import hole_radius, hole_ratio
from .image_files import read_hole_image, read_image, write_image
from .photos import load_photo, photo_credit, photo_names
from .reference import partial_conv2d, partial_conv2d_loops, shrink_mask, update_mask

__all__ = [
    "hole_radius",
    "hole_ratio",
    "load_photo",
    "partial_conv2d",
    "partial_conv2d_loops",
    "photo_credit",
    "photo_names",
    "read_hole_image",
    "read_image",
    "shrink_mask",
    "update_mask",
    "worked_example",
    "write_image",
]
