"""Write files atomically.

If writing is interrupted, a new file is either complete or absent, and an existing file is never partly replaced.
"""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from .arguments import as_path

UNFINISHED = ".*.part"  # pattern of the temporary names; a killed process may leave such a file behind


def write_atomically(
    path: Path | str, content: bytes | Callable[[BinaryIO], object], *, overwrite: bool = True
) -> None:
    """Write a file in one step, so that a failure never leaves an incomplete file or damages an existing file.

    An existing file stays in place until the new file is complete.

    Parameters
    ----------
    path : the file to write; links are followed, and the permissions of an existing file are kept
    content : bytes, or a function that receives the open binary file and writes to it
    overwrite : False to raise an error if a file of this name already exists, even if another program creates this file
        while `content` is being written

    Raises
    ------
    FileExistsError
        If a file of this name exists and `overwrite` is False.
    OSError
        If the file cannot be written (see `check_writable`). Errors that `content` raises are passed on. After any
        error, an existing file is unchanged and no other file is left behind.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> write_atomically(path, b"complete")
    >>> path.read_bytes()
    b'complete'
    """
    if not overwrite and os.path.lexists(path):
        raise _taken(path)
    path = _target(path)
    temporary = _temporary(path)
    try:
        with _create(temporary, path) as file:
            content(file) if callable(content) else file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not overwrite:
            _move_to_free_name(temporary, path)
            return
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: Path | str) -> None:
    """Raise OSError, with `path` in the message, if `write_atomically` could not write to `path`.

    The check covers the folder, the length of the name, any file or folder that already has this name, and the
    permission to write to the folder. To test this permission, the function creates an empty file with another name and
    removes this file again. Existing files are not changed.
    """
    path = _target(path)
    temporary = _temporary(path)
    try:
        _create(temporary, path).close()
    finally:
        temporary.unlink(missing_ok=True)


def _target(path: Path | str) -> Path:
    """Follow links and return the path of the actual file. Raise OSError if no file can be written to this path."""
    path = as_path(path, "path")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}")
    try:
        os.lstat(path)  # fails if the name is too long or not allowed
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


def _temporary(path: Path) -> Path:
    """Return a short unused name in the same folder. The file's own name with a suffix might be too long."""
    return path.with_name(f".{secrets.token_hex(6)}.part")


def _create(temporary: Path, path: Path) -> BinaryIO:
    """Create and open a new file with the default permissions.

    If this fails, raise OSError with `path` in the message.
    """
    try:
        return temporary.open("xb")
    except OSError as error:
        raise type(error)(f"{path}: {path.parent} cannot be written to: {error.strerror}") from None


def _move_to_free_name(temporary: Path, path: Path) -> None:
    """Give a finished file its final name. Raise FileExistsError if another file has taken the name meanwhile."""
    try:
        os.link(temporary, path)  # unlike a rename, this fails if the name is taken
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise _taken(path) from None
        temporary.rename(path)


def _taken(path: Path | str) -> FileExistsError:
    return FileExistsError(f"{path}: there is already a file of this name; it is left as it is")
