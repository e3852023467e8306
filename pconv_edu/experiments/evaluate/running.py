"""Measure methods on cases, in several processes, and store the results as rows. An interrupted run can be resumed."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pconv_edu.core.arguments import as_path
from pconv_edu.experiments import processes
from pconv_edu.progress import progress_bar

from .cases import KEYS, Case, describe
from .methods import SHIPPED, fill, fingerprint, load_run, named
from .rows import Key, Rows, read_rows, row_of, write_rows


def run(
    cases: Sequence[Case],
    methods: Iterable[Path | str],
    folder: Path | str,
    workers: int | None = None,
    progress: bool = True,
    remarks: list[str] | None = None,
) -> int:
    """Measure methods on cases, keep the rows in `folder`, and return the number of new rows.

    Rows that are already in the folder are not computed again, unless the hole, the photo or the network has changed.

    Parameters
    ----------
    cases : list of `Case`
    methods : names that `inpaint` knows, names in `CONTROLS`, or folders of finished training runs; see `methods.named`
    folder : where to keep the rows, one CSV file for each method
    workers : number of processes, each with one thread; None for one per core
    progress : whether to show a progress bar
    remarks : a list; a sentence is appended for each method whose old rows are replaced, because its weights have
        changed

    Raises
    ------
    ValueError, OSError
        If a method cannot be measured, or the rows cannot be written to the folder.
    KeyboardInterrupt
        If the user stops the run; the message says what is kept and how to resume.
    """
    folder, methods = as_path(folder, "folder"), named(methods)
    for name, method in methods.items():
        if name not in SHIPPED:
            load_run(method)  # so that a broken run raises an error before anything is measured
    abouts = [describe(case) for case in cases]
    hashes: dict[Key, str] = {case.key: about["hash"] for case, about in zip(cases, abouts, strict=True)}
    with Rows(folder, {name: fingerprint(method) for name, method in methods.items()}, hashes) as rows:
        if remarks is not None:
            remarks += [f"{name}.csv had rows of other weights; they are measured again" for name in rows.replaced]
        jobs = []
        for case, about in zip(cases, abouts, strict=True):
            missing = [method for name, method in methods.items() if case.key not in rows.known[name]]
            if missing:
                jobs.append((case, about, missing))
        names, total, done = {method: name for name, method in methods.items()}, sum(len(m) for *_, m in jobs), 0
        try:
            with (
                progress_bar(total=total, unit="fill", disable=not progress) as bar,
                contextlib.closing(processes.results(answer, jobs, workers)) as results,
            ):
                for _, result in results:
                    for method, row in result:
                        rows.add(names[method], row)
                        done += 1
                        bar.update()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"stopped after {done} of {total} fills. What is measured is kept in {folder}; "
                "the same command resumes there"
            ) from None
    for name in methods:
        path = folder / f"{name}.csv"
        write_rows(path, sorted(read_rows(path), key=lambda row: [row[key] for key in KEYS]))
    return total


def answer(case: Case, about: Mapping[str, str], methods: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    """Fill the hole of one case with several methods, measure the fills, and return a list of (method, row).

    about : what `describe` returns for this case
    """
    from .truth import Truth

    truth = Truth(case.image, case.mask)
    return [(method, row_of(case, about, truth.measure(fill(case, method)))) for method in methods]
