"""Define the blind study of lesson 12, which shows two unlabelled fills of a hole and asks which one is better."""

import html
import threading
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from pconv_edu.core import load_photo, photo_names
from pconv_edu.experiments import blind_study
from pconv_edu.lessons.drawing import with_hole

from .pictures import png_bytes
from .portable import join_module, join_style

HERE = Path(__file__).parent


class BlindStudy(anywidget.AnyWidget):
    """Show pairs of fills without the names of their methods, and collect votes.

    The votes are stored in a file on this machine.

    Parameters
    ----------
    methods : two methods of `inpaint`
    per_bin : int, number of pairs in each of the six bins of hole ratio
    seed : int that determines the pairs, their order, and which fill is on the left. A study resumes where it stopped
        if all arguments are the same. To combine the votes of several people, give each person a different seed.
    file : CSV file for the votes, created at the first vote; a relative path is relative to the notebook's folder

    Attributes
    ----------
    votes : list of the votes so far, each of which is a pair (`blind_study.Trial`, choice)
    results : {bin: `blind_study.Preference` for the first method}

    Raises
    ------
    ValueError
        If a method is unknown, too many pairs are requested, or the file is not a file of votes.
    """

    _esm, _css = join_module(HERE / "blind.js"), join_style(HERE / "blind.css")
    hole = traitlets.CBytes().tag(sync=True)  # PNG: the photo with its hole
    left = traitlets.CBytes().tag(sync=True)
    right = traitlets.CBytes().tag(sync=True)
    number = traitlets.Int(0).tag(sync=True)  # number of the pair that is shown, counting from 0
    total = traitlets.Int(0).tag(sync=True)
    report = traitlets.Unicode("").tag(sync=True)  # HTML: the results, once there is a vote on every pair, or an error

    def __init__(
        self,
        methods: tuple[str, str] = ("l1", "conv-mean"),
        per_bin: int = 4,
        seed: int = 0,
        file: Path | str = "votes.csv",
    ) -> None:
        from pconv_edu import inpaint
        from pconv_edu.experiments import evaluate  # imports torch, which most lessons do not need

        unknown = [name for name in methods if name not in evaluate.KNOWN]
        if unknown:
            raise ValueError(f"no method is called {', '.join(unknown)}; there are {', '.join(inpaint.METHODS)}")
        self._one_at_a_time = threading.Lock()
        self.methods, self.file = tuple(methods), Path(file)
        names = photo_names("test", free=True)
        photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
        cases = [c for c in evaluate.table_cases(photos) if c.holes == "N" and c.photo in names]
        self._cases = {(case.bin, case.photo): case for case in cases}
        photos_of = dict.fromkeys(dict.fromkeys(case.bin for case in cases), names)
        trials = blind_study.plan(self.methods, photos_of, per_bin, np.random.default_rng(seed))
        kept = dict(blind_study.load_votes(self.file))  # if a pair was voted on in two windows, the later vote counts
        self.votes = [(trial, kept[trial]) for trial in trials if trial in kept]
        self._waiting = [trial for trial in trials if trial not in kept]
        super().__init__(total=len(trials))
        self._show()
        self.on_msg(self._on_message)

    def vote(self, choice: str) -> None:
        """Vote "left", "right" or "neither" on the pair that is shown, and write the vote to the file at once."""
        if not self._waiting:
            return
        blind_study.save_vote(self.file, self._waiting[0], choice)
        self.votes.append((self._waiting.pop(0), choice))
        self._show()

    @property
    def results(self) -> dict[str, Any]:
        """Return the preference for the first method in each bin, from the votes so far."""
        return blind_study.by_bin(self.votes, *self.methods)

    def _show(self):
        """Show the next pair of fills, or the results if there are no more pairs."""
        from pconv_edu.experiments import evaluate

        if not self._waiting:
            with self.hold_sync():
                self.number, self.hole, self.left, self.right = self.total, b"", b"", b""
                self.report = self._table()
            return
        trial = self._waiting[0]
        case = self._cases[trial.bin, trial.photo]
        with self.hold_sync():  # one message, so that both pictures change together
            self.number = self.total - len(self._waiting)
            self.hole = png_bytes(with_hole(case.image, case.mask))
            self.left, self.right = (png_bytes(evaluate.fill(case, name)) for name in (trial.left, trial.right))
            self.report = ""

    def _table(self):
        first, second = (html.escape(name) for name in self.methods)
        lines = "".join(
            f"<tr><th scope='row'>{bin_}</th><td>{p.chosen} of {p.decided}</td><td>{p.undecided}</td>"
            f"<td>{f'{100 * p.share:.0f} %' if p.decided else '–'}</td>"
            f"<td>{100 * p.low:.0f} to {100 * p.high:.0f} %</td></tr>"
            for bin_, p in self.results.items()
        )
        heads = "".join(
            f"<th scope='col'>{text}</th>"
            for text in ("hole ratio", f"for {first}", "cannot tell", "share", "95 % interval")
        )
        return (
            f"<table><caption>{first} against {second}: votes for {first} among those that chose</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
            f"<div>The votes are in {html.escape(str(self.file.resolve()))}.</div>"
        )

    def _on_message(self, _, content, buffers):
        with self._one_at_a_time:  # two quick key presses must not vote twice on one pair
            if content.get("number") != self.number:
                return
            waiting = len(self._waiting)
            self.report = (
                ""  # otherwise a repeated error would not change the trait, and the buttons would stay disabled
            )
            try:
                self.vote(content.get("choice"))
            except Exception as error:  # a notebook hides errors in callbacks
                kept = len(self._waiting) < waiting
                what = "The vote is kept; the next pair cannot be shown" if kept else "The vote was not kept"
                self.report = f"<div role='alert'>{html.escape(f'{what}: {error}')}</div>"

    def __repr__(self) -> str:
        return f"BlindStudy({self.number} of {self.total} pairs voted on)"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        note = f"<div>{html.escape(repr(self))}. Voting needs a running kernel.</div>"
        return {**(data or {}), "text/html": note, "text/plain": repr(self)}, metadata
