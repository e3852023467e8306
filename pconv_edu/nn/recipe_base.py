"""Define what all recipes have in common: stages of training, the data, and the settings of the optimizer.

`recipes.Recipe` adds the settings that only U-Nets have, and `rival_recipes.RivalRecipe` adds those that only networks
with critics have.
"""

import itertools
import math
from dataclasses import dataclass, fields
from typing import Any, Self

from pconv_edu.core.hole_bank import KINDS_OF_HOLES

from .stages import Stage, convert_fields, two_stages


@dataclass(frozen=True)
class BaseRecipe:
    """Store the settings that all recipes have, whatever network they train.

    Parameters
    ----------
    about : one-line description of the recipe
    stages : a tuple of `Stage`, the stages of training in order
    holes : one of `KINDS_OF_HOLES`
    colors, turns : how much the crops vary, see `data.vary`
    start : name of the recipe that this recipe continues, or None. Training begins with the weights of that recipe
    width : number of channels of the network's first layer
    warm_up : number of steps over which the learning rate rises to that of the first stage
    weight_decay : weight decay of AdamW
    clip : largest norm of a gradient. A larger gradient is scaled down to this norm
    average : decay of the running average of the weights, which covers about 1 / (1 − average) steps
    seed : seed of all random numbers

    Raises
    ------
    TypeError, ValueError
        If a field has an invalid value. The message names the field.
    """

    about: str
    stages: tuple[Stage, ...] = two_stages()
    holes: str = "irregular"
    colors: float = 0.3
    turns: float = 0.5
    start: str | None = None
    width: int = 32
    warm_up: int = 500
    weight_decay: float = 1e-4
    clip: float = 1.0
    average: float = 0.999
    seed: int = 0

    def __post_init__(self) -> None:
        convert_fields(
            self,
            {"width": 1, "warm_up": 0, "seed": 0},
            {"colors": math.inf, "turns": 1, "weight_decay": math.inf, "clip": math.inf, "average": 1},
        )
        if self.clip == 0:
            raise ValueError("clip is 0; give a number above 0, or nothing is learned")
        if self.holes not in KINDS_OF_HOLES:
            raise ValueError(f"holes is {self.holes!r}; give one of {', '.join(KINDS_OF_HOLES)}")
        if not isinstance(self.stages, tuple) or not self.stages or not all(isinstance(s, Stage) for s in self.stages):
            raise TypeError(f"stages is {self.stages!r}; give a tuple of at least one Stage")

    @property
    def steps(self) -> int:
        """Return the total number of steps of all stages."""
        return sum(stage.steps for stage in self.stages)

    def spans(self) -> list[tuple[int, int, Stage]]:
        """Return (first step, end, stage) for each stage.

        Steps are counted from 0, and `end` is the step after the last step of the stage.
        """
        ends = itertools.accumulate(stage.steps for stage in self.stages)
        return [(end - stage.steps, end, stage) for end, stage in zip(ends, self.stages, strict=True)]

    def stage_at(self, step: int) -> Stage:
        """Return the stage that a step, counted from 0, belongs to.

        For steps after the end of training, return the last stage.
        """
        return next((stage for _, end, stage in self.spans() if step < end), self.stages[-1])

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0.

        The rate rises during the first `warm_up` steps, and then changes as the stages specify. Raises ValueError if
        the step is after the end of training.
        """
        for first, end, stage in self.spans():
            if step < end:
                return stage.rate_at(step - first, self.warm_up if first == 0 else 0)
        raise ValueError(f"step is {step}; the recipe has {self.steps} steps, and they are counted from 0")

    def network(self) -> Any:
        """Return a new network for this recipe, an `nn.Module` with random weights."""
        raise NotImplementedError

    def differences(self, other: Self) -> list[str]:
        """Return the names of the fields whose values differ from those in another recipe.

        The fields of the stages are compared too.
        """
        names = [field.name for field in fields(self) if field.name != "stages"]
        different = [name for name in names if getattr(self, name) != getattr(other, name)]
        for field in fields(Stage):
            mine, others = ([getattr(stage, field.name) for stage in recipe.stages] for recipe in (self, other))
            different += [field.name] if mine != others else []
        return different
