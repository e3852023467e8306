"""Implement ``pconv-edu train``, which trains a network with one of the recipes or resumes a run."""

import argparse

SUMMARY = "train a network, or resume a run that was stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to `parser`, and add the list of recipes to the help text."""
    from pconv_edu.nn.recipes import RECIPES
    from pconv_edu.nn.training import PRECISIONS

    recipes = "\n".join(f"  {name:15}{recipe.about}" for name, recipe in RECIPES.items())
    parser.epilog = (
        f"On several GPUs or machines: torchrun --nproc-per-node N -m pconv_edu train …\n\nrecipes:\n{recipes}"
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--recipe", choices=RECIPES, required=True, help="see below")
    parser.add_argument("--out", help="folder of the run (default: runs/my-RECIPE); an existing run is resumed")
    parser.add_argument(
        "--data",
        help="folder of images, with subfolders (default: the bundled photos); give it again to resume the run",
    )
    parser.add_argument(
        "--start",
        help="weights to begin with: a file, such as weights.safetensors of a run, or the name of a network that ships "
        "with the course (default, for recipes that continue l1: runs/my-l1/weights.safetensors if it exists, "
        "otherwise the shipped l1)",
    )
    parser.add_argument("--device", default="auto", help="cuda, cuda:1, mps or cpu (default: the best one available)")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="bfloat16 or float32 (default: auto)")
    parser.add_argument("--no-compile", action="store_true", help="do not use torch.compile on CUDA; this is slower")
    parser.add_argument("--laptop", action="store_true", help="use the short schedule for two CPU cores")
    _add_changes(parser)


def _add_changes(parser: argparse.ArgumentParser) -> None:
    """Add an option for each numeric setting of a recipe that can be changed on the command line."""
    from pconv_edu.nn.command import CHANGES

    more = {"rate": "; the rate of the second stage changes in proportion", "batch": "; the pictures in a step"}
    for name, default in CHANGES.items():
        text = f"use this value instead of the recipe's (usually {default}){more.get(name, '')}"
        parser.add_argument(f"--{name}", type=type(default), help=text)


def run(options: argparse.Namespace) -> None:
    """Train a network, or resume a run.

    A run must not have the same name as a method. Otherwise, the network of the run could not be compared with that
    method.
    """
    from pconv_edu.inpainters.methods import METHODS
    from pconv_edu.nn.command import train_command

    train_command(options, taken={"pconv", *METHODS})
