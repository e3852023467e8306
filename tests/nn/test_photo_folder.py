"""Which files of a folder are used for training, which are held out, and whether they have changed."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image, features

from pconv_edu.core import photo_names, read_image
from pconv_edu.nn import photo_folder
from pconv_edu.nn.data import Photos
from pconv_edu.nn.photo_folder import find_images, fingerprint, list_photos, split
from tests.nn.small_runs import write_photos


def link(path, target):
    try:
        path.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("this system does not let us make links")


def names(folder):
    return [path.relative_to(folder).as_posix() for path in find_images(folder)]


def test_folders_of_the_usual_data_sets(tmp_path):
    write_photos(tmp_path / "imagenet" / "train" / "n01440764", 2)
    write_photos(tmp_path / "imagenet" / "val", 3)
    write_photos(tmp_path / "places" / "data_256" / "a" / "abbey", 2)
    write_photos(tmp_path / "celeba", 4)
    assert len(find_images(tmp_path / "imagenet")) == 2
    assert len(find_images(tmp_path / "places")) == 2
    assert len(find_images(tmp_path / "celeba")) == 4


def test_nothing_to_find_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; give a folder of images"):
        find_images(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="there is no image in"):
        find_images(tmp_path)
    link(tmp_path / "link.png", tmp_path / "nothing.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ValueError, match="there is no image in"):
        find_images(tmp_path)
    (tmp_path / "file.png").touch()
    with pytest.raises(NotADirectoryError, match=r"file\.png is a file; give a folder"):
        find_images(tmp_path / "file.png")


def test_every_format_that_is_read_alone_is_found_in_a_folder(tmp_path):
    endings = ["png", "PNG", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "tif", "tiff", "gif", "ppm", "pgm", "tga"]
    endings += [ending for ending, needed in (("jp2", "jpg_2000"), ("avif", "avif")) if features.check(needed)]
    for ending in endings:
        Image.new("RGB", (8, 8), "red").save(tmp_path / f"photo-{ending}.{ending}")
        assert read_image(tmp_path / f"photo-{ending}.{ending}").shape == (8, 8, 3)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "film.mpg").touch()
    assert len(names(tmp_path)) == len(endings)


def test_a_photo_that_is_not_read_here_is_named(tmp_path):
    write_photos(tmp_path, 2)
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with pytest.warns(UserWarning, match=r"1 of 3 files were skipped: .*phone\.heic"):
        Photos(tmp_path)


def test_hidden_files_are_left_out(tmp_path):
    write_photos(tmp_path / "a", 2)
    for name in (".hidden.png", "._photo0.png"):
        shutil.copy(tmp_path / "a" / "photo0.png", tmp_path / "a" / name)
    shutil.copytree(tmp_path / "a", tmp_path / ".thumbnails")
    assert names(tmp_path) == ["a/photo0.png", "a/photo1.png"]
    assert len(names(tmp_path / ".thumbnails")) == 2  # where it is asked for


def test_linked_folders_are_followed_and_loops_are_not(tmp_path):
    write_photos(tmp_path / "elsewhere" / "deep", 2)
    write_photos(tmp_path / "data" / "own", 1, first=7)
    link(tmp_path / "data" / "linked", tmp_path / "elsewhere")
    link(tmp_path / "data" / "own" / "up", tmp_path / "data")
    link(tmp_path / "elsewhere" / "deep" / "round", tmp_path / "elsewhere")
    link(tmp_path / "data" / "again", tmp_path / "elsewhere" / "deep")
    found = find_images(tmp_path / "data")
    assert [path.name for path in found] == ["photo0.png", "photo1.png", "photo7.png"]
    link(tmp_path / "train", tmp_path / "elsewhere")
    assert len(find_images(tmp_path)) == 2  # a linked training folder


def test_a_file_with_two_names_is_listed_once(tmp_path):
    """Otherwise the same photo could be both trained on and held out."""
    write_photos(tmp_path, 3)
    os.link(tmp_path / "photo1.png", tmp_path / "copy.png")
    link(tmp_path / "zlink.png", tmp_path / "photo2.png")
    link(tmp_path / "broken.png", tmp_path / "nothing.png")
    assert names(tmp_path) == ["copy.png", "photo0.png", "photo2.png"]


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    write_photos(tmp_path, 2)
    walk = os.walk

    def refused(root, onerror, followlinks):
        onerror(PermissionError(13, "Permission denied", "locked"))
        return walk(root, onerror=onerror, followlinks=followlinks)

    monkeypatch.setattr(photo_folder.os, "walk", refused)
    with pytest.warns(UserWarning, match="locked was left out: Permission denied"):
        assert len(find_images(tmp_path)) == 2


# ---- held out


@pytest.mark.parametrize("count", [*range(40), 100, 121, 200, 223, 224, 225, 272, 1000, 4001])
def test_no_photo_is_trained_on_and_held_out(count):
    given = [f"photo{number}" for number in range(count)]
    training, held_out = split(given)
    assert not set(training) & set(held_out)
    assert sorted(training + held_out) == sorted(given)
    assert (len(held_out) == 0) is (count < 14) and len(held_out) <= 17
    assert count < 14 or len(held_out) >= count // 14 or len(held_out) >= 15


def test_the_bundled_photos_are_split_as_the_shipped_networks_were_trained():
    training, held_out = split(photo_names("train"))
    assert (len(training), len(held_out)) == (112, 9)
    assert held_out == photo_names("train")[6::14]


def test_photos_share_no_picture_with_those_held_out(tmp_path):
    for count in (3, 13, 14, 29):
        folder = write_photos(tmp_path / str(count), count, size=(8, 8))
        pictures = [{photos[i].numpy().tobytes() for i in range(len(photos))} for photos in both(folder)]
        assert not pictures[0] & pictures[1] and len(pictures[0] | pictures[1]) == count


def both(folder):
    return Photos(folder), Photos(folder, held_out=True)


# ---- the same photos as before


def print_of(folder):
    return fingerprint(list_photos(folder), folder)


def test_the_fingerprint_is_that_of_the_files(tmp_path, monkeypatch):
    data = write_photos(tmp_path / "data" / "sub", 3).parent
    before = print_of(data)
    monkeypatch.chdir(tmp_path)
    link(tmp_path / "other", data)
    shutil.copytree(data, tmp_path / "moved")
    for same in ("data", "./data", "data/../data", "other", "moved"):
        assert print_of(same if same.startswith(".") else tmp_path / same) == before
    assert fingerprint(list_photos()) == fingerprint(photo_names("train")) != before


@pytest.mark.parametrize("change", ["added", "removed", "renamed", "moved", "replaced", "same size"])
def test_the_fingerprint_sees_every_change(tmp_path, change):
    data = write_photos(tmp_path, 3, ending="bmp")
    before, photo = print_of(data), data / "photo1.bmp"
    if change == "added":
        write_photos(data, 1, first=9)
    elif change == "removed":
        photo.unlink()
    elif change == "renamed":
        photo.rename(data / "photo1b.bmp")
    elif change == "moved":
        (data / "sub").mkdir()
        photo.rename(data / "sub" / "photo1.bmp")
    elif change == "replaced":
        photo.write_bytes(b"")
    else:
        size = photo.stat().st_size
        Image.fromarray(np.zeros((40, 50, 3), np.uint8)).save(photo)
        assert photo.stat().st_size == size
    assert print_of(data) != before


def test_of_many_photos_names_and_sizes_count(tmp_path, monkeypatch):
    monkeypatch.setattr(photo_folder, "KEPT_IN_MEMORY", 2)
    data = write_photos(tmp_path, 3)
    before = print_of(data)
    monkeypatch.setattr(photo_folder, "_content", lambda path: pytest.fail("a large collection was read"))
    assert print_of(data) == before
    (data / "photo1.png").write_bytes(b"")
    assert print_of(data) != before
