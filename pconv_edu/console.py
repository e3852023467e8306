"""End a failed command with an error message of at most one sentence instead of a traceback.

Each command runs inside a block such as ``with console.ending("pconv-edu evaluate"):``. The block also ensures that a
command never fails because the encoding of its output lacks a character.
"""

import codecs
import contextlib
import errno
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

STOPPED, CLOSED = 130, 141  # the exit codes that shells use: 128 + SIGINT, 128 + SIGPIPE
SPELLINGS = {"–": "-", "−": "-", "×": "x", "·": "*", "…": "...", "→": "->", "²": "^2", "±": "+-", "\u00a0": " "}
IN_WORDS = {  # replaces the messages of the system, which differ between systems and call a folder a directory
    errno.ENOENT: "there is no such file or folder",
    errno.EEXIST: "there is already a file of this name",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EISDIR: "this is a folder, not a file",
    errno.EACCES: "you have no permission for this",
    errno.EPERM: "you have no permission for this",
    errno.EROFS: "this place can be read, but not written to",
    errno.ENOSPC: "the disk is full",
    errno.ENAMETOOLONG: "this name is too long",
}
FAILURES = (
    ValueError,
    OSError,
    FloatingPointError,
    MemoryError,
)  # errors that end a command with one sentence instead of a traceback


@contextlib.contextmanager
def ending(program: str) -> Iterator[None]:
    """Turn expected errors in the block into SystemExit, and print an error message of at most one sentence on stderr.

    program : the name with which the error message begins

    * After an error in `FAILURES`, or if a library is not installed, the exit code is 1.
    * After Ctrl-C, the error message is the message of the KeyboardInterrupt, or says that the command was stopped if
      the KeyboardInterrupt has no message. The exit code is 130.
    * If the output goes to a pipe that has been closed at its other end, as in ``… | head``, the program ends silently
      with exit code 141.
    * Other errors are bugs in the program. They are passed on, so Python prints a traceback.

    In the block, each UserWarning is printed on one line. Characters that the encoding of the output lacks are spelled
    out in ASCII.
    """
    accept_every_character()
    original, end = warnings.formatwarning, None

    def format_warning(message: Warning | str, category: type[Warning], *place: Any) -> str:
        return f"{program}: {message}\n" if issubclass(category, UserWarning) else original(message, category, *place)

    warnings.formatwarning = cast(Any, format_warning)
    try:
        yield
    except SystemExit as error:  # argparse
        end = error
    except KeyboardInterrupt as error:
        with contextlib.suppress(OSError):
            print(f"{program}: {error if error.args else 'stopped before the end'}", file=sys.stderr)
        end = SystemExit(STOPPED)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("pconv_edu"):
            raise
        end = SystemExit(f"{program}: {_what_to_install(error)}")
    except FAILURES as error:
        end = SystemExit(CLOSED if _is_closed(error) else f"{program}: {sentence(error)}")
    finally:
        warnings.formatwarning = original
    unwritten = _flush()
    if unwritten and not (end and end.code):
        end = SystemExit(CLOSED if _is_closed(unwritten) else f"{program}: {sentence(unwritten)}")
    if end:
        raise end


def sentence(error: BaseException) -> str:
    """Return a one-sentence description of an error, such as "photo.png: there is no such file or folder"."""
    if isinstance(error, OSError) and error.strerror:
        words = IN_WORDS.get(error.errno or 0, error.strerror)
        return ": ".join(str(part) for part in (error.filename, error.filename2, words) if part is not None)
    if isinstance(error, MemoryError):
        return f"the memory is too small for this{f': {error}' if error.args else ''}"
    return str(error) or type(error).__name__


def install_command(extra: str) -> str:
    """Return the command that installs a group of libraries, such as "lab", in a clone or for an installed wheel."""
    in_a_clone = (Path(__file__).parents[1] / "pyproject.toml").exists()
    return f'pip install -e ".[{extra}]"' if in_a_clone else f'pip install "pconv-edu[{extra}]"'


def accept_every_character() -> None:
    """Make stdout and stderr spell out in ASCII the characters that they cannot encode ("−" as "-", "ä" as "\\xe4").

    The encoding itself does not change. On Windows, the usual encoding of files and pipes has no "−". With LANG=C, the
    encoding may have only ASCII characters. File names that contain bytes that are not valid text can be written too.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="pconv_edu.spell")


def _spell(error: UnicodeError) -> tuple[str, int]:
    """Handle an encoding error by spelling out in ASCII the characters that the encoding lacks.

    Return the replacement text and the position at which the encoder continues.
    """
    error = cast(UnicodeEncodeError, error)
    text = error.object[error.start : error.end]
    return "".join(SPELLINGS.get(one) or one.encode("ascii", "backslashreplace").decode() for one in text), error.end


codecs.register_error("pconv_edu.spell", _spell)


def _what_to_install(error: ModuleNotFoundError) -> str:
    """Return a message that says how to install the missing library.

    If the error was not raised by Python's import system, return the error's own message instead.
    """
    name = (error.name or "").partition(".")[0]
    if not name or not str(error).startswith(("No module named", "import of")):  # the ways Python's messages begin
        return str(error)
    extra = {"torch": "nn", "safetensors": "nn", "pytest": "test", "nbclient": "test"}.get(name, "lab")
    needs = {"nn": "networks", "test": "tests", "lab": "lessons"}[extra]
    return f"{name} is not installed; the {needs} need: {install_command(extra)}"


def _is_closed(error: BaseException) -> bool:
    """Return True if the error means that an output pipe has been closed at its other end.

    Windows may report a closed pipe as an invalid argument.
    """
    return isinstance(error, BrokenPipeError) or (
        os.name == "nt" and isinstance(error, OSError) and error.errno == errno.EINVAL and error.filename is None
    )


def _flush() -> OSError | None:
    """Flush stdout and stderr, and return the first error, or None if there is no error.

    If a stream cannot be flushed, the rest of its output is discarded.
    """
    failure = None
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError as error:
            failure = failure or error
            with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())
    return failure
