"""Inpaint images with partial convolutions. This package is the code behind the lessons in ``notebooks/``.

``from pconv_edu import inpaint`` imports the function that fills holes. ``pconv_edu.core`` provides partial
convolution, hole masks, photos and scores for filled pictures.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pconv_edu.inpainters import inpaint

__version__ = "0.1.0"
__all__ = ["inpaint"]


def __getattr__(name: str) -> Any:
    """Import `inpaint` only when it is first used, so that importing the package is fast."""
    if name == "inpaint":
        from pconv_edu.inpainters import inpaint

        return inpaint
    raise AttributeError(f"module 'pconv_edu' has no attribute {name!r}")
