"""A blind comparison of two methods by people, as in the paper's user study: who sees what, votes, preference.

The order is random and balanced: each hole ratio comes equally often, and in each, each method stands equally often on
the left. Nothing on the screen tells which is which; whether somebody recognises a method by its style, no plan can
prevent.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

CHOICES = ("left", "neither", "right")
FIELDS = ("bin", "photo", "left", "right", "choice")


@dataclass(frozen=True)
class Trial:
    """Two fills of one hole, side by side."""

    bin: str
    photo: str
    left: str  # the method
    right: str


def plan(methods, photos_of, per_bin, rng):
    """Return the trials in the order in which they are shown.

    methods : two names
    photos_of : {bin: names of the photos there are}
    per_bin : int, trials in each bin, each with another photo; an even number balances left and right in every bin
    rng : numpy.random.Generator

    Raises ValueError if a bin has too few photos, or two methods are not given.
    """
    if len(set(methods)) != 2:
        raise ValueError(f"methods is {methods!r}; give two different ones")
    trials = []
    for number, (bin_, photos) in enumerate(photos_of.items()):
        if not 1 <= per_bin <= len(photos):
            raise ValueError(f"per_bin is {per_bin}; bin {bin_} has {len(photos)} photos")
        chosen = rng.permutation(photos)[:per_bin]
        turned = rng.permutation(per_bin) % 2 == number % 2  # of an odd number the spare one alternates
        trials += [
            Trial(bin_, str(photo), *(methods[::-1] if turn else methods))
            for photo, turn in zip(chosen, turned, strict=True)
        ]
    return [trials[number] for number in rng.permutation(len(trials))]


def save_vote(path, trial, choice):
    """Add a vote to a CSV file, which is made if it is not there; what is in it stays, a cut last line too."""
    if choice not in CHOICES:
        raise ValueError(f"choice is {choice!r}; there are {', '.join(CHOICES)}")
    path = Path(path)
    before = path.read_bytes() if path.exists() else b""
    with path.open("a", newline="", encoding="utf-8") as file:
        if before and not before.endswith(b"\n"):
            file.write("\n")
        writer = csv.writer(file, lineterminator="\n")
        if not before:
            writer.writerow(FIELDS)
        writer.writerow((trial.bin, trial.photo, trial.left, trial.right, choice))


def load_votes(path):
    """Return the votes in a file: a list of (Trial, choice); empty if there is no file.

    Empty lines, and lines that were cut off as a full disk or a power failure leaves them, are skipped. Raises
    ValueError, with the line, for a file that holds something else.
    """
    path = Path(path)
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8-sig") as file:  # a spreadsheet may have put a byte order mark there
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
            raise ValueError(f"{path} is no file of votes: its lines must be {','.join(FIELDS)}; see line {number}")
    return votes


def _cut(row):
    """Whether a line is the beginning of a vote."""
    return len(row) < len(FIELDS) or (len(row) == len(FIELDS) and any(c.startswith(row[-1]) for c in CHOICES))


@dataclass(frozen=True)
class Preference:
    """How often `method` was chosen among the votes that chose, with its 95 % interval by Wilson."""

    method: str
    chosen: int
    decided: int
    undecided: int
    share: float  # nan without decided votes
    low: float
    high: float


def preference(votes, method, rival=None):
    """Count the votes for a method: a `Preference`.

    votes : what `load_votes` returns; those on trials without this method do not count
    rival : count its trials against this method only (default: against any)
    """
    wanted = {method, rival} - {None}
    votes = [(trial, choice) for trial, choice in votes if wanted <= {trial.left, trial.right}]
    decided = [trial.left if choice == "left" else trial.right for trial, choice in votes if choice != "neither"]
    chosen = decided.count(method)
    if not decided:
        return Preference(method, 0, 0, len(votes), np.nan, 0.0, 1.0)
    interval = binomtest(chosen, len(decided)).proportion_ci(0.95, method="wilson")
    share = chosen / len(decided)
    return Preference(method, chosen, len(decided), len(votes) - len(decided), share, interval.low, interval.high)


def by_bin(votes, method, rival=None):
    """{bin: `Preference`}, bins in order, then "all"."""
    bins = sorted({trial.bin for trial, _ in votes})
    found = {bin_: preference([v for v in votes if v[0].bin == bin_], method, rival) for bin_ in bins}
    return found | {"all": preference(votes, method, rival)}
