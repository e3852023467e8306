"""How every command of the project ends: quietly or with one sentence, and never because of an encoding.

``with console.ending("pconv-edu evaluate"):`` goes around all that a command does.
"""

import codecs
import contextlib
import errno
import os
import sys
import warnings
from pathlib import Path

STOPPED, CLOSED = 130, 141  # exit codes, as shells give them: 128 + SIGINT, 128 + SIGPIPE
SPELLINGS = {"–": "-", "−": "-", "×": "x", "·": "*", "…": "...", "→": "->", "²": "^2", "±": "+-", "\u00a0": " "}
IN_WORDS = {  # what the system says in words that differ from one to the other, and speak of directories
    errno.ENOENT: "there is no such file or folder",
    errno.EEXIST: "there is a file of this name",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EISDIR: "this is a folder, not a file",
    errno.EACCES: "you have no permission for this",
    errno.EPERM: "you have no permission for this",
    errno.EROFS: "this place can be read, but not written to",
    errno.ENOSPC: "the disk is full",
    errno.ENAMETOOLONG: "this name is too long",
}
FAILURES = (ValueError, OSError, FloatingPointError, MemoryError)  # what a command may end with: one sentence, no trace


@contextlib.contextmanager
def ending(program):
    """End a program well whatever happens inside: raise SystemExit, with a sentence on stderr where there is one.

    program : str, what the sentence begins with

    * The errors of `FAILURES` are one sentence; the exit code is 1.
    * Ctrl-C prints the message of the KeyboardInterrupt, or that the command was stopped; the exit code is 130.
    * A pipe that its reader has closed, as in ``… | head``, ends the program without a word; the exit code is 141.
    * A character that the output's encoding lacks is written in ASCII instead. A warning is one line.
    """
    accept_every_character()
    show, end = warnings.formatwarning, None
    warnings.formatwarning = lambda message, category, *place: (
        f"{program}: {message}\n" if issubclass(category, UserWarning) else show(message, category, *place)
    )
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
        warnings.formatwarning = show
    unwritten = _flush()
    if unwritten and not (end and end.code):
        end = SystemExit(CLOSED if _is_closed(unwritten) else f"{program}: {sentence(unwritten)}")
    if end:
        raise end


def sentence(error):
    """Return what an error says to people: "photo.png: there is no such file or folder"."""
    if isinstance(error, OSError) and error.strerror:
        words = IN_WORDS.get(error.errno, error.strerror)
        return ": ".join(str(part) for part in (error.filename, error.filename2, words) if part is not None)
    if isinstance(error, MemoryError):
        return f"the memory is too small for this{f': {error}' if error.args else ''}"
    return str(error) or type(error).__name__


def accept_every_character():
    """Let stdout and stderr write any text: what their encoding lacks is spelled in ASCII ("−" as "-", "ä" as "\\xe4").

    The encoding stays as it is. Where Windows writes into a file or a pipe it lacks "−", and with LANG=C there is only
    ASCII; file names may hold bytes that are no text at all.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="pconv_edu.spell")


def _spell(error):
    """The handler that `accept_every_character` installs: see `codecs.register_error`."""
    text = error.object[error.start : error.end]
    return "".join(SPELLINGS.get(one) or one.encode("ascii", "backslashreplace").decode() for one in text), error.end


codecs.register_error("pconv_edu.spell", _spell)


def _what_to_install(error):
    """What a ModuleNotFoundError says to people: its own words, or which extra of the package brings the module."""
    name = (error.name or "").partition(".")[0]
    if not name or not str(error).startswith(("No module named", "import of")):  # Python's own words
        return str(error)
    extra = {"torch": "nn", "safetensors": "nn", "pytest": "test", "nbclient": "test"}.get(name, "lab")
    needs = {"nn": "networks", "test": "tests", "lab": "lessons"}[extra]
    return f'{name} is not installed; the {needs} need: pip install -e ".[{extra}]"'


def _is_closed(error):
    """Whether an error says that the reader of a pipe has gone; Windows calls that an invalid argument."""
    return isinstance(error, BrokenPipeError) or (
        os.name == "nt" and getattr(error, "errno", None) == errno.EINVAL and error.filename is None
    )


def _flush():
    """Write what waits to be written; return the error if that fails, after which nothing more is written."""
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
