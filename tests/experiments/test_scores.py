"""Scores: the same photos and holes for all, intervals as statistics has them, and stored numbers that come back."""

import numpy as np
import pytest
import torch
from scipy.stats import ttest_rel

import pconv_edu.__main__ as command_line
from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, hole_ratio, l1, load_photo, psnr, ssim
from pconv_edu.experiments import perceptual, scores
from pconv_edu.inpainters.inpaint import NETWORKS

torch.set_num_threads(1)


@pytest.fixture
def few(monkeypatch):
    """Two photos of each bin."""
    kept = [test for k, test in enumerate(scores.tests()) if k % 30 < 2]
    monkeypatch.setattr(scores, "tests", lambda border=False: kept)
    return kept


def test_every_photo_meets_a_hole_of_every_bin():
    found = list(scores.tests())
    assert len(found) == 180 and len({name for _, name, _, _ in found}) == 30
    for bin_, _, photo, mask in found:
        assert bin_[0] < hole_ratio(mask) <= bin_[1] and photo.shape == (256, 256, 3) and mask.shape == (256, 256)
    again = list(scores.tests())
    assert all(a[1] == b[1] and np.array_equal(a[3], b[3]) for a, b in zip(found, again, strict=True))
    inside = next(scores.tests(border=True))[3]
    assert inside[:20].all() and inside[:, -20:].all()


def test_a_score_is_the_metrics_of_each_fill(few):
    found = scores.score("telea", progress=False)
    assert set(found) == set(scores.METRICS)
    for number, metric in ((0, "psnr"), (3, "ssim"), (5, "l1")):
        wanted = []
        for bin_, _, photo, mask in few:
            if bin_ == RATIO_BINS[number]:
                filled = inpaint(photo, mask, "telea")
                wanted.append({"psnr": psnr, "ssim": ssim, "l1": l1}[metric](filled, photo, mask))
        assert found[metric][number] == pytest.approx(wanted, rel=1e-4)
    truth = scores.score("truth", fill=lambda photo, mask, method: photo, progress=False)
    assert truth["vgg"] == truth["efficientnet"] == [[0, 0]] * 6 and truth["ssim"] == [[1, 1]] * 6


def test_intervals_are_those_of_the_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(20, 3, 30), rng.normal(19, 3, 30)
    mean, half = scores.difference(a, b)
    interval = ttest_rel(a, b).confidence_interval(0.95)
    assert (mean - half, mean + half) == pytest.approx((interval.low, interval.high))


def test_a_method_meets_the_best_of_its_rivals_in_each_bin():
    def flat(values):
        return {"psnr": [[v, v + 1] for v in values], "l1": [[v, v + 1] for v in values]}

    kept = {"a": flat([1, 2, 3, 4, 5, 6]), "b": flat([6, 5, 4, 3, 2, 1]), "net": flat([7, 7, 7, 7, 7, 0])}
    rows = scores.compare(kept, "net", ("a", "b"))
    assert [row[0] for row in rows] == ["b", "b", "b", "a", "a", "a"]
    assert [row[1] for row in rows] == [1, 2, 3, 3, 2, -6] and all(row[2] == 0 for row in rows)
    assert [row[0] for row in scores.compare(kept, "net", ("a", "b"), "l1")] == ["a", "a", "a", "b", "b", "b"]
    text = scores.comparison(kept, "net", ("a", "b"))
    assert "best of a, b" in text and "1–10 %  +1.00 ± 0.00  (b)" in text and "50–60 %  -6.00 ± 0.00  (a)" in text
    assert "7.50" in scores.table(kept) and scores.table(kept).count("\n") == 3


def test_saving_keeps_the_other_methods(tmp_path, monkeypatch):
    monkeypatch.setattr(scores, "FILE", tmp_path / "scores.json")
    scores.save_scores({"a": {"psnr": [[1.0]]}, "b": {"psnr": [[2.0]]}})
    scores.save_scores({"b": {"psnr": [[3.0]]}})
    assert scores.load_scores() == {"a": {"psnr": [[1.0]]}, "b": {"psnr": [[3.0]]}}


def test_the_command(few, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(scores, "FILE", tmp_path / "scores.json")
    command_line.main(["evaluate", "mean", "telea", "--save"])
    shown = capsys.readouterr().out
    assert "PSNR in the hole" in shown and "EfficientNet" in shown and "against" not in shown
    assert set(scores.load_scores()) == {"mean", "telea"}
    command_line.main(["evaluate", "--stored", "telea"])
    assert "telea" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        command_line.main(["evaluate", "magic"])
    assert "magic: no such method; there are mean, telea" in capsys.readouterr().err


# ---- distances by features


def test_distances_by_hand():
    """Two channels, one place each: unit vectors at right angles are 2 apart, whatever their length."""
    pictures = {"a": [[3.0, 0.0]], "b": [[0.0, 5.0]], "c": [[7.0, 0.0]]}
    tensors = {name: torch.tensor(value)[:, :, None, None] for name, value in pictures.items()}
    features = lambda x: {"layer": x, "again": x}  # noqa: E731
    assert perceptual.distance(tensors["a"], tensors["b"], features).tolist() == pytest.approx([4.0])
    assert perceptual.distance(tensors["a"], tensors["c"], features).tolist() == [0.0]


@pytest.mark.parametrize("features", [perceptual.vgg_features, perceptual.efficientnet_features])
def test_distances_of_pictures(features):
    photo = torch.from_numpy(load_photo("gc-animal-hedgehog", 64)).permute(2, 0, 1)[None]
    blurred = torch.nn.functional.avg_pool2d(photo, 5, 1, 2, count_include_pad=False)
    pair = perceptual.distance(torch.cat([photo, blurred]), torch.cat([blurred, photo]), features)
    assert pair[0] == pytest.approx(pair[1].item(), rel=1e-4) and pair[0] > 0.1
    assert perceptual.distance(photo, photo, features) == 0
    assert perceptual.distance(photo, 0.5 * photo + 0.5 * blurred, features) < pair[0]


def test_efficientnet_knows_what_it_sees():
    """Its weights are in place, and pictures reach it as it wants them: ImageNet's class 334 is the porcupine."""
    photo = torch.from_numpy(load_photo("gc-animal-hedgehog", 224)).permute(2, 0, 1)[None]
    network = perceptual._efficientnet()
    with torch.no_grad():
        assert network((photo * 255 - 127) / 128).argmax().item() == 334
        shapes = [tuple(f.shape[1:]) for f in perceptual.efficientnet_features(photo).values()]
    assert shapes == [(16, 112, 112), (24, 56, 56), (40, 28, 28), (112, 14, 14), (320, 7, 7)]


# ---- what is stored


def test_stored_scores_are_complete():
    kept = scores.load_scores()
    assert set(kept) == {*scores.CLASSICAL, *NETWORKS}
    for found in kept.values():
        assert set(found) == set(scores.METRICS)
        assert all(len(values) == 30 and np.isfinite(values).all() for bins in found.values() for values in bins)


@pytest.mark.parametrize("method", ["navier-stokes", *NETWORKS])
def test_stored_scores_come_back(method, few):
    kept, found = scores.load_scores()[method], scores.score(method, progress=False)
    for number in range(6):
        assert found["psnr"][number] == pytest.approx(kept["psnr"][number][:2], abs=0.05)
        assert found["efficientnet"][number] == pytest.approx(kept["efficientnet"][number][:2], rel=0.02)
