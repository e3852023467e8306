"""Convert and check command-line arguments.

The functions in this module are passed to argparse as ``type``. Each error message is one sentence.
"""

import argparse


def folder(text: str) -> str:
    """Return the name of a folder unchanged.

    Raise ArgumentTypeError if the name is empty. An empty name usually comes from a shell variable that is not set,
    and without this check, it would mean the current folder.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return text


def count(text: str) -> int:
    """Convert text to a whole number of at least 1. Raise ArgumentTypeError if the text is not such a number."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 up")
    return int(text)


def brightness(text: str) -> float:
    """Convert text to a number above 0 and below 1. Raise ArgumentTypeError if the text is not such a number."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number between 0 and 1, such as 0.5; 255 is 1")
    return value
