"""While a race runs, a frame draws the centre and at most one view beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.experiments import NETWORK, experiment


@pytest.fixture
def turns(open_window):
    """A window of a network at rest, and its turns."""
    window = open_window(experiment(NETWORK))
    return window, window.frames.draw_turns


def names(window, views):
    return [next(key for key, view in window.views.items() if view is shown) for shown in views]


def test_at_rest_all_that_is_seen_is_drawn(turns):
    window, draw_turns = turns
    assert set(names(window, draw_turns.of_frame(window.snapshot))) == {"fit", "loss", "gradients", "race"}


def test_each_view_beside_the_centre_has_its_turn(turns):
    """One a frame, in rounds."""
    window, draw_turns = turns
    running = replace(window.snapshot, running=True)
    draw_turns.of_frame(running)
    frames = [names(window, draw_turns.of_frame(running)) for _ in range(6)]
    assert all(frame[0] == "fit" for frame in frames)
    beside = [frame[1] for frame in frames]
    assert set(beside[:3]) == {"loss", "gradients", "race"}
    assert beside[:3] == beside[3:]


def test_a_new_fit_is_enough_for_a_frame_and_starves_nobody(turns):
    """The views beside it wait for the next frame, also where every frame brings a new one."""
    window, draw_turns = turns
    running = replace(window.snapshot, running=True)
    draw_turns.of_frame(running)
    frames = [names(window, draw_turns.of_frame(replace(running, extras={"fit": object()}))) for _ in range(8)]
    assert [len(frame) for frame in frames] == [1, 2] * 4
    assert {frame[1] for frame in frames[1::2]} == {"loss", "gradients", "race"}


def test_a_view_that_takes_long_is_drawn_less_often_and_at_rest_at_once(turns, monkeypatch):
    """So long as it would keep the others from their frames, and no longer; a quick one has every turn."""
    window, draw_turns = turns
    clock = [50.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    running = replace(window.snapshot, running=True)
    draw_turns.of_frame(running)
    for key, seconds in (("fit", 0.011), ("gradients", 0.024), ("loss", 0.003)):
        draw_turns.took(window.views[key], seconds)
    frames = [names(window, draw_turns.of_frame(running)) for _ in range(6)]
    assert all(frame[0] == "fit" for frame in frames)
    assert sorted(key for frame in frames for key in frame[1:]) == ["loss", "loss", "race", "race"]
    assert "gradients" in names(window, draw_turns.of_frame(window.snapshot)), "at rest"
    draw_turns.took(window.views["fit"], 0.022)
    assert all("fit" not in names(window, draw_turns.of_frame(running)) for _ in range(3))
    clock[0] += 0.21
    frames = [names(window, draw_turns.of_frame(running)) for _ in range(3)]
    assert {key for frame in frames for key in frame} == {"fit", "loss", "gradients", "race"}
    draw_turns.took(window.views["fit"], 3.0)  # with all that a first drawing loads
    clock[0] += 0.3
    assert "fit" in names(window, draw_turns.of_frame(running))
