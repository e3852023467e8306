"""`inpaint()`: one signature for every method, and the same guarantees for all of them."""

import functools
import inspect
import warnings

import numpy as np

from pconv_edu.core.arguments import as_array, check_mask, shown

from .methods import BEST, CARDS, DAMAGE, METHODS, SHIPPED, TABLE, VARIANTS
from .options import check_options


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
        is so large that it would take more than 2 GB of memory, as 700 × 700 pixels in one piece do.
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
    fill = TABLE[name].fill if name in TABLE else None
    known = ["device"] if fill is None else list(inspect.signature(fill).parameters)[2:]
    unknown = [option for option in options if option not in known]
    if unknown:
        allowed = f"its options are {', '.join(known)}" if known else "it takes no options"
        raise TypeError(f"the method {method!r} has no option {', '.join(unknown)}; {allowed}")
    options = check_options(**options)
    if fill is not None:
        return functools.partial(fill, **options)
    if name not in SHIPPED:
        usable = [other for other, entry in TABLE.items() if not entry.trained] + list(SHIPPED)
        raise OSError(
            f"the network {name!r} cannot be used: {DAMAGE or f'{CARDS} has no complete card for it'}. Install "
            f"pconv_edu again; until then there are {', '.join(usable)}"
        )
    return functools.partial(_fill_by_network, name=name, **options)


def _fill_by_network(image, mask, **options):
    try:
        from . import network
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "safetensors"):
            raise
        needs = "the networks need PyTorch: pip install 'pconv-edu[nn]', or choose another method"
        raise ModuleNotFoundError(needs, name=error.name) from None
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
