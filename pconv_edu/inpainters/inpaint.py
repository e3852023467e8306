"""The door of the room: every method behind one signature, and the same promises for all of them."""

import functools
import json
import warnings
from pathlib import Path

import numpy as np

from pconv_edu.core.arguments import check_mask

from . import diffusion, exemplar, patchmatch

CARDS = Path(__file__).parents[1] / "nn" / "weights" / "cards.json"  # read here: torch takes long to import
_SHIPPED = {name: card["about"] for name, card in json.loads(CARDS.read_text("utf-8")).items() if "recipe" in card}
NETWORKS = {name: _SHIPPED[name] for name in ("l1", "course", "conv-grey", "conv-mean")}
BEST = "l1"  # what "pconv" stands for
METHODS = {
    "mean": "the mean colour of the valid pixels",
    "telea": "from the edge inwards by weighted means (Telea 2004, OpenCV)",
    "navier-stokes": "contours go on as a fluid flows (Bertalmio et al. 2001, OpenCV)",
    "biharmonic": "the smoothest surface through the edge (Damelin & Hoang 2018, scikit-image)",
    "patchmatch": "patches that fit to the edge and to each other (PatchMatch, Barnes et al. 2009)",
    "exemplar": "copied patch by patch, edges first (Criminisi et al. 2004)",
    **{name: f"network: {about} (trained in this course)" for name, about in NETWORKS.items()},
}
VARIANTS = {name: about for name, about in _SHIPPED.items() if name not in NETWORKS}  # each for one experiment


def _by_network(image, mask, **options):
    from . import network  # imports torch

    return network.fill(image, mask, **options)


_FILLS = {
    "mean": diffusion.mean,
    "telea": diffusion.telea,
    "navier-stokes": diffusion.navier_stokes,
    "biharmonic": diffusion.biharmonic,
    "patchmatch": patchmatch.patchmatch,
    "exemplar": exemplar.exemplar,
    **{name: functools.partial(_by_network, name=name) for name in _SHIPPED},
}


def inpaint(image, mask, method="pconv", **options):
    """Fill the hole of an image.

    Parameters
    ----------
    image : (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA array; float in [0, 1], or uint8. What the hole holds is
        ignored, NaN too.
    mask : (H, W) bool array, True = valid, False = hole
    method : one of ``inpaint.METHODS``, a dict of name and one line; "pconv" is the best network with partial
        convolutions among them. ``inpaint.VARIANTS`` are networks that ship for one experiment each (lessons 12, 13).
    options : those of the method: ``radius=5`` for "telea" and "navier-stokes"; ``seed``, ``patch_size`` and
        ``progress=True`` for "patchmatch", the last two for "exemplar"; ``device="cuda"`` for networks, which else take
        the best device there is

    Returns
    -------
    array of the same shape and dtype. Valid pixels are identical to the bit, the hole is filled. Alpha is filled
    like a colour.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, the mask is not binary or leaves nothing valid, a valid pixel is NaN, infinite or outside
        [0, 1], the kind of number is not known, or the method or an option is not.

    Warns
    -----
    UserWarning
        If less than 5 % is valid: the mask is probably the wrong way round.

    Examples
    --------
    >>> image = np.full((8, 8), 0.25)
    >>> mask = np.ones((8, 8), bool)
    >>> image[2:4, 2:4], mask[2:4, 2:4] = np.nan, False
    >>> bool(abs(inpaint(image, mask, "telea") - 0.25).max() < 0.01)
    True
    """
    image, mask = np.asarray(image), check_mask(mask)
    method = BEST if method == "pconv" else method
    _check(image, mask)
    if method not in _FILLS:
        raise ValueError(f"method is {method!r}; there are pconv, {', '.join([*METHODS, *VARIANTS])}")
    if mask.all():
        return image.copy()
    whole = 255 if image.dtype == np.uint8 else 1
    shown = mask.reshape(mask.shape + (1,) * (image.ndim - 2))
    known = np.where(shown, image, 0).astype(np.float32) / whole
    channels = known.reshape(*mask.shape, -1)
    if channels.shape[2] == 4:  # RGB together, alpha by itself
        parts = [channels[..., :3], np.repeat(channels[..., 3:], 3, axis=2)]
        filled = [np.asarray(_FILLS[method](part, mask, **options)) for part in parts]
        fill = np.concatenate([filled[0], filled[1].mean(axis=2, keepdims=True)], axis=2)
    else:
        fill = _FILLS[method](np.broadcast_to(channels, (*mask.shape, 3)), mask, **options)
        fill = fill if channels.shape[2] == 3 else fill.mean(axis=2)
    fill = np.clip(fill, 0, 1).reshape(image.shape) * whole
    return np.where(shown, image, (fill + 0.5 if whole == 255 else fill).astype(image.dtype))


inpaint.METHODS, inpaint.VARIANTS = METHODS, VARIANTS


def _check(image, mask):
    """Refuse what cannot be filled, and suspect a mask that is the wrong way round."""
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,), (4,)):
        raise ValueError(f"image has shape {image.shape}; give (H, W), (H, W, 3) or (H, W, 4)")
    if image.shape[:2] != mask.shape:
        hint = "; did you swap width and height?" if image.shape[1::-1] == mask.shape else ""
        raise ValueError(f"mask is {mask.shape} but the image is {image.shape[:2]}: rows come first{hint}")
    if image.dtype != np.uint8 and image.dtype.kind != "f":
        raise TypeError(f"image is {image.dtype}; give floats in [0, 1], or uint8")
    valid = image[mask]
    if valid.size == 0:
        raise ValueError("the mask leaves nothing valid (True = valid, False = hole): there is nothing to fill from")
    if image.dtype.kind == "f" and not (valid.min() >= 0 and valid.max() <= 1):
        raise ValueError(
            f"the valid pixels run from {valid.min()} to {valid.max()}; give floats in [0, 1] without NaN or infinity "
            "(divide by 255 if they are bytes), or uint8"
        )
    if mask.mean() < 0.05:
        warnings.warn(
            f"only {100 * mask.mean():.1f} % of the mask is valid. True means valid, False means hole: is it the wrong "
            "way round? Then give ~mask.",
            stacklevel=3,
        )
