"""Memory that two processes share."""

from __future__ import annotations

import gc
import secrets

import numpy as np
import pytest

from tests.full_speed.drive import segments
from workbench.live import segments as module
from workbench.live.segments import Segment, discard, room

FIELDS = [((3, 4), np.float64), ((5,), np.float32), ((2,), np.int16)]


def name():
    return f"gw{secrets.token_hex(5)}t"


def test_both_sides_see_what_one_writes_and_arrays_do_not_overlap():
    """Every array is filled with its own number through one mapping and read through another."""
    ours = Segment(name(), room(FIELDS))
    theirs = Segment(ours.name)
    ours.forget_name()
    for number, array in enumerate(ours.arrays(FIELDS)):
        array[...] = number
    for number, (array, (shape, dtype)) in enumerate(zip(theirs.arrays(FIELDS), FIELDS, strict=True)):
        assert array.shape == shape
        assert array.dtype == dtype
        assert (array == number).all()


def test_arrays_outlive_the_segment_and_its_name():
    """A picture may still be drawn from rows whose segment nobody else holds any more."""
    segment = Segment(name(), room(FIELDS))
    first = segment.arrays(FIELDS)[0]
    first[...] = 7.0
    segment.forget_name()
    part = first[1:]
    del segment, first
    gc.collect()
    assert (part == 7.0).all()


def test_a_name_that_was_taken_back_can_not_be_attached_to():
    segment = Segment(name(), 64)
    segment.forget_name()
    with pytest.raises(FileNotFoundError):
        Segment(segment.name)


def test_discarding_takes_a_name_back_and_minds_no_missing_one():
    segment = Segment(name(), 64)
    discard(segment.name)
    discard(segment.name)
    assert segment.name not in segments()


def test_a_segment_that_does_not_fit_is_refused_before_it_is_made(monkeypatch):
    """Writing to memory that the system has not got would end the program."""
    monkeypatch.setattr(module.sys, "platform", "linux")
    disk = type("Disk", (), {"f_bavail": 3000, "f_frsize": 4096})
    monkeypatch.setattr(module.os, "statvfs", lambda _: disk, raising=False)
    before = segments()
    with pytest.raises(OSError, match="no room for 9000000 bytes"):
        Segment(name(), 9_000_000)
    assert segments() == before
