"""Run the commands of ``pconv-edu``. To see the options of a command, run ``pconv-edu COMMAND --help``.

``python -m pconv_edu`` does the same as ``pconv-edu``. Each command is defined in a module of `pconv_edu.commands`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pconv_edu import console
from pconv_edu.commands import COMMANDS

PROGRAM = "pconv-edu" if Path(sys.argv[0]).stem == "pconv-edu" else "python -m pconv_edu"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command.

    arguments : the name of a command and its arguments; by default, the command-line arguments of the process

    Raises SystemExit if the command fails, if the arguments are wrong (exit code 2), or after printing the help.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    typed = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    with console.ending(f"{PROGRAM} {typed}".rstrip()):
        run(arguments, typed)


def run(arguments: Sequence[str], typed: str) -> None:
    """Parse the arguments and run a command.

    typed : the name of the command, or "" if the first argument is not the name of a command. In that case, argparse
        prints the help or an error message and exits.
    """
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Image inpainting with partial convolutions.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True, prog=PROGRAM)
    for name, command in COMMANDS.items():
        added = commands.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        if name == typed:  # only for this command, because the arguments of some commands need slow imports
            command.add_arguments(added)
    options, unknown = parser.parse_known_args(arguments)
    if vars(options).pop("command") != typed:
        parser.error("the command comes first")
    if "unknown" in options:
        options.unknown = unknown
    elif unknown:
        commands.choices[typed].error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        COMMANDS[typed].run(options)
    except argparse.ArgumentError as error:
        commands.choices[typed].error(str(error))


if __name__ == "__main__":
    main()
