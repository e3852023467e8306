"""What the museum says to a learner's answers."""

import inspect

from .guide import EXHIBITS, KINDS, catching, length, run


def check_matches(answers):
    """Print, for each exhibit, whether the chosen test catches it, and whether a shorter one would.

    Parameters
    ----------
    answers : dict of exhibit -> name of a test, or None where nothing was chosen yet

    Raises
    ------
    ValueError
        For an exhibit or a test that the museum does not have.
    """
    for exhibit, test in answers.items():
        if exhibit not in EXHIBITS:
            raise ValueError(f"there is no {exhibit!r}; the exhibits are {', '.join(EXHIBITS)}")
        known = KINDS[EXHIBITS[exhibit].kind]
        if test is not None and test not in known:
            raise ValueError(f"{exhibit} has no test {test!r}; choose from {', '.join(known)}")
    missing = [exhibit for exhibit in EXHIBITS if answers.get(exhibit) is None]
    found = {exhibit: _match(exhibit, test) for exhibit, test in answers.items() if test is not None}
    for exhibit, text in found.items():
        print(f"{exhibit}: {text}")
    right = sum(text.startswith("right") for text in found.values())
    if missing:
        print(f"Not attempted yet: {', '.join(missing)}.")
    print(f"{'Right' if right == len(EXHIBITS) else 'Not yet'}: {right} of {len(EXHIBITS)} matched.")


def _match(exhibit, test):
    caught = catching(exhibit)
    if test not in caught:
        return f"{test} passes: it cannot see this fault."
    if test != caught[0]:
        return f"{test} catches it, but a shorter test does too: of {length(caught[0])} characters, not {length(test)}."
    return f"right. {test} says: {run(test, EXHIBITS[exhibit].code)}."


def check_fix(exhibit, code):
    """Run all tests of an exhibit's kind on a repaired version, and print what is right or wrong about it.

    Parameters
    ----------
    exhibit : name, such as "Exhibit1"
    code : the repaired class or function

    Raises
    ------
    ValueError
        For an exhibit that the museum does not have.
    """
    print(diagnose_fix(exhibit, code))


def diagnose_fix(exhibit, code):
    """What `check_fix` prints, as text."""
    if exhibit not in EXHIBITS:
        raise ValueError(f"there is no {exhibit!r}; the exhibits are {', '.join(EXHIBITS)}")
    if not callable(code):
        return f"Give the class or function itself, not {type(code).__name__}: its name without brackets."
    if _source(code) == _source(EXHIBITS[exhibit].code):
        return "Not attempted yet: this is the exhibit as it hangs here. Change its code."
    tests = KINDS[EXHIBITS[exhibit].kind]
    found = {test: run(test, code) for test in tests}
    failed = {test: says for test, says in found.items() if says}
    if not failed:
        return f"Right: it passes all {len(tests)} tests."
    same = [name for name in _alike(exhibit) if failed == _failed(name)]
    if exhibit in same:
        return f"Not yet. The fault is still there: {EXHIBITS[exhibit].fault}."
    if same:
        return f"Not yet. It now has the fault of {same[0]}: {EXHIBITS[same[0]].fault}."
    told = "\n".join(f"- {test}: {says}" for test, says in list(failed.items())[:3])
    return f"Not yet: {len(failed)} of {len(tests)} tests fail, first of all\n{told}"


def _source(code):
    """The text of a function, or of each function of a class (a notebook knows no more); None if there is none."""
    functions = {n: f for n, f in vars(code).items() if inspect.isfunction(f)} if inspect.isclass(code) else {"": code}
    try:
        return {name: inspect.getsource(function).strip() for name, function in functions.items()}
    except (OSError, TypeError):
        return None


def _alike(exhibit):
    """The exhibits of the same kind, this one first."""
    others = [name for name in EXHIBITS if EXHIBITS[name].kind == EXHIBITS[exhibit].kind and name != exhibit]
    return [exhibit, *others]


def _failed(exhibit):
    code, tests = EXHIBITS[exhibit].code, KINDS[EXHIBITS[exhibit].kind]
    return {test: says for test in tests if (says := run(test, code))}
