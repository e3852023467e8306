"""What is no path is refused by the name of the argument: Python's own message differs from version to version."""

import numpy as np
import pytest

from pconv_edu.core import read_hole_image, read_image, write_image
from pconv_edu.core.arguments import as_path
from pconv_edu.core.atomic import check_writable, write_atomically
from pconv_edu.core.image_files import read_color_profile
from pconv_edu.experiments.blind_study import load_votes
from pconv_edu.inpainters.files import inpaint_file, inpaint_folder
from pconv_edu.inpainters.record import read_record, record_path
from pconv_edu.nn.photo_folder import find_images
from pconv_edu.nn.recipes import RECIPES
from pconv_edu.nn.state_file import read_weights
from pconv_edu.nn.training import train

FUNCTIONS = {
    "read_image": (read_image, "path"),
    "read_hole_image": (read_hole_image, "path"),
    "read_color_profile": (read_color_profile, "path"),
    "write_image": (lambda value: write_image(value, np.zeros((2, 2, 3), np.float32)), "path"),
    "write_atomically": (lambda value: write_atomically(value, b""), "path"),
    "check_writable": (check_writable, "path"),
    "inpaint_file, photo": (lambda value: inpaint_file(value, "b.png", "c.png", "mean"), "photo"),
    "inpaint_file, mask": (lambda value: inpaint_file("a.png", value, "c.png", "mean"), "mask"),
    "inpaint_file, out": (lambda value: inpaint_file("a.png", "b.png", value, "mean"), "out"),
    "inpaint_folder, photos": (lambda value: inpaint_folder(value, "b", "c", "mean"), "photos"),
    "inpaint_folder, masks": (lambda value: inpaint_folder("a", value, "c", "mean"), "masks"),
    "inpaint_folder, out": (lambda value: inpaint_folder("a", "b", value, "mean"), "out"),
    "record_path": (record_path, "out"),
    "read_record": (read_record, "path"),
    "load_votes": (load_votes, "path"),
    "find_images": (find_images, "folder"),
    "read_weights": (read_weights, "path"),
    "train": (lambda value: train(RECIPES["l1"], value), "folder"),
}


@pytest.mark.parametrize("value", [None, 3, b"a.png", ["a.png"]], ids=repr)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_no_path_is_named(name, value):
    function, argument = FUNCTIONS[name]
    with pytest.raises(TypeError) as refused:
        function(value)
    assert str(refused.value) == f"{argument} is {value!r}; give a path, as a str or a PathLike"


def test_a_path_stays_what_it_is(tmp_path):
    assert as_path(tmp_path, "a") == as_path(str(tmp_path), "a") == tmp_path
