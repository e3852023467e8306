"""Measure methods on cases, in several processes, and keep the rows; a run that was stopped resumes."""

import contextlib
from pathlib import Path

from tqdm import tqdm

from pconv_edu.experiments import processes

from .cases import KEYS, describe
from .methods import SHIPPED, fill, fingerprint, load_run, named
from .rows import Rows, read_rows, row_of, write_rows


def run(found, methods, folder, workers=None, progress=True, remarks=None):
    """Measure methods on cases and keep the rows in `folder`; what is there already is not computed again.

    found : list of `Case`
    methods : names that `inpaint` knows or `CONTROLS`, or folders of finished training runs: see `methods.named`
    folder : one CSV file per method goes there
    workers : processes of one thread each (default: one per core)
    progress : whether to show a bar
    remarks : a list that gets a line of text for each method whose old rows were of other weights

    A row whose hole, photo or network is no longer the same is computed again. Returns the number of new rows.

    Raises
    ------
    ValueError, OSError
        For methods that cannot be measured, and a folder that cannot hold the rows.
    KeyboardInterrupt
        If the user stops it; its message says what is kept and how to resume.
    """
    folder, methods = Path(folder), named(methods)
    for name, method in methods.items():
        if name not in SHIPPED:
            load_run(method)  # a broken run is refused before anything is measured
    abouts = [describe(case) for case in found]
    hashes = {case[: len(KEYS)]: about["hash"] for case, about in zip(found, abouts, strict=True)}
    with Rows(folder, {name: fingerprint(method) for name, method in methods.items()}, hashes) as rows:
        if remarks is not None:
            remarks += [f"{name}.csv held rows of other weights: measured again" for name in rows.replaced]
        jobs = []
        for case, about in zip(found, abouts, strict=True):
            missing = [m for name, m in methods.items() if case[: len(KEYS)] not in rows.known[name]]
            if missing:
                jobs.append((case, about, missing))
        names, total, done = {method: name for name, method in methods.items()}, sum(len(m) for *_, m in jobs), 0
        try:
            with (
                tqdm(total=total, unit="fill", disable=not progress) as bar,
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


def answer(case, about, methods):
    """Fill and measure one case by several methods: a list of (method, row)."""
    from .measures import Truth

    truth = Truth(case.image, case.mask)
    return [(method, row_of(case, about, truth.measure(fill(case, method)))) for method in methods]
