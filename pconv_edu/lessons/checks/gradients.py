"""Check that gradients pass through a learner's function wherever they pass through the right answer."""

import copy
from typing import Any

import numpy as np
import torch

from .comparison import unpacked
from .properties import Attempt
from .runs import call_in_place


def passes_gradients(run: Attempt) -> bool:
    """Return True if the attempt's results have a gradient wherever those of the right answer have one."""
    named = zip(run.exercise.arguments, copy.deepcopy(run.exercise.cases[-1].arguments), strict=True)
    arguments = [a.requires_grad_() if _trainable(name, a) else a for name, a in named]
    trainable = [a for name, a in zip(run.exercise.arguments, arguments, strict=True) if _trainable(name, a)]
    reached = []
    for function in (run.exercise.answer, run.code):
        with torch.enable_grad():
            result = call_in_place(function, arguments)
        parts = unpacked(result, run.right[-1])
        for part in parts if isinstance(parts, tuple | list) else [parts]:
            if not (isinstance(part, torch.Tensor) and part.requires_grad):
                reached.append([False] * len(trainable))
                continue
            gradients = torch.autograd.grad(part.sum(), trainable, retain_graph=True, allow_unused=True)
            reached.append([gradient is not None for gradient in gradients])
    half = len(reached) // 2
    expected, yours = (np.array(flags) for flags in (reached[:half], reached[half:]))
    return expected.shape == yours.shape and bool((yours | ~expected).all())


def _trainable(name: str, value: Any) -> bool:
    """Return True if a gradient must reach an argument: a tensor that is neither a mask nor the target."""
    return isinstance(value, torch.Tensor) and "mask" not in name and name != "target"
