"""Make a picture with a hole and several plausible answers, and compare a fill of the hole with them (lesson 09)."""

from dataclasses import dataclass

import torch

from pconv_edu.core import load_photo

PHOTO = "gc-mon-greatpyramidofgiza"
SURROUNDINGS, ANSWERS = (292, 232), (282, 300)  # the row and column in the photo at which each begins


@dataclass(frozen=True, eq=False)  # arrays have no == that is a bool
class Question:
    """Store a picture with a hole, and its plausible answers.

    answers : (K, 3, H, W) in [0, 1]; all answers are equal where the mask is 1
    mask : (1, 1, H, W), 1 = valid, 0 = hole
    """

    answers: torch.Tensor
    mask: torch.Tensor

    @property
    def hole(self) -> torch.Tensor:
        """Return an (H, W) bool tensor that is True in the hole."""
        return self.mask[0, 0] == 0


def stone_question(count: int = 16, size: int = 64) -> Question:
    """Return a `Question` about a wall of stones with a square hole in the middle, from a photo of the Great Pyramid.

    Parameters
    ----------
    count : number of answers, 1 to 16; in each answer, a different square of the same wall is pasted into the
        hole
    size : side of the picture in px, a multiple of 4 from 8 to 64; the side of the hole is half as long

    Raises
    ------
    ValueError
        If count or size is out of range.
    """
    if not 1 <= count <= 16 or size % 4 or not 8 <= size <= 64:
        raise ValueError(f"count is {count} and size {size}; give 1 to 16, and a multiple of 4 from 8 to 64")
    photo = torch.from_numpy(load_photo(PHOTO)).permute(2, 0, 1)
    (top, left), (row, column), side, edge = SURROUNDINGS, ANSWERS, size // 2, size // 4
    answers = photo[:, top : top + size, left : left + size].repeat(count, 1, 1, 1)
    for k in range(count):
        r, c = row + k // 4 * side, column + k % 4 * side
        answers[k, :, edge : edge + side, edge : edge + side] = photo[:, r : r + side, c : c + side]
    mask = torch.ones(1, 1, size, size)
    mask[..., edge : edge + side, edge : edge + side] = 0
    return Question(answers, mask)


def distance_to_median(picture: torch.Tensor, question: Question) -> float:
    """Return the mean distance between the values in the hole of a picture and the medians of the answers' values.

    For an even number of answers, every value between the two middle values is a median, so the distance is 0 for such
    a value.

    picture : (3, H, W) in [0, 1]
    """
    count = len(question.answers)
    ordered = question.answers[..., question.hole].sort(0).values  # (K, 3, pixels)
    low, high = ordered[(count - 1) // 2], ordered[count // 2]
    values = picture[..., question.hole]
    return ((low - values).clamp(min=0) + (values - high).clamp(min=0)).mean().item()


def distance_to_nearest(picture: torch.Tensor, question: Question) -> tuple[float, int]:
    """Return (difference, index) for the answer that is nearest to a picture.

    The difference is the mean absolute difference between the picture and this answer in the hole.
    """
    distances = (question.answers - picture)[..., question.hole].abs().mean((1, 2))
    return distances.min().item(), int(distances.argmin())


def contrast(picture: torch.Tensor, question: Question) -> float:
    """Return the standard deviation of the values in the hole, averaged over the channels.

    The result is 0 for a flat fill.
    """
    return picture[..., question.hole].std(-1).mean().item()
