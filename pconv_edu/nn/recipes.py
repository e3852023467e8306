"""What is trained and how: one dataclass a recipe, and the recipes of the course.

Recipes that are compared with each other share data, schedule and seed.
"""

import json
import math
from dataclasses import asdict, dataclass, fields, replace

from pconv_edu.core.hole_bank import KINDS_OF_HOLES

from .losses import HED_WEIGHTS, LossWeights
from .unet import ConvUNet, PConvUNet

PIXELS = LossWeights.only(valid=1.0, hole=6.0)
SMALLEST = 16  # px, the least that the network takes


@dataclass(frozen=True)
class Recipe:
    """All that decides what a training run ends with, but for the photos and the device.

    Training has two stages. First everything is trained: the learning rate rises over `warm_up` steps to `rate` and
    falls along a cosine to `frozen_rate`. Then, for the last `frozen` share of the steps, the encoder's batch norm is
    frozen, and the rate falls from `frozen_rate` along a cosine to 0.

    Raises ValueError for a value that cannot be trained with; the message names the field.
    """

    about: str
    fill: float | str | None = None  # None: partial convolutions; else ordinary ones, holes painted in this colour
    loss: LossWeights = PIXELS
    holes: str = "irregular"
    colors: float = 0.3  # how far the colours of crops vary: see `data.vary`
    turns: float = 0.5  # how often crops are turned by quarters
    start: str | None = None  # the recipe whose weights this one begins with
    width: int = 32
    levels: int = 6
    max_channels: int = 96
    size: int = 256
    batch: int = 16
    last_size: int | None = None  # in the second stage, if it differs
    last_batch: int | None = None
    steps: int = 60_000
    rate: float = 2e-3
    frozen_rate: float = 2e-4
    frozen: float = 0.25
    warm_up: int = 500
    weight_decay: float = 1e-4
    clip: float = 1.0  # largest norm of the gradient
    average: float = 0.999  # weights are averaged over about 1 / (1 - average) steps
    seed: int = 0

    def __post_init__(self):
        for name, least in _WHOLE.items():
            _check_whole(name, getattr(self, name), least, optional=name.startswith("last_"))
        for name, (low, high) in _NUMBERS.items():
            _check_number(name, getattr(self, name), low, high)
        for name in ("rate", "clip"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name} is 0; give a number above 0, or nothing is learned")
        if self.fill not in (None, "mean"):
            _check_number("fill", self.fill, 0, 1, " or 'mean', or None for partial convolutions")
        if self.holes not in KINDS_OF_HOLES:
            raise ValueError(f"holes is {self.holes!r}; give one of {', '.join(KINDS_OF_HOLES)}")
        if not isinstance(self.loss, LossWeights):
            raise ValueError(f"loss is {self.loss!r}; give LossWeights")
        for name, weight in asdict(self.loss).items():
            _check_number(f"loss.{name}", weight, 0, math.inf)
        if not self.loss.used():
            raise ValueError("every weight of the loss is 0; give at least one term a weight")
        if self.frozen_from() > 0 and self.batch == 1 and self.size <= 2**self.levels:
            raise ValueError(
                f"batch is 1 and size {self.size}: at the deepest of {self.levels} levels one value a channel is left, "
                f"and batch norm needs two. Give a batch of 2, or a size above {2**self.levels}"
            )

    @classmethod
    def from_json(cls, value, source="the recipe"):
        """Return the recipe that `as_json` described.

        value : dict of every field, as read from a JSON file
        source : where it comes from, for messages

        Raises ValueError if a field is missing, unknown or has a wrong value; the message names it.
        """
        _check_fields(value, cls, source)
        _check_fields(value["loss"], LossWeights, f"{source}, loss")
        try:
            return cls(**value | {"loss": LossWeights(**value["loss"])})
        except ValueError as error:
            raise ValueError(f"{source}: {error}") from None

    def as_json(self):
        """Return the recipe as a dict of what JSON knows; `from_json` turns it into the recipe again."""
        return json.loads(json.dumps(asdict(self)))

    def network(self):
        """Return a new network of this recipe, with random weights."""
        size = {"width": self.width, "levels": self.levels, "max_channels": self.max_channels}
        return PConvUNet(**size) if self.fill is None else ConvUNet(**size, fill=self.fill)

    def stages(self):
        """Return ((first step, end, size, batch), …) of the two stages."""
        change = self.frozen_from()
        last = self.last_size or self.size, self.last_batch or self.batch
        return (0, change, self.size, self.batch), (change, self.steps, *last)

    def frozen_from(self):
        """Return the first step of the second stage."""
        return self.steps - round(self.frozen * self.steps)


_WHOLE = {"width": 1, "levels": 2, "max_channels": 1, "size": SMALLEST, "batch": 1, "last_size": SMALLEST}
_WHOLE |= {"last_batch": 1, "steps": 1, "warm_up": 0, "seed": 0}  # name -> the least
_NUMBERS = dict.fromkeys(("colors", "rate", "frozen_rate", "weight_decay", "clip"), (0, math.inf))
_NUMBERS |= dict.fromkeys(("turns", "frozen", "average"), (0, 1))  # name -> (least, most)


def _check_whole(name, value, least, optional):
    if optional and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**63:
        raise ValueError(f"{name} is {value!r}; give a whole number of at least {least}")


def _check_number(name, value, low, high, otherwise=""):
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not low <= value <= high:
        most = f" and at most {high}" if high < math.inf else ""
        raise ValueError(f"{name} is {value!r}; give a number of at least {low}{most}{otherwise}")


def _check_fields(value, kind, source):
    """Refuse what is no dict of exactly the fields of a dataclass."""
    if not isinstance(value, dict):
        raise ValueError(f"{source} is {value!r}; it must be a JSON object with the fields of {kind.__name__}")
    known = [field.name for field in fields(kind)]
    unknown, missing = [name for name in value if name not in known], [name for name in known if name not in value]
    if unknown or missing:
        parts = [f"unknown: {', '.join(unknown)}"] if unknown else []
        parts += [f"missing: {', '.join(missing)}"] if missing else []
        raise ValueError(
            f"{source} does not have the fields of {kind.__name__} of this version of pconv_edu ({'; '.join(parts)})"
        )


def laptop(recipe):
    """Return the recipe with the schedule for two CPU cores: small crops, and larger ones only in the second stage.

    12,000 steps take 40 minutes in bfloat16 on a processor that multiplies in it, and twice that in float32. A recipe
    that continues another takes 2,500 steps of half the batch, in about the same time: its loss costs more than the
    network.
    """
    if recipe.start is None:
        return replace(recipe, size=128, batch=16, last_size=256, last_batch=4, steps=12_000, frozen=1 / 3)
    return replace(recipe, size=128, batch=8, last_size=256, last_batch=2, steps=2_500, frozen=1 / 3, warm_up=100)


_COURSE = Recipe("l1, then all six terms", loss=HED_WEIGHTS, start="l1", rate=2e-4, frozen_rate=1e-4, steps=20_000)


def _variant(about: str, **weights: float) -> Recipe:
    """Return `_COURSE` with other weights for some terms of the loss."""
    return replace(_COURSE, about=about, loss=replace(HED_WEIGHTS, **weights))


RECIPES = {
    "l1": Recipe("partial convolutions, valid and hole terms only"),
    "l1-seed2": Recipe("l1 again with another seed: what differs between the two is noise", seed=1),
    "course": _COURSE,
    "conv-grey": Recipe("ordinary convolutions, holes painted mid-grey", fill=0.5),
    "conv-mean": Recipe("ordinary convolutions, holes painted in the picture's mean colour", fill="mean"),
    "regular-holes": Recipe("l1, trained on rectangles", holes="rectangles"),
    "no-style": _variant("course without the style terms", style_out=0, style_comp=0),
    "small-style": _variant(
        "course with a tenth of the style terms",
        style_out=HED_WEIGHTS.style_out / 10,
        style_comp=HED_WEIGHTS.style_comp / 10,
    ),
    "no-perceptual": _variant("course without the perceptual term", perceptual=0),
    "no-tv": _variant("course without total variation", tv=0),
    "superres": Recipe(
        "l1, then trained to enlarge pictures 2 and 4 times",
        holes="grid",
        start="l1",
        rate=1e-3,
        frozen_rate=2e-4,
        steps=20_000,
    ),
}
