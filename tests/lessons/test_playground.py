"""The Python side of the playground: state, errors, and what a reader without a kernel gets."""

import io

import numpy as np
import pytest
import traitlets
from PIL import Image

from pconv_edu.experiments.loss_choices import stone_question, stored
from pconv_edu.lessons.widgets import LossPlayground


@pytest.fixture(scope="module")
def playground():
    return LossPlayground()


def bundle(widget):
    data = widget._repr_mimebundle_()
    return data[0] if isinstance(data, tuple) else data


def tile(png, number):
    sheet = np.asarray(Image.open(io.BytesIO(png)))
    columns = sheet.shape[1] // 32
    row, column = divmod(number, columns)
    return sheet[32 * row : 32 * row + 32, 32 * column : 32 * column + 32]


def test_every_step_has_its_fill_and_its_numbers(playground):
    fills = stored.load_fills()
    shape = [len(levels) for levels in playground.levels]
    assert np.prod(shape) == len(fills) == len(playground.numbers)
    for chosen in np.ndindex(*shape):
        picture, about = fills[playground.index(chosen)]
        levels = [steps[step] for steps, step in zip(playground.levels, chosen, strict=True)]
        assert levels == list(about["levels"].values())
        assert playground.numbers[playground.index(chosen)][:4] == [about["terms"][name] for name in about["levels"]]
        wanted = np.uint8(255 * picture[16:48, 16:48] + 0.5)
        assert np.array_equal(tile(playground.fills, playground.index(chosen)), wanted)


def test_the_answers_are_those_of_the_question(playground):
    answers = stone_question().answers.permute(0, 2, 3, 1).numpy()
    for number, answer in enumerate(answers):
        wanted = np.uint8(255 * answer[16:48, 16:48] + 0.5)
        assert np.array_equal(tile(playground.answers, number), wanted)


@pytest.mark.parametrize(
    "change",
    [{"hole": 2}, {"perceptual": -1}, {"style": 4}, {"tv": 1.5}, {"answer": 16}, {"answer": -1}],
)
def test_it_refuses(change):
    with pytest.raises(traitlets.TraitError):
        LossPlayground(**change)


def test_a_refused_assignment_changes_nothing():
    playground = LossPlayground(style=2)
    for wrong in ([1, 1, 1], [1, 1, 9, 1], [2, 0, 0, 0]):
        with pytest.raises(traitlets.TraitError):
            playground.chosen = wrong
    assert playground.chosen == [1, 1, 2, 1]


def test_its_words_and_its_size(playground):
    other = LossPlayground(0, 2, 3, 0, answer=5)
    assert repr(playground) == "LossPlayground(hole × 1, perceptual × 1, style × 1, tv × 1)"
    assert repr(other) == "LossPlayground(hole × 0, perceptual × 4, style × 16, tv × 0)"
    html = bundle(playground)["text/html"]
    assert html == bundle(LossPlayground())["text/html"] != bundle(other)["text/html"]
    assert len(html) < 700_000 and html.count("</script>") == 1 and "http" not in html
    assert bundle(playground)["text/plain"] == repr(playground)


def test_without_scripts_there_are_pictures_of_the_five_choices(playground):
    html = playground.static_html()
    assert html.count("<img") == html.count("data:image/png;base64,") == 5
    for name in ("hole", "perceptual", "style", "tv", "all four"):
        assert f"<b>{name}</b>" in html and f'alt="The fill that {name} chooses' in html
