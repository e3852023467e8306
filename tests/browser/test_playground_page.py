"""The playground on a bare page, with no kernel: sliders by keyboard, the right pictures and numbers."""

import numpy as np
import pytest

from pconv_edu.experiments.loss_choices import WEIGHTS, stone_question, stored
from pconv_edu.lessons.widgets import LossPlayground

from .conftest import set_theme, violations

NAMES = ("hole weight", "perceptual weight", "style weight", "TV weight")


@pytest.fixture(scope="module")
def fills():
    return stored.load_fills()


def load(page, **options):
    html = LossPlayground(**options).portable_html()
    page.set_content(f'<!doctype html><html lang="en"><body>{html}</body></html>')
    page.wait_for_selector(".pconv-playground canvas[data-tile]")


def slider(page, name):
    return page.get_by_role("slider", name=name)


def drawn(page, number=0):
    """What a canvas shows, (64, 64, 3) in [0, 1], once it shows what the state asks for."""
    page.wait_for_timeout(20)  # the pictures are decoded by then; drawing takes a turn of the event loop
    data = (
        page.locator("canvas")
        .nth(number)
        .evaluate("(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]")
    )
    return np.array(data).reshape(64, 64, 4)[..., :3] / 255


def cells(page):
    return [row.locator("th, td").all_inner_texts() for row in page.locator("tbody tr").all()]


def test_the_sliders_by_keyboard(page, fills):
    load(page)
    by_levels = {tuple(about["levels"].values()): (picture, about) for picture, about in fills}
    steps = [  # which slider, the key, the levels then
        (2, "ArrowRight", (1, 1, 4, 1)),
        (2, "End", (1, 1, 16, 1)),
        (0, "Home", (0, 1, 16, 1)),
        (1, "ArrowUp", (0, 4, 16, 1)),
        (3, "ArrowRight", (0, 4, 16, 10)),
        (2, "ArrowLeft", (0, 4, 4, 10)),
        (3, "Home", (0, 4, 4, 0)),
    ]
    seen = [drawn(page)]
    for number, key, levels in steps:
        name = NAMES[number]
        slider(page, name).focus()
        page.keyboard.press(key)
        picture, about = by_levels[levels]
        seen.append(drawn(page))
        assert abs(seen[-1] - picture).max() < 1e-6 and abs(seen[-1] - seen[-2]).max() > 0.1
        assert slider(page, name).get_attribute("aria-valuetext") == f"× {levels[number]}"
        values = [float(row[1]) for row in cells(page)[:4]]
        assert values == pytest.approx([about["terms"][n] for n in about["levels"]], rel=0.02, abs=1e-4)
        weighted = [level * WEIGHTS[n] * about["terms"][n] for n, level in about["levels"].items()]
        assert float(cells(page)[4][3]) == pytest.approx(sum(weighted), rel=0.02)
        assert f"to the nearest answer {about['to_nearest']:.3f}" in page.locator(".says").inner_text()
        label = page.locator("canvas").first.get_attribute("aria-label")
        assert f"hole × {levels[0]}, perceptual × {levels[1]}, style × {levels[2]}, TV × {levels[3]}" in label


def test_the_answers(page):
    load(page, answer=3)
    answers = stone_question().answers.permute(0, 2, 3, 1).numpy()
    assert abs(drawn(page, 1) - answers[3]).max() < 0.5 / 255 + 1e-6
    slider(page, "answer").press("End")
    assert abs(drawn(page, 1) - answers[15]).max() < 0.5 / 255 + 1e-6
    assert "answer 16 of 16" in page.locator("figcaption").nth(1).inner_text()


def test_no_weight_at_all(page):
    load(page, hole=0, perceptual=0, style=0, tv=0)
    assert "No term has a say" in page.locator(".says").inner_text()
    assert cells(page)[4][3] == "0"
    slider(page, NAMES[0]).press("ArrowRight")
    assert "No term has a say" not in page.locator(".says").inner_text()


def test_plain_keys_stay_inside_and_shortcuts_pass(page):
    load(page)
    page.evaluate("() => { window.heard = []; document.onkeydown = (event) => heard.push(event.key); }")
    slider(page, NAMES[1]).focus()
    for key in ("x", "ArrowDown", "Enter", "Shift+Enter", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []
    page.keyboard.press("Control+k")
    assert "k" in page.evaluate("heard")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(page, theme):
    load(page)
    set_theme(page, theme)
    assert violations(page, ".pconv-playground") == []
    slider(page, NAMES[0]).press("Home")
    assert violations(page, ".pconv-playground") == []


@pytest.mark.parametrize("width", [400, 700, 1100])
def test_nothing_moves_and_nothing_is_cut_off(page, width):
    page.set_viewport_size({"width": width, "height": 1000})
    load(page, answer=8)
    places = set()
    keys = [(NAMES[2], "End"), (NAMES[0], "Home"), (NAMES[1], "Home"), (NAMES[3], "End"), (NAMES[2], "Home")]
    for name, key in [*keys, ("answer", "ArrowRight")]:
        slider(page, name).press(key)
        places.add(tuple(page.locator(part).first.bounding_box()["y"] for part in ("canvas", "table", ".says")))
    assert len(places) == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_two_copies_on_a_page_do_not_disturb_each_other(page):
    html = LossPlayground().portable_html()
    page.set_content(f'<!doctype html><html lang="en"><body>{html}{html}</body></html>')
    page.wait_for_function("() => document.querySelectorAll('.pconv-playground canvas[data-tile]').length === 4")
    first, second = page.locator(".pconv-playground").all()
    second.get_by_role("slider", name=NAMES[2]).press("Home")
    assert second.locator("canvas").first.get_attribute("aria-label") != first.locator("canvas").first.get_attribute(
        "aria-label"
    )
    assert first.get_by_role("slider", name=NAMES[2]).get_attribute("aria-valuetext") == "× 1"


def test_without_scripts_there_are_pictures(page_without_scripts):
    page = page_without_scripts
    page.set_content(LossPlayground().portable_html())
    assert page.locator("img").count() == 5 and "all four" in page.locator("table").inner_text()
