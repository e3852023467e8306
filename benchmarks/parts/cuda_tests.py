"""Run the tests that need CUDA, and report each one as soon as it ends.

They are found by the reason that they give when they are skipped, so a new one needs no entry anywhere.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NO_CUDA = "no CUDA device here"  # the reason in the tests' `skipif`
SLOW = ("compile", "train")  # in the names of tests that compile: they come last
# Without the options, hooks and printing of the project's own test runs: pytest itself is enough.
ALONE = ("-o", "addopts=", "--noconftest", "-p", "no:cacheprovider", "-p", "no:terminal")
OUTCOMES = ("passed", "failed", "skipped", "not installed", "not run")
Send = Callable[[dict[str, Any]], None]


def cuda_tests(plan: dict[str, Any], send: Send) -> None:
    """Run all tests of the project that need CUDA: a stage of `gpu_check.py`."""
    os.chdir(ROOT)
    files = [path for path in sorted(ROOT.glob("tests/**/test_*.py")) if NO_CUDA in path.read_text(encoding="utf-8")]
    report_tests(files, plan["folder"] / "pytest", send)


def report_tests(files: Iterable[Path], basetemp: Path, send: Send) -> None:
    """Run the tests in these files that need CUDA, and send {"name", "outcome", "seconds", "reason"} for each.

    First of all, each is sent as "not run". The other outcomes are those of pytest, and "not installed" for a file of
    tests that imports a missing package. Failures and skipped tests have a reason, in one line.

    basetemp : folder for the tests' temporary files; it is emptied
    """
    arguments = [*ALONE, "--continue-on-collection-errors", "--basetemp", str(basetemp), *map(str, files)]
    pytest.main(arguments, plugins=[_Reporter(send)])


class _Reporter:
    """A plugin of pytest that keeps the tests that need CUDA, and sends what becomes of them."""

    def __init__(self, send: Send) -> None:
        self.send = send

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            reason = _last_line(report)
            missing = reason.startswith("ModuleNotFoundError") and "pconv_edu" not in reason
            self.send({"name": report.nodeid, "outcome": "not installed" if missing else "failed", "reason": reason})

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        needing = [i for i in items if any(m.kwargs.get("reason") == NO_CUDA for m in i.iter_markers("skipif"))]
        items[:] = sorted(needing, key=lambda item: any(word in item.name for word in SLOW))
        for item in items:
            self.send({"name": item.nodeid, "outcome": "not run"})

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            row = {"name": report.nodeid, "outcome": report.outcome, "seconds": round(report.duration, 3)}
            self.send(row if report.passed else row | {"reason": _last_line(report)})


def _last_line(report: Any) -> str:
    """Return why a test failed or was skipped, in one line."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (crash.message if crash else report.longreprtext).strip().splitlines() or [""]
    return (lines[0] if crash else lines[-1].removeprefix("E").strip())[:200]


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the numbers and names of the tests by outcome; the last row of a test counts.

    passed, skipped : numbers
    failed, not_installed : name -> reason
    not_run : names
    passed_s : name -> seconds of each test that passed
    """
    last = {row["name"]: row for row in rows}
    named = {outcome: [n for n, row in last.items() if row["outcome"] == outcome] for outcome in OUTCOMES}
    return {
        "passed": len(named["passed"]),
        "failed": {name: last[name]["reason"] for name in named["failed"]},
        "skipped": len(named["skipped"]),
        "not_installed": {name: last[name]["reason"] for name in named["not installed"]},
        "not_run": named["not run"],
        "passed_s": {name: last[name]["seconds"] for name in named["passed"]},
    }
