"""Define the errors of a training run, and messages that say what to do about them."""

from pathlib import Path

from .recipe_base import BaseRecipe
from .run import Run
from .run_folder import CHECKPOINT, LAST_GOOD


class Diverged(FloatingPointError):
    """Report that the loss or a weight is NaN or infinite.

    `last_good` is the path of a file of weights with which training can start again, or None if there is no such file.
    """

    def __init__(self, message: str, last_good: Path | None) -> None:
        super().__init__(message)
        self.last_good = last_good


def diverged(run: Run, keep: bool) -> Diverged:
    """Disconnect the processes, and return the error that each process raises if the loss or a weight is not finite.

    keep : True in the process that writes the last good weights
    """
    last_good = run.keep_last_good() if keep and run.saved else None
    run.disconnect()
    happened = f"the loss is not a number any more, between steps {run.saved} and {run.step}"
    if not run.saved:
        return Diverged(f"{happened}, and nothing was saved before. Start again with a lower rate", None)
    kept = (
        f"The state of step {run.saved} is kept in {run.folder / CHECKPOINT}, its weights in {run.folder / LAST_GOOD}"
    )
    return Diverged(f"{happened}. {kept}: start again with these, a lower rate and another folder", last_good)


def no_memory(recipe: BaseRecipe, run: Run | None, error: BaseException) -> str:
    """Return a message that says what to do after memory has run out."""
    batch = recipe.stage_at(run.step if run else 0).batch
    if run and run.saved:
        advice = f"{run.kept()}. Free memory and resume, or start in another folder with a batch below {batch}"
    else:
        advice = f"free memory, or give a batch below {batch} or smaller pictures"
    return f"there is not enough memory ({first_line(error)}); {advice}"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or the name of the error's type if the message is empty."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
