"""Cases, photos and masks that the tests of the harness share."""

import numpy as np
import pytest
import torch

from pconv_edu.core import load_photo, write_image
from pconv_edu.experiments import evaluate as experiment
from pconv_edu.experiments.evaluate import cases as cases_module

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def cases():
    return experiment.course_cases()


@pytest.fixture
def few(cases, monkeypatch):
    """Three cases, cut to a quarter of the picture: quick enough to run often."""
    chosen = [case for case in cases if case.holes == "N"][:40:15]
    chosen = [case._replace(image=case.image[64:192, 64:192], mask=case.mask[64:192, 64:192]) for case in chosen]
    monkeypatch.setattr(cases_module, "course_cases", lambda quick=False: chosen)
    return chosen


@pytest.fixture
def own(tmp_path):
    photos, holes = tmp_path / "photos", tmp_path / "holes"
    for folder in (photos / "inner", holes):
        folder.mkdir(parents=True)
    write_image(photos / "wide.png", load_photo("gc-animal-koala", (120, 200)))
    write_image(photos / "inner" / "large.jpg", load_photo("gc-animal-hedgehog", 300))
    (photos / "broken.jpg").write_bytes(b"no image")
    for name, (start, side) in {"n": (0, 220), "b": (100, 200), "tiny": (60, 20)}.items():
        hole = np.zeros((400, 400), np.float32)
        hole[start : start + side, start : start + side] = 1
        write_image(holes / f"{name}.png", hole)
    return photos, holes
