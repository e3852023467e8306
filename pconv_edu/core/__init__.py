"""Provide the foundation of the course in NumPy and Numba: partial convolution, holes, photos and scores.

This subpackage does not need PyTorch.

These modules are listed in the order of the course:

* ``reference``: partial convolution, the mask update, and how a hole shrinks from layer to layer
* ``kernels``: fast Numba code for ``reference``
* ``worked_example``: the 5×5 example with all its numbers
* ``holes``: hole ratio, hole radius, bins and test holes
* ``irregular``, ``regular``: functions that draw random holes
* ``hole_bank``: many random holes to train on
* ``photos``: the bundled photographs
* ``metrics``: L1, PSNR and SSIM, and the seam at the edge of a hole
* ``colors``: the colours of holes and windows

These modules handle files and arguments:

* ``image_files``: read and write images and masks
* ``pictures``, ``image_kinds``, ``color_profiles``, ``metadata``, ``encoding``: modules that ``image_files`` uses
* ``atomic``: write a file either completely or not at all
* ``arguments``: check the arguments of functions in all subpackages
"""

from . import worked_example
from .holes import RADIUS_BINS, RATIO_BINS, dilate, edge_pairs, find_bin, hole_radius, hole_ratio, load_test_holes
from .image_files import read_hole_image, read_image, write_image
from .irregular import irregular_mask
from .metrics import l1, psnr, seam, ssim
from .photos import load_photo, photo_credit, photo_names
from .reference import partial_conv2d, partial_conv2d_loops, shrink_mask, update_mask

__all__ = [
    "RADIUS_BINS",
    "RATIO_BINS",
    "dilate",
    "edge_pairs",
    "find_bin",
    "hole_radius",
    "hole_ratio",
    "irregular_mask",
    "l1",
    "load_photo",
    "load_test_holes",
    "partial_conv2d",
    "partial_conv2d_loops",
    "photo_credit",
    "photo_names",
    "psnr",
    "read_hole_image",
    "read_image",
    "seam",
    "shrink_mask",
    "ssim",
    "update_mask",
    "worked_example",
    "write_image",
]
