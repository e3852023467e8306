"""Store the rows of an experiment in one CSV file for each method, with one line for each case.

The file methods.json in the same folder records a fingerprint of the weights with which each method was measured.
Incomplete rows are measured again, and so are rows that were measured with other weights, photos or holes. A file that
this experiment has not written is never changed.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self, TextIO

from pconv_edu.console import sentence
from pconv_edu.core.atomic import write_atomically

from .cases import KEYS, Case
from .measures import COLUMNS

ABOUT = ("ratio", "radius", "hash")  # the fields of a row that `describe` returns for its case
METHODS = "methods.json"

Key = tuple[str, ...]  # the values of `KEYS`, which identify a case
Row = dict[str, str]


def row_of(case: Case, about: Mapping[str, str], measured: Mapping[str, float | None]) -> Row:
    """Return the row for one fill, with all values as strings.

    about : what `describe` returns for the case
    measured : what `Truth.measure` returns for the fill
    """
    row = {key: getattr(case, key) for key in KEYS} | dict(about)
    return row | {name: "" if value is None else f"{value:.5g}" for name, value in measured.items()}


class Rows:
    """Read the rows of the given methods from the CSV files in a folder, and append new rows.

    Rows are deleted if they lack one of the current measures, or if the weights of their method or the pixels of their
    case have changed.

    Parameters
    ----------
    folder : path; it is created if it does not exist
    fingerprints : {method: current fingerprint of its weights}, as `methods.fingerprint` returns it
    hashes : {key of a case: hash of its pixels}, as `describe` returns it
    columns : names of the measures of each row

    Attributes
    ----------
    known : {method: set of the keys of its rows}
    replaced : list of the methods whose rows were measured with other weights and were deleted

    Raises
    ------
    OSError
        If the folder cannot be written to.
    ValueError
        If a file in the folder has the name of a method's CSV file but was not written by this experiment, or if
        methods.json is broken.
    """

    def __init__(
        self,
        folder: Path,
        fingerprints: Mapping[str, str],
        hashes: Mapping[Key, str],
        columns: Sequence[str] = COLUMNS,
    ) -> None:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(f"{folder} is a file; the rows need a folder: give it another name")
        folder.mkdir(parents=True, exist_ok=True)
        self.columns = columns
        self.files: dict[str, TextIO] = {}
        self.known: dict[str, set[Key]] = {}
        self.replaced: list[str] = []
        kept = read_fingerprints(folder)
        rows = {name: read_rows(folder / f"{name}.csv") for name in fingerprints}  # read all before writing any
        for name, mark in fingerprints.items():
            if rows[name] and kept.get(name) != mark:
                self.replaced.append(name)
            usable = _usable_rows(rows[name], hashes, columns) if kept.get(name) == mark else {}
            self.known[name] = set(usable)
            write_rows(folder / f"{name}.csv", usable.values(), columns)
        write_text(folder / METHODS, json.dumps(kept | dict(fingerprints), indent=1) + "\n")
        for name in fingerprints:
            path = folder / f"{name}.csv"
            self.files[name] = path.open("a", newline="", encoding="utf-8", errors="surrogateescape")

    def add(self, name: str, row: Row) -> None:
        """Append a row to the file of a method."""
        _writer(self.files[name], self.columns).writerow(row)
        self.files[name].flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files.values():
            file.close()


def _usable_rows(rows: list[Row], hashes: Mapping[Key, str], columns: Sequence[str]) -> dict[Key, Row]:
    """Return {key: row} for the rows that can be kept. If a case has several rows, none of them is kept."""
    times = Counter(_key(row) for row in rows)
    return {
        key: row
        for row in rows
        if times[key := _key(row)] == 1 and _is_complete(row, columns) and hashes.get(key, row["hash"]) == row["hash"]
    }


def _key(row: Row) -> Key:
    """Return the values that identify the case of a row."""
    return tuple(row[name] for name in KEYS)


def _is_complete(row: Row, columns: Sequence[str]) -> bool:
    """Return True if a row has a hash, and the other fields of `ABOUT` and `columns` are numbers or empty strings."""
    # csv.DictReader uses None for a line with more or fewer columns than the first line
    if None in row or None in row.values() or not row["hash"]:
        return False
    try:
        return all(row[name] == "" or float(row[name]) is not None for name in (*ABOUT[:2], *columns))
    except (KeyError, ValueError):
        return False


def _writer(file: TextIO, columns: Sequence[str]) -> csv.DictWriter:
    return csv.DictWriter(file, [*KEYS, *ABOUT, *columns], lineterminator="\n")


def write_rows(path: Path, rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> None:
    """Write rows to a CSV file; if writing fails, an existing file is left unchanged."""
    text = io.StringIO(newline="")
    writer = _writer(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write a text file; if writing fails, an existing file is left unchanged.

    The text may contain file names that are not valid UTF-8. The bytes of these names are written unchanged.
    """
    write_atomically(path, text.encode("utf-8", "surrogateescape"))


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a CSV file, leaving out an incomplete last line, or an empty list if there is no such file.

    Raise a ValueError if the file was not written by this experiment.
    """
    if not path.exists():
        return []
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        rows = csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1], newline=""))
        if text and not {*KEYS, "hash"} <= set(rows.fieldnames or ()):
            raise ValueError("its first line has other columns")
        return list(rows)
    except (ValueError, csv.Error, OSError) as error:
        raise ValueError(
            f"{path} is not a table that this experiment has written ({sentence(error)}): move it away, or choose "
            "another folder for the rows (--out)"
        ) from None


def read_fingerprints(folder: Path) -> dict[str, str]:
    """Return {method: fingerprint} for all methods with rows in a folder.

    The result is empty if the folder has no methods.json. Raise a ValueError if methods.json is broken.
    """
    path = folder / METHODS
    if not path.exists():
        return {}
    try:
        fingerprints = json.loads(path.read_bytes())
        if not (isinstance(fingerprints, dict) and all(isinstance(mark, str) for mark in fingerprints.values())):
            raise ValueError("it is not a table of methods and weights")
        return fingerprints
    except (ValueError, OSError) as error:
        raise ValueError(
            f"{path} cannot be read ({sentence(error)}): move it away and the rows beside it are measured again, or "
            "choose another folder (--out)"
        ) from None
