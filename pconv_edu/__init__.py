"""Inpaint images with partial convolutions. This package is the code behind the lessons in ``notebooks/``.

``from pconv_edu import inpaint`` imports the function that fills holes. ``pconv_edu.core`` contains the formula of
partial convolution, holes, photos and scores.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pconv_edu.inpainters import inpaint

__version__ = "0.1.0"
__all__ = ["inpaint"]


def __getattr__(name: str) -> Any:
    """Load the inpainters when they are first used, so that importing the package is fast."""
    if name == "inpaint":
        from pconv_edu.inpainters import inpaint

        return inpaint
    raise AttributeError(f"module 'pconv_edu' has no attribute {name!r}")
