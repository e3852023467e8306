"""Provide the interactive widgets of the lessons.

``studio``       paint a hole over a photo and fill it (lessons 01 and 13)
``painter``      paint a hole over a photo (lesson 02)
``explorer``     use controls to change a picture of holes, leaking colour or fills (lessons 02, 03, 11 and 12)
``stepper``      step a partial convolution over a small image (lesson 04)
``film``         watch a hole close layer by layer (lesson 05)
``shrinker``     paint a hole and choose the layers that close it (lesson 05)
``layers``       look into each layer of the U-Net (lesson 08), with ``layer_facts`` and ``layer_pictures``
``playground``   set the weights of the loss terms and see the resulting fill (lesson 09)
``sketch``       draw the expected curves before the measured curves are shown (lesson 11)
``blind``        compare fills without knowing the methods (lesson 12)
``attention``    see which cells contextual attention copies to a cell of a hole (lesson 14), with ``attention_cells``
``gates``        compare learned gates with the masks of partial convolutions, with ``gate_pictures``

These widgets share ``panel``, ``portable``, ``keys``, ``pictures``, ``slider``, ``upload_button`` and ``uploads``. The
JavaScript modules need no build step, because ``portable`` joins each module with the modules that it imports.
"""

from .attention import AttentionExplorer, attention_explorer
from .blind import BlindStudy
from .explorer import Explorer, hole_explorer, leak_explorer, results_explorer
from .film import HoleFilm
from .gates import GatesExplorer
from .layers import LayerExplorer
from .painter import MaskPainter
from .playground import LossPlayground
from .shrinker import MaskShrinker
from .sketch import CurveSketch
from .slider import ChoiceSlider, Slider
from .stepper import Stepper
from .studio import Studio

__all__ = [
    "AttentionExplorer",
    "BlindStudy",
    "ChoiceSlider",
    "CurveSketch",
    "Explorer",
    "GatesExplorer",
    "HoleFilm",
    "LayerExplorer",
    "LossPlayground",
    "MaskPainter",
    "MaskShrinker",
    "Slider",
    "Stepper",
    "Studio",
    "attention_explorer",
    "hole_explorer",
    "leak_explorer",
    "results_explorer",
]
