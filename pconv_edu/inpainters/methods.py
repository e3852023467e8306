"""Define the table of all methods. To add a method, add one entry to `TABLE`.

`inpaint` looks up its methods in this table, the command line lists them, the experiments measure and group them, and
the plots draw each method in its colour.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import diffusion, exemplar, guided, patchmatch

CARDS = Path(__file__).parents[1] / "nn" / "weights" / "cards.json"  # read here: importing torch takes seconds
CARD_FIELDS = {"about": str, "recipe": dict, "file": str, "bytes": int, "sha256": str}  # what a usable card contains
BEST = "large"  # the network that "pconv" stands for
DEFAULT = "guided"  # the method of `inpaint`, the command line and the studio, unless another is named

# The kinds of methods, in the order in which plots draw them: the last one is on top.
KINDS = DIFFUSION, PATCHES, RIVAL, PLAIN_NETWORK, PARTIAL_NETWORK, GUIDED = (
    "diffusion",
    "patches",
    "network with a critic",
    "plain network",
    "partial network",
    "guided patches",
)


@dataclass(frozen=True)
class Method:
    """Describe a method that fills a hole.

    Attributes
    ----------
    about : what the method does and where it comes from, in one line
    kind : one of `DIFFUSION` (carries colours from the edge inwards), `PATCHES` (copies pieces of the picture),
        `RIVAL` (a network that was trained on rectangles, with a critic), `PLAIN_NETWORK` (a trained network with
        ordinary convolutions), `PARTIAL_NETWORK` (a trained network with partial convolutions) or `GUIDED` (copies
        pieces that resemble the fill of a network)
    color : hex code of the colour that represents the method in plots
    fill : function that fills the hole. The function takes an image (H, W, 3), float32 in [0, 1], a mask (H, W), bool,
        True = valid, and the options. It returns an image (H, W, 3). For a network, this attribute is None, because the
        network is loaded by its name.
    """

    about: str
    kind: str
    color: str
    fill: Callable[..., np.ndarray] | None = None

    @property
    def trained(self) -> bool:
        """Return True if the method is a trained network."""
        return self.kind in (RIVAL, PLAIN_NETWORK, PARTIAL_NETWORK)


def read_cards() -> tuple[dict[str, str], str | None]:
    """Return the networks whose model cards are complete, and a description of any damage to the file of model cards.

    Returns
    -------
    networks : dict from the name of each network to a one-line description
    damage : the reason why the file cannot be read, or None. Methods that use no network work without this file.
    """
    try:
        cards = json.loads(CARDS.read_text(encoding="utf-8"))
        if not isinstance(cards, dict):
            raise ValueError(f"it is a {type(cards).__name__}, not an object with one card per network")
    except (OSError, ValueError, RecursionError) as error:
        return {}, f"{CARDS} cannot be read ({error})"
    complete = {
        name: card["about"]
        for name, card in cards.items()
        if isinstance(card, dict) and all(isinstance(card.get(field), kind) for field, kind in CARD_FIELDS.items())
    }
    return complete, None


SHIPPED, DAMAGE = read_cards()


def _network(name: str, kind: str, color: str, plainly: str | None = None) -> Method:
    """Return a network as a method, described by its card or, for readers who know no losses yet, `plainly`."""
    about = (plainly or SHIPPED[name]) if name in SHIPPED else "it cannot be used, its card is missing"
    return Method(f"network: {about} (trained in this course)", kind, color)


TABLE = {  # greys and brown for diffusion, greens for patches, orange and pink for rivals, blue to red for the others
    "mean": Method("the mean colour of the valid pixels", DIFFUSION, "#B0B0B0", diffusion.mean),
    "telea": Method(
        "weighted means, from the edge inwards (Telea 2004, OpenCV)", DIFFUSION, "#8C6D5A", diffusion.telea
    ),
    "navier-stokes": Method(
        "contours continue the way a fluid flows (Bertalmio et al. 2001, OpenCV)",
        DIFFUSION,
        "#4D4D4D",
        diffusion.navier_stokes,
    ),
    "biharmonic": Method(
        "the smoothest surface through the edge (Damelin & Hoang 2018, scikit-image)",
        DIFFUSION,
        "#C79A00",
        diffusion.biharmonic,
    ),
    "patchmatch": Method(
        "patches that match the edge and each other (PatchMatch, Barnes et al. 2009)",
        PATCHES,
        "#2E8B57",
        patchmatch.patchmatch,
    ),
    "exemplar": Method(
        "copies patch by patch, edges first (Criminisi et al. 2004)", PATCHES, "#8FB339", exemplar.exemplar
    ),
    "guided": Method(
        "patches that match the edge and a network's fill (this course, with PatchMatch)",
        GUIDED,
        "#00796B",
        guided.guided,
    ),
    "large": _network("large", PARTIAL_NETWORK, "#0D2C6C", "like course, with more weights and photos"),
    "l1": _network("l1", PARTIAL_NETWORK, "#1565C0", "partial convolutions, learning from pixel errors only"),
    "course": _network("course", PARTIAL_NETWORK, "#D62728", "l1, then learning from textures too"),
    "conv-grey": _network("conv-grey", PLAIN_NETWORK, "#B39DDB"),
    "conv-mean": _network("conv-mean", PLAIN_NETWORK, "#7E57C2"),
    "glcic": _network("glcic", RIVAL, "#F57C00"),
    "attention": _network("attention", RIVAL, "#EC407A"),
}
NETWORKS = [name for name, method in TABLE.items() if method.trained]
METHODS = {name: method.about for name, method in TABLE.items()}
VARIANTS = {name: about for name, about in SHIPPED.items() if name not in TABLE}  # networks for one experiment each
