"""Methods of `inpaint` and their options, good and bad."""

import numpy as np

from pconv_edu import inpaint
from pconv_edu.inpainters.methods import NETWORKS as NETWORK_NAMES

from .given import Given, chance, pick

QUICK = ("mean", "telea", "navier-stokes", "biharmonic")
NETWORKS = ("pconv", *NETWORK_NAMES, *inpaint.VARIANTS)
SLOW = ("patchmatch", "exemplar", "guided", *NETWORKS)
ODD_METHODS = (None, 3, "", "TELEA", "telea ", "magic", b"telea", ["telea"], ("mean",), {}, np.zeros(3), len, 0.5)

GOOD = {
    "radius": (1, 3.0, 0.1, np.float32(7), np.uint8(2), 100),
    "seed": (0, 1, np.int64(5), 2**70),
    "patch_size": (3, 5, np.int32(9), 31, 10**9 + 1),
    "votes": (1, 2, np.uint8(3)),
    "iterations": (1, 2, np.int64(3)),
    "search_radius": (1, 8, np.uint8(250), 2**62, 10**20),
    "progress": (False, np.False_),
    "device": ("cpu", "auto"),
    "guide": ("pconv", "l1", "conv-mean", np.str_("large")),
    "share": (0, 1, 0.3, np.float32(2), 10),
    "blend": (None, "poisson", np.str_("poisson")),
}
NO_NUMBERS = (None, "3", b"3", True, 1j, [3], np.ones(2), float("nan"), float("inf"), -1, 0.25j, {}, object(), "")
BAD = {
    "radius": (*NO_NUMBERS, 0, -0.0, 1e9, 10**400, float("-inf")),
    "seed": (*NO_NUMBERS, 1.0, -(2**70)),
    "patch_size": (*NO_NUMBERS, 0, 1, 4, 7.0, -3),
    "votes": (*NO_NUMBERS, 0, 2.0, 10**9),
    "iterations": (*NO_NUMBERS, 0, 2.0, 10**30),
    "search_radius": (*NO_NUMBERS, 0, 2.5),
    "progress": (None, "yes", 1, 0, 2, [], np.array([True])),
    "guide": (None, 3, "", "telea", "L1", ["l1"], b"l1", np.zeros(2)),
    "share": (*NO_NUMBERS, 10.5, -(2**70), 10**400),
    "blend": ("", "Poisson", b"poisson", True, False, 0, 1, ["poisson"], np.zeros(2), float("nan")),
    "device": (None, "", "gpu", "cuda:99", "meta", 0, -1, True, [], b"cpu", "CPU", "hpu", "mkldnn:0"),
}
OF_METHOD = {
    "telea": ("radius",),
    "navier-stokes": ("radius",),
    "patchmatch": ("seed", "patch_size", "votes", "iterations", "progress"),
    "exemplar": ("patch_size", "search_radius", "progress"),
    "guided": ("guide", "share", "seed", "patch_size", "votes", "iterations", "progress", "device"),
} | dict.fromkeys(NETWORKS, ("device",))
UNKNOWN = ("name", "network", "speed", "Radius", "fill", "self", "args", "kwargs", "options", "x y", "channel_axis")


def draw_method(rng, odd=False):
    if odd:
        value = pick(rng, ODD_METHODS)
        return Given(value, repr(value), False)
    value = pick(rng, QUICK if chance(rng, 0.75) else SLOW)
    return Given(pick(rng, (value, value, np.str_(value))), repr(value))


def draw_options(rng, method, odd=False):
    """{name: Given} of options for a method, which is a name or something else."""
    known = (*OF_METHOD.get(str(method), ()), "blend")
    if odd and known and chance(rng, 0.6):
        name = pick(rng, known)
        value = pick(rng, BAD[name])
        return {name: Given(value, repr(value), False)}
    if odd:
        name = pick(rng, [name for name in (*UNKNOWN, *GOOD) if name not in known])
        value = pick(rng, GOOD.get(name, ("course", 3, None)))
        return {name: Given(value, repr(value), False)}
    chosen = [name for name in known if chance(rng, 0.4)]
    values = {name: pick(rng, GOOD[name]) for name in chosen}
    return {name: Given(value, repr(value)) for name, value in values.items()}
