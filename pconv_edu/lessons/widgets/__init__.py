"""The widgets: studio (01), painter and hole explorer (02), leak explorer (03), stepper (04), mask shrinker (05), layer
explorer (08), playground of losses (09), curve sketch (11), blind study (12)."""

from .blind import BlindStudy
from .explorer import Explorer, hole_explorer, leak_explorer, results_explorer
from .layers import LayerExplorer
from .painter import MaskPainter
from .playground import LossPlayground
from .shrinker import MaskShrinker
from .sketch import CurveSketch
from .slider import ChoiceSlider, Slider
from .stepper import Stepper
from .studio import Studio

__all__ = [
    "BlindStudy",
    "ChoiceSlider",
    "CurveSketch",
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
    "results_explorer",
]
