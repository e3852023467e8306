"""The widgets: studio (01), painter and hole explorer (02), leak explorer (03), stepper (04), mask shrinker (05), layer
explorer (08), playground of losses (09)."""

from .explorer import Explorer, hole_explorer, leak_explorer
from .layers import LayerExplorer
from .painter import MaskPainter
from .playground import LossPlayground
from .shrinker import MaskShrinker
from .slider import Slider
from .stepper import Stepper
from .studio import Studio

__all__ = [
    "Explorer",
    "LayerExplorer",
    "LossPlayground",
    "MaskPainter",
    "MaskShrinker",
    "Slider",
    "Stepper",
    "Studio",
    "hole_explorer",
    "leak_explorer",
]
