"""The commands of ``pconv-edu``, one module each.

``figures``   draws the figures of the article
``inpaint``   fills photos
``lab``       copies the lessons and opens JupyterLab
``train``     trains a network
``evaluate``  runs the hole-ratio experiment
``weights``   lists the networks that ship, and adds new ones

``argument_types``  checks arguments for argparse

To add a command, write a module that is a `Command` and add it to `COMMANDS`.
"""

import argparse
from typing import Protocol

from . import evaluate, figures, inpaint, lab, train, weights


class Command(Protocol):
    """What a module of this folder contains.

    A module imports slow libraries, such as torch, inside these functions. Otherwise every command would start slowly.
    """

    SUMMARY: str
    """What the command does, in one line, for the help."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments of the command to its parser, and its notes to the help.

        A command that accepts options which the parser does not know sets the default ``unknown=[]``. Their list then
        replaces the default.
        """

    def run(self, options: argparse.Namespace) -> None:
        """Run the command with the options that its parser returned.

        Raises argparse.ArgumentError if options contradict each other: the program then shows the usage.
        """


COMMANDS: dict[str, Command] = {
    "figures": figures,
    "inpaint": inpaint,
    "lab": lab,
    "train": train,
    "evaluate": evaluate,
    "weights": weights,
}
