"""The film of a closing hole on a bare page, with no kernel: its frames, Play, the slider and the keyboard."""

import numpy as np
import pytest

from pconv_edu.core import shrink_mask
from pconv_edu.core.colors import HOLE
from pconv_edu.lessons.widgets import HoleFilm

from .conftest import set_theme, violations

PHOTO = np.full((32, 48, 3), 0.5, np.float32)
MASK = np.ones((32, 48), bool)
MASK[8:18, 8:18] = False


@pytest.fixture
def film(page):
    html = HoleFilm(PHOTO, MASK).portable_html()
    page.set_content(f'<!doctype html><html lang="en"><body>{html}</body></html>')
    page.wait_for_selector(".pconv-film[data-ready]")
    return page


def drawn(page, name):
    """Return what a canvas shows, (32, 48, 3) in [0, 1]."""
    canvas = page.get_by_role("img", name=name)
    data = canvas.evaluate("(canvas) => [...canvas.getContext('2d').getImageData(0, 0, 48, 32).data]")
    return np.array(data).reshape(32, 48, 4)[..., :3] / 255


def test_every_frame_by_keyboard(film):
    film.get_by_role("slider", name="layer").focus()
    for layer, mask in enumerate(shrink_mask(MASK)):
        if layer:
            film.keyboard.press("ArrowRight")
        assert np.array_equal(drawn(film, "the mask")[..., 0], mask)
        expected = np.where(mask[..., None], PHOTO, HOLE)
        assert abs(drawn(film, "the photo") - expected).max() < 3 / 255  # JPEG
        assert f"{100 * (1 - mask.mean()):.1f} % hole" in film.get_by_role("status").inner_text()
    assert drawn(film, "the mask").all()


def test_play_runs_to_the_end_and_starts_again(film):
    film.clock.install()
    film.clock.pause_at(film.evaluate("Date.now()") / 1000 + 1)  # the test moves the time
    play, says = film.get_by_role("button"), film.get_by_role("status")
    play.click()
    film.clock.run_for(650)
    assert play.inner_text() == "Pause" and says.inner_text().startswith("after layer 2: ")
    film.clock.run_for(900)
    assert play.inner_text() == "Play" and says.inner_text() == "after layer 5: 0.0 % hole"
    play.click()
    assert says.inner_text() == "before the first layer: 6.5 % hole"
    film.clock.run_for(350)
    play.click()
    film.clock.run_for(900)
    assert play.inner_text() == "Play" and says.inner_text().startswith("after layer 1: ")


@pytest.mark.parametrize("dark", [False, True])
def test_accessibility(film, dark):
    if dark:
        set_theme(film, "dark")
    assert violations(film, ".pconv-film") == []
