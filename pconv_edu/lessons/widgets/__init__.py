"""The widgets of the lessons: `Stepper` (lesson 04) and `MaskShrinker` (lesson 05)."""

from .shrinker import MaskShrinker
from .stepper import Stepper

__all__ = ["MaskShrinker", "Stepper"]
