"""Fill holes by any method with one function, ``inpaint(image, mask, method)``.

* ``inpaint``: the function, and what it guarantees for every method
* ``methods``: the table of all methods; to add a method, add an entry there
* ``options``: checks of the methods' options
* ``diffusion``: fills with the mean colour, and those of Telea, Navier–Stokes (OpenCV) and biharmonic (scikit-image)
* ``patchmatch``, ``exemplar``: fills with patches of the same picture
* ``network``: fills with the trained networks, for pictures of any size
* ``files``, ``folders``, ``mask_size``: fills of photo files with mask files, for one photo or a folder
"""

from .inpaint import inpaint

__all__ = ["inpaint"]
