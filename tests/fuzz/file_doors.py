"""Calls of the public functions that read and write image files, and what must be left on the disk.

Each works in a folder of its own. Whatever happens, no input file may change and no unfinished file may stay.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from pconv_edu import core
from pconv_edu.inpainters.files import inpaint_file, inpaint_folder

from .arrays import draw_image, draw_shape, snapshot
from .doors import door
from .files import NO_PATHS, PROFILES, draw_file, draw_hole_file, read_all
from .given import Call, Given, chance, pick, pick_odd
from .judge import INTERNAL
from .options import draw_method, draw_options

NO_ALPHA = (".jpg", ".jpeg", ".bmp")  # formats without transparency, or with one that few programs read
ODD_OUTS = ("new.gif", "new", "new.png.xyz", ".png", "nowhere/new.png", "", "new.jp2")


@door(10, files=True)
def call_read_image(rng, folder):
    odd = pick_odd(rng, ("mode", "mode", "damage", "damage", "path"))
    path = draw_file(rng, folder, odd=odd)
    alpha = pick(rng, (False, True))

    def verify(image):
        assert image.dtype == np.float32 and image.ndim == 3 and image.size, f"{image.dtype} {image.shape}"
        assert image.shape[2] == 3 or (alpha and image.shape[2] == 4), f"{image.shape} with alpha={alpha}"
        assert image.min() >= 0 and image.max() <= 1, f"the pixels run from {image.min()} to {image.max()}"

    arguments = {"path": path, "alpha": Given(alpha, repr(alpha))}
    return Call("read_image", core.read_image, arguments, verify, _names(path), _nothing_changes(folder), ("path",))


@door(8, files=True)
def call_read_hole_image(rng, folder):
    odd = pick_odd(rng, ("mode", "damage", "path", "threshold"))
    path = draw_hole_file(rng, folder, draw_shape(rng), odd & {"mode", "damage", "path"})
    threshold = _threshold(rng, "threshold" in odd)

    def verify(mask):
        assert mask.dtype == bool and mask.ndim == 2 and mask.size, f"{mask.dtype} {mask.shape}"

    names = (*_names(path), "threshold")
    arguments = {"path": path, "threshold": threshold}
    return Call("read_hole_image", core.read_hole_image, arguments, verify, names, _nothing_changes(folder), ("path",))


@door(8, files=True)
def call_write_image(rng, folder):
    odd = pick_odd(rng, ("dtype", "values", "shape", "path", "profile"))
    shape = draw_shape(rng)
    image = draw_image(rng, shape, np.ones(shape, bool), odd)
    if getattr(image.value, "dtype", None) == np.uint16:
        image.good = None  # files may have 16 bits
    path = _out(rng, folder, "path" in odd)
    arguments = {"path": path, "image": image}
    profile = None
    if "profile" in odd:
        profile = pick(rng, (b"", rng.bytes(50), "sRGB", 3, [], *PROFILES.values()))
        arguments["color_profile"] = Given(profile, repr(profile)[:40], None)
    ending = Path(path.value).suffix.lower() if isinstance(path.value, str | Path) else ""
    if image.good and np.shape(image.value)[2:] == (4,) and ending in NO_ALPHA:
        path.good = False if ending != ".bmp" else None
    before = read_all(folder)

    def verify(_):
        after = read_all(folder)
        written = Path(path.value)
        assert set(after) == {*before, written}, f"files in the folder: {[file.name for file in after]}"
        with Image.open(written) as found:
            assert found.size[::-1] == np.shape(image.value)[:2], f"{found.size} was written"
        for old in set(before) - {written}:
            assert before[old] == after[old], f"{old.name} has changed"

    names, stays = ("image", *_names(path), "color_profile"), snapshot(image.value)
    return Call(
        "write_image", core.write_image, arguments, verify, names, stays, ("path", "image"), _nothing_changes(folder)
    )


@door(12, files=True)
def call_inpaint_file(rng, folder):
    odd = pick_odd(rng, ("photo", "mask", "out", "method", "option", "threshold", "size"))
    kinds = ("mode", "damage", "path")
    shape = draw_shape(rng, 16)
    photo = draw_file(rng, _subfolder(folder, "photos"), shape, {pick(rng, kinds)} if "photo" in odd else ())
    mask_shape = (shape[0] + 1, shape[1]) if "size" in odd else shape
    mask = draw_hole_file(rng, _subfolder(folder, "masks"), mask_shape, {pick(rng, kinds)} if "mask" in odd else ())
    if "size" in odd:
        mask.good = None  # a photo may be of another size too
    if photo.good is None or mask.good is None:
        photo.good = photo.good and None
    out = _out(rng, _subfolder(folder, "out"), "out" in odd)
    if chance(rng, 0.05):
        out = Given(pick(rng, (photo.value, mask.value)), "<one of the inputs>", False)
    method = draw_method(rng, "method" in odd)
    options = draw_options(rng, method.value, "option" in odd)
    arguments = {"photo": photo, "mask": mask, "out": out, "method": method}
    if chance(rng, 0.2) or "threshold" in odd:
        arguments["threshold"] = _threshold(rng, "threshold" in odd)
    if str(out.value).lower().endswith(NO_ALPHA) and out.good:
        out.good = None  # the photo may be transparent

    def verify(_):
        written = Path(out.value)
        assert written.is_file(), "nothing was written"
        filled, image = core.read_image(written, alpha=True), core.read_image(photo.value, alpha=True)
        assert filled.shape == image.shape, f"{filled.shape} was written for {image.shape}"
        if written.suffix.lower() not in (".jpg", ".jpeg"):
            valid = core.read_hole_image(mask.value, getattr(arguments.get("threshold"), "value", None))
            assert abs(filled - image)[valid].max(initial=0) < 0.5 / 255, "valid pixels have changed"

    names = (*_names(photo), *_names(mask), *_names(out), "method", "threshold", *options)
    return Call(
        "inpaint_file",
        inpaint_file,
        arguments | options,
        verify,
        names,
        _inputs_stay(folder, ("photos", "masks")),
        ("photo", "mask", "out", "method"),
        _nothing_changes(folder),
    )


@door(3, files=True)
def call_inpaint_folder(rng, folder):
    odd = pick_odd(rng, ("photos", "masks", "out", "method", "file", "file", "threshold"))
    photos, masks = _subfolder(folder, "photos"), _subfolder(folder, "masks")
    for _ in range(int(rng.integers(0, 4))):
        photo = draw_file(rng, photos, draw_shape(rng, 10), {pick(rng, ("mode", "damage"))} if "file" in odd else ())
        if chance(rng, 0.9):
            with Image.new("1", (3, 3)) as image:
                image.save(masks / f"{Path(photo.value).stem}.png")
    given = {"photos": photos, "masks": masks, "out": Path(folder) / "out"}
    for name in odd & set(given):
        given[name] = pick(rng, (None, 3, Path(folder) / "nowhere", photos, str(photos), Path(folder) / "a.png"))
    method = draw_method(rng, "method" in odd)
    arguments = {name: Given(value, repr(value), None) for name, value in given.items()} | {"method": method}
    arguments["method"].good = None  # each photo may be refused by itself
    if "threshold" in odd:
        arguments["threshold"] = _threshold(rng, True)
        arguments["threshold"].good = None

    def verify(result):
        said = str(result)  # how many were filled, and why others were not
        assert said and not INTERNAL.search(said), f"it speaks of the inside: {said}"

    names = (str(folder), "photos", "masks", "out", "method", "threshold", "PathLike", "is a folder")
    return Call(
        "inpaint_folder",
        inpaint_folder,
        arguments,
        verify,
        names,
        _inputs_stay(folder, ("photos", "masks")),
        positional=("photos", "masks", "out", "method"),
    )


def _subfolder(folder, name):
    path = Path(folder) / name
    path.mkdir()
    return path


def _threshold(rng, odd):
    odd_values = (0, 1, -1, 2, "0.5", [0.5], float("nan"), True, 1j, np.zeros(2))
    value = pick(rng, odd_values if odd else (None, 0.5, 0.1, np.float32(0.9)))
    return Given(value, repr(value), not odd)


def _out(rng, folder, odd):
    """A path to write to, now and then over a file that is there."""
    if odd:
        value = pick(rng, (*ODD_OUTS, *NO_PATHS))
        if isinstance(value, str):
            value = Path(folder) / value if value else value
        return Given(value, repr(value), False)
    path = Path(folder) / f"new{pick(rng, ('.png', '.png', '.jpg', '.webp', '.bmp', '.tif', '.PNG', '.jpeg', '.tiff'))}"
    if chance(rng, 0.3):
        path.write_bytes(b"what was there before")
    return Given(pick(rng, (path, str(path))), f"<{path.name}>")


def _names(path):
    """How a refusal may name that path: by its own name or as it is written."""
    if not isinstance(path.value, str | Path):
        return repr(path.value), "PathLike"
    name = Path(path.value).name[:40]
    return (name or "is a folder", name.replace("\0", "\\x00"), "path")


def _nothing_changes(folder):
    before = read_all(folder)

    def check():
        assert read_all(folder) == before, "files in the folder have changed"

    return check


def _inputs_stay(folder, names):
    """The files in the subfolders of these names are as they were, and no unfinished file is left anywhere."""
    checks = [_nothing_changes(Path(folder) / name) for name in names]

    def check():
        for nothing_changes in checks:
            nothing_changes()
        assert not list(Path(folder).rglob("*.part")), "an unfinished file is left in the folder"

    return check
