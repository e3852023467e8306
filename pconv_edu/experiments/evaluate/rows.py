"""The rows of an experiment, one for a method on a case: a CSV file a method, added to line by line.

methods.json beside them says which weights the rows of a method belong to. Rows of other weights, of another photo or
hole, and rows that are not whole are measured again; a file that this experiment has not written is never touched.
"""

import csv
import io
import json
from collections import Counter

from pconv_edu.console import sentence
from pconv_edu.core.atomic import write_atomically

from .cases import KEYS
from .measures import COLUMNS

ABOUT = ("ratio", "radius", "hash")  # what is kept about a case's hole
METHODS = "methods.json"


def row_of(case, about, measured):
    """What is kept of one fill: a dict of texts."""
    row = dict(zip(KEYS, case, strict=False)) | about
    return row | {name: "" if value is None else f"{value:.5g}" for name, value in measured.items()}


class Rows:
    """The rows of some methods in a folder.

    folder : path; it is made if it is not there
    fingerprints : {method: `methods.fingerprint`}; a method whose fingerprint has changed begins again
    hashes : {the keys of a case: the hash of its pixels}; rows of cases whose pixels have changed are left out, and
        rows without all of today's measures

    known : {method: set of the keys of its rows}
    replaced : list of the methods whose rows belonged to other weights, and are gone

    Raises OSError if the folder cannot be written to, ValueError if a file in it is another one.
    """

    def __init__(self, folder, fingerprints, hashes):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(f"{folder} is a file; the rows need a folder: give it another name")
        folder.mkdir(parents=True, exist_ok=True)
        self.files, self.known, self.replaced = {}, {}, []
        kept = read_fingerprints(folder)
        rows = {name: read_rows(folder / f"{name}.csv") for name in fingerprints}  # all files, before any is written
        for name, mark in fingerprints.items():
            if rows[name] and kept.get(name) != mark:
                self.replaced.append(name)
            whole = _whole_rows(rows[name], hashes) if kept.get(name) == mark else {}
            self.known[name] = set(whole)
            write_rows(folder / f"{name}.csv", whole.values())
        write_text(folder / METHODS, json.dumps(kept | fingerprints, indent=1) + "\n")
        for name in fingerprints:
            path = folder / f"{name}.csv"
            self.files[name] = path.open("a", newline="", encoding="utf-8", errors="surrogateescape")

    def add(self, name, row):
        _writer(self.files[name]).writerow(row)
        self.files[name].flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for file in self.files.values():
            file.close()


def _whole_rows(rows, hashes):
    """{keys: row} of the rows that can be kept. If a case has two rows, neither can be trusted."""
    times = Counter(_key(row) for row in rows)
    return {
        key: row
        for row in rows
        if times[key := _key(row)] == 1 and _is_whole(row) and hashes.get(key, row["hash"]) == row["hash"]
    }


def _key(row):
    return tuple(row[name] for name in KEYS)


def _is_whole(row):
    """Whether a row has texts for what names its case, and numbers for all of today's measures; some may be empty."""
    if None in row or None in row.values() or not row["hash"]:  # more or fewer columns than the first line
        return False
    try:
        return all(row[name] == "" or float(row[name]) is not None for name in (*ABOUT[:2], *COLUMNS))
    except (KeyError, ValueError):
        return False


def _writer(file):
    return csv.DictWriter(file, [*KEYS, *ABOUT, *COLUMNS], lineterminator="\n")


def write_rows(path, rows):
    """Write a CSV file of rows, whole or not at all."""
    text = io.StringIO(newline="")
    writer = _writer(text)
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_text(path, text):
    """Write a text file, whole or not at all. Names of files may hold bytes that are no text: they stay as they are."""
    write_atomically(path, text.encode("utf-8", "surrogateescape"))


def read_rows(path):
    """Return the rows of a CSV file, as dicts of texts; a last line that was cut short is left out.

    Raises ValueError if the file is no table of this experiment.
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


def read_fingerprints(folder):
    """Return {method: fingerprint} of all methods that have rows in a folder; ValueError if the file is broken."""
    path = folder / METHODS
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_bytes())
        if not (isinstance(found, dict) and all(isinstance(mark, str) for mark in found.values())):
            raise ValueError("no table of methods and weights")
        return found
    except (ValueError, OSError) as error:
        raise ValueError(
            f"{path} cannot be read ({sentence(error)}): move it away and the rows beside it are measured again, or "
            "choose another folder (--out)"
        ) from None
