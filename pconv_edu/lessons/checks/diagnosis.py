"""Diagnose a learner's attempt. Run it on the cases of an exercise, and find the mistake that explains the results."""

from dataclasses import dataclass
from typing import Any

from .comparison import same, same_values, type_fault
from .exceptions import described
from .exercise import Exercise, Mistake
from .explanations import by_parts, by_sign, nearly, two_at_once
from .form import wrong_form
from .gradients import passes_gradients
from .messages import failure
from .properties import Attempt, copied, places_of, rule_of, written_argument
from .runs import Raised, run_cases

__all__ = ["Diagnosis", "Raised", "diagnose", "run_cases", "same"]


@dataclass(frozen=True)
class Diagnosis:
    """Store the result of checking a learner's attempt.

    kind : "right", "not attempted", "mistake" (one of the known mistakes of the exercise), "error" or "wrong"
    text : what the learner reads
    mistake : the `Mistake`, if the kind is "mistake" and one of these explains the results in all cases
    """

    kind: str
    text: str
    mistake: Mistake | None = None


def diagnose(exercise: Exercise, attempt: Any) -> Diagnosis:
    """Return the `Diagnosis` of an attempt. If the attempt raises an exception, the diagnosis reports it."""
    if not callable(attempt):
        kind = type(attempt).__name__
        return Diagnosis("error", f"Pass the function itself, by its name without brackets. This is of type {kind}.")
    results = run_cases(attempt, exercise.cases)
    if all(_is_stub(result) for result in results):
        return Diagnosis("not attempted", "Not attempted yet. (If you have: is the `return` missing?)")
    right, by_mistake = _known_results(exercise)
    run = Attempt(exercise, attempt, results, right)
    failed = [k for k in range(len(right)) if not same_values(results[k], right[k])]
    if not failed:
        return _right_values(run)
    for mistake, its_results in zip(exercise.mistakes, by_mistake, strict=True):
        if all(map(same_values, results, its_results)):
            return Diagnosis("mistake", f"Not yet. This is what you get when {mistake.says}", mistake)
    hint = wrong_form(exercise, results, right)
    if hint:
        return Diagnosis("wrong", f"Not yet. {hint}")
    says = copied(run)
    if says:
        return _unknown(run, failed, says)
    says = by_parts(run, by_mistake) or two_at_once(run, by_mistake, failed) or by_sign(run, broad=False)
    says = says or nearly(run, by_mistake, failed)
    if says:
        return Diagnosis("mistake", f"Not yet. {says}")
    says = rule_of(run)
    if says:
        return _unknown(run, failed, says)
    says = by_sign(run, broad=True)
    if says:
        return Diagnosis("mistake", f"Not yet. {says}")
    return _unknown(run, failed, places_of(run))


_KNOWN: dict[int, tuple[Exercise, list[Any], list[list[Any]]]] = {}


def _known_results(exercise: Exercise) -> tuple[list[Any], list[list[Any]]]:
    """Return the right results and those of every mistake. They are computed once for each exercise."""
    if id(exercise) not in _KNOWN:
        by_mistake = [run_cases(mistake.code, exercise.cases) for mistake in exercise.mistakes]
        _KNOWN[id(exercise)] = exercise, run_cases(exercise.answer, exercise.cases), by_mistake
    return _KNOWN[id(exercise)][1:]


def _is_stub(result: Any) -> bool:
    """Return True if a result suggests that the function has not been written yet."""
    return result is None or result is Ellipsis or _raised(result, NotImplementedError)


def _raised(result: Any, kind: type[Exception]) -> bool:
    return isinstance(result, Raised) and isinstance(result.error, kind)


def _right_values(run: Attempt) -> Diagnosis:
    """Return the `Diagnosis` of an attempt with the right values, whose types or side effects may still be wrong."""
    faults = (type_fault(r, e, run.exercise.parts) for r, e in zip(run.results, run.right, strict=True))
    fault = next(filter(None, faults), None)
    if fault:
        return Diagnosis("wrong", f"Not yet. The values are right, but {fault}")
    written = written_argument(run)
    if written:
        says = f"The result is right, but you write into `{written}`, which you were given. Work on a copy of it."
        return Diagnosis("wrong", f"Not yet. {says}")
    if run.exercise.trains and not passes_gradients(run):
        says = (
            "The values are right, but no gradient passes through them, so nothing could be trained. Do not use "
            "torch.no_grad(), .detach(), .data, .item() or NumPy on the way."
        )
        return Diagnosis("wrong", f"Not yet. {says}")
    return Diagnosis("right", f"Right, in all {len(run.right)} cases.")


def _unknown(run: Attempt, failed: list[int], says: str | None) -> Diagnosis:
    """Return a `Diagnosis` that shows the first wrong case: its arguments, the error, or where the result differs."""
    cases = run.exercise.cases
    raised = [k for k in failed if isinstance(run.results[k], Raised)]
    k = (raised or failed)[0]
    where = f"in {len(raised or failed)} of {len(cases)} cases, first for {cases[k].shows}"
    if raised:
        error = run.results[k].error
        head = [f"Not yet: {type(error).__name__} {where}:", *described(error).splitlines()]
        return Diagnosis("error", failure(run.exercise, cases[k], head, run.right[k], run.right[k]))
    head = [f"Not yet: wrong {where}."]
    head += [says] if says else []
    written = written_argument(run)
    head += [f"You write into `{written}`, which you were given. Work on a copy of it."] if written else []
    return Diagnosis("wrong", failure(run.exercise, cases[k], head, run.results[k], run.right[k]))
