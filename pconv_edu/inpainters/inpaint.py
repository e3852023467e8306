"""The door of the room: every method behind one signature, and the same promises for all of them."""

import functools
import inspect
import json
import warnings
from pathlib import Path

import numpy as np

from pconv_edu.core.arguments import as_array, check_mask, shown

from . import diffusion, exemplar, patchmatch
from .options import check_options

CARDS = Path(__file__).parents[1] / "nn" / "weights" / "cards.json"  # read here: torch takes long to import
IN_A_CARD = {"about": str, "recipe": dict, "file": str, "bytes": int, "sha256": str}  # what a network cannot do without


def _read_cards():
    """Return ({name: its one line} of every network whose card is whole, what is wrong with the file or None)."""
    try:
        cards = json.loads(CARDS.read_text("utf-8"))
        if not isinstance(cards, dict):
            raise ValueError(f"it is a {type(cards).__name__}, not an object of one card per network")
    except (OSError, ValueError, RecursionError) as error:  # the classical fills do without
        return {}, f"{CARDS} cannot be read ({error})"
    whole = {
        name: card["about"]
        for name, card in cards.items()
        if isinstance(card, dict) and all(isinstance(card.get(key), kind) for key, kind in IN_A_CARD.items())
    }
    return whole, None


_SHIPPED, _DAMAGE = _read_cards()
NETWORKS = {
    name: _SHIPPED.get(name, "it cannot be used, its card is missing")
    for name in ("l1", "course", "conv-grey", "conv-mean")
}
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


_CLASSICAL = {
    "mean": diffusion.mean,
    "telea": diffusion.telea,
    "navier-stokes": diffusion.navier_stokes,
    "biharmonic": diffusion.biharmonic,
    "patchmatch": patchmatch.patchmatch,
    "exemplar": exemplar.exemplar,
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
    options : those of the method: ``radius=5`` for "telea" and "navier-stokes"; ``seed``, ``patch_size``, ``votes``,
        ``iterations`` and ``progress=True`` for "patchmatch"; ``patch_size``, ``search_radius`` and ``progress=True``
        for "exemplar"; ``device="cuda"`` for networks, which otherwise take the best device there is. All are checked
        before any work, even where there is nothing to fill.

    Returns
    -------
    array of the same shape and dtype. Valid pixels are identical to the bit, the hole is filled. Alpha is filled
    like a colour.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, the mask is not binary or leaves nothing valid, a valid pixel is NaN, infinite or outside
        [0, 1], the kind of number is not known, or the method or an option is not; for "biharmonic" also if the hole
        would take more than 2 GB of memory, as one piece larger than 700 × 700 pixels does.
    OSError
        If the card or the weights of that network are missing or damaged.

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
    fill = _choose(method, options)
    image, mask = as_array(image, "image"), check_mask(mask)
    _check(image, mask)
    filled = image.copy()
    if mask.all():
        return filled
    whole = 255 if image.dtype == np.uint8 else 1
    valid = mask.reshape(mask.shape + (1,) * (image.ndim - 2))
    known = np.where(valid, image, 0).astype(np.float32) / whole
    channels = known.reshape(*mask.shape, -1)
    if channels.shape[2] == 4:  # RGB together, alpha by itself
        color, alpha = fill(channels[..., :3], mask), fill(np.repeat(channels[..., 3:], 3, axis=2), mask)
        found = np.concatenate([color, alpha.mean(axis=2, keepdims=True)], axis=2)
    else:
        found = fill(np.broadcast_to(channels, (*mask.shape, 3)), mask)
        found = found if channels.shape[2] == 3 else found.mean(axis=2)
    found = np.clip(found, 0, 1).reshape(image.shape)[~mask] * whole
    filled[~mask] = found + 0.5 if whole == 255 else found
    return filled


inpaint.METHODS, inpaint.VARIANTS = METHODS, VARIANTS


def _choose(method, options):
    """Return the fill called `method` with its options, once these are checked."""
    if not isinstance(method, str) or method not in ("pconv", *METHODS, *VARIANTS):
        raise ValueError(f"method is {shown(method)}; there are pconv, {', '.join([*METHODS, *VARIANTS])}")
    name = BEST if method == "pconv" else method
    known = list(inspect.signature(_CLASSICAL[name]).parameters)[2:] if name in _CLASSICAL else ["device"]
    unknown = [option for option in options if option not in known]
    if unknown:
        there = f"its options are {', '.join(known)}" if known else "it takes no options"
        raise TypeError(f"the method {method!r} has no option {', '.join(unknown)}; {there}")
    options = check_options(**options)
    if name in _CLASSICAL:
        return functools.partial(_CLASSICAL[name], **options)
    if name not in _SHIPPED:
        raise OSError(
            f"the network {name!r} cannot be used: {_DAMAGE or f'{CARDS} has no whole card of it'}. Install pconv_edu "
            f"again; until then there are {', '.join([*_CLASSICAL, *_SHIPPED])}"
        )
    return functools.partial(_by_network, name=name, **options)


def _by_network(image, mask, **options):
    from . import network  # imports torch

    return network.fill(image, mask, **options)


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
