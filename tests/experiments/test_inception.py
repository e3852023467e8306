"""The Inception Score by hand, and its stored class probabilities."""

import numpy as np
import pytest

from pconv_edu.core import load_photo, photo_names
from pconv_edu.experiments import inception


def test_by_hand():
    assert inception.inception_score(np.eye(7)) == pytest.approx(7)
    assert inception.inception_score(np.full((3, 7), 1 / 7)) == pytest.approx(1)
    two = np.array([[0.75, 0.25], [0.25, 0.75]])  # both divergences from (1/2, 1/2) are 0.75·ln 1.5 + 0.25·ln 0.5
    assert inception.inception_score(two) == pytest.approx(np.exp(0.75 * np.log(1.5) + 0.25 * np.log(0.5)))


def test_stored_probabilities_come_back():
    stored = inception.load()
    assert set(stored) == {"all photos", "test photos", *inception.METHODS}
    assert all(p.shape == ((151 if name == "all photos" else 30), 1000) for name, p in stored.items())
    assert all(np.allclose(p.sum(1), 1, atol=0.01) for p in stored.values())
    names = photo_names("test")[:2]
    found = inception.class_probabilities([load_photo(name, 256) for name in names])
    assert np.abs(found - stored["test photos"][:2]).max() < 0.01
    rows = [photo_names().index(name) for name in names]
    assert np.array_equal(stored["all photos"][rows], stored["test photos"][:2])
