"""One case from its number."""

import tempfile
import warnings

import numpy as np

from . import doors, file_doors  # noqa: F401 -- the second adds its functions to the first's DOORS
from .judge import judge


def run_case(seed):
    """Draw a call of a public function from `seed`, run it, and return the `Outcome`."""
    rng = np.random.default_rng(seed)
    names, weights = list(doors.DOORS), np.array([weight for weight, _ in doors.DOORS.values()], float)
    name = names[rng.choice(len(names), p=weights / weights.sum())]
    with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the libraries say while odd files are made
            call = doors.DOORS[name][1](rng, folder)
        return judge(call, seed)
