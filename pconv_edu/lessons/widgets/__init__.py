"""The widgets of the lessons: `Studio` (01), `MaskPainter` (02), `Stepper` (04) and `MaskShrinker` (05)."""

from .painter import MaskPainter
from .shrinker import MaskShrinker
from .stepper import Stepper
from .studio import Studio

__all__ = ["MaskPainter", "MaskShrinker", "Stepper", "Studio"]
