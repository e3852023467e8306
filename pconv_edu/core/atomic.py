"""Files that are written whole or not at all."""

import os
import secrets
import shutil
from pathlib import Path


def write_atomically(path, content):
    """Write a file so that no failure leaves half of it, and an old file stays until the new one is whole.

    Parameters
    ----------
    path : the file to write; a link is followed, an old file keeps its permissions
    content : bytes, or a function that is given the open binary file and writes to it

    Raises
    ------
    OSError
        If the file can't be written: see `check_writable`. What `content` raises is passed on. In each case an old file
        is as it was, and no other file is left behind.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> write_atomically(path, b"whole")
    >>> path.read_bytes()
    b'whole'
    """
    path = _target(path)
    temporary = _temporary(path)
    try:
        with _create(temporary, path) as file:
            content(file) if callable(content) else file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_writable(path):
    """Raise OSError, with `path` in the message, if `write_atomically` could not write this file; change nothing.

    Checked are the folder, the length of the name, what is there already, and the right to write: by a file of no bytes
    that is removed again.
    """
    path = _target(path)
    temporary = _temporary(path)
    try:
        _create(temporary, path).close()
    finally:
        temporary.unlink(missing_ok=True)


def _target(path):
    """The file that `path` stands for, links followed. Refuse what no file can be moved to."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}")
    try:
        os.lstat(path)  # a name that is too long, or not allowed
    except FileNotFoundError:
        return path
    except OSError as error:
        raise type(error)(f"{path}: no file can have this name: {error.strerror}") from None
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the name of a file")
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not an ordinary file")
    return path


def _temporary(path):
    """A short name in the same folder: a name made longer could be too long for the file system."""
    return path.with_name(f".{secrets.token_hex(6)}.part")


def _create(temporary, path):
    """Open a new file; it has the permissions of any new file."""
    try:
        return temporary.open("xb")
    except OSError as error:
        raise type(error)(f"{path}: {path.parent} cannot be written to: {error.strerror}") from None
