"""Print what `gpu_check.py` measures, as a table that grows row by row.

A number is printed with three digits or more, in a column as wide as its name.
"""

from typing import Any

NAME, OTHER = 42, 9  # widths of columns


def print_rows(rows: list[dict[str, Any]]) -> None:
    """Print the last row, below the names of the columns if it is the first."""
    row = rows[-1]
    if len(rows) == 1:
        print("  " + "  ".join(f"{'' if key == 'name' else key:>{_width(key)}}" for key in row))
    cells = [f"{row['name']:{NAME}}", *(f"{_text(row[key]):>{_width(key)}}" for key in row if key != "name")]
    print("  " + "  ".join(cells), flush=True)


def print_tests(record: dict[str, Any]) -> None:
    """Print the numbers of tests by outcome, and the names of those that failed or could not run."""
    for outcome in ("passed", "failed", "skipped", "not_installed", "not_run"):
        number = record[outcome] if isinstance(record[outcome], int) else len(record[outcome])
        print(f"  {outcome.replace('_', ' '):14}{number:4}")
    for outcome in ("failed", "not_installed"):
        for name, reason in record[outcome].items():
            print(f"  {outcome.replace('_', ' ')}: {name}: {reason}")
    for name in record["not_run"]:
        print(f"  not run: {name}")


def _width(key: str) -> int:
    return NAME if key == "name" else max(len(key), OTHER)


def _text(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
