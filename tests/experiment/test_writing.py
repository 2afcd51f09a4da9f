"""A file is replaced as a whole, in its place: with its owner, permissions and links, and nothing left beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from workbench.experiment.writing import whole_file, write_bytes

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions, owners and pipes are others there")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def mode(path):
    return path.stat().st_mode & 0o7777


@posix
@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o664, 0o444, 0o755])
def test_permissions_stay(tmp_path, permissions):
    """Whatever the person has chosen; also that nobody else may read it."""
    file = tmp_path / "a.toml"
    file.write_bytes(b"old")
    file.chmod(permissions)
    write_bytes(file, b"new")
    assert (file.read_bytes(), mode(file)) == (b"new", permissions)
    assert names(tmp_path) == ["a.toml"]


@posix
def test_a_new_file_has_the_permissions_that_the_person_gives_new_files(tmp_path):
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a", b"new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "a") == 0o640


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser gives files away")
def test_the_owner_stays(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(b"old")
    os.chown(file, 12345, 23456)
    file.chmod(0o640)
    write_bytes(file, b"new")
    found = file.stat()
    assert (found.st_uid, found.st_gid, mode(file), file.read_bytes()) == (12345, 23456, 0o640, b"new")


def test_a_soft_link_stays_and_what_it_points_to_is_written(tmp_path):
    """Also through two links, and to a file that is not there yet."""
    (tmp_path / "there").mkdir()
    target, link, second = tmp_path / "there" / "a.toml", tmp_path / "link.toml", tmp_path / "second.toml"
    link.symlink_to(Path("there") / "a.toml")
    second.symlink_to("link.toml")
    for content in (b"one", b"two"):
        write_bytes(second, content)
        assert link.is_symlink()
        assert second.is_symlink()
        assert target.read_bytes() == content
    assert names(tmp_path / "there") == ["a.toml"]


def test_hard_links_stay(tmp_path):
    """All names of a file have the new content, the shorter one whole."""
    file, other = tmp_path / "a.toml", tmp_path / "b.toml"
    file.write_bytes(b"a long content that was there before")
    os.link(file, other)
    write_bytes(file, b"short")
    assert file.read_bytes() == other.read_bytes() == b"short"
    assert file.samefile(other)
    assert names(tmp_path) == ["a.toml", "b.toml"]


@pytest.mark.parametrize("name", ["名" * 80 + ".toml", "名" * 85, "x" * 255, "é" * 120 + ".npz", "a.b.c.d"])
def test_names_as_long_as_a_file_may_have(tmp_path, name):
    """80 Japanese letters are 240 bytes of the 255 that there are."""
    write_bytes(tmp_path / name, b"one")
    write_bytes(tmp_path / name, b"two")
    assert (tmp_path / name).read_bytes() == b"two"
    assert names(tmp_path) == [name]


def test_what_goes_wrong_leaves_what_was_there(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(b"old")

    def fail():
        with whole_file(file) as part:
            part.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["a.toml"]


@posix
def test_a_pipe_a_device_and_a_folder_are_not_replaced(tmp_path):
    """Written as the superuser, /dev/null would be a file from then on."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to("/dev/null")
    for name in ("pipe", "folder", "null"):
        with pytest.raises(OSError, match=r"folder|pipe or a device"):
            write_bytes(tmp_path / name, b"x")
    assert names(tmp_path) == ["folder", "null", "pipe"]
    assert not Path("/dev/null").is_file()


KILLED = """
import os, signal, sys
from workbench.experiment.writing import whole_file
with whole_file(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
@pytest.mark.parametrize("name", ["a.toml", "名" * 80 + ".toml"])
def test_parts_of_a_killed_call_are_swept_at_the_next_one(tmp_path, name):
    """Those of the same file alone, and none that somebody is at."""
    file = tmp_path / name
    file.write_bytes(b"old")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
        assert done.returncode == -9
    assert file.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2, "the second call has swept what the first one left"
    for other in (".a.toml.part", ".b.toml.abcdefgh.part", ".a.toml.abc.d.part", "a.toml.abcdefgh.part"):
        (tmp_path / other).touch()
    before = set(names(tmp_path))
    with whole_file(file) as part:
        part.write(b"one")
        write_bytes(file, b"two")
        assert file.read_bytes() == b"two"
    assert file.read_bytes() == b"one"
    assert len(names(tmp_path)) == len(before) - 1
    assert set(names(tmp_path)) < before


def test_many_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    """The file has always what one of them wrote, and no part is left."""
    file, faults = tmp_path / "a", []

    def work(letter):
        try:
            for _ in range(40):
                write_bytes(file, letter * 5000, safe=False)
                found = file.read_bytes()
                assert found == found[:1] * 5000
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert names(tmp_path) == ["a"]
