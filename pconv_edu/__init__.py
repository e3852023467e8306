"""Image inpainting with partial convolutions: the package behind the lessons in ``notebooks/``.

Start with ``pconv_edu.core``, which needs NumPy and Numba only.
"""

__version__ = "0.1.0"
