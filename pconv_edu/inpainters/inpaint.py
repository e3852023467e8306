"""Define `inpaint()`, which gives every method the same signature and the same guarantees.

`inpaint` checks the arguments, calls the fill function of the method, and uses the function's result only in the hole.
"""

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any, Protocol, cast

import numpy as np

from pconv_edu.core.arguments import as_array, check_mask, shown

from .methods import BEST, CARDS, DAMAGE, DEFAULT, METHODS, SHIPPED, TABLE, VARIANTS
from .options import check_blend, check_options

FEW_VALID = 0.05  # if the valid share is smaller, the mask is probably the wrong way round


class FewValidWarning(UserWarning):
    """Warn that the valid share of the mask is smaller than `FEW_VALID`."""


class Inpaint(Protocol):
    """Describe the type of `inpaint`, which is a function with attributes that list the methods."""

    METHODS: dict[str, str]
    VARIANTS: dict[str, str]

    def __call__(
        self, image: np.ndarray, mask: np.ndarray, method: str = DEFAULT, *, blend: str | None = None, **options: Any
    ) -> np.ndarray: ...


def _with_methods(function: Callable[..., np.ndarray]) -> Inpaint:
    """Give the function `inpaint` its public attributes, and return the function."""
    carrier = cast(Inpaint, function)
    carrier.METHODS, carrier.VARIANTS = METHODS, VARIANTS
    return carrier


@_with_methods
def inpaint(
    image: np.ndarray, mask: np.ndarray, method: str = DEFAULT, *, blend: str | None = None, **options: Any
) -> np.ndarray:
    """Fill the hole of an image.

    Parameters
    ----------
    image : (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA array; float in [0, 1], or uint8. Values in the
        hole are ignored, even if they are NaN.
    mask : (H, W) bool array, True = valid, False = hole
    method : a name in ``inpaint.METHODS``, a dict from each name to a one-line description; "guided" by default.
        "pconv" stands for the best network with partial convolutions. The names in ``inpaint.VARIANTS`` are also
        accepted; each of them is a network that was trained for one experiment (lessons 12 to 14).
    blend : "poisson" to remove the seam at the edge of the hole afterwards: the steps from pixel to pixel in the fill
        are kept, and its colours are adapted to the edge (see `blending`). None, the default, leaves the fill as it is.
    options : options of the method: ``radius=5`` for "telea" and "navier-stokes"; ``seed``, ``patch_size``, ``votes``,
        ``iterations`` and ``progress=True`` for "patchmatch"; the options of "patchmatch", ``guide``, ``share`` and
        ``device`` for "guided"; ``patch_size``, ``search_radius`` and ``progress=True`` for "exemplar";
        ``device="cuda"`` for networks, which use the best available device by default. All options are checked, even
        if the mask has no hole.

    Returns
    -------
    array of the same shape and dtype, with the hole filled. Valid pixels do not change at all. The alpha channel is
    filled in the same way as the colours, but separately.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not match, the mask is not binary or has no valid pixel, a valid pixel is NaN, infinite or
        outside [0, 1], the dtype is neither float nor uint8, or the method, an option or `blend` is unknown. For
        "biharmonic", a ValueError is also raised if the fill would need more than 2 GB of memory, as is the case for a
        connected hole of more than 700 × 700 pixels.
    OSError
        If the model card or the weights of the network are missing or damaged.
    ModuleNotFoundError
        If the method uses a network and PyTorch is not installed.

    Warns
    -----
    FewValidWarning
        If less than 5 % of the mask is valid. The mask is then probably inverted.

    Examples
    --------
    >>> image = np.full((8, 8), 0.25)
    >>> mask = np.ones((8, 8), bool)
    >>> image[2:4, 2:4], mask[2:4, 2:4] = np.nan, False
    >>> bool(abs(inpaint(image, mask, "telea") - 0.25).max() < 0.01)
    True
    """
    fill, blend = _choose(method, options), check_blend(blend)
    image, mask = as_array(image, "image"), check_mask(mask)
    _check(image, mask)
    filled = image.copy()
    if mask.all():
        return filled
    white = 255 if image.dtype == np.uint8 else 1
    valid = mask.reshape(mask.shape + (1,) * (image.ndim - 2))
    known = np.where(valid, image, 0).astype(np.float32) / white
    channels = known.reshape(*mask.shape, -1)
    if channels.shape[2] == 4:  # RGB together, alpha by itself
        color, alpha = fill(channels[..., :3], mask), fill(np.repeat(channels[..., 3:], 3, axis=2), mask)
        result = np.concatenate([color, alpha.mean(axis=2, keepdims=True)], axis=2)
    else:
        result = fill(np.broadcast_to(channels, (*mask.shape, 3)), mask)
        result = result if channels.shape[2] == 3 else result.mean(axis=2)
    result = np.clip(result, 0, 1).reshape(channels.shape)
    if blend is not None:
        result = np.clip(_blended(channels, result, mask), 0, 1)
    values = result.reshape(image.shape)[~mask] * white
    filled[~mask] = values + 0.5 if white == 255 else values
    return filled


def _blended(known: np.ndarray, result: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Put the valid pixels back into a fill, and return it with its seam removed. Both arrays are (H, W, C)."""
    from .blending import poisson  # scipy's solvers take a while to load

    return poisson(np.where(mask[..., None], known, result), mask)


def _choose(method: str, options: dict[str, Any]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Check the method and its options, and return the fill function of the method with these options set."""
    if not isinstance(method, str) or method not in ("pconv", *METHODS, *VARIANTS):
        raise ValueError(f"method is {shown(method)}; there are pconv, {', '.join([*METHODS, *VARIANTS])}")
    name = BEST if method == "pconv" else method
    fill = TABLE[name].fill if name in TABLE else None
    names = ["device"] if fill is None else list(inspect.signature(fill).parameters)[2:]
    unknown = [option for option in options if option not in names]
    if unknown:
        allowed = f"its options are {', '.join(names)}" if names else "it takes no options"
        raise TypeError(f"the method {method!r} has no option {', '.join(unknown)}; {allowed}")
    options = check_options(**options)
    if fill is not None:
        return functools.partial(fill, **options)
    _check_card(name)
    return functools.partial(fill_by_network, name=name, **options)


def _check_card(name: str) -> None:
    """Raise OSError if a network has no complete model card."""
    if name not in SHIPPED:
        usable = [other for other, entry in TABLE.items() if not entry.trained] + list(SHIPPED)
        raise OSError(
            f"the network {name!r} cannot be used: {DAMAGE or f'{CARDS} has no complete card for it'}. Install "
            f"pconv_edu again; until then there are {', '.join(usable)}"
        )


def fill_by_network(image: np.ndarray, mask: np.ndarray, **options: Any) -> np.ndarray:
    """Load PyTorch, fill the hole with a network, and return the filled image, (H, W, 3) float32.

    image : (H, W, 3) float32 array
    mask : (H, W) bool array, True = valid
    options : `name`, the name of the network, and optionally `device`
    """
    _check_card(options["name"])
    try:
        from . import network
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "safetensors"):
            raise
        needs = "the networks need PyTorch: pip install 'pconv-edu[nn]', or choose another method"
        raise ModuleNotFoundError(needs, name=error.name) from None
    return network.fill(image, mask, **options)


def _check(image: np.ndarray, mask: np.ndarray) -> None:
    """Raise an error if the image cannot be filled, and warn if the mask is probably inverted."""
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
    if mask.mean() < FEW_VALID:
        warnings.warn(
            f"only {100 * mask.mean():.1f} % of the mask is valid. True means valid, False means hole: is it the wrong "
            "way round? If so, pass ~mask.",
            FewValidWarning,
            stacklevel=3,
        )
