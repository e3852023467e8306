"""A run is resumed with what it began with: other photos, weights, precisions and files are refused in a sentence."""

import json
import shutil
import zipfile
from dataclasses import replace

import pytest
import torch

from pconv_edu.nn import run as run_module
from pconv_edu.nn import training
from pconv_edu.nn.recipe_files import recipe_as_json
from pconv_edu.nn.run_folder import CHECKPOINT, LOG, MACHINE, RECIPE, WEIGHTS, read_recipe
from pconv_edu.nn.training import train
from tests.nn.small_runs import SMALL, digest, of_an_earlier_version, small_stages, write_photos

GIVEN = {"device": "cpu", "every": 2, "quiet": True}


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder with photos d1 and d2, and a run on d1 that was stopped at step 2."""
    folder = tmp_path_factory.mktemp("begun")
    write_photos(folder / "d1", 4)
    write_photos(folder / "d2", 4, first=4)
    train(SMALL, folder / "run", data=folder / "d1", stop=2, **GIVEN)
    return folder


@pytest.fixture
def place(begun, tmp_path, monkeypatch):
    """A copy of that folder, which is also the current one."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def state_of(folder):
    return {path.name: digest(path) for path in folder.iterdir()}


def resume(place, recipe=SMALL, data="d1", **given):
    return train(recipe, place / "run", data=data and place / data, stop=4, **GIVEN | given)


def settings(place):
    return json.loads((place / "run" / MACHINE).read_text(encoding="utf-8"))


def change_settings(place, **changes):
    changed = {key: value for key, value in (settings(place) | changes).items() if value is not ...}
    (place / "run" / MACHINE).write_text(json.dumps(changed), encoding="utf-8")


# ---- photos


def test_a_run_remembers_its_photos(place):
    known = settings(place)
    assert (known["photos"], known["data"]) == (4, "d1") and len(known["photos_sha256"]) == 64
    assert known["start_sha256"] is None and "earlier" not in known


@pytest.mark.parametrize(
    "data, says",
    [
        (None, r"run is on 4 photos \(d1\), but 112 photos \(bundled photos\) are given.*those in d1"),
        ("d2", r"on 4 photos \(d1\), but 4 photos \(d2\) are given now. Resume it with those in d1, or choose another"),
    ],
)
def test_other_photos_are_refused_and_nothing_is_changed(place, data, says):
    before = state_of(place / "run")
    with pytest.raises(ValueError, match=says):
        resume(place, data=data)
    assert state_of(place / "run") == before


def test_a_run_on_the_bundled_photos_is_not_resumed_on_others(place):
    change_settings(place, photos=112, data="bundled photos", photos_sha256="0" * 64)
    with pytest.raises(ValueError, match=r"112 photos \(bundled photos\).*Resume it with the bundled photos"):
        resume(place)


@pytest.mark.parametrize("change", ["added", "removed", "renamed", "replaced"])
def test_a_changed_list_is_refused(place, change):
    photo = place / "d1" / "photo3.png"
    if change == "added":
        write_photos(place / "d1", 1, first=9)
    elif change == "removed":
        photo.unlink()
    elif change == "renamed":
        photo.rename(place / "d1" / "photo3b.png")
    else:
        shutil.copy(place / "d2" / "photo4.png", photo)
    number = {"added": 5, "removed": 3}.get(change)
    same_number = "the photos in d1 are not those .* a file was added, removed, renamed or changed"
    with pytest.raises(ValueError, match=rf"but {number} photos \(d1\)" if number else same_number):
        resume(place)


@pytest.mark.parametrize("way", ["relative", "dots", "link", "moved", "copied"])
def test_the_same_photos_by_another_path_are_the_same(place, way):
    data = place / "d1"
    if way == "relative":
        data = "d1"
    elif way == "dots":
        data = place / "d2" / ".." / "d1"
    elif way == "link":
        data = place / "linked"
        try:
            data.symlink_to(place / "d1", target_is_directory=True)
        except OSError:
            pytest.skip("this system does not let us make links")
    elif way == "moved":
        data = (place / "d1").rename(place / "elsewhere")
    else:
        data = shutil.copytree(place / "d1", place / "elsewhere" / "d7")
    train(SMALL, place / "run", data=data, stop=4, **GIVEN)
    assert settings(place)["photos_sha256"] and torch.load(place / "run" / CHECKPOINT)["step"] == 4


def test_a_run_among_its_photos_does_not_train_on_its_own_pictures(place):
    folder = place / "d1"
    for stop in (2, 12):
        train(SMALL, folder / "runs" / "mine", data=folder, stop=stop, **GIVEN)
    assert (folder / "runs" / "mine" / "samples.png").exists()
    train(SMALL, folder / "runs" / "mine", data=folder, **GIVEN)  # the list is still the same
    train(SMALL, place / "apart", data=folder, **GIVEN)
    assert digest(folder / "runs" / "mine" / WEIGHTS) == digest(place / "apart" / WEIGHTS)


def test_a_run_of_an_earlier_version_is_resumed_where_name_and_number_agree(place):
    change_settings(place, photos_sha256=..., start_sha256=...)
    for changed in ({"photos": 5}, {"data": "d9"}):
        known = settings(place)
        change_settings(place, **changed)
        with pytest.raises(ValueError, match=r"Resume it with those in d\d"):
            resume(place)
        change_settings(place, **known)
    with pytest.warns(UserWarning, match="does not say which photos its run began with") as said:
        resume(place)
    assert len(said) == 1 and settings(place)["photos_sha256"] and "start_sha256" not in settings(place)
    resume(place)  # from now on they are known, and nothing is said


def test_a_run_whose_settings_are_lost_or_broken(place):
    (place / "run" / MACHINE).write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"machine\.json is broken or no JSON file"):
        resume(place)
    (place / "run" / MACHINE).write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"machine\.json is not what a training run writes"):
        resume(place)
    (place / "run" / MACHINE).unlink()
    with pytest.warns(UserWarning, match="does not say which photos its run began with"):
        resume(place)


def test_before_the_first_checkpoint_photos_and_recipe_are_free(place):
    """Nothing was learned yet: the advice after numbers that are none relies on it."""
    (place / "run" / CHECKPOINT).unlink()
    resume(place, recipe=replace(SMALL, stages=small_stages(rate=1e-4)), data="d2")
    assert settings(place)["data"] == "d2"


# ---- device, precision, processes, weights to start with


def test_a_run_that_moves_to_another_device_says_so_and_remembers_it(place):
    now = settings(place)["device"]
    change_settings(place, device="an abacus", processes=3)
    with pytest.warns(UserWarning, match=r"resumed elsewhere \(device was an abacus, is .*; processes was 3, is 1\)"):
        resume(place)
    assert settings(place)["earlier"] == [{"until step": 2, "device": "an abacus", "processes": 3}]
    assert settings(place)["device"] == now
    change_settings(place, torch="0.1")
    with pytest.warns(UserWarning, match=r"\(torch was 0\.1, is "):
        train(SMALL, place / "run", data=place / "d1", **GIVEN)
    assert settings(place)["earlier"][1:] == [{"until step": 4, "torch": "0.1"}]


def test_the_precision_stays(place):
    with pytest.raises(ValueError, match="began in float32, not in bfloat16"):
        resume(place, precision="bfloat16")
    train(SMALL, place / "half", data=place / "d1", precision="bfloat16", stop=2, **GIVEN)
    train(SMALL, place / "half", data=place / "d1", stop=4, **GIVEN)
    assert json.loads((place / "half" / MACHINE).read_text(encoding="utf-8"))["bfloat16"] is True
    train(SMALL, place / "whole", data=place / "d1", precision="bfloat16", stop=4, **GIVEN)
    ends = [torch.load(place / name / CHECKPOINT)["network"] for name in ("half", "whole")]
    assert all(torch.equal(value, ends[1][name]) for name, value in ends[0].items())


def test_other_weights_to_start_with_are_refused(place):
    torch.manual_seed(1)
    one, other = SMALL.network().state_dict(), SMALL.network().state_dict()
    with pytest.raises(ValueError, match="began with random weights, not with those given now"):
        resume(place, start=one)
    train(SMALL, place / "on", data=place / "d1", start=one, stop=2, **GIVEN)
    with pytest.raises(ValueError, match="began with other weights, not with those given now"):
        train(SMALL, place / "on", data=place / "d1", start=other, **GIVEN)
    train(SMALL, place / "on", data=place / "d1", start={f"module.{k}": v for k, v in one.items()}, stop=4, **GIVEN)
    train(SMALL, place / "on", data=place / "d1", stop=6, **GIVEN)  # they are not needed again
    train(SMALL, place / "whole", data=place / "d1", start=one, stop=6, **GIVEN)
    ends = [torch.load(place / name / CHECKPOINT)["network"] for name in ("on", "whole")]
    assert all(torch.equal(value, ends[1][name]) for name, value in ends[0].items())


def test_a_recipe_that_continues_another_is_resumed_without_its_weights(place):
    recipe = replace(SMALL, start="l1")
    start = recipe.network().state_dict()
    train(recipe, place / "on", data=place / "d1", start=start, stop=2, **GIVEN)
    train(recipe, place / "on", data=place / "d1", stop=4, **GIVEN)


def test_a_run_that_an_earlier_version_began_is_resumed(place):
    """Its files have the recipe as earlier versions wrote it; it ends with the same weights to the bit."""
    (place / "run" / RECIPE).write_text(json.dumps(of_an_earlier_version(SMALL)), encoding="utf-8")
    spoil_state(place, recipe=of_an_earlier_version(SMALL))
    train(SMALL, place / "run", data=place / "d1", **GIVEN)
    train(SMALL, place / "whole", data=place / "d1", **GIVEN)
    assert digest(place / "run" / WEIGHTS) == digest(place / "whole" / WEIGHTS)
    assert read_recipe(place / "run") == SMALL


def test_another_recipes_run_is_left_alone(place):
    before = state_of(place / "run")
    changed = replace(SMALL, stages=small_stages(rate=3e-3), seed=5, loss=replace(SMALL.loss, tv=0.1))
    with pytest.raises(ValueError, match="run has another seed, loss, rate: choose another folder"):
        resume(place, recipe=changed)
    assert state_of(place / "run") == before


# ---- files that are not what they should be


def spoil_state(place, **changes):
    state = torch.load(place / "run" / CHECKPOINT) | changes
    torch.save({key: value for key, value in state.items() if value is not ...}, place / "run" / CHECKPOINT)


@pytest.mark.parametrize("spoil", ["text", "empty", "cut", "a bit"])
def test_a_broken_checkpoint_may_be_deleted(place, spoil):
    path = place / "run" / CHECKPOINT
    content = bytearray(path.read_bytes())
    if spoil == "a bit":
        with zipfile.ZipFile(path) as archive:
            part = max(archive.infolist(), key=lambda info: info.file_size)
        content[part.header_offset + 200] ^= 1
    path.write_bytes({"text": b"cut", "empty": b"", "cut": content[:-100], "a bit": content}[spoil])
    with pytest.raises(ValueError, match=r"checkpoint\.pt is cut or no checkpoint; delete it to start again"):
        resume(place)
    path.unlink()
    resume(place)  # the advice works


@pytest.mark.parametrize("spoil", ["list", "other keys", "a class", "no step", "old pickle"])
def test_a_checkpoint_of_another_program_is_left_alone(place, spoil):
    path = place / "run" / CHECKPOINT
    if spoil == "no step":
        spoil_state(place, step=...)
    elif spoil == "old pickle":
        torch.save({"model": torch.ones(3)}, path, _use_new_zipfile_serialization=False)
    else:
        torch.save({"list": [1], "other keys": {"model": torch.ones(3)}, "a class": SMALL}[spoil], path)
    before = digest(path)
    with pytest.raises(ValueError, match=r"was not written by this program, and is left alone") as refused:
        resume(place)
    assert "delete" not in str(refused.value) and digest(path) == before


def test_a_checkpoint_of_another_version_is_left_alone(place):
    network = torch.load(place / "run" / CHECKPOINT)["network"]
    spoil_state(place, network={name + "x": value for name, value in network.items()})
    with pytest.raises(ValueError, match=r"checkpoint\.pt belongs to another version") as refused:
        resume(place)
    assert "delete" not in str(refused.value) and "\n" not in str(refused.value)
    recipe = recipe_as_json(SMALL)
    spoil_state(place, network=network, recipe={"tempo": 3} | {k: v for k, v in recipe.items() if k != "clip"})
    with pytest.raises(ValueError, match=r"recipe in .* \(unknown: tempo; missing: clip\): choose another folder"):
        resume(place)


@pytest.mark.parametrize(
    "error, kind",
    [
        (torch.OutOfMemoryError("CUDA out of memory"), MemoryError),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), MemoryError),
        (PermissionError(13, "Permission denied"), PermissionError),
    ],
)
def test_a_checkpoint_that_fails_to_load_for_another_reason_is_not_blamed(place, monkeypatch, error, kind):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(run_module.torch, "load", fail)
    with pytest.raises(kind) as refused:
        resume(place)
    assert "delete" not in str(refused.value) and "cut" not in str(refused.value)


def test_finished_weights_are_not_replaced(place):
    train(SMALL, place / "run", data=place / "d1", **GIVEN)
    weights = digest(place / "run" / WEIGHTS)
    (place / "run" / CHECKPOINT).write_bytes(b"cut")
    with pytest.raises(
        ValueError, match=r"is cut .* weights\.safetensors beside it is kept: choose another"
    ) as refused:
        resume(place)
    assert "delete" not in str(refused.value)
    (place / "run" / CHECKPOINT).unlink()
    with pytest.raises(ValueError, match=r"run has weights\.safetensors without checkpoint\.pt.*Choose another folder"):
        resume(place)
    assert digest(place / "run" / WEIGHTS) == weights


def test_a_log_that_is_none(place):
    with (place / "run" / LOG).open("a", encoding="utf-8") as file:
        file.write('nonsense\n{"step": 3}\n')
    with pytest.raises(ValueError, match=r"log\.jsonl, line 2: this is not a row of a training log: nonsense"):
        resume(place)
    (place / "run" / LOG).write_text('{"tempo": 3}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"log\.jsonl, line 1"):
        resume(place)


def test_a_folder_that_is_a_file_or_cannot_be_written_to(place):
    (place / "file").touch()
    with pytest.raises(NotADirectoryError, match="is a file; choose a folder"):
        train(SMALL, place / "file", data=place / "d1", **GIVEN)
    with pytest.raises(OSError, match="file"):
        train(SMALL, place / "file" / "run", data=place / "d1", **GIVEN)


def test_a_run_without_weights_or_photos_touches_nothing(place, monkeypatch):
    """What can be seen before the first step is refused before anything is written."""
    monkeypatch.setattr(training, "prepare_folder", lambda *_: pytest.fail("the folder was touched"))
    for wrong in ({"data": place / "nowhere"}, {"device": "gpu"}, {"precision": "half"}, {"start": "l1"}):
        with pytest.raises((ValueError, OSError, TypeError)):
            train(SMALL, place / "new", **{"data": place / "d1", **GIVEN, **wrong})
    assert not (place / "new").exists()
