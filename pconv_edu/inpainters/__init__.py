"""Provide one function, ``inpaint(image, mask, method)``, that fills holes with any of the methods.

* ``inpaint``: the function itself, which gives every method the same signature and the same guarantees
* ``methods``: the table of all methods; to add a method, add an entry there
* ``options``: checks for the options of the methods
* ``diffusion``: fills with the mean colour, by the methods of Telea and Navier–Stokes (OpenCV), and by the biharmonic
  method (scikit-image)
* ``patchmatch``, ``exemplar``: fills with patches copied from the same picture
* ``patch_levels``, ``patch_search``: the pyramid of ``patchmatch``, and its search on one level
* ``guided``: fills like those of ``patchmatch``, but with patches that also resemble the fill of a network
* ``network``: fills with the trained networks, for pictures of any size
* ``blending``: removes the seam of a fill, if this is asked for
* ``files``, ``folders``, ``mask_size``: functions that fill one photo file, or a folder of photos, using mask files
"""

from .inpaint import inpaint

__all__ = ["inpaint"]
