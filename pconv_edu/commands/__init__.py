"""Define the commands of ``pconv-edu``, one module for each.

``figures``   draws the figures of the course
``inpaint``   fills photos
``lab``       copies the lessons and opens JupyterLab
``train``     trains a network
``evaluate``  runs the hole-ratio experiment
``weights``   lists the networks that ship with the course, and adds new ones

``argument_types``  checks arguments for argparse

To add a command, write a module that follows the protocol `Command`, and add the module to `COMMANDS`.
"""

import argparse
from typing import Protocol

from . import evaluate, figures, inpaint, lab, train, weights


class Command(Protocol):
    """List the names that a command module must define.

    A module imports slow libraries, such as torch, inside these functions. Otherwise every command would start slowly.
    """

    SUMMARY: str
    """The line in the help that says what the command does."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments of the command to its parser, and add its notes to the help.

        If a command accepts options that the parser does not know, it sets the default ``unknown=[]``. The list of
        these options then replaces the default.
        """

    def run(self, options: argparse.Namespace) -> None:
        """Run the command with the options that its parser returned.

        Raise argparse.ArgumentError if options contradict each other. The program then shows the usage.
        """


COMMANDS: dict[str, Command] = {
    "figures": figures,
    "inpaint": inpaint,
    "lab": lab,
    "train": train,
    "evaluate": evaluate,
    "weights": weights,
}
