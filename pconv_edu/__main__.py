"""The command line: ``python -m pconv_edu COMMAND --help``."""

import argparse
import sys


def figures(arguments):
    """rebuild every figure of the article, with its caption"""
    parser = argparse.ArgumentParser(prog="python -m pconv_edu figures", description=figures.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures to build (default: all)")
    parser.add_argument("--out", default="figures", help="folder to write to (default: figures)")
    from pconv_edu.lessons.figures import build

    options = parser.parse_args(arguments)
    for path in build(options.out, options.names):
        print(path)


def lab(arguments):
    """copy the lessons to my_course/ (nothing is overwritten) and open JupyterLab there"""
    parser = argparse.ArgumentParser(
        prog="python -m pconv_edu lab",
        description=lab.__doc__,
        epilog="Further options go to JupyterLab, for instance --no-browser or --port=8890.",
    )
    parser.add_argument("--only-copy", action="store_true", help="copy, and open nothing")
    from pconv_edu.lessons.my_course import copy_lessons, open_lab

    options, jupyter_options = parser.parse_known_args(arguments)
    folder = copy_lessons()
    if not options.only_copy:
        open_lab(folder, jupyter_options)


COMMANDS = {command.__name__: command for command in (figures, lab)}


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="python -m pconv_edu",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:10}{command.__doc__}" for name, command in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, help="see below")
    options = parser.parse_args(arguments[:1])
    try:
        COMMANDS[options.command](arguments[1:])
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("pconv_edu"):
            raise
        sys.exit(f"{error.name} is not installed; the lessons need: pip install -e '.[lab]'")
    except (ValueError, OSError) as error:
        sys.exit(f"python -m pconv_edu {options.command}: {error}")


if __name__ == "__main__":
    main()
