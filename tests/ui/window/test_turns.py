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
