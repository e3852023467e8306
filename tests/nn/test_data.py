"""Crops and holes: what they are, that they are reproducible, and what happens with unreadable files."""

import numpy as np
import pytest
import torch

from pconv_edu.core import RATIO_BINS, hole_ratio, photo_names
from pconv_edu.core.hole_bank import KINDS_OF_HOLES, draw_bank
from pconv_edu.core.regular import grid_mask, rectangular_mask
from pconv_edu.nn import data
from pconv_edu.nn.data import Batches, Photos, random_crop, vary
from tests.nn.small_runs import write_photos


@pytest.fixture(scope="module")
def photos():
    kept = Photos.__new__(Photos)  # three bundled photos are enough, and quick
    names = photo_names("train")[:3]
    kept.__init__(longest=96)
    kept.names = names
    return kept


def test_bundled_photos_are_split_three_ways():
    trained, held_out = (Photos.__new__(Photos) for _ in range(2))
    for store, apart in ((trained, False), (held_out, True)):
        store._read = lambda name: torch.zeros(3, 8, 8, dtype=torch.uint8)
        store.__init__(held_out=apart)
    assert not set(trained.names) & set(held_out.names)
    assert sorted([*trained.names, *held_out.names]) == photo_names("train")  # no test photo
    assert 5 <= len(held_out) <= 17


def test_unreadable_files_are_skipped_and_listed(tmp_path):
    write_photos(tmp_path, 5)
    (tmp_path / "broken.jpg").write_bytes(b"no image")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not even a name of an image", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"2 of 7 files were skipped: .*broken\.jpg.*empty\.png") as warned:
        photos = Photos(tmp_path)
    assert len(warned) == 1
    assert {path.name for path in photos.skipped} == {"broken.jpg", "empty.png"}
    assert all(photos[index].shape[0] == 3 for index in range(len(photos)))


def test_nothing_to_train_on_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; give a folder of images"):
        Photos(tmp_path / "nowhere")
    (tmp_path / "a.jpg").write_bytes(b"no image")
    (tmp_path / "b.jpg").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"none of the .* image files can be read"):
        Photos(tmp_path)


def test_files_of_a_large_collection_are_named_once_they_were_met(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    write_photos(tmp_path, 3)
    (tmp_path / "broken.jpg").write_bytes(b"no image")
    photos = Photos(tmp_path)
    assert photos.skipped == {} and not photos.all_kept
    Batches(photos, 16, 32)(0)
    with pytest.warns(UserWarning, match=r"1 of 4 files were skipped: .*broken\.jpg"):
        photos.warn_of_skipped()


def test_photos_are_shrunk_to_the_longest_short_side(tmp_path):
    write_photos(tmp_path, 2, size=(40, 60))
    assert Photos(tmp_path, longest=20)[0].shape == (3, 20, 30)
    assert Photos(tmp_path, longest=400)[0].shape == (3, 40, 60)


@pytest.mark.parametrize("height, width", [(40, 60), (60, 40), (20, 90), (32, 32)])
def test_crops_have_their_size(height, width):
    photo = torch.arange(3 * height * width, dtype=torch.float32).reshape(3, height, width)
    photo = (255 * photo / photo.max()).to(torch.uint8)
    for seed in range(20):
        crop = random_crop(photo, 32, np.random.default_rng(seed))
        assert crop.shape == (3, 32, 32) and crop.min() >= 0 and crop.max() <= 1


def test_crops_are_mirrored_now_and_then():
    ramp = torch.arange(32, dtype=torch.uint8).expand(3, 32, 32)
    falling = [bool(random_crop(ramp, 32, np.random.default_rng(seed))[0, 0].diff()[0] < 0) for seed in range(40)]
    assert 10 < sum(falling) < 30


def test_batches_are_a_function_of_seed_and_step(photos):
    batches = Batches(photos, 32, 4, seed=3)
    images, masks = batches(7)
    assert images.shape == (4, 3, 32, 32) and masks.shape == (4, 1, 32, 32) and masks.dtype == torch.float32
    again = Batches(photos, 32, 4, seed=3)(7)
    assert torch.equal(images, again[0]) and torch.equal(masks, again[1])
    assert not torch.equal(images, batches(8)[0]) and not torch.equal(images, Batches(photos, 32, 4, seed=4)(7)[0])
    assert [step for step, _, _ in batches.between(5, 8)] == [5, 6, 7]
    assert torch.equal(next(iter(batches.between(7, 8)))[1], images)


def test_processes_share_a_batch(photos):
    whole = Batches(photos, 32, 6, seed=3)(2)
    for part in (0, 1):
        parts = [Batches(photos, 32, 6, seed=3, rank=rank, world=2)(2)[part] for rank in (0, 1)]
        assert torch.equal(whole[part][0::2], parts[0]) and torch.equal(whole[part][1::2], parts[1])
    with pytest.raises(ValueError, match="cannot be shared by 4"):
        Batches(photos, 32, 6, world=4)
    with pytest.raises(ValueError, match="choose from irregular"):
        Batches(photos, 32, 6, holes="round")


# ---- holes from a bank, as on a GPU


def eight(mask):
    """A mask turned by quarters, and each of these mirrored."""
    return [side.tobytes() for k in range(4) for turned in [np.rot90(mask, k)] for side in (turned, turned[:, ::-1])]


@pytest.fixture
def small_bank(monkeypatch):
    monkeypatch.setattr(data, "BANK", 40)


def masks_of(batches, steps=12):
    masks = torch.cat([batches(step)[1] for step in range(steps)])[:, 0]
    return [mask.bool().numpy() for mask in masks]


def test_grids_are_the_same_from_a_bank(photos, small_bank):
    """A grid that is turned begins at another corner, which `grid_mask` never makes."""
    found = masks_of(Batches(photos, 32, 8, "grid", bank=True))
    assert {mask.tobytes() for mask in found} == {grid_mask(32, 2).tobytes(), grid_mask(32, 4).tobytes()}
    drawn = masks_of(Batches(photos, 32, 8, "grid", bank=False))
    assert all(np.array_equal(one, other) for one, other in zip(found, drawn, strict=True))


@pytest.mark.parametrize("kind", ["irregular", "rectangles"])
def test_other_holes_from_a_bank_are_its_holes_turned_and_mirrored(photos, small_bank, kind):
    batches = Batches(photos, 32, 8, kind, seed=5, bank=True)
    known = [eight(hole) for hole in draw_bank(kind, 32, 5, 40)]
    found = masks_of(batches)
    assert all(any(mask.tobytes() in variants for variants in known) for mask in found)
    assert {mask.tobytes() for mask in found} - {variants[0] for variants in known}  # some are turned or mirrored
    assert all(0.01 < hole_ratio(mask) <= 0.6 for mask in found)
    again = masks_of(Batches(photos, 32, 8, kind, seed=5, bank=True))
    assert all(np.array_equal(one, other) for one, other in zip(found, again, strict=True))


@pytest.mark.parametrize("kind", KINDS_OF_HOLES)
def test_a_bank_is_drawn_once_for_both_stages(photos, small_bank, kind, monkeypatch):
    first = Batches(photos, 32, 8, kind, bank=True)
    monkeypatch.setattr(data, "draw_bank", lambda *_: pytest.fail("drawn again"))
    second = Batches(photos, 32, 2, kind, bank=first.bank if kind != "grid" else True)
    assert second.bank is first.bank and (first.bank is None) is (kind == "grid")
    assert Batches(photos, 32, 8, kind).bank is None  # on a CPU each hole is drawn for its picture


@pytest.mark.parametrize("ratio", RATIO_BINS)
def test_rectangles_keep_their_ratio(ratio):
    for seed in range(20):
        mask = rectangular_mask((50, 70), ratio, np.random.default_rng(seed))
        assert ratio[0] < hole_ratio(mask) <= ratio[1]


def test_regular_holes_refuse_what_cannot_be():
    with pytest.raises(TypeError, match="Generator"):
        rectangular_mask(8, (0.1, 0.2))
    with pytest.raises(ValueError, match="0 <= low < high"):
        rectangular_mask(8, (0.3, 0.2), np.random.default_rng(0))
    with pytest.raises(ValueError, match="no rectangle"):
        rectangular_mask(2, (0.01, 0.02), np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 2"):
        grid_mask(8, 1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_batches_repeat():
    photos = Photos(longest=96, device="cuda")
    images, masks = Batches(photos, 32, 4, seed=3)(7)
    again = Batches(photos, 32, 4, seed=3)(7)
    assert images.is_cuda and masks.is_cuda and torch.equal(images, again[0]) and torch.equal(masks, again[1])


def test_variants_of_a_crop():
    image = torch.rand(3, 8, 8)
    rng = np.random.default_rng(0)
    assert torch.equal(vary(image, rng), image)
    seen = set()
    for _ in range(200):
        other = vary(image, rng, turns=1.0)
        quarters = [k for k in range(4) if torch.equal(other, torch.rot90(image, k, (1, 2)))]
        assert len(quarters) == 1
        seen.add(quarters[0])
    assert seen == {0, 1, 2, 3}
    swapped = 0
    for _ in range(200):
        other = vary(image, rng, colors=0.3)
        powers = [[(other[a].log() / image[b].log()).flatten() for b in range(3)] for a in range(3)]
        fits = [[b for b in range(3) if powers[a][b].std() < 1e-3] for a in range(3)]  # one power for all its pixels
        assert sorted(b for found in fits for b in found) == [0, 1, 2]
        assert all(np.exp(-0.3) <= powers[a][fits[a][0]].mean() <= np.exp(0.3) for a in range(3))
        swapped += fits != [[0], [1], [2]]
    assert 50 < swapped < 120  # half of the time, and one permutation in six changes nothing


def test_batches_vary_only_where_they_are_asked_to(photos):
    plain, varied = Batches(photos, 32, 4, seed=3), Batches(photos, 32, 4, seed=3, colors=0.3, turns=0.5)
    assert not torch.equal(plain(7)[0], varied(7)[0])
    assert torch.equal(varied(7)[0], varied(7)[0])
    assert varied(7)[0].min() >= 0 and varied(7)[0].max() <= 1
