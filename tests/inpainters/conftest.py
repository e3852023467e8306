"""Fixtures for the tests of filling files."""

import numpy as np
import pytest

from pconv_edu.core import write_image

from .one_photo import HOLE, PHOTO, PROFILE


@pytest.fixture
def files(tmp_path):
    """A folder with photo.png and mask.png, white = hole."""
    write_image(tmp_path / "photo.png", PHOTO, color_profile=PROFILE)
    write_image(tmp_path / "mask.png", HOLE.astype(np.float32))
    return tmp_path


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """An empty folder to work in, with the folders in and masks."""
    monkeypatch.chdir(tmp_path)
    for name in ("in", "masks"):
        (tmp_path / name).mkdir()
    return tmp_path
