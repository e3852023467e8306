"""Plan a blind study in which people compare two methods, as in the paper, and store and count the votes.

The order of the trials is random. Every bin of hole ratio has the same number of trials. If this number is even, each
method is on the left in half of the trials of the bin. The screen does not show which method made each fill, but the
study cannot prevent viewers from recognising a method by its style.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from pconv_edu.core.arguments import as_path

CHOICES = ("left", "neither", "right")
FIELDS = ("bin", "photo", "left", "right", "choice")


@dataclass(frozen=True)
class Trial:
    """Describe two fills of the same hole that are shown side by side."""

    bin: str
    photo: str
    left: str  # the method
    right: str


def plan(
    methods: Sequence[str], photos_of: Mapping[str, Sequence[str]], per_bin: int, rng: np.random.Generator
) -> list[Trial]:
    """Return the trials in the order in which they are shown.

    Parameters
    ----------
    methods : names of two different methods
    photos_of : {bin: names of the photos that may be shown in this bin}
    per_bin : number of trials in each bin, each with a different photo; an even number balances left and right in every
        bin
    rng : random generator

    Raises
    ------
    ValueError
        If `per_bin` is less than 1, a bin has fewer than `per_bin` photos, or `methods` does not consist of two
        different names.
    """
    if len(set(methods)) != 2:
        raise ValueError(f"methods is {methods!r}; give two different ones")
    trials: list[Trial] = []
    for number, (bin_, photos) in enumerate(photos_of.items()):
        if not 1 <= per_bin <= len(photos):
            raise ValueError(f"per_bin is {per_bin}; bin {bin_} has {len(photos)} photos")
        chosen = rng.permutation(photos)[:per_bin]
        turned = rng.permutation(per_bin) % 2 == number % 2  # if per_bin is odd, the side of the extra trial alternates
        trials += [
            Trial(bin_, str(photo), *(methods[::-1] if turn else methods))
            for photo, turn in zip(chosen, turned, strict=True)
        ]
    return [trials[number] for number in rng.permutation(len(trials))]


def save_vote(path: Path | str, trial: Trial, choice: str) -> None:
    """Append a vote to a CSV file, which is created if needed. Existing content is kept, even an incomplete line.

    choice : one of `CHOICES`; any other value raises a ValueError
    """
    if choice not in CHOICES:
        raise ValueError(f"choice is {choice!r}; there are {', '.join(CHOICES)}")
    path = as_path(path, "path")
    before = path.read_bytes() if path.exists() else b""
    with path.open("a", newline="", encoding="utf-8") as file:
        if before and not before.endswith(b"\n"):
            file.write("\n")
        writer = csv.writer(file, lineterminator="\n")
        if not before:
            writer.writerow(FIELDS)
        writer.writerow((trial.bin, trial.photo, trial.left, trial.right, choice))


def load_votes(path: Path | str) -> list[tuple[Trial, str]]:
    """Return the votes in a file as a list of (trial, choice), or an empty list if the file does not exist.

    Empty lines are skipped. Incomplete lines, which a full disk or a power failure can leave, are skipped too. Any
    other line that is not a vote raises a ValueError, which gives the number of the line.
    """
    path = as_path(path, "path")
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8-sig") as file:  # spreadsheets may write a byte order mark
        rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    votes = []
    for place, (number, row) in enumerate(rows):
        if place == 0:
            right = tuple(row) == FIELDS
        elif len(row) == len(FIELDS) and row[-1] in CHOICES:
            right = True
            votes.append((Trial(*row[:-1]), row[-1]))
        else:
            right = _cut(row)
        if not right:
            raise ValueError(f"{path} is not a file of votes: its lines must be {','.join(FIELDS)}; see line {number}")
    return votes


def _cut(row: list[str]) -> bool:
    """Return True if a row of the file contains only the beginning of a vote."""
    return len(row) < len(FIELDS) or (len(row) == len(FIELDS) and any(c.startswith(row[-1]) for c in CHOICES))


@dataclass(frozen=True)
class Preference:
    """Store the share of the decided votes that chose `method`, with Wilson's 95 % interval for this share.

    A vote is decided if it is "left" or "right".
    """

    method: str
    chosen: int
    decided: int
    undecided: int
    share: float  # nan if no vote is decided
    low: float
    high: float


def preference(votes: Sequence[tuple[Trial, str]], method: str, rival: str | None = None) -> Preference:
    """Count the votes for a method and return its `Preference`.

    votes : what `load_votes` returns; votes on trials without this method do not count
    rival : if given, only votes on trials that compare the two methods count
    """
    pair = {method, rival} - {None}
    votes = [(trial, choice) for trial, choice in votes if pair <= {trial.left, trial.right}]
    decided = [trial.left if choice == "left" else trial.right for trial, choice in votes if choice != "neither"]
    chosen = decided.count(method)
    if not decided:
        return Preference(method, 0, 0, len(votes), np.nan, 0.0, 1.0)
    interval = binomtest(chosen, len(decided)).proportion_ci(0.95, method="wilson")
    share = chosen / len(decided)
    return Preference(method, chosen, len(decided), len(votes) - len(decided), share, interval.low, interval.high)


def by_bin(votes: Sequence[tuple[Trial, str]], method: str, rival: str | None = None) -> dict[str, Preference]:
    """Return {bin: `Preference` in this bin}, sorted by bin, followed by the `Preference` in all votes under "all"."""
    bins = sorted({trial.bin for trial, _ in votes})
    preferences = {bin_: preference([v for v in votes if v[0].bin == bin_], method, rival) for bin_ in bins}
    return preferences | {"all": preference(votes, method, rival)}
