"""A stored fill is shown for its own case only, and the known pixels come from the photo."""

import numpy as np
import pytest

from pconv_edu.experiments import evaluate, stored_fills


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    mask = np.ones((32, 32), bool)
    mask[8:20, 10:24] = False
    return evaluate.Case("N", "0.1–0.2", "a photo", rng.random((32, 32, 3), np.float32), mask)


def test_a_fill_comes_back_and_known_pixels_are_those_of_the_photo(case, tmp_path, monkeypatch):
    paths = stored_fills.store([case], "telea", tmp_path)
    assert paths == [stored_fills.path_of(case, "telea", tmp_path)] and paths[0].is_file()
    expected = evaluate.fill(case, "telea")
    monkeypatch.setattr(evaluate, "fill", lambda *_: pytest.fail("the stored fill was not used"))
    monkeypatch.setattr(evaluate, "SHIPPED", set())
    filled = stored_fills.fill(case, "telea", tmp_path)
    assert np.array_equal(filled[case.mask], case.image[case.mask])
    assert abs(filled - expected)[~case.mask].max() <= 0.5 / 255 + 1e-6


def test_a_fill_of_another_case_is_never_shown(case, tmp_path):
    stored_fills.store([case], "telea", tmp_path)
    other = case._replace(image=1 - case.image)
    path = stored_fills.path_of(case, "telea", tmp_path)
    path.rename(stored_fills.path_of(case, "lost-network", tmp_path))
    with pytest.raises(ValueError, match=r"'lost-network' does not ship, and no fill of a photo with the hole N, 0.1"):
        stored_fills.fill(other, "lost-network", tmp_path)
    assert stored_fills.fill(case, "lost-network", tmp_path).shape == (32, 32, 3)


def test_shipped_methods_are_computed(case, tmp_path):
    assert np.array_equal(stored_fills.fill(case, "mean", tmp_path), evaluate.fill(case, "mean"))


def test_only_a_network_or_a_finished_run_can_be_stored(case, tmp_path):
    with pytest.raises(ValueError, match="no such method and no folder with a finished run"):
        stored_fills.store([case], tmp_path / "nothing", tmp_path)
