"""Show the progress of long work: a bar in a terminal or a notebook, and otherwise at most one line a minute.

Without a terminal, for example in the log of a server, a bar would fill the log with copies of itself.
"""

import sys
from time import monotonic
from typing import Any

from tqdm import tqdm

EVERY = 60  # seconds between two lines of a log
LINE = "{l_bar} {n_fmt} of {total_fmt} {unit}s, {elapsed} elapsed, {remaining} left{postfix}"


def progress_bar(*arguments: Any, **options: Any) -> tqdm:
    """Return a progress bar that fits the place to which stderr goes.

    In a terminal it is tqdm's bar, in a notebook tqdm's widget. Otherwise it is a `LogBar`, which prints nothing in the
    first minute.

    arguments, options : those of ``tqdm.tqdm``
    """
    if "ipykernel.zmqshell" in sys.modules:
        from tqdm.auto import tqdm as widget

        return widget(*arguments, **options)
    return (tqdm if sys.stderr.isatty() else LogBar)(*arguments, **options)


class LogBar(tqdm):
    """Count like tqdm, and print a whole line at most once in `EVERY` seconds."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.shown = monotonic()
        # With leave=True, tqdm would print once more when the work has ended.
        super().__init__(*arguments, **options | {"bar_format": LINE, "leave": False})

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        """Print a line if the last one is old enough, and return whether it was printed. See ``tqdm.tqdm.display``."""
        now = monotonic()
        if msg == "" or now < self.shown + EVERY:  # tqdm removes a bar by showing an empty text
            return False
        self.shown = now
        print(msg or self, file=self.fp, flush=True)
        return True

    def clear(self, nolock: bool = False) -> None:
        """Do nothing, because a line that is printed stays. tqdm clears a bar before it writes other text."""
