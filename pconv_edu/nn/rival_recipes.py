"""Define recipes for the rivals of the partial convolution: the networks of Iizuka et al. and of Yu et al.

The rivals are trained with critics. Both papers train on rectangular holes, in three phases. First the network learns
to reconstruct pictures, then the critic learns to tell real pictures from filled ones, and then both learn in turn.
"""

from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from pconv_edu.core.arguments import shown

from .attention_critic import WassersteinCritics
from .attention_network import AttentionNetwork
from .glcic import GLCIC
from .glcic_critic import GlobalLocalCritic
from .recipe_base import BaseRecipe
from .stages import Stage, convert_fields

RIVALS: dict[str, tuple[type[nn.Module], type[Any]]] = {  # kind -> (network, the critics and losses that train it)
    "glcic": (GLCIC, GlobalLocalCritic),
    "attention": (AttentionNetwork, WassersteinCritics),
}


@dataclass(frozen=True)
class RivalRecipe(BaseRecipe):
    """Store everything that decides the result of training a network with a critic, except the photos and the device.

    Parameters
    ----------
    kind : the network and its critic, a key of `RIVALS`
    critic_width : number of channels of the first layer of the critic
    critic_rate : learning rate of the critic divided by the learning rate of the network, above 0
    about, … : see `BaseRecipe`. All stages must have the same picture size, a multiple of 16 that is at least 32 px,
        because a critic accepts only one size. No stage may freeze batch norm

    Raises
    ------
    TypeError, ValueError
        If a field has an invalid value. The message names the field.
    """

    holes: str = "rectangles"
    kind: str = "glcic"
    critic_width: int = 32
    critic_rate: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        convert_fields(self, {"critic_width": 1}, {"critic_rate": float("inf")})
        if not isinstance(self.kind, str) or self.kind not in RIVALS:
            raise ValueError(f"kind is {shown(self.kind)}; give one of {', '.join(RIVALS)}")
        if self.critic_rate == 0:
            raise ValueError("critic_rate is 0; give a number above 0, or the critic learns nothing")
        sizes = {stage.size for stage in self.stages}
        if len(sizes) > 1:
            raise ValueError(f"size is {' and '.join(map(str, sorted(sizes)))}; a critic takes pictures of one size")
        if min(sizes) < 32 or min(sizes) % 16:
            raise ValueError(f"size is {min(sizes)}; a critic takes a multiple of 16 of at least 32")
        if any(stage.frozen for stage in self.stages):
            raise ValueError("frozen is True; no stage of a rival freezes batch norm")

    def network(self) -> nn.Module:
        """Return a new network for this recipe, with random weights."""
        return RIVALS[self.kind][0](width=self.width)

    def adversary(self) -> Any:
        """Return a new module that contains the critic or critics for this recipe and computes the losses.

        The weights of the critics are random.
        """
        return RIVALS[self.kind][1](size=self.stages[0].size, width=self.critic_width)


def phases(steps: tuple[int, int, int], size: int, batch: int, rate: float) -> tuple[Stage, ...]:
    """Return three stages, in which first the network learns, then the critic, and then both.

    steps : number of steps of each stage
    rate : learning rate at the start. The learning rate falls to 0.7 times this value in the first stage, stays
        constant in the second, and falls to 0 in the third
    """
    middle = 0.7 * rate
    return (
        Stage(steps[0], size, batch, rate, middle),
        Stage(steps[1], size, batch, middle, middle, learns="critic"),
        Stage(steps[2], size, batch, middle, 0.0, learns="both"),
    )


RIVAL_RECIPES = {
    "glcic": RivalRecipe(
        "GLCIC (Iizuka et al. 2017) at half width: dilated convolutions, a global and a local critic",
        phases((2_772, 396, 4_752), size=128, batch=64, rate=1e-3),
        kind="glcic",
        critic_rate=0.3,
        colors=0.15,
        turns=0,
        warm_up=80,
    ),
    "attention": RivalRecipe(
        "Contextual Attention (Yu et al. 2018) at three quarters of its width: copies features of known patches",
        phases((1_000, 50, 1_450), size=128, batch=48, rate=4e-4),
        kind="attention",
        width=24,
        critic_width=48,
        colors=0.15,
        turns=0,
        warm_up=25,
    ),
}
LAPTOP = {"glcic": (12, (1_050, 150, 1_800)), "attention": (4, (700, 50, 850))}  # batch, and steps of each stage


def rival_laptop(recipe: RivalRecipe) -> RivalRecipe:
    """Return a variant of a recipe with fewer steps and smaller batches, for training on two CPU cores."""
    first = recipe.stages[0]
    batch, steps = LAPTOP[recipe.kind]
    return replace(recipe, stages=phases(steps, first.size, batch, first.rate))
