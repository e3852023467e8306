"""Every method has its own name: training runs are never confused with shipped networks or with each other."""

import json
import os
import shutil

import pytest
import torch
from safetensors.torch import save_file

from pconv_edu import inpaint
from pconv_edu.core import load_photo, load_test_holes
from pconv_edu.experiments.evaluate import methods
from pconv_edu.experiments.evaluate.cases import Case
from pconv_edu.nn import load_weights
from pconv_edu.nn.weights import cards

torch.set_num_threads(1)
with_links = pytest.mark.skipif(os.name == "nt", reason="not everybody may make symbolic links on Windows")


def begin_run(folder):
    """A folder that looks like a finished run from outside."""
    folder.mkdir(parents=True)
    (folder / methods.WEIGHTS).touch()
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run, with the weights of `l1`."""
    run = begin_run(tmp_path_factory.mktemp("runs") / "net")
    save_file(load_weights("l1").state_dict(), run / methods.WEIGHTS)
    (run / "recipe.json").write_text(json.dumps(cards()["l1"]["recipe"]), encoding="utf-8")
    return run


def test_shipped_methods_have_their_own_names():
    assert methods.named(["telea", "l1", "l1+noise", "no-perceptual", "telea"]) == {
        name: name for name in ("telea", "l1", "l1+noise", "no-perceptual")
    }
    assert methods.named(["pconv", "large"]) == {"large": "large"}


@pytest.mark.parametrize("name", ["pconv", *inpaint.METHODS, *inpaint.VARIANTS, *methods.CONTROLS])
def test_no_run_may_be_called_like_what_ships(name, tmp_path):
    for folder in (name, name.upper(), name.title(), *((f"{name} ", f"{name}.") if os.name != "nt" else ())):
        run = begin_run(tmp_path / folder / folder)
        with pytest.raises(
            ValueError, match=r"has the name of the method .* Rename the folder, for instance to"
        ) as error:
            methods.named([run])
        assert str(run.parent / f"my-{folder}") in str(error.value)
        shutil.rmtree(tmp_path / folder)


@with_links
@pytest.mark.parametrize(
    "path", ["runs/l1", "runs/l1/", "./runs//l1", "runs/../runs/l1", "{here}/runs/l1", "L1", "alias"]
)
def test_no_path_to_such_a_run_is_taken(path, tmp_path, monkeypatch):
    """A link has two names, its own and that of the folder. Neither may be the name of a shipped network."""
    monkeypatch.chdir(tmp_path)
    begin_run(tmp_path / "runs" / "l1")
    begin_run(tmp_path / "mine")
    (tmp_path / "alias").symlink_to("runs/l1")
    (tmp_path / "L1").symlink_to("mine")
    with pytest.raises(ValueError, match="this run has the name of the method l1, which ships"):
        methods.named(["l1", path.format(here=tmp_path)])
    monkeypatch.chdir(tmp_path / "runs" / "l1")
    with pytest.raises(ValueError, match="for instance to my-l1"):
        methods.named(["."])


@with_links
def test_a_run_is_known_by_its_folder_whatever_the_path(tmp_path, monkeypatch):
    run = begin_run(tmp_path / "runs" / "my-l1")
    (tmp_path / "latest").symlink_to("runs/my-l1")
    monkeypatch.chdir(tmp_path)
    paths = ["runs/my-l1", "runs/my-l1/", f"{run}", "latest", "runs/../runs/my-l1"]
    assert methods.named(["l1", *paths]) == {"l1": "l1", "my-l1": str(run.resolve())}
    monkeypatch.chdir(run)
    assert methods.named(["."]) == {"my-l1": str(run.resolve())}


@pytest.mark.parametrize("other", ["net", "NET"])
def test_two_runs_of_one_name_are_refused(other, tmp_path):
    runs = [begin_run(tmp_path / "a" / "net"), begin_run(tmp_path / "b" / other)]
    with pytest.raises(ValueError, match=f"are both called {other}: rename one of these folders"):
        methods.named(runs)


def test_more_names_can_be_taken(tmp_path):
    assert methods.named(["bicubic"], ["bicubic"]) == {"bicubic": "bicubic"}
    with pytest.raises(ValueError, match="the name of the method bicubic"):
        methods.named([begin_run(tmp_path / "Bicubic")], ["bicubic"])


@pytest.mark.parametrize(
    "files, says",
    [
        ([], "there is no weights.safetensors in this folder: it is not the folder of a training run"),
        (["checkpoint.pt"], "the training has not ended; resume it first"),
    ],
)
def test_a_folder_without_weights_says_why(files, says, tmp_path):
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=says):
        methods.named([tmp_path])


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no such method and no folder with a finished run; there are mean"):
        methods.named([tmp_path / "nowhere"])
    run = begin_run(tmp_path / "net")
    with pytest.raises(ValueError, match=r"is a file; give the folder of the training run, .*net$"):
        methods.named([run / methods.WEIGHTS])


# ---- runs that cannot be read


def change_recipe(run, change):
    recipe = json.loads((run / "recipe.json").read_text(encoding="utf-8"))
    (run / "recipe.json").write_text(json.dumps(change(recipe)), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: (run / "recipe.json").unlink(),
        lambda run: (run / "recipe.json").write_text("{", encoding="utf-8"),
        lambda run: (run / "recipe.json").write_bytes(b"\xff\xfe"),
        lambda run: change_recipe(run, lambda recipe: [1, 2]),
        lambda run: change_recipe(run, lambda recipe: recipe | {"width": 16}),
        lambda run: change_recipe(run, lambda recipe: recipe | {"width": "wide"}),
        lambda run: change_recipe(run, lambda recipe: {}),
        lambda run: (run / methods.WEIGHTS).write_bytes((run / methods.WEIGHTS).read_bytes()[:1000]),
        lambda run: (run / methods.WEIGHTS).write_bytes(b""),
    ],
)
def test_a_broken_run_is_one_sentence(damage, finished, tmp_path):
    run = shutil.copytree(finished, tmp_path / "net")
    damage(run)
    with pytest.raises(ValueError, match="the network of this run cannot be read: ") as error:
        methods.load_run(str(run))
    assert str(error.value).startswith(str(run)) and "\n" not in str(error.value)


def test_other_weights_in_the_same_folder_are_read_again(finished, tmp_path):
    """No result of an earlier training is kept in memory."""
    run = shutil.copytree(finished, tmp_path / "net")
    case = Case("N", "", "", load_photo("gc-animal-koala", 256), load_test_holes((0.1, 0.2))[0])
    first, mark = methods.fill(case, str(run)), methods.fingerprint(str(run))
    state = {name: value * 0.9 for name, value in load_weights("l1").state_dict().items() if value.is_floating_point()}
    save_file(load_weights("l1").state_dict() | state, run / methods.WEIGHTS)
    assert abs(methods.fill(case, str(run)) - first).max() > 0.01 and methods.fingerprint(str(run)) != mark
