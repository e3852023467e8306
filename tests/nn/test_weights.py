"""Weights that ship: packed, described, checked, loaded; and every shipped file is what its card says."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

import pconv_edu.__main__ as command_line
from pconv_edu.experiments import ablations, parts
from pconv_edu.experiments.evaluate import report, scores
from pconv_edu.nn import ConvUNet, GatedUNet, MaskInputUNet, PConvUNet, load_weights
from pconv_edu.nn.packing import pack
from pconv_edu.nn.recipe_files import recipe_as_json
from pconv_edu.nn.recipes import RECIPES
from pconv_edu.nn.rival_recipes import RIVALS
from pconv_edu.nn.run_folder import LOG, WEIGHTS, read_lines, read_recipe
from pconv_edu.nn.state_file import read_weights
from pconv_edu.nn.training import train
from pconv_edu.nn.weights import FOLDER, cards, from_run, network_names, read_log, read_shipped, recipe_of
from tests.nn.small_runs import SMALL as TWELVE_STEPS
from tests.nn.small_runs import small_stages, write_photos

SMALL = replace(TWELVE_STEPS, stages=small_stages(steps=4), warm_up=1)
NETWORKS = {"conv-mask": MaskInputUNet, "gated": GatedUNet}  # those of lesson 15
SHIPPED = network_names()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of a few steps, with ordinary convolutions and a fill."""
    folder = tmp_path_factory.mktemp("run")
    write_photos(folder / "photos", 4)
    recipe = replace(SMALL, fill="mean")
    train(recipe, folder / "run", data=folder / "photos", device="cpu", every=2, quiet=True)
    return folder / "run"


def draw(network):
    generator = torch.Generator().manual_seed(0)
    image, mask = torch.rand(2, 3, 32, 48, generator=generator), torch.ones(2, 1, 32, 48)
    mask[..., 5:12, 20:30] = 0
    with torch.no_grad():
        return network(image, mask)


def test_packed_and_loaded_again(run, tmp_path):
    card = pack(run, "small", tmp_path)
    assert cards(tmp_path) == {"small": card} and network_names(tmp_path) == ["small"]
    assert card["bytes"] == (tmp_path / "small.safetensors").stat().st_size
    assert (card["photos"], card["data"], card["bfloat16"], card["about"]) == (4, "photos", False, "a test")
    assert card["hours"] >= 0 and card["device"].startswith("cpu") and "MIT" in card["licence"]
    assert recipe_of(card).fill == "mean" and recipe_of(card).steps == 4
    assert read_log("small", tmp_path) == read_lines(run / LOG) != []
    network = load_weights("small", folder=tmp_path)
    assert type(network) is ConvUNet and network.fill == "mean" and not network.training
    assert not any(p.requires_grad for p in network.parameters())
    kept, trained = network.state_dict(), load_file(run / WEIGHTS)
    for name, value in trained.items():
        exact = value.ndim < 2
        assert kept[name].dtype == value.dtype
        assert torch.equal(kept[name], value) if exact else torch.allclose(kept[name], value, rtol=1e-3, atol=1e-7)
    whole = replace(SMALL, fill="mean").network()
    whole.load_state_dict(trained)
    assert abs(draw(network) - draw(whole.eval())).max() < 1 / 255
    with_another = pack(run, "other", tmp_path)
    assert list(cards(tmp_path)) == ["small", "other"] and with_another["sha256"] == card["sha256"]


def test_a_run_that_has_not_ended_is_not_packed(run, tmp_path):
    for name in ("recipe.json", "machine.json", LOG):
        shutil.copy(run / name, tmp_path)
    with pytest.raises(ValueError, match="has not ended: step 4 of 4"):
        pack(tmp_path, "small", tmp_path / "weights")
    shutil.copy(run / WEIGHTS, tmp_path)
    longer = replace(read_recipe(run), stages=small_stages(steps=9))
    (tmp_path / "recipe.json").write_text(json.dumps(recipe_as_json(longer)), encoding="utf-8")
    with pytest.raises(ValueError, match="has not ended: step 4 of 9"):
        pack(tmp_path, "small", tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_a_weight_that_half_precision_cannot_hold(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    state = load_file(run / WEIGHTS)
    name = next(name for name, value in state.items() if value.ndim == 4)
    state[name][0, 0, 0, 0] = 1e6
    save_file(state, tmp_path / "run" / WEIGHTS)
    with pytest.raises(ValueError, match=rf"{name} has the value 1000000.*float16"):
        pack(tmp_path / "run", "small", tmp_path)


def copy_run(run, tmp_path):
    return shutil.copytree(run, tmp_path / "copy")


@pytest.mark.parametrize(
    "file, content, says",
    [
        ("recipe.json", None, r"copy is not the folder of a training run: it has no recipe\.json"),
        ("recipe.json", "{", r"recipe\.json is broken or no JSON file"),
        ("recipe.json", "[]", r"recipe\.json is \[\]; it must be a JSON object"),
        (
            "recipe.json",
            "{}",
            r"recipe\.json does not have the fields of Recipe .*missing: about, stages, holes, colors",
        ),
        ("recipe.json", b"\xff\xfe{", r"recipe\.json is broken or no JSON file"),
        ("machine.json", None, r"machine\.json is missing"),
        ("machine.json", "[1]", r"machine\.json is not what a training run writes"),
        ("machine.json", "{", r"machine\.json is broken or no JSON file"),
        (LOG, None, "has not ended: step 0 of 4"),
        (LOG, "", "has not ended: step 0 of 4"),
        (LOG, '[1]\n{"step": 4}\n', r"log\.jsonl, line 1: this is not a row of a training log"),
        (LOG, '{"step": 4}\n', r"log\.jsonl: the row of step 4 has no images_per_s"),
        (WEIGHTS, None, "has not ended: step 4 of 4"),
        (WEIGHTS, b"12345", r"weights\.safetensors is cut short or no safetensors file"),
    ],
)
def test_a_run_with_a_broken_file_is_not_packed(run, tmp_path, file, content, says):
    path = copy_run(run, tmp_path) / file
    path.unlink() if content is None else path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises((ValueError, OSError), match=says):
        pack(path.parent, "small", tmp_path)
    assert not list(tmp_path.glob("small*")) and not (tmp_path / "cards.json").exists()


def test_a_run_whose_files_do_not_belong_together_is_not_packed(run, tmp_path):
    copy = copy_run(run, tmp_path)
    settings = json.loads((copy / "recipe.json").read_text(encoding="utf-8")) | {"width": 8}
    (copy / "recipe.json").write_text(json.dumps(settings), encoding="utf-8")
    for door in (lambda: pack(copy, "small", tmp_path), lambda: from_run(copy)):
        with pytest.raises(
            ValueError, match=r"weights\.safetensors: weights of a network with width 4, .* has width 8"
        ):
            door()
    with pytest.raises(FileNotFoundError, match="is not the folder of a training run"):
        from_run(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["", "../small", "a/b", ".hidden", "two words", "a--b", "-a", "ü", None, 3])
def test_names_that_files_and_commands_cannot_have(run, tmp_path, name):
    with pytest.raises(ValueError, match=r"the name is .*; give letters and digits"):
        pack(run, name, tmp_path)


def test_what_ships_is_replaced_only_where_that_is_asked_for(run, tmp_path):
    pack(run, "small", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for name in ("small", "Small"):
        with pytest.raises(ValueError, match="a network called small ships already: give another name, or ask"):
            pack(run, name, tmp_path)
    shutil.copy(FOLDER / "cards.json", tmp_path)
    with pytest.raises(ValueError, match="hed-vgg16 is not a network that was trained here, and is needed"):
        pack(run, "hed-vgg16", tmp_path, replace=True)
    (tmp_path / "cards.json").write_bytes(before["cards.json"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert pack(run, "small", tmp_path, replace=True) == cards(tmp_path)["small"]


def test_cards_that_are_missing_or_broken_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cards\.json is missing: install pconv_edu again"):
        cards(tmp_path)
    (tmp_path / "cards.json").write_text("{", encoding="utf-8")
    with pytest.raises(OSError, match=r"cards\.json is broken .*: install pconv_edu again"):
        load_weights("l1", folder=tmp_path)
    (tmp_path / "cards.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OSError, match=r"cards\.json has no card of hed-vgg16: install"):
        read_shipped("hed-vgg16", tmp_path)


@pytest.mark.parametrize(
    "spoil, says",
    [
        (
            lambda path: path.write_bytes(path.read_bytes()[:-7]),
            r"small\.safetensors is not the file.*bytes\)",
        ),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"), r"small\.safetensors is not the file"),
        (lambda path: path.unlink(), r"small\.safetensors is missing"),
    ],
)
def test_a_spoilt_file_is_named(run, tmp_path, spoil, says):
    pack(run, "small", tmp_path)
    spoil(tmp_path / "small.safetensors")
    with pytest.raises(OSError, match=says):
        load_weights("small", folder=tmp_path)


def test_names_that_do_not_ship():
    for name in ("l3", "hed-vgg16", None):
        with pytest.raises(ValueError, match="ships here; there are"):
            load_weights(name)
        with pytest.raises(ValueError, match="ships here; there are"):
            read_log(name)


def test_weights_of_a_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="train that recipe first"):
        read_weights(tmp_path / "nothing.safetensors")
    (tmp_path / "cut.safetensors").write_bytes(b"12345")
    with pytest.raises(ValueError, match=r"cut\.safetensors is cut short or no safetensors file"):
        read_weights(tmp_path / "cut.safetensors")


# ---- what ships


def test_the_shipped_files_fit_and_have_cards():
    known = cards()
    files = {path.name for path in FOLDER.glob("*.safetensors")}
    assert files == {card["file"] for card in known.values()}
    assert sum(path.stat().st_size for path in FOLDER.glob("*.safetensors")) < 40e6
    for name, card in known.items():
        assert all(value.dtype in (torch.float32, torch.int64) for value in read_shipped(name).values())
        assert card["licence"] and card["about"]
    assert set(SHIPPED) <= set(RECIPES)


@pytest.mark.parametrize("name", RIVALS)
def test_a_shipped_rival_is_what_its_recipe_says(name):
    """They were trained by an earlier program, for a time and not for a number of steps."""
    card, network = cards()[name], load_weights(name)
    assert type(network) is RIVALS[name][0] and network.settings == RECIPES[name].network().settings
    assert set(recipe_of(card).differences(RECIPES[name])) <= {"about", "steps"}
    assert card["photos"] == 975 and "ImageNet" in card["data"] and "ImageNet" in card["licence"]
    assert "earlier program" in card["remarks"] and "9 minutes" in card["about"] and round(60 * card["hours"]) == 9
    log = read_log(name)
    assert (
        log[-1]["step"] <= recipe_of(card).steps
        and log[-1]["images"] == log[-1]["step"] * card["recipe"]["stages"][0]["batch"]
    )
    began = next(row["step"] for row in log if row["adversarial"] != 0)
    first, second, _ = recipe_of(card).stages
    assert 0 <= began - first.steps - second.steps < 600  # the first line of the log after both began to learn
    image, mask = torch.full((1, 3, 64, 64), 0.5), torch.ones(1, 1, 64, 64)
    mask[..., 20:40, 20:40] = 0
    assert abs(network(image, mask) - 0.5).max() < 0.5


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in RIVALS])
def test_a_shipped_network_is_what_its_recipe_says(name):
    card, recipe, network = cards()[name], RECIPES[name], load_weights(name)
    assert type(network) is NETWORKS.get(name, PConvUNet if recipe.fill is None else ConvUNet)
    assert card["about"] == recipe.about and recipe_of(card).seed == recipe.seed
    assert card["recipe"]["loss"] == vars(recipe.loss) and network.settings == recipe.network().settings
    large = name == "large"
    assert card["photos"] == (975 if large else 112) and card["hours"] > 0 and card["device"]
    sizes = {"large": 4_880_772, "conv-mask": 1_080_047, "gated": 1_073_764}
    assert sum(p.numel() for p in network.parameters()) == sizes.get(name, 1_078_452)
    if large:
        assert card["scores"] == report.card_scores(scores.load(), name)
    elif name in NETWORKS:
        assert card["scores"] == report.card_scores(parts.load(), name)
    else:
        assert card["scores"] == report.card_scores(ablations.load(), name)
    assert abs(draw(network)).max() < 3
    log = read_log(name)
    if large:  # trained by an earlier program: one log of both recipes, without a total
        assert log[-1]["step"] <= sum(RECIPES[stage].steps for stage in ("large-l1", "large"))
        assert log[-1]["hole"] < 0.7 * log[0]["hole"] and "ImageNet" in card["data"] and "ImageNet" in card["licence"]
        return
    assert log[-1]["step"] == recipe_of(card).steps
    assert log[-1]["total"] < 0.7 * log[0]["total"] or recipe.start


def test_the_weights_command(capsys, tmp_path):
    command_line.main(["weights"])
    shown = capsys.readouterr().out
    assert all(f"{name} " in shown for name in cards()) and "together" in shown and "MB" in shown
    command_line.main(["weights", "hed-vgg16"])
    assert json.loads(capsys.readouterr().out)["hed-vgg16"] == cards()["hed-vgg16"]
    with pytest.raises(SystemExit):
        command_line.main(["weights", "no-such"])
    assert "there are hed-vgg16" in capsys.readouterr().err
    for wrong, says in (
        (["--pack", str(tmp_path)], "--pack needs a name"),
        (["l1", "--replace"], "--replace goes with --pack"),
    ):
        with pytest.raises(SystemExit):
            command_line.main(["weights", *wrong])
        assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "words, says",
    [
        (["mine", "--pack", "nowhere"], "nowhere is not the folder of a training run"),
        (["l1", "--pack", "nowhere"], "a network called l1 ships already"),
        (["hed-vgg16", "--pack", "nowhere", "--replace"], "hed-vgg16 is not a network that was trained here"),
        (["../mine", "--pack", "nowhere"], "the name is '../mine'"),
        (["mine", "--pack", ""], "is not the folder of a training run"),
    ],
)
def test_packing_what_cannot_be_is_a_sentence(words, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command_line.main(["weights", *words])
    assert ended.value.code not in (None, 0) and says in f"{ended.value.code} {capsys.readouterr().err}"
