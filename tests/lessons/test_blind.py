"""The Python side of the blind study: pairs, votes on disk, resuming, and errors that are shown."""

import io

import numpy as np
import pytest
from PIL import Image

from pconv_edu.experiments import blind_study
from pconv_edu.lessons.widgets import BlindStudy

METHODS = ("telea", "mean")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "votes.csv"


def study(file, **options):
    return BlindStudy(METHODS, per_bin=1, file=file, **options)


def test_a_whole_study(file):
    made = study(file)
    assert made.total == 6 and made.number == 0 and not file.exists()
    rng = np.random.default_rng(0)
    for number in range(6):
        trial = made._waiting[0]
        case = made._cases[trial.bin, trial.photo]
        for side, method in (("left", trial.left), ("right", trial.right)):
            shown = np.asarray(Image.open(io.BytesIO(getattr(made, side))))
            wanted = np.uint8(255 * blind_fill(case, method) + 0.5)
            assert np.array_equal(shown, wanted)
        made._on_message(None, {"choice": blind_study.CHOICES[rng.integers(3)], "number": number}, None)
        assert len(blind_study.load_votes(file)) == number + 1 == made.number
    assert "6 of 6" in repr(made) and made.left == b"" and "95 % interval" in made.report
    assert made.results["all"].decided + made.results["all"].undecided == 6
    made.vote("left")  # nothing is left to vote on
    assert len(blind_study.load_votes(file)) == 6


def blind_fill(case, method):
    from pconv_edu import inpaint

    return inpaint(case.image, case.mask, method)


def test_it_goes_on_where_it_stopped(file):
    first = study(file)
    first.vote("left")
    first.vote("neither")
    again = study(file)
    assert again.number == 2 and again.left == first.left and [c for _, c in again.votes] == ["left", "neither"]
    assert study(file, seed=1).number <= 1  # another order: hardly a pair is the same


def test_a_late_or_double_message_is_no_vote(file):
    made = study(file)
    made._on_message(None, {"choice": "left", "number": 0}, None)
    made._on_message(None, {"choice": "left", "number": 0}, None)
    assert made.number == 1 and len(blind_study.load_votes(file)) == 1


def test_a_vote_that_cannot_be_kept_is_told_and_not_counted(file):
    made = study(file / "no" / "folder.csv")
    made._on_message(None, {"choice": "left", "number": 0}, None)
    assert "The vote was not kept" in made.report and made.number == 0 and made.votes == []
    heard = []
    made.observe(lambda change: heard.append(change["new"]), "report")
    made._on_message(None, {"choice": "left", "number": 0}, None)  # the same error again: the page must be notified
    assert heard[0] == "" and "The vote was not kept" in heard[-1]


def test_a_pair_that_cannot_be_shown_does_not_cost_the_vote_before_it(file, monkeypatch):
    made = study(file)
    monkeypatch.setattr(made, "_show", lambda: 1 / 0)
    made._on_message(None, {"choice": "left", "number": 0}, None)
    assert "The vote is kept; the next pair cannot be shown" in made.report
    assert len(blind_study.load_votes(file)) == 1 == len(made.votes)


def test_of_two_votes_on_a_pair_the_later_counts(file):
    first, second = study(file), study(file)  # two windows
    first.vote("left")
    second.vote("right")
    assert [choice for _, choice in study(file).votes] == ["right"] and study(file).number == 1


def test_nothing_tells_which_is_which(file):
    made = study(file)
    state = {name: made.trait_values()[name] for name in made.trait_names(sync=True) if not name.startswith("_")}
    assert not any(method in str(value) for value in state.values() for method in METHODS)
    bundle = made._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert not any(method in data["text/html"] + data["text/plain"] for method in METHODS)


def test_it_refuses(file):
    with pytest.raises(ValueError, match="no method is called magic"):
        BlindStudy(("magic", "mean"), file=file)
    with pytest.raises(ValueError, match="per_bin is 40"):
        BlindStudy(METHODS, per_bin=40, file=file)
    file.write_text("x\n", encoding="utf-8")
    with pytest.raises(ValueError, match="is not a file of votes"):
        study(file)
