"""Many methods behind one function: ``inpaint(image, mask, method)``.

* ``inpaint``: the function, and what it guarantees for every method
* ``methods``: the table of all methods; to add one, add an entry there
* ``options``: the options of the methods, checked
* ``diffusion``: the mean, Telea and Navier–Stokes (OpenCV), biharmonic (scikit-image)
* ``patchmatch``, ``exemplar``: fills by patches of the same picture; ``patch_search``: the search of `patchmatch`
* ``guided``: PatchMatch that follows the fill of a network
* ``network``: fills by the trained networks, for pictures of any size
* ``files``, ``folders``, ``mask_size``: photo files and their masks, one or a folder of them
"""

from .inpaint import inpaint

__all__ = ["inpaint"]
