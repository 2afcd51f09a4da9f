"""Memory that two processes share."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.live.full_speed.drive import mapped
from workbench.live import segments as module
from workbench.live.segments import Segment, room

FIELDS = [((3, 4), np.float64), ((5,), np.float32), ((2,), np.int16)]


@pytest.fixture
def pipe():
    ends = multiprocessing.Pipe()
    yield ends
    for end in ends:
        end.close()


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def on_disk(monkeypatch):
    """A system without files in memory, as macOS is one."""
    monkeypatch.setattr(module, "_memory_file", lambda: None)


@pytest.mark.parametrize("disk", [False, True])
def test_both_sides_see_what_one_writes_and_arrays_do_not_overlap(pipe, monkeypatch, disk):
    """Every array is filled with its own number through one mapping and read through another."""
    if disk:
        on_disk(monkeypatch)
    ours = Segment(room(FIELDS))
    ours.send(pipe[0])
    theirs = Segment.receive(pipe[1])
    for number, array in enumerate(ours.arrays(FIELDS)):
        array[...] = number
    for number, (array, (shape, dtype)) in enumerate(zip(theirs.arrays(FIELDS), FIELDS, strict=True)):
        assert array.shape == shape
        assert array.dtype == dtype
        assert (array == number).all()


def test_letters_before_and_after_a_segment_arrive_whole(pipe):
    """Segments and messages share one pipe."""
    pipe[0].send("before")
    Segment(64).send(pipe[0])
    pipe[0].send("after")
    assert pipe[1].recv() == "before"
    assert len(Segment.receive(pipe[1]).bytes) >= 64
    assert pipe[1].recv() == "after"


def test_a_pipe_that_ends_before_the_segment_says_so(pipe):
    pipe[0].close()
    with pytest.raises(EOFError):
        Segment.receive(pipe[1])


def test_arrays_outlive_the_segment(pipe):
    """A picture may still be drawn from rows whose segment nobody else holds any more."""
    segment = Segment(room(FIELDS))
    first = segment.arrays(FIELDS)[0]
    first[...] = 7.0
    part = first[1:]
    del segment, first
    gc.collect()
    assert (part == 7.0).all()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("disk", [False, True])
def test_a_segment_never_has_a_name_and_is_gone_with_its_last_array(pipe, monkeypatch, disk, tmp_path):
    """Neither where shared memory is kept nor where temporary files are; neither mappings nor descriptors stay."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(module.tempfile, "tempdir", None)
    if disk:
        on_disk(monkeypatch)
    before = mapped()[0], descriptors()
    made = Segment(4096)
    made.send(pipe[0])
    arrays = [made.bytes, Segment.receive(pipe[1]).bytes]
    assert not mapped()[1]
    assert not list(tmp_path.iterdir())
    assert len(arrays) == 2
    del made, arrays
    gc.collect()
    assert (mapped()[0], descriptors()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="shared memory is no file there")
def test_a_segment_that_does_not_fit_on_the_disk_is_refused_before_it_is_made(monkeypatch):
    """Writing to a page that the disk has not got would end the program."""
    on_disk(monkeypatch)
    disk = type("Disk", (), {"f_bavail": 3000, "f_frsize": 4096})
    monkeypatch.setattr(module.os, "fstatvfs", lambda _: disk)
    with pytest.raises(OSError, match="no room for 9000000 bytes"):
        Segment(9_000_000)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("disk", [False, True])
def test_a_segment_that_cannot_be_made_leaves_no_open_file(monkeypatch, disk):
    """A size that no system takes is refused by the call that gives the file its size."""
    if disk:
        on_disk(monkeypatch)
        monkeypatch.setattr(module, "_LEFT_FREE", -(1 << 70))
    before = descriptors()
    with pytest.raises((OSError, OverflowError)):
        Segment(1 << 64)
    assert descriptors() == before
