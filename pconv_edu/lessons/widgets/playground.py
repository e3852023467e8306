"""Define the playground of lesson 09, where learners set the weights of the loss terms and see the resulting fill."""

import html
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import traitlets

from pconv_edu.lessons.drawing import number_text

from .pictures import data_url, png_bytes
from .portable import PortableWidget, join_module, join_style

HERE = Path(__file__).parent
ALONE = ("hole", "perceptual", "style", "tv")


class LossPlayground(PortableWidget):
    """Show sliders for the weights of four terms, the stored fill for these weights, and one of the sixteen answers.

    The widget computes nothing, because `experiments.loss_choices.stored` has a fill for every combination of slider
    steps. The widget works without a Jupyter kernel.

    Parameters
    ----------
    hole, perceptual, style, tv : the steps at which the sliders start. Step 0 is a weight of 0, step 1 is the shipped
        weight, and higher steps are larger weights
    answer : int, 0 to 15, the index of the answer that is shown first

    Attributes
    ----------
    chosen : list of four ints, the steps of the sliders
    answer : int, the index of the answer that is shown
    levels : list of lists, the factors by which the steps multiply the shipped weights
    weights : list of four floats, the shipped weights
    numbers : for each fill, a list of the four terms, the distance to the median, the distance to the nearest answer,
        and the contrast

    Raises
    ------
    traitlets.TraitError
        If a step or the answer does not exist.
    """

    _module, _style = "playground.js", "playground.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    chosen = traitlets.List().tag(sync=True)
    answer = traitlets.CInt(0).tag(sync=True)
    levels = traitlets.List().tag(sync=True)
    weights = traitlets.List().tag(sync=True)
    numbers = traitlets.List().tag(sync=True)
    fills = traitlets.CBytes().tag(sync=True)  # PNG: the fills of the hole, as tiles
    answers = traitlets.CBytes().tag(sync=True)  # PNG: the sixteen answers as 4×4 tiles
    surroundings = traitlets.CBytes().tag(sync=True)  # PNG: the picture around the hole
    usual_contrast = traitlets.CFloat().tag(sync=True)  # the mean contrast of the answers

    def __init__(self, hole: int = 1, perceptual: int = 1, style: int = 1, tv: int = 1, answer: int = 0) -> None:
        from pconv_edu.experiments.loss_choices import (  # imports torch, which most lessons do not need
            WEIGHTS,
            stone_question,
            stored,
        )

        self._fills = stored.load_fills()
        answers = stone_question().answers.permute(0, 2, 3, 1).numpy()
        keys = ("to_median", "to_nearest", "contrast")
        super().__init__(
            chosen=[hole, perceptual, style, tv],
            answer=answer,
            levels=[list(steps) for steps in stored.LEVELS.values()],
            weights=[WEIGHTS[name] for name in ALONE],
            numbers=[[*(n["terms"][name] for name in ALONE), *(n[key] for key in keys)] for _, n in self._fills],
            fills=(stored.RESULTS / "loss_choices.png").read_bytes(),
            answers=png_bytes(stored.sheet(list(answers[:, 16:48, 16:48]), 4)),
            surroundings=png_bytes(answers[0]),
            usual_contrast=float(np.mean(answers[:, 16:48, 16:48].std((1, 2), ddof=1))),
        )

    @traitlets.validate("chosen")
    def _validate_chosen(self, proposal):
        chosen = list(proposal["value"])
        fits = len(chosen) == len(self.levels) and all(
            isinstance(step, int) and 0 <= step < len(steps) for step, steps in zip(chosen, self.levels, strict=True)
        )
        if not fits:
            raise traitlets.TraitError(
                f"chosen is {chosen}; there are {[len(s) for s in self.levels]} steps, from 0 on"
            )
        return chosen

    @traitlets.validate("answer")
    def _validate_answer(self, proposal):
        if not 0 <= proposal["value"] < 16:
            raise traitlets.TraitError(f"answer is {proposal['value']}; they are numbered 0 to 15")
        return proposal["value"]

    def index(self, chosen: Sequence[int] | None = None) -> int:
        """Return the index of the stored fill for the slider steps `chosen` (default: the current steps)."""
        return int(np.ravel_multi_index(self.chosen if chosen is None else chosen, [len(s) for s in self.levels]))

    def __repr__(self) -> str:
        steps = zip(ALONE, self.levels, self.chosen, strict=True)
        return f"LossPlayground({', '.join(f'{name} × {values[step]}' for name, values, step in steps)})"

    def static_html(self) -> str:
        """Return pictures and numbers of the fills for each term alone, and of the fill for all four terms together."""
        alone = [[int(k == n) for k in range(4)] for n in range(4)]
        cells = []
        for name, chosen in zip((*ALONE, "all four"), (*alone, [1] * 4), strict=True):
            picture, _ = self._fills[self.index(chosen)]
            url = data_url(png_bytes(picture))
            terms = ", ".join(
                f"{term} {number_text(value) if value >= 1 else f'{value:.3f}'}"
                for term, value in zip(ALONE, self.numbers[self.index(chosen)], strict=False)
            )
            alt = html.escape(f"The fill that {name} chooses")
            image = f'<img alt="{alt}" width="160" style="image-rendering: pixelated" src="{url}">'
            cells.append(f'<td style="text-align: left; vertical-align: top">{image}<br><b>{name}</b><br>{terms}</td>')
        return f"<table><tr>{''.join(cells)}</tr></table><div>To use the sliders, allow scripts.</div>"
