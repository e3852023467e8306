"""Files are written completely or not at all; nothing else is left behind."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from pconv_edu.core.atomic import UNFINISHED, check_writable, write_atomically


def test_bytes_and_what_a_function_writes(tmp_path):
    write_atomically(tmp_path / "a", b"bytes")
    write_atomically(str(tmp_path / "b"), lambda file: file.write(b"written"))
    assert (tmp_path / "a").read_bytes() == b"bytes" and (tmp_path / "b").read_bytes() == b"written"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("no")])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    (tmp_path / "a").write_bytes(b"old")

    def half(file):
        file.write(b"half")
        raise error

    with pytest.raises(type(error)):
        write_atomically(tmp_path / "a", half)
    assert (tmp_path / "a").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("length", [200, 243, 250, 255])
def test_names_as_long_as_the_file_system_takes(tmp_path, length):
    path = tmp_path / ("é" * ((length - 4) // 2) + "x" * (length % 2) + ".png")
    assert len(os.fsencode(path.name)) == length
    check_writable(path)
    write_atomically(path, b"whole")
    write_atomically(path, b"again")
    assert path.read_bytes() == b"again" and len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_written_is_named_before_anything_is_written(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    cases = [
        ("x" * 252 + ".png", OSError, "no file can have this name"),
        ("gone/a.png", FileNotFoundError, "there is no folder .*gone"),
        ("file/a.png", FileNotFoundError, "there is no folder .*file"),
        ("folder", IsADirectoryError, "is a folder"),
    ]
    for name, kind, says in cases:
        for write in (check_writable, lambda path: write_atomically(path, b"")):
            with pytest.raises(kind, match=says):
                write(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can write")
def test_a_folder_that_cannot_be_written_to():
    for write in (check_writable, lambda path: write_atomically(path, b"")):
        with pytest.raises(OSError, match=r"/proc/a\.png: /proc cannot be written to"):
            write("/proc/a.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_not_replaced(tmp_path):
    """Devices are refused by the same check. No test tries that, because it could damage one."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        for write in (check_writable, lambda path: write_atomically(path, b"")):
            with pytest.raises(OSError, match="not an ordinary file"):
                write(tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode) and len(list(tmp_path.iterdir())) == 2


def test_checking_changes_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    check_writable(tmp_path / "a")
    check_writable(tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"] and (tmp_path / "a").read_bytes() == b"old"


def test_links_are_followed(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "far" / "real")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "far" / "real").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_those_of_a_new_file_or_of_the_old_one(tmp_path):
    (tmp_path / "other").touch()
    write_atomically(tmp_path / "new", b"")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)
    (tmp_path / "new").chmod(0o640)
    write_atomically(tmp_path / "new", b"changed")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_the_umask_of_the_process_is_never_touched(tmp_path, monkeypatch):
    """It can only be read by setting it; meanwhile another thread could create files that everybody can write."""
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("the umask was set"))
    write_atomically(tmp_path / "a", b"")


def test_many_threads_write_one_file(tmp_path):
    contents = [bytes([number]) * 100_000 for number in range(8)]
    threads = [threading.Thread(target=write_atomically, args=(tmp_path / "a", content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "a").read_bytes() in contents and len(list(tmp_path.iterdir())) == 1


def test_a_name_that_is_taken_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "folder").mkdir()
    names = ["file", "folder", "../" + tmp_path.name + "/file"]
    if os.name != "nt":
        (tmp_path / "link").symlink_to("file")
        (tmp_path / "dangling").symlink_to("nowhere")
        names += ["link", "dangling"]
    before = sorted(path.name for path in tmp_path.iterdir())
    for name in names:
        with pytest.raises(FileExistsError, match="there is already a file of this name"):
            write_atomically(tmp_path / name, lambda file: pytest.fail("it was written"), overwrite=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "file").read_bytes() == b"mine"
    write_atomically(tmp_path / "new", b"new", overwrite=False)
    assert (tmp_path / "new").read_bytes() == b"new" and not list(tmp_path.glob(UNFINISHED))


@pytest.mark.parametrize("hard_links", [True, False])
def test_a_name_that_is_taken_while_the_file_is_written_is_not_overwritten(tmp_path, monkeypatch, hard_links):
    def link(source, target):
        raise OSError(errno.EPERM, "Operation not permitted")

    if not hard_links:
        monkeypatch.setattr(os, "link", link)

    def slow(file):
        file.write(b"late")
        (tmp_path / "a").write_bytes(b"mine")

    with pytest.raises(FileExistsError, match="there is already a file of this name"):
        write_atomically(tmp_path / "a", slow, overwrite=False)
    assert (tmp_path / "a").read_bytes() == b"mine" and len(list(tmp_path.iterdir())) == 1
    write_atomically(tmp_path / "b", b"new", overwrite=False)
    assert (tmp_path / "b").read_bytes() == b"new" and len(list(tmp_path.iterdir())) == 2


def test_the_pattern_of_unfinished_files_fits_their_names(tmp_path):
    names: list[Path] = []
    write_atomically(tmp_path / "a", lambda file: names.extend(tmp_path.glob(UNFINISHED)))
    assert len(names) == 1 and not list(tmp_path.glob(UNFINISHED))
