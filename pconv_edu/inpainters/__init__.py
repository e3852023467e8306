"""Provide one function, ``inpaint(image, mask, method)``, that fills holes by any method.

* ``inpaint``: the function, and what it guarantees for every method
* ``methods``: the table of all methods; to add a method, add an entry there
* ``options``: checks of the methods' options
* ``diffusion``: the mean colour, the fills of Telea and Navier–Stokes (OpenCV), and the biharmonic fill (scikit-image)
* ``patchmatch``, ``exemplar``: fills with patches of the same picture
* ``patch_levels``, ``patch_search``: the pyramid of ``patchmatch``, and its search on one level
* ``guided``: fills with patches that resemble the fill of a network
* ``network``: fills with the trained networks, for pictures of any size
* ``files``, ``folders``, ``mask_size``: filling one photo file, or a folder of photos, with mask files
"""

from .inpaint import inpaint

__all__ = ["inpaint"]
