"""Explain wrong results that no single known mistake gives in all cases: part by part, by signs, or by two mistakes."""

import itertools
from collections.abc import Sequence
from typing import Any

from .comparison import column, has_parts, numbers, same_values
from .exceptions import described
from .exercise import Mistake
from .messages import short
from .properties import Attempt
from .runs import Raised, call


def _get_when(says: Sequence[str]) -> str:
    if len(says) == 1:
        return f"This is what you get when {says[0]}"
    return "Two things seem to go wrong at once. This is what you get when\n- " + "\n- ".join(says)


def by_parts(run: Attempt, by_mistake: list[list[Any]]) -> str | None:
    """Return the mistakes that explain each wrong value of several, such as the new mask, in all cases, or None.

    A mistake that changes a value which is right in the attempt explains the others only if they are all its own.
    """
    if not has_parts(run.right[0]):
        return None
    parts = range(len(run.right[0]))
    wrong = {k for k in parts if not _equal(run.results, run.right, run.right, k)}
    explained = [{k for k in wrong if _equal(run.results, its, run.right, k)} for its in by_mistake]
    if len(wrong) > 1:
        for mistake, ks in zip(run.exercise.mistakes, explained, strict=True):
            if ks == wrong:
                return _get_when([mistake.says])
    says: list[str] = []
    for k in sorted(wrong):
        known = zip(run.exercise.mistakes, by_mistake, explained, strict=True)
        fits = (
            mistake.says
            for mistake, its, ks in known
            if k in ks and all(_equal(its, run.right, run.right, other) for other in parts if other not in wrong)
        )
        found = next(fits, None)
        if found is None:
            return None
        says += [found] if found not in says else []
    return _get_when(says) if len(says) <= 2 else None


def _equal(results: list[Any], others: list[Any], right: list[Any], part: int) -> bool:
    """Return True if one part of the results is equal in all cases."""
    one, other = column(results, right, part), column(others, right, part)
    return one is not None and other is not None and all(map(same_values, one, other))


def by_sign(run: Attempt, broad: bool) -> str | None:
    """Return the first mistake whose sign the attempt shows, among the broad signs or the others, or None."""

    def safe(*arguments: Any) -> Any:
        result = call(run.code, arguments)
        if isinstance(result, Raised):
            raise result.error
        return result

    for sign in run.exercise.signs:
        if sign.broad != broad:
            continue
        seen = call(sign.seen, (safe,))
        if not isinstance(seen, Raised) and seen:
            return _get_when([sign.says.format(seen)])
    return None


def _informative(result: Any) -> bool:
    """Return True if it is unlikely that two results like this one are equal by chance."""
    if isinstance(result, Raised):
        return False
    arrays = [numbers(part) for part in (result if isinstance(result, tuple | list) else [result])]
    return all(a is not None and not _has_nan(a) for a in arrays)


def _has_nan(array: Any) -> bool:
    return bool((array != array).any())


def _special(result: Any, right: Any) -> bool:
    """Return True if a learner may treat a case on its own: its right result is all 0 or 1, or the attempt fails."""
    if isinstance(right, tuple) and isinstance(result, tuple | list) and len(right) == len(result):
        return any(map(_special, result, right))
    array = numbers(right)
    return not _informative(result) or (
        array is not None and len(set(array.ravel().tolist())) == 1 and array.flat[0] in (0, 1)
    )


def nearly(run: Attempt, by_mistake: list[list[Any]], failed: list[int]) -> str | None:
    """Return the mistake that explains the results in all cases but one or two, which the attempt treats differently.

    Such cases are special: nothing is missing, or nothing is valid. An exception there counts too.
    """
    best: tuple[int, Mistake, list[int]] | None = None
    for mistake, its in zip(run.exercise.mistakes, by_mistake, strict=True):
        agree = [k for k in range(len(its)) if same_values(run.results[k], its[k])]
        evidence = [k for k in agree if k in failed and _informative(its[k])]
        others = [k for k in range(len(its)) if k not in agree]
        special = all(_special(run.results[k], run.right[k]) for k in others)
        enough = special and len(evidence) >= 2 and len(evidence) > len(others)
        if enough and (best is None or len(agree) > best[0]):
            best = len(agree), mistake, others
    if best is None:
        return None
    text = _get_when([best[1].says])
    wrong = [k for k in best[2] if k in failed]
    if wrong:
        result, shows = run.results[wrong[0]], run.exercise.cases[wrong[0]].shows
        if isinstance(result, Raised):
            text += f"\nBesides, {type(result.error).__name__} for {shows}:\n{described(result.error)}"
        else:
            text += f"\nBesides, look at {shows}: {short(result)} is wrong there."
    return text


def two_at_once(run: Attempt, by_mistake: list[list[Any]], failed: list[int]) -> str | None:
    """Return the explanations of two mistakes that together explain every wrong case, or else None.

    Neither of the two mistakes may change the result in a case that the attempt passes.
    """
    cases = range(len(run.results))
    agree = [{k for k in cases if same_values(run.results[k], its[k])} for its in by_mistake]
    passed = set(cases) - set(failed)
    possible = [n for n, same_cases in enumerate(agree) if passed <= same_cases and same_cases & set(failed)]
    for one, other in itertools.combinations(possible, 2):
        if agree[one] | agree[other] >= set(failed):
            return _get_when([run.exercise.mistakes[one].says, run.exercise.mistakes[other].says])
    return None
