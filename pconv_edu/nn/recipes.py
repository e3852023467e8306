"""Define the class `Recipe`, which says how a U-Net is trained, and `RECIPES`, the recipes of the course.

A recipe that tests the effect of one setting has the same photos, stages and seed as the recipe with which it is
compared. Only l1-seed2, which tests the effect of the seed, has a different seed.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from pconv_edu.core.arguments import shown

from .losses import HED_WEIGHTS, LossWeights
from .recipe_base import BaseRecipe
from .rival_recipes import RIVAL_RECIPES, RivalRecipe, rival_laptop
from .stages import LAPTOP_FROZEN, Stage, check_number, convert_fields, two_stages
from .unet import ConvUNet, PConvUNet
from .variants import GatedUNet, MaskInputUNet, NoRatioUNet, NoUpdateUNet

PIXELS = LossWeights.only(valid=1.0, hole=6.0)
VARIANTS: dict[str, type[PConvUNet]] = {
    "no-ratio": NoRatioUNet,
    "no-update": NoUpdateUNet,
    "mask-input": MaskInputUNet,
    "gated": GatedUNet,
}


@dataclass(frozen=True)
class Recipe(BaseRecipe):
    """Store everything that decides the result of training a U-Net, except the photos and the device.

    Parameters
    ----------
    fill : None for partial convolutions. A number (0 to 1) or "mean" for ordinary convolutions, with holes painted in
        this shade of grey or in the mean colour of the picture's valid pixels
    loss : weight of each loss term
    levels, max_channels : as for `PConvUNet`
    variant : None, or a key of `VARIANTS`, the U-Net of `variants` that is trained. `fill` must then be None; networks
        that paint holes paint them mid-grey
    about, … : see `BaseRecipe`

    Raises
    ------
    TypeError, ValueError
        If a field has an invalid value. The message names the field.
    """

    fill: float | str | None = None
    loss: LossWeights = PIXELS
    levels: int = 6
    max_channels: int = 96
    variant: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        convert_fields(self, {"levels": 2, "max_channels": 1}, {})
        if self.fill not in (None, "mean"):
            check_number(self.fill, "fill", 1, " or 'mean', or None for partial convolutions")
        if self.variant is not None:
            if not isinstance(self.variant, str) or self.variant not in VARIANTS:
                raise ValueError(f"variant is {shown(self.variant)}; give None or one of {', '.join(VARIANTS)}")
            if self.fill is not None:
                raise ValueError(f"fill is {self.fill!r}, but variant {self.variant!r} chooses the network: give None")
        self._check_loss()
        self._check_stages()

    def network(self) -> PConvUNet | ConvUNet:
        """Return a new network for this recipe, with random weights."""
        size = {"width": self.width, "levels": self.levels, "max_channels": self.max_channels}
        if self.variant is not None:
            return VARIANTS[self.variant](**size)
        return PConvUNet(**size) if self.fill is None else ConvUNet(**size, fill=self.fill)

    def _check_loss(self) -> None:
        if not isinstance(self.loss, LossWeights):
            raise ValueError(f"loss is {self.loss!r}; give LossWeights")
        for name, weight in asdict(self.loss).items():
            check_number(weight, f"loss.{name}")
        if not self.loss.used():
            raise ValueError("every weight of the loss is 0; give at least one term a weight")

    def _check_stages(self) -> None:
        for stage in self.stages:
            if stage.learns != "network":
                raise ValueError(f"learns is {stage.learns!r}; a U-Net has no critic, so only 'network' is possible")
            if not stage.frozen and stage.batch == 1 and stage.size <= 2**self.levels:
                raise ValueError(
                    f"batch is 1 and size {stage.size}: at the deepest of {self.levels} levels one value a channel is "
                    f"left, and batch norm needs two. Give a batch of 2, or a size above {2**self.levels}"
                )


def laptop(recipe: Any) -> Any:
    """Return a variant of a `Recipe` or `RivalRecipe` with fewer steps, for training on two CPU cores.

    A U-Net is trained on small crops in the first stage, and on larger crops in the second stage.

    Training for 12,000 steps takes 40 minutes in bfloat16 on a processor that supports this format, and twice as long
    in float32. A recipe that continues another recipe is trained for only 2,500 steps with half the batch size. This
    takes about the same time, because computing the loss of such a recipe takes longer than computing the output of the
    network.

    For a network with a critic, see `rival_recipes.rival_laptop`.
    """
    if isinstance(recipe, RivalRecipe):
        return rival_laptop(recipe)
    first = recipe.stages[0]
    steps, batch, warm_up = (12_000, 16, recipe.warm_up) if recipe.start is None else (2_500, 8, 100)
    sizes = {"size": 128, "batch": batch, "last_size": 256, "last_batch": batch // 4}
    frozen_rate = first.end_rate or first.rate / 10  # a recipe of one stage may end with a rate of 0
    stages = two_stages(steps, rate=first.rate, frozen_rate=frozen_rate, frozen=LAPTOP_FROZEN, **sizes)
    return replace(recipe, stages=stages, warm_up=warm_up)


_COURSE = Recipe(
    "l1, then all six terms",
    two_stages(20_000, rate=2e-4, frozen_rate=1e-4),
    loss=HED_WEIGHTS,
    start="l1",
)


_LARGE = Recipe(
    "l1 with five times the weights, for a GPU",
    (Stage(8_650, size=256, batch=48, rate=2e-3, end_rate=2e-4),),
    colors=0.15,
    turns=0,
    width=48,
    levels=7,
    max_channels=192,
    warm_up=300,
)


def _variant(about: str, **weights: float) -> Recipe:
    """Return `_COURSE` with different weights for some terms of the loss."""
    return replace(_COURSE, about=about, loss=replace(HED_WEIGHTS, **weights))


_PARTS = {
    "conv-mask": Recipe("ordinary convolutions, the mask as a fourth channel", variant="mask-input"),
    "no-ratio": Recipe("partial convolutions that do not divide by the valid share", variant="no-ratio"),
    "no-update": Recipe("a partial convolution first, then ordinary ones without a mask", variant="no-update"),
    "gated": Recipe(
        "gated convolutions (Yu et al. 2019), as many weights as l1", variant="gated", width=22, max_channels=68
    ),
}


RECIPES: dict[str, Any] = {  # of `BaseRecipe`
    "l1": Recipe("partial convolutions, valid and hole terms only"),
    "l1-seed2": Recipe("l1 again with another seed: what differs between the two is noise", seed=1),
    "course": _COURSE,
    "conv-grey": Recipe("ordinary convolutions, holes painted mid-grey", fill=0.5),
    "conv-mean": Recipe("ordinary convolutions, holes painted in the picture's mean colour", fill="mean"),
    **_PARTS,
    **{f"{name}-seed2": replace(_PARTS[name], seed=1) for name in ("conv-mask", "gated")},
    "regular-holes": Recipe("l1, trained on rectangles", holes="rectangles"),
    "no-style": _variant("course without the style terms", style_out=0, style_comp=0),
    "small-style": _variant(
        "course with a tenth of the style terms",
        style_out=HED_WEIGHTS.style_out / 10,
        style_comp=HED_WEIGHTS.style_comp / 10,
    ),
    "more-style": _variant(
        "course with eight times the style terms and twice the perceptual term",
        style_out=8 * HED_WEIGHTS.style_out,
        style_comp=8 * HED_WEIGHTS.style_comp,
        perceptual=2 * HED_WEIGHTS.perceptual,
    ),
    "no-perceptual": _variant("course without the perceptual term", perceptual=0),
    "no-tv": _variant("course without total variation", tv=0),
    "large-l1": _LARGE,
    "large": replace(
        _LARGE,
        about="large-l1, then all six terms, on a GPU",
        stages=(Stage(1_331, size=256, batch=48, rate=5e-4, end_rate=0.0, frozen=True),),
        loss=HED_WEIGHTS,
        start="large-l1",
    ),
    "superres": Recipe(
        "l1, then trained to enlarge pictures 2 and 4 times",
        two_stages(20_000, rate=1e-3, frozen_rate=2e-4),
        holes="grid",
        start="l1",
    ),
    **RIVAL_RECIPES,
}
