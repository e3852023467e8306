"""What is trained and how: one dataclass a recipe, and the recipes of the course.

Recipes that are compared with each other share data, schedule and seed.
"""

from dataclasses import dataclass, replace

from .losses import HED_WEIGHTS, LossWeights
from .unet import ConvUNet, PConvUNet

PIXELS = LossWeights(perceptual=0, style_out=0, style_comp=0, tv=0)


@dataclass(frozen=True)
class Recipe:
    """All that decides what a training run ends with, but for the photos and the device.

    Training has two stages. First everything is trained: the learning rate rises over `warm_up` steps to `rate` and
    falls along a cosine to `frozen_rate`. Then, for the last `frozen` share of the steps, the encoder's batch norm is
    frozen, and the rate falls from `frozen_rate` along a cosine to 0.
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

    def network(self):
        """A new network of this recipe, with random weights."""
        size = {"width": self.width, "levels": self.levels, "max_channels": self.max_channels}
        return PConvUNet(**size) if self.fill is None else ConvUNet(**size, fill=self.fill)

    def stages(self):
        """((first step, end, size, batch), …) of the two stages."""
        change = self.frozen_from()
        last = self.last_size or self.size, self.last_batch or self.batch
        return (0, change, self.size, self.batch), (change, self.steps, *last)

    def frozen_from(self):
        """The first step of the second stage."""
        return self.steps - round(self.frozen * self.steps)


def laptop(recipe):
    """The recipe with the schedule for two CPU cores: small crops, and larger ones only in the second stage.

    12,000 steps take 40 minutes in bfloat16 on a processor that multiplies in it, and twice that in float32. A recipe
    that continues another takes 2,500 steps of half the batch, in about the same time: its loss costs more than the
    network.
    """
    if recipe.start is None:
        return replace(recipe, size=128, batch=16, last_size=256, last_batch=4, steps=12_000, frozen=1 / 3)
    return replace(recipe, size=128, batch=8, last_size=256, last_batch=2, steps=2_500, frozen=1 / 3, warm_up=100)


_FULL = {"loss": HED_WEIGHTS, "start": "l1", "rate": 2e-4, "frozen_rate": 1e-4, "steps": 20_000}

RECIPES = {
    "l1": Recipe("partial convolutions, valid and hole terms only"),
    "l1-seed2": Recipe("l1 again with another seed: what differs between the two is noise", seed=1),
    "course": Recipe("l1, then all six terms", **_FULL),
    "conv-grey": Recipe("ordinary convolutions, holes painted mid-grey", fill=0.5),
    "conv-mean": Recipe("ordinary convolutions, holes painted in the picture's mean colour", fill="mean"),
    "regular-holes": Recipe("l1, trained on rectangles", holes="rectangles"),
    "no-style": Recipe(
        "course without the style terms", **{**_FULL, "loss": replace(HED_WEIGHTS, style_out=0, style_comp=0)}
    ),
    "small-style": Recipe(
        "course with a tenth of the style terms",
        **{
            **_FULL,
            "loss": replace(HED_WEIGHTS, style_out=HED_WEIGHTS.style_out / 10, style_comp=HED_WEIGHTS.style_comp / 10),
        },
    ),
    "no-perceptual": Recipe(
        "course without the perceptual term", **{**_FULL, "loss": replace(HED_WEIGHTS, perceptual=0)}
    ),
    "no-tv": Recipe("course without total variation", **{**_FULL, "loss": replace(HED_WEIGHTS, tv=0)}),
    "superres": Recipe(
        "l1, then trained to enlarge pictures 2 and 4 times",
        holes="grid",
        start="l1",
        rate=1e-3,
        frozen_rate=2e-4,
        steps=20_000,
    ),
}
