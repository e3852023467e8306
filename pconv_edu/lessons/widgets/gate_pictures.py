"""Compute and draw the gates of a gated U-Net for the gates explorer, and the masks that partial convolutions have."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pconv_edu.core import update_mask

from .layer_pictures import eval_mode, inputs, palette_png, thin

if TYPE_CHECKING:
    from pconv_edu.nn.variants import GatedUNet

SHADES = np.linspace(0, 255, 25).round().astype(int).tolist()  # gates in steps of 1/24


def run_gates(network: "GatedUNet", image: np.ndarray, mask: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Run a GatedUNet on image (H, W, 3) and mask (H, W); return (name, gates (C, H', W') in 0 … 1) for each layer.

    The network runs in eval mode, and the mode of each module is restored afterwards.
    """
    from pconv_edu.nn.variants import gates  # imports torch, which most lessons do without

    with eval_mode(network):
        layers = gates(network, *inputs(network, image, mask))
    return [(name, values[0].float().cpu().numpy()) for name, values in layers]


def partial_masks(network: "GatedUNet", mask: np.ndarray) -> list[np.ndarray]:
    """Return the mask that each layer would return if its convolution was partial: (H', W') bool arrays.

    Such masks depend on kernel sizes and strides only, and not on weights.

    mask : (H, W) bool array, the mask of the photo. It is padded with False to the size that the network needs
    """
    valid = padded(network, mask)
    masks, skips = [], []
    for block in cast(Any, network.encoder):
        kernel_size, stride = block.conv.kernel_size[0], block.conv.stride[0]
        skips.append(valid)
        valid = update_mask(valid, kernel_size, stride=stride, padding=kernel_size // 2)
        masks.append(valid)
    for block in cast(Any, network.decoder):
        kernel_size = block.conv.kernel_size[0]
        joined = valid.repeat(2, axis=0).repeat(2, axis=1) | skips.pop()
        valid = update_mask(joined, kernel_size, padding=kernel_size // 2)
        masks.append(valid)
    return masks


def padded(network: "GatedUNet", mask: np.ndarray) -> np.ndarray:
    """Return a mask (H, W), padded with False at the right and the bottom to multiples of 2**levels."""
    return np.pad(mask, [(0, -side % 2**network.levels) for side in mask.shape])


def mostly_hole(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return a bool array of `shape` that is True where more than half of the pixels under a position are hole pixels.

    mask : (H, W) bool array, the padded mask of the photo; H and W are multiples of the height and width in `shape`
    """
    rows, columns = (side // small for side, small in zip(mask.shape, shape, strict=True))
    blocks = mask.reshape(shape[0], rows, shape[1], columns)
    return np.asarray(blocks.mean((1, 3)) < 0.5)


def most_different(values: np.ndarray, hole: np.ndarray, count: int = 3) -> list[int]:
    """Return the `count` channels of gates (C, H, W) whose mean differs most between the hole (H, W) and the rest.

    The largest difference comes first. If there is no hole or nothing else, return the channels that vary most.
    """
    if hole.any() and not hole.all():
        score = abs(values[:, hole].mean(1) - values[:, ~hole].mean(1))
    else:
        score = values.reshape(len(values), -1).var(1)
    return np.argsort(-score, kind="stable")[:count].tolist()


def gates_text(values: np.ndarray, hole: np.ndarray) -> str:
    """Return sentences that compare the mean gate in the hole (H, W) and outside; `values` are gates (C, H, W)."""
    if not hole.any() or hole.all():
        where = "Nothing is" if not hole.any() else "Everything is"
        return f"mean {values.mean():.2f}. {where} mostly hole."
    inside, outside = values[:, hole].mean(1), values[:, ~hole].mean(1)
    lower = int((inside < outside).sum())
    text = f"mean {values[:, hole].mean():.2f} in the hole, {values[:, ~hole].mean():.2f} outside; "
    return text + f"lower in the hole in {lower} of {len(values)} channels"


def gate_png(values: np.ndarray) -> bytes:
    """Draw gates (H, W) as a PNG file in shades of grey, with 0 in black and 1 in white."""
    steps = np.rint(np.clip(values, 0, 1) * (len(SHADES) - 1))
    return palette_png(thin(steps, 128), [(shade, shade, shade) for shade in SHADES])
