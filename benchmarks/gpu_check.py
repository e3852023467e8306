"""Check a GPU in four minutes: the CUDA tests, and the times of the layer, the U-Net, the trainer and the fills.

`python benchmarks/gpu_check.py` prints a table and writes benchmarks/gpu_check.json. Without a GPU it runs at small
sizes on the CPU, which shows only that everything runs.

The stages are in order of importance. What does not fit into `--seconds` is cut off or skipped, and listed with the
reason; the file is complete up to there. The exit code is 1 if a CUDA test or a stage failed, otherwise 0.
"""

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parts.table import print_rows, print_tests
from parts.worker import CUT_OFF, FAILED, SKIPPED, Worker

sys.path.insert(0, str(Path(__file__).parents[1]))  # the worker, too, imports the package from here


@dataclass(frozen=True)
class Stage:
    """A part of the check.

    Attributes
    ----------
    name : of the stage, in the table and in the file
    function : "module:name" of what runs in the worker
    limit : s, after which it is cut off
    least : s; if less is left, it is skipped
    needs : a package without which it is skipped
    own_process : whether it needs a new process on a GPU: after tests, which may leave an error there, and before
        the trainer and compiled layers, whose compiling begins with an empty cache
    compiles : whether it is skipped on the CPU, where compiling takes minutes
    """

    name: str
    function: str
    limit: float
    least: float
    needs: str = "torch"
    own_process: bool = False
    compiles: bool = False


TESTS = "cuda_tests"
STAGES = (
    Stage(TESTS, "parts.cuda_tests:cuda_tests", 90, 20, needs="pytest"),
    Stage("layers", "parts.gpu_stages:layers", 45, 10, own_process=True),
    Stage("unet_step", "parts.gpu_stages:unet_step", 30, 10),
    Stage("trainer_l1", "parts.gpu_stages:trainer_l1", 75, 20, own_process=True),
    Stage("trainer_course", "parts.gpu_stages:trainer_course", 60, 20),
    Stage("fills", "parts.gpu_stages:fills", 25, 5, needs="safetensors"),
    Stage("compiled_layers", "parts.gpu_stages:compiled_layers", 150, 15, own_process=True, compiles=True),
)


class Check:
    """Runs the stages within the time that is given, and writes the file after every row.

    results : what the file contains
    """

    def __init__(self, out: Path, seconds: float, small: bool, only: list[str], worker: Worker) -> None:
        self.out, self.only, self.worker = out, only, worker
        self.start = time.monotonic()
        self.results: dict[str, Any] = {"machine": {}, "small": small, "limit_s": seconds, "stages": {}}

    def find_machine(self) -> None:
        """Store what the computer is, and choose the device and the sizes."""
        machine = self.results["machine"]
        status, reason = self.worker.run("parts.gpu_plan:machine", {}, self.left(), machine.update)
        if not machine:
            self.worker.stop()
            sys.exit(f"gpu_check: PyTorch cannot be used ({reason or status})")
        print("  ".join(f"{name} {value}" for name, value in machine.items() if value is not None))
        if machine["device"] == "cpu":
            self.results["small"] = True
            print("There is no CUDA device here: small sizes run on the CPU. Their times say nothing about a GPU.")
        self.plan = {"device": machine["device"], "small": self.results["small"]}

    def run(self, stage: Stage) -> None:
        """Run a stage, or note why it is skipped."""
        record = self.results["stages"][stage.name] = {"status": SKIPPED, "reason": self.why_skipped(stage)}
        print(f"\n{stage.name}" + (f": skipped, {record['reason']}" if record["reason"] else ""), flush=True)
        if record["reason"] is None:
            self._measure(stage, record)
        self.save()

    def _measure(self, stage: Stage, record: dict[str, Any]) -> None:
        rows: list[dict[str, Any]] = []
        record.update(status=CUT_OFF, reason="the check was stopped", rows=rows)

        def receive(row: dict[str, Any]) -> None:
            rows.append(row)
            if stage.name != TESTS:
                print_rows(rows)
            self.save()

        if stage.own_process and self.plan["device"] == "cuda":
            self.worker.stop()
        start = time.monotonic()
        limit = min(stage.limit, self.left())
        record["status"], record["reason"] = self.worker.run(stage.function, self.plan, limit, receive)
        record["stage_s"] = round(time.monotonic() - start, 1)
        if stage.name == TESTS:
            from parts.cuda_tests import summary

            del record["rows"]
            record |= summary(rows)
            print_tests(record)
        reason = f", {record['reason']}" if record["reason"] else ""
        print(f"{stage.name}: {record['status']} after {record['stage_s']} s{reason}")

    def left(self) -> float:
        """Return the seconds that are left. The last three are kept for stopping a process and tidying up."""
        return self.results["limit_s"] - 3 - (time.monotonic() - self.start)

    def why_skipped(self, stage: Stage) -> str | None:
        """Return why a stage cannot run, or None if it can."""
        if self.only and stage.name not in self.only:
            return "it is not among those of --only"
        if importlib.util.find_spec(stage.needs) is None:
            return f"{stage.needs} is not installed"
        if stage.compiles and self.plan["device"] == "cpu" and stage.name not in self.only:
            return "it compiles for a GPU, and there is none"
        if self.left() < stage.least:
            return f"{max(0.0, self.left()):.0f} s are left, and it needs {stage.least:.0f} s"
        return None

    def save(self) -> None:
        """Write the results so far."""
        from pconv_edu.core.atomic import write_atomically  # imports take seconds, which must count

        self.results["check_s"] = round(time.monotonic() - self.start, 1)
        write_atomically(self.out, (json.dumps(self.results, indent=1, ensure_ascii=False) + "\n").encode())

    def failed(self) -> bool:
        """Return whether a stage or a test failed."""
        stages = self.results["stages"].values()
        return any(record["status"] == FAILED or record.get("failed") for record in stages)


def main() -> int:
    """Run the check as the command line says, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=240, help="for everything together (240)")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"), help="the file to write")
    parser.add_argument("--small", action="store_true", help="small sizes, as always on the CPU")
    names = [stage.name for stage in STAGES]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="STAGE", help=f"of {', '.join(names)}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gpu_check_", ignore_cleanup_errors=True) as folder:
        worker = Worker(Path(folder))
        check = Check(options.out, options.seconds, options.small, options.only, worker)
        try:
            check.save()
        except OSError as error:
            parser.error(str(error))
        try:
            check.find_machine()
            for stage in STAGES:
                check.run(stage)
        finally:
            worker.stop()
    print(f"\n{options.out} is written, after {check.results['check_s']} s")
    return int(check.failed())


if __name__ == "__main__":
    sys.exit(main())
