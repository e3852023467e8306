"""Networks with critics: what each stage trains, that a killed run is resumed to the bit, and what NaN does."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch

from pconv_edu.nn.adversarial import AdversarialRun
from pconv_edu.nn.recipes import RECIPES, laptop
from pconv_edu.nn.reports import Meter
from pconv_edu.nn.rival_recipes import RIVALS, RivalRecipe, phases
from pconv_edu.nn.run_folder import CHECKPOINT, LAST_GOOD, WEIGHTS, read_recipe
from pconv_edu.nn.training import Diverged, train
from pconv_edu.nn.weights import from_run
from tests.nn.small_runs import ENVIRONMENT, digest, rows, write_photos

STEPS = (3, 2, 3)
GIVEN = {"device": "cpu", "every": 1, "quiet": True}


def small(kind, **changes):
    stages = phases(STEPS, 32, 2, 1e-3)
    return RivalRecipe("a test", stages, kind=kind, width=4, critic_width=2, warm_up=0, **changes)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), 4)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, photos):
    """Runs that were never stopped."""
    folder = tmp_path_factory.mktemp("whole")
    for kind in RIVALS:
        train(small(kind), folder / kind, data=photos, **GIVEN)
    return folder


def state(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def changed(module, before):
    return {name for name, value in module.state_dict().items() if not torch.equal(value, before[name])}


@pytest.mark.parametrize("kind", RIVALS)
def test_each_stage_trains_what_it_says(kind, tmp_path):
    run = AdversarialRun(small(kind), tmp_path, torch.device("cpu"))
    images, masks = torch.rand(2, 3, 32, 32), torch.ones(2, 1, 32, 32)
    masks[:, :, 8:20, 6:22] = 0
    for stage, steps in zip(run.recipe.stages, STEPS, strict=True):
        network, critic = state(run.network), state(run.adversary)
        for _ in range(steps):
            terms = run.one_step(images, masks)
        parameters = {name for name, _ in run.network.named_parameters()}
        of_critic = {name for name, _ in run.adversary.named_parameters()}
        assert (
            (changed(run.network, network) >= parameters)
            if stage.learns != "critic"
            else not changed(run.network, network)
        )
        assert (changed(run.adversary, critic) & of_critic == of_critic) == (stage.learns != "network")
        assert stage.learns != "network" or not changed(run.adversary, critic)
        assert ("critic" in terms, "adversarial" in terms) == (stage.learns != "network", stage.learns == "both")


@pytest.mark.parametrize("kind", RIVALS)
def test_the_critic_changes_what_the_network_learns(kind, whole, photos, tmp_path):
    alone = replace(
        small(kind), stages=(replace(small(kind).stages[0], steps=3), replace(small(kind).stages[2], steps=3))
    )
    train(alone, tmp_path / "both", data=photos, **GIVEN)
    train(
        replace(alone, stages=(alone.stages[0], replace(alone.stages[1], learns="network"))),
        tmp_path / "network",
        data=photos,
        **GIVEN,
    )
    assert digest(tmp_path / "both" / WEIGHTS) != digest(tmp_path / "network" / WEIGHTS)


@pytest.mark.parametrize("stop", [2, 4, 6])
@pytest.mark.parametrize("kind", RIVALS)
def test_a_stopped_run_ends_with_the_same_weights(kind, stop, whole, photos, tmp_path):
    recipe = small(kind)
    train(recipe, tmp_path / "run", data=photos, stop=stop, **GIVEN)
    train(recipe, tmp_path / "run", data=photos, **GIVEN)
    assert digest(tmp_path / "run" / WEIGHTS) == digest(whole / kind / WEIGHTS)
    names = {"step", "rate", "images_per_s", "total"}
    kept = [{key: row[key] for key in row if key != "images_per_s"} for row in rows(tmp_path / "run")]
    assert kept == [{key: row[key] for key in row if key != "images_per_s"} for row in rows(whole / kind)]
    assert names <= set(kept[0]) | {"images_per_s"}


SCRIPT = """
import sys, torch
torch.set_num_threads(1)
from pconv_edu.nn import run
from pconv_edu.nn.rival_recipes import RivalRecipe, phases
from pconv_edu.nn.training import train
recipe = RivalRecipe("a test", phases((3, 2, 3), 32, 2, 1e-3), kind=sys.argv[1], width=4, critic_width=2, warm_up=0)
train(recipe, sys.argv[2], data=sys.argv[3], device="cpu", every=1, quiet=True)
"""


@pytest.mark.parametrize("kind", RIVALS)
def test_a_killed_run_ends_with_the_same_weights(kind, whole, photos, tmp_path):
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, kind, tmp_path / "run", photos], env=ENVIRONMENT)
    deadline = time.monotonic() + 120
    while not (tmp_path / "run" / CHECKPOINT).exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert (tmp_path / "run" / CHECKPOINT).exists()
    train(small(kind), tmp_path / "run", data=photos, **GIVEN)
    assert digest(tmp_path / "run" / WEIGHTS) == digest(whole / kind / WEIGHTS)


@pytest.mark.parametrize("kind", RIVALS)
def test_a_finished_run_is_read_with_its_recipe(kind, whole):
    assert read_recipe(whole / kind) == small(kind)
    network = from_run(whole / kind)
    assert isinstance(network, RIVALS[kind][0]) and not network.training
    image, mask = torch.rand(1, 3, 40, 40), torch.ones(1, 1, 40, 40)
    mask[..., 10:20, 10:20] = 0
    filled = network(image, mask)
    assert torch.equal(filled * mask, image * mask) and not torch.equal(filled, image)


@pytest.mark.parametrize("kind", RIVALS)
@pytest.mark.parametrize("part", ["network", "adversary"])
def test_nan_ends_training_and_keeps_the_last_good_weights(kind, part, photos, tmp_path, monkeypatch):
    spoiled = AdversarialRun.learn

    def learn(self, images, masks):
        if self.step == 6:
            next(getattr(self, part).parameters()).data.fill_(float("nan"))
        return spoiled(self, images, masks)

    monkeypatch.setattr(AdversarialRun, "learn", learn)
    with pytest.raises(Diverged):
        train(small(kind), tmp_path / "run", data=photos, **GIVEN)
    assert (tmp_path / "run" / LAST_GOOD).exists() and not (tmp_path / "run" / WEIGHTS).exists()
    assert rows(tmp_path / "run")[-1]["step"] == 6


@pytest.mark.parametrize("part", ["network", "average", "adversary"])
def test_a_run_is_finite_only_if_all_its_weights_are(part, tmp_path):
    run = AdversarialRun(small("glcic"), tmp_path, torch.device("cpu"))
    assert run.is_finite()
    next(getattr(run, part).parameters()).data.fill_(float("inf"))
    assert not run.is_finite()


@pytest.mark.parametrize(
    "change, says",
    [
        ({"kind": "patchmatch"}, "kind is 'patchmatch'; give one of glcic, attention"),
        ({"kind": None}, "kind is None"),
        ({"critic_width": 0}, "critic_width is 0"),
        ({"critic_rate": 0}, "critic_rate is 0"),
        ({"stages": phases(STEPS, 40, 2, 1e-3)}, "size is 40; a critic takes a multiple of 16 of at least 32"),
        ({"stages": phases(STEPS, 16, 2, 1e-3)}, "size is 16"),
        ({"stages": (*phases(STEPS, 32, 2, 1e-3), *phases(STEPS, 64, 2, 1e-3))}, "size is 32 and 64"),
        ({"stages": (replace(phases(STEPS, 32, 2, 1e-3)[0], frozen=True),)}, "frozen is True"),
    ],
)
def test_recipes_that_cannot_be_trained_are_refused(change, says):
    with pytest.raises(ValueError, match=says):
        replace(small("glcic"), **change)


def test_a_unet_has_no_critic():
    stages = (replace(RECIPES["l1"].stages[0], learns="both"),)
    with pytest.raises(ValueError, match="learns is 'both'; a U-Net has no critic"):
        replace(RECIPES["l1"], stages=stages)


@pytest.mark.parametrize("kind", RIVALS)
def test_the_laptop_schedule_has_the_same_stages(kind):
    recipe, short = RECIPES[kind], laptop(RECIPES[kind])
    assert [stage.learns for stage in short.stages] == ["network", "critic", "both"]
    assert short.steps < recipe.steps and short.stages[0].batch < recipe.stages[0].batch
    assert set(short.differences(recipe)) == {"steps", "batch"}


def test_means_of_terms_that_begin_in_the_middle():
    meter = Meter()
    meter.add({"hole": torch.tensor(1.0)}, 2)
    meter.add({"hole": torch.tensor(3.0), "critic": torch.tensor(5.0)}, 2)
    row = meter.row()
    assert row["hole"] == 2 and row["critic"] == 5
