"""Implement ``pconv-edu weights``, which lists the shipped networks, shows a model card, or adds a network."""

import argparse
from typing import Any

SUMMARY = "list the networks that ship with the course, or add one from a finished run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to `parser`."""
    parser.add_argument("name", nargs="?", help="network whose complete card is shown")
    parser.add_argument("--pack", metavar="RUN", help="folder of a finished run; add its network under this name")
    parser.add_argument("--replace", action="store_true", help="with --pack, replace the network of that name")


def run(options: argparse.Namespace) -> None:
    """Add a network if --pack is given. Then print the model card of the named network, or a table of all networks."""
    import json

    from pconv_edu.nn.packing import pack
    from pconv_edu.nn.weights import cards

    if options.replace and not options.pack:
        raise argparse.ArgumentError(None, "--replace goes with --pack")
    if options.pack is not None:
        if not options.name:
            raise argparse.ArgumentError(None, "--pack needs a name")
        pack(options.pack, options.name, replace=options.replace)
    known = cards()
    if not options.name:
        print(_table(known))
    elif options.name in known:
        print(json.dumps({options.name: known[options.name]}, indent=1))
    else:
        raise argparse.ArgumentError(None, f"{options.name}: no such weights; there are {', '.join(known)}")


def _table(cards: dict[str, Any]) -> str:
    """Return a table with the size, description and training of each network, and a last line with the total size."""
    from pconv_edu.nn.weights import recipe_of

    lines = []
    for name, card in cards.items():
        trained = f"{recipe_of(card).steps} steps, {card['hours']} h on {card['device']}" if "recipe" in card else ""
        lines.append(f"{name:15} {card['bytes'] / 1e6:5.2f} MB  {card['about']}{'; ' if trained else ''}{trained}")
    lines.append(f"{'together':15} {sum(card['bytes'] for card in cards.values()) / 1e6:5.2f} MB")
    return "\n".join(lines)
