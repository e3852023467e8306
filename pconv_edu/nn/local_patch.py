"""Cut out the local patch of a picture.

The local patch is the square part of the picture that a local critic judges. It is centred on the hole.
"""

import torch

Corners = tuple[torch.Tensor, torch.Tensor]  # (N,) top rows and (N,) left columns


def patch_at(mask: torch.Tensor, side: int) -> Corners:
    """Return the top-left corners of squares that are centred on the holes, as far as the edges of the pictures allow.

    mask : (N, 1, H, W), 1 = valid, 0 = hole. The centre of a hole is the centre of its bounding box. If a picture has
        no hole, the square is centred on the picture
    side : side of the squares in px, at most min(H, W)

    A square that would extend beyond the picture is moved inside the picture.
    """
    height, width = mask.shape[2:]
    if not 1 <= side <= min(height, width):
        raise ValueError(
            f"side is {side}; a patch of a picture of {height}×{width} has a side of 1 to {min(height, width)}"
        )
    hole = mask[:, 0] == 0
    return _start(hole.any(2), side), _start(hole.any(1), side)


def _start(hole: torch.Tensor, side: int) -> torch.Tensor:
    """Return the first index of the `side` positions centred on the hole: hole (N, L), bool -> (N,), int64."""
    length = hole.shape[1]
    first = torch.where(hole.any(1), hole.int().argmax(1), 0)
    end = torch.where(hole.any(1), length - hole.flip(1).int().argmax(1), length)
    return ((first + end - side) // 2).clamp(0, length - side)


def crop(pictures: torch.Tensor, corners: Corners, side: int) -> torch.Tensor:
    """Return one square of each picture.

    pictures : (N, C, H, W)
    corners : top-left corners of the squares, as `patch_at` returns them
    side : side of the squares in px
    Returns (N, C, side, side).
    """
    span = torch.arange(side, device=pictures.device)
    rows, columns = (start[:, None] + span for start in corners)
    picture = torch.arange(len(pictures), device=pictures.device)[:, None, None]
    # Indexing between two slices puts the channels last.
    return pictures[picture, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
