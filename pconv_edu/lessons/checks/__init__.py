"""Checks that say what is wrong: ``check("partial_window", my_function)``.

Each exercise is one file beside this one, with an ``EXERCISE``: the right answer, the mistakes that people really
make, each with the sentence that names it, and cases that tell them all apart.
"""

import importlib
import pkgutil

from .exercise import Case, Diagnosis, Exercise, Mistake, diagnose


def exercise_names():
    """The names of all exercises, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name != "exercise")


def load_exercise(name):
    """Return the `Exercise` of that name; ValueError with the list of names for another."""
    if name not in exercise_names():
        raise ValueError(f"no exercise is called {name!r}; there are {', '.join(exercise_names())}")
    return importlib.import_module(f"{__name__}.{name}").EXERCISE


def check(name, attempt):
    """Run a learner's function on the cases of an exercise and print what it gets right or wrong, and why.

    Parameters
    ----------
    name : str, one of `exercise_names()`
    attempt : function, with the arguments that the exercise asks for
    """
    print(diagnose(load_exercise(name), attempt).text)


__all__ = ["Case", "Diagnosis", "Exercise", "Mistake", "check", "diagnose", "exercise_names", "load_exercise"]
