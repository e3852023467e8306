"""One question, many answers: ``inpaint(image, mask, method)``."""

from .inpaint import inpaint

__all__ = ["inpaint"]
