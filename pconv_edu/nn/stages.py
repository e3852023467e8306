"""Define the stages of training, with their numbers of steps, picture sizes and learning rates.

Most recipes of the course have two stages (see `two_stages`).
"""

import math
from dataclasses import dataclass
from typing import Any

from pconv_edu.core.arguments import check_whole, is_number, shown

SMALLEST = 16  # px, the smallest side of a picture that a U-Net accepts
FROZEN, LAPTOP_FROZEN = 1 / 4, 1 / 3  # share of steps in the second stage, by default and in `recipes.laptop`
LEARNERS = ("network", "critic", "both")
MOST_WHOLE = 2**63 - 1  # largest number of steps or pixels, and largest seed


@dataclass(frozen=True)
class Stage:
    """Describe one stage of training, in which the learning rate falls along half a cosine.

    Parameters
    ----------
    steps : number of steps, at least 1
    size : side of the pictures in px, at least 16
    batch : number of pictures in a step, summed over all processes
    rate, end_rate : learning rate at the start and at the end of the stage
    frozen : whether the encoder's batch norm is frozen
    learns : what is trained, one of `LEARNERS`. Values other than "network" are possible only if a network is trained
        with a critic

    Raises
    ------
    TypeError, ValueError
        If a field has an invalid value. The message names the field.
    """

    steps: int
    size: int
    batch: int
    rate: float
    end_rate: float
    frozen: bool = False
    learns: str = "network"

    def __post_init__(self) -> None:
        convert_fields(self, {"steps": 1, "size": SMALLEST, "batch": 1}, dict.fromkeys(("rate", "end_rate"), math.inf))
        if self.rate == 0:
            raise ValueError("rate is 0; give a number above 0, or nothing is learned")
        if not isinstance(self.frozen, bool):
            raise TypeError(f"frozen is {shown(self.frozen)}; give True or False")
        if self.learns not in LEARNERS:
            raise ValueError(f"learns is {shown(self.learns)}; give one of {', '.join(LEARNERS)}")

    def rate_at(self, step: int, warm_up: int = 0) -> float:
        """Return the learning rate of a step of this stage. The first step of the stage is step 0.

        warm_up : number of steps over which the learning rate rises to `rate` before it falls
        """
        if step < warm_up:
            return self.rate * (step + 1) / warm_up
        done, of = step - warm_up, max(1, self.steps - warm_up)
        # The two forms differ only in rounding. Runs that an earlier version began end with exactly the same weights
        # only if each kind of stage keeps its own form.
        angle = math.pi * done / of if self.frozen else math.pi * (done / of)
        return self.end_rate + (self.rate - self.end_rate) * (1 + math.cos(angle)) / 2


def two_stages(
    steps: int = 60_000,
    size: int = 256,
    batch: int = 16,
    rate: float = 2e-3,
    frozen_rate: float = 2e-4,
    frozen: float = FROZEN,
    last_size: int | None = None,
    last_batch: int | None = None,
) -> tuple[Stage, ...]:
    """Return the two stages in which most networks of the course are trained.

    In the first stage, everything is trained. In the second stage, the encoder's batch norm is frozen.

    Parameters
    ----------
    steps : number of steps of both stages together
    size, batch : picture size in px and batch size of the first stage
    rate, frozen_rate : the learning rate falls from `rate` to `frozen_rate` in the first stage, and from `frozen_rate`
        to 0 in the second stage
    frozen : share of the steps, 0 to 1, that belongs to the second stage. With 0 or 1, there is only one stage
    last_size, last_batch : picture size and batch size of the second stage; by default, the same as in the first stage
    """
    steps = check_whole(steps, "steps", 1, MOST_WHOLE)
    last = round(check_number(frozen, "frozen", 1) * steps)
    last_size = size if last_size is None else last_size
    last_batch = batch if last_batch is None else last_batch
    stages = []
    if last < steps:
        stages.append(Stage(steps - last, size, batch, rate, frozen_rate))
    if last > 0:
        stages.append(Stage(last, last_size, last_batch, frozen_rate, 0.0, frozen=True))
    return tuple(stages)


def convert_fields(value: Any, minimums: dict[str, int], maximums: dict[str, float]) -> None:
    """Convert fields of a frozen dataclass to int or float.

    minimums : dict that gives the smallest allowed value of each field that is a whole number
    maximums : dict that gives the largest allowed value of each field that is a non-negative number

    Raises TypeError or ValueError if a field has an invalid value. The message names the field.
    """
    for name, minimum in minimums.items():
        object.__setattr__(value, name, check_whole(getattr(value, name), name, minimum, MOST_WHOLE))
    for name, maximum in maximums.items():
        object.__setattr__(value, name, check_number(getattr(value, name), name, maximum))


def check_number(value: Any, name: str, maximum: float = math.inf, otherwise: str = "") -> float:
    """Return `value`, a finite number from 0 to `maximum`, as a float.

    otherwise : text to add to the error message, about what may be given instead of a number

    Raises ValueError if `value` is not such a number.
    """
    if not is_number(value) or not math.isfinite(value) or not 0 <= value <= maximum:
        most = f" and at most {maximum}" if maximum < math.inf else ""
        raise ValueError(f"{name} is {shown(value)}; give a number of at least 0{most}{otherwise}")
    return float(value)
