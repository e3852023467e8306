"""The rows that ship belong to the current photos, holes and weights, and computing them again gives the same."""

import json

import numpy as np
import pytest

from pconv_edu import inpaint
from pconv_edu.experiments import evaluate as experiment
from pconv_edu.experiments.evaluate import measures, scores
from pconv_edu.inpainters.methods import NETWORKS


@pytest.fixture(scope="module")
def stored():
    return scores.load()


def test_stored_rows_are_whole(stored, cases):
    """Every method has every case, the second seed and the controls at least those of the table; with the holes and
    photos of today and the weights that ship."""
    marks = json.loads((scores.STORED / "methods.json").read_text(encoding="utf-8"))
    assert set(marks) == {*inpaint.METHODS, "l1-seed2", *experiment.CONTROLS}
    assert all(marks[name] == experiment.fingerprint(name) for name in set(marks) - {"l1-seed2"})
    hashes = {case[:3]: experiment.describe(case)["hash"] for case in cases}
    for name, part in stored.groupby("method"):
        keys = list(part[list(experiment.KEYS)].itertuples(index=False, name=None))
        assert len(set(keys)) == len(keys), name
        wanted = hashes if name in inpaint.METHODS else {key for key in hashes if key[0] in "NB"}
        assert set(wanted) <= set(keys) <= set(hashes), name
        assert all(hashes[key] == mark for key, mark in zip(keys, part.hash, strict=True)), name
    finite = stored[[name for name in measures.COLUMNS if name not in measures.DEPTHS]]
    assert np.isfinite(finite).all(axis=None)


@pytest.mark.parametrize("method", ["navier-stokes", "patchmatch", "guided", *NETWORKS])
def test_stored_rows_come_back(stored, cases, method):
    kept = stored[stored.method == method].set_index(list(experiment.KEYS))
    for case in cases[7:360:170]:  # a small, a middle and a large hole
        [(_, row)] = experiment.answer(case, experiment.describe(case), [method])
        was = kept.loc[case[:3]]
        assert float(row["psnr_hole"]) == pytest.approx(was.psnr_hole, abs=0.05), case[:3]
        for name in ("ssim_hole", "vgg_hole", "efficientnet_hole", "efficientnet_whole", "texture_hole"):
            assert float(row[name]) == pytest.approx(was[name], rel=0.02, abs=0.002), (case[:3], name)
