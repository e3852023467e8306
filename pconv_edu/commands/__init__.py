"""Define the commands of ``pconv-edu``, each in a module of its own.

``figures``   draws the figures of the course
``inpaint``   fills photos
``lab``       copies the lessons and opens JupyterLab
``train``     trains a network
``evaluate``  runs the hole-ratio experiment
``weights``   lists the networks that ship with the course, and adds new networks

The module ``argument_types`` contains functions with which argparse checks arguments.

To add a command, write a module that follows the protocol `Command`, and add the module to `COMMANDS`.
"""

import argparse
from typing import Protocol

from . import evaluate, figures, inpaint, lab, train, weights


class Command(Protocol):
    """List the names that a command module must define.

    Command modules import slow libraries, such as torch, only inside these functions. Otherwise, every command would
    start slowly.
    """

    SUMMARY: str
    """A one-line description of the command, which is shown in the help."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments of the command to `parser`, and add notes about the command to the help text.

        A command that accepts options unknown to the parser must call ``parser.set_defaults(unknown=[])``. The list of
        the unknown options then replaces this default.
        """

    def run(self, options: argparse.Namespace) -> None:
        """Run the command with the options that its parser returned.

        Raise argparse.ArgumentError if the options contradict each other. The program then prints the usage of the
        command and the error message.
        """


COMMANDS: dict[str, Command] = {
    "figures": figures,
    "inpaint": inpaint,
    "lab": lab,
    "train": train,
    "evaluate": evaluate,
    "weights": weights,
}
