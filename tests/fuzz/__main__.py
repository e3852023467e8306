"""``python -m tests.fuzz``: run many random cases, or one again by its number."""

import argparse
import os
import sys
from collections import Counter

from pconv_edu.progress import progress_bar

from .case import run_case
from .judge import REFUSALS
from .pool import QUIET, run_cases

KINDS = ("handled", *(kind.__name__ for kind in REFUSALS), "failed")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many (default: 10000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (default: 0)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: one per core)")
    parser.add_argument("--timeout", type=float, default=120, help="seconds that a case may take (default: 120)")
    parser.add_argument("--case", type=int, help="run this one alone, and show it")
    options = parser.parse_args()
    if options.case is not None:
        os.environ.update(QUIET)
        outcome = run_case(options.case)
        print(outcome.call, outcome.kind, outcome.text, sep="\n")
        return outcome.kind == "failed"
    seeds, outcomes = range(options.first, options.first + options.cases), []
    with progress_bar(total=len(seeds), unit="case") as bar:
        for outcome in run_cases(seeds, run_case, options.workers, options.timeout):
            outcomes.append(outcome)
            if outcome.kind == "failed":
                bar.write(f"\ncase {outcome.seed} failed: {outcome.call}\n{outcome.text}")
            bar.update()
    print("", table(outcomes), sep="\n")
    return any(outcome.kind == "failed" for outcome in outcomes)


def table(outcomes):
    """How the cases of each door ended, as text."""
    rows = Counter((outcome.door, outcome.kind) for outcome in outcomes)
    line = lambda name, counts: f"{name:18}" + "".join(f"{count:>12}" for count in counts)  # noqa: E731
    lines = [line("door", ("cases", *KINDS))]
    for door in sorted({outcome.door for outcome in outcomes}):
        counts = [rows[door, kind] for kind in KINDS]
        lines.append(line(door, (sum(counts), *counts)))
    totals = [sum(rows[door, kind] for door in {outcome.door for outcome in outcomes}) for kind in KINDS]
    return "\n".join([*lines, line("all", (sum(totals), *totals))])


if __name__ == "__main__":
    sys.exit(main())
