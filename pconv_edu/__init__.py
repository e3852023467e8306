"""Image inpainting with partial convolutions: the package behind the lessons in ``notebooks/``.

``from pconv_edu import inpaint`` fills holes; ``pconv_edu.core`` has the formula, holes, photos and scores.
"""

__version__ = "0.1.0"
__all__ = ["inpaint"]


def __getattr__(name):
    """Load the inpainters only when they are asked for: importing the package stays instant."""
    if name == "inpaint":
        from pconv_edu.inpainters import inpaint

        return inpaint
    raise AttributeError(f"module 'pconv_edu' has no attribute {name!r}")
