"""The plan is balanced and random, votes are kept on disk, and the intervals are Wilson's."""

from collections import Counter

import numpy as np
import pytest

from pconv_edu.experiments import blind_study
from pconv_edu.experiments.blind_study import Trial, by_bin, load_votes, plan, preference, save_vote

PHOTOS = {bin_: [f"photo{k}" for k in range(10)] for bin_ in ("0.1–0.2", "0.2–0.3", "0.3–0.4")}


def trials(seed=0, per_bin=6):
    return plan(("one", "two"), PHOTOS, per_bin, np.random.default_rng(seed))


def test_the_plan_is_balanced():
    found = trials()
    assert Counter(t.bin for t in found) == dict.fromkeys(PHOTOS, 6)
    assert Counter((t.bin, t.left) for t in found) == {(b, m): 3 for b in PHOTOS for m in ("one", "two")}
    assert all({t.left, t.right} == {"one", "two"} for t in found) and len(set(found)) == 18
    odd = Counter(t.left for t in trials(per_bin=3))
    assert abs(odd["one"] - odd["two"]) == 1


def test_the_plan_is_random_and_comes_back():
    assert trials() == trials() != trials(1)
    orders = [[t.bin for t in trials(seed)] for seed in range(5)]
    assert len({tuple(order) for order in orders}) == 5 and orders[0] != sorted(orders[0])
    lefts = {tuple(t.left for t in sorted(trials(s), key=lambda t: (t.bin, t.photo))) for s in range(5)}
    assert len(lefts) == 5


@pytest.mark.parametrize(
    "methods, per_bin", [(("one", "one"), 2), (("one",), 2), (("one", "two"), 11), (("one", "two"), 0)]
)
def test_bad_plans_are_refused(methods, per_bin):
    with pytest.raises(ValueError, match=r"give two different ones|per_bin is"):
        plan(methods, PHOTOS, per_bin, np.random.default_rng(0))


def test_votes_on_disk(tmp_path):
    file, found = tmp_path / "votes.csv", trials()
    assert load_votes(file) == []
    for trial, choice in zip(found, ("left", "neither", "right"), strict=False):
        save_vote(file, trial, choice)
    assert load_votes(file) == list(zip(found, ("left", "neither", "right"), strict=False))
    with pytest.raises(ValueError, match="choice is 'both'"):
        save_vote(file, found[0], "both")
    assert len(load_votes(file)) == 3
    file.write_text("some,other,file\n1,2,3\n", encoding="utf-8")
    with pytest.raises(ValueError, match="is not a file of votes"):
        load_votes(file)


@pytest.mark.parametrize(
    "spoilt", ["0.1–0.2,photo1,one,two,le", "0.1–0.2,photo1,o", "\n\n", "0.1–0.2,photo1,one,two,", ""]
)
def test_a_cut_file_goes_on(tmp_path, spoilt):
    file, found = tmp_path / "votes.csv", trials()
    save_vote(file, found[0], "left")
    file.write_bytes(file.read_bytes() + spoilt.encode())
    assert load_votes(file) == [(found[0], "left")]
    save_vote(file, found[1], "right")
    assert load_votes(file) == [(found[0], "left"), (found[1], "right")]
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().rstrip(b"\n"))  # as a spreadsheet or an editor may leave it
    save_vote(file, found[2], "neither")
    assert load_votes(file) == [(found[0], "left"), (found[1], "right"), (found[2], "neither")]


@pytest.mark.parametrize("line", ["0.1–0.2;photo1;one;two;left;", "0.1–0.2,a,b,c,up", "0.1–0.2,a,b,c,left,left"])
def test_a_wrong_line_is_named(tmp_path, line):
    file = tmp_path / "votes.csv"
    save_vote(file, trials()[0], "left")
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    if ";" in line:
        file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"its lines must be bin,photo,left,right,choice; see line \d"):
        load_votes(file)


def test_votes_against_another_rival_are_told_apart():
    votes = [(Trial("0.1–0.2", "a", "one", "two"), "left"), (Trial("0.1–0.2", "a", "three", "one"), "left")]
    assert (preference(votes, "one").chosen, preference(votes, "one").decided) == (1, 2)
    assert (preference(votes, "one", "two").chosen, preference(votes, "one", "two").decided) == (1, 1)
    assert by_bin(votes, "one", "three")["all"].chosen == 0 and by_bin(votes, "one", "four")["all"].decided == 0


def test_preference_by_hand():
    """8 of 10: Wilson's interval is (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)."""
    votes = [(Trial("0.1–0.2", "a", "one", "two"), "left")] * 5 + [(Trial("0.1–0.2", "a", "two", "one"), "right")] * 3
    votes += [(Trial("0.2–0.3", "a", "one", "two"), "right"), (Trial("0.2–0.3", "a", "two", "one"), "left")]
    votes += [(Trial("0.2–0.3", "b", "one", "two"), "neither")] * 4
    found = preference(votes, "one")
    z, n, p = 1.959964, 10, 0.8
    middle, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)),
    )
    assert (found.chosen, found.decided, found.undecided, found.share) == (8, 10, 4, 0.8)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half))
    other = preference(votes, "two")
    assert other.chosen == 2 and (other.low, other.high) == pytest.approx((1 - found.high, 1 - found.low))
    parts = by_bin(votes, "one")
    assert list(parts) == ["0.1–0.2", "0.2–0.3", "all"] and parts["0.2–0.3"].chosen == 0 and parts["all"] == found
    nobody = preference([(votes[0][0], "neither")], "one")
    assert np.isnan(nobody.share) and (nobody.low, nobody.high) == (0, 1)


def test_the_choices_are_those_of_the_page():
    assert blind_study.CHOICES == ("left", "neither", "right")
