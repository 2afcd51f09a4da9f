"""The loss landscape of a network in the real window."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.network.survey import PlanePicture
from workbench.ui.views.plane.view import moving, percent

#: a network without hidden layers, one lane
STRAIGHT = """
format = 1
[problem]
kind = "network"
batch_size = 16
[problem.data]
name = "moons"
samples = 100
[[lanes]]
optimizer = "adam"
"""


@pytest.fixture
def plane(open_window, settled, qtbot):
    """A window on a network after 60 steps, with its landscape whole and in front."""
    window = open_window(experiment(NETWORK))
    view = show(window, "plane")
    window.worker.seek(60)
    settled(window, 60)
    known(window, qtbot)
    return window, view


def known(window, qtbot, kind="paths"):
    def whole():
        picture = window.snapshot.extras.get("plane")
        return isinstance(picture, PlanePicture) and picture.request.kind == kind and picture.known == 1.0

    qtbot.waitUntil(whole, timeout=20_000)
    qtbot.waitUntil(lambda: window.views["plane"].snapshot is window.snapshot)
    return window.snapshot.extras["plane"]


def test_before_the_first_step_it_says_what_would_fill_it(open_window, qtbot):
    """At step 0 there are no paths to lay a plane through."""
    view = show(open_window(experiment(NETWORK)), "plane")
    qtbot.waitUntil(lambda: "Press Space" in view._empty.text())
    assert view._empty.isVisible()


def pick(view, kind):
    view.kind.setCurrentIndex(kind)
    view.kind.activated.emit(kind)


def test_random_directions_need_no_path(open_window, qtbot):
    """At step 0 the landscape around the start is there, and nothing is told of paths that there are not."""
    window = open_window(experiment(NETWORK))
    view = show(window, "plane")
    pick(view, 1)
    picture = known(window, qtbot, "random")
    assert picture.grid.step == 0
    assert np.ptp(picture.grid.losses) > 0
    assert not view._empty.isVisible()
    said = [view.plot.axes[side].labelText for side in ("bottom", "left")] + [view.note.text()]
    assert said == ["first random direction", "second random direction", "Laid at step 0."]


def test_each_kind_of_plane_says_what_it_waits_for(open_window, qtbot):
    """Two ends wait for the lanes to move; with one lane there is no second end to choose, and a lane is asked for."""
    window = open_window(experiment(NETWORK))
    view = show(window, "plane")
    pick(view, 2)
    qtbot.waitUntil(lambda: "the start and two lanes' ends. Press Space" in view._empty.text())
    other = open_window(experiment(STRAIGHT))
    view = show(other, "plane")
    pick(view, 2)
    qtbot.waitUntil(lambda: "needs a second lane. Add one" in view._empty.text())
    other.lanes_panel.add.click()
    qtbot.waitUntil(view.second.isVisible)
    assert (view.first.currentIndex(), view.second.currentIndex()) == (0, 1)


def test_axes_say_the_variance_explained(plane):
    """Both shares, as of the singular values of the kept states."""
    window, view = plane
    states = np.stack([c.theta for c in window.worker._loop.race.checkpoints.up_to(60)])
    points = np.concatenate([states[:1], states[::-1]]).reshape(-1, states.shape[2])
    values = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    for side, share in zip(("bottom", "left"), values / values.sum(), strict=False):
        assert percent(share) in view.plot.axes[side].labelText
    assert percent(values[:2].sum() / values.sum()) in view.note.text()


def test_each_lane_says_what_is_true_and_what_is_shown(plane):
    """The true loss is the one that the race's own evaluation gives."""
    window, view = plane
    race = window.worker._loop.race
    true = race.problem.losses(race.theta.copy())
    entries = view.legend._entries
    assert len(entries) == 3
    for (label, _, _), lane, loss in zip(entries, window.snapshot.info.lanes, true, strict=True):
        assert label.startswith(f"{lane.label}   true {loss:.3g}")


def test_paths_end_where_the_lanes_stand(plane):
    """The last point of each path is the foot of the lane's parameters."""
    window, view = plane
    grid = window.snapshot.extras["plane"].grid
    assert len(view.traces.traces) == window.snapshot.info.runs
    for run, trace in enumerate(view.traces.traces):
        foot = np.linalg.lstsq(grid.plane.axes.T, window.snapshot.theta[run] - grid.plane.center, rcond=None)[0]
        assert tuple(trace.past[-1]) == pytest.approx(tuple(foot), abs=1e-9)


def test_the_cursor_reads_the_loss(plane):
    """At a point of the grid, its value."""
    window, view = plane
    grid = window.snapshot.extras["plane"].grid
    said = view._read(float(grid.u[10]), float(grid.v[20]))
    assert said.endswith(f"loss ≈ {grid.losses[20, 10]:.4g}")


def test_other_planes_can_be_chosen(plane, qtbot):
    """Random directions with their seed, and two lanes' ends with the lanes; controls show where they count."""
    window, view = plane
    assert not view.seed.isVisible()
    assert not view.first.isVisible()
    view.kind.setCurrentIndex(1)
    view.kind.activated.emit(1)
    known(window, qtbot, "random")
    assert view.seed.isVisible()
    assert "random direction" in view.plot.axes["bottom"].labelText
    view.kind.setCurrentIndex(2)
    view.kind.activated.emit(2)
    picture = known(window, qtbot, "ends")
    assert view.second.isVisible()
    assert picture.request.runs == (0, 1)
    assert "Adam" in view.plot.axes["bottom"].labelText


def test_two_ends_that_are_one_are_said_to_lie_on_a_line(plane, qtbot):
    """Choosing the same lane twice is answered in a sentence, and can be undone."""
    window, view = plane
    view.kind.setCurrentIndex(2)
    view.kind.activated.emit(2)
    view.second.setCurrentIndex(0)
    view.second.activated.emit(0)
    qtbot.waitUntil(lambda: "lie on a line" in view._empty.text())
    view.second.setCurrentIndex(1)
    view.second.activated.emit(1)
    known(window, qtbot, "ends")


def test_it_is_live_while_the_race_runs(plane, qtbot):
    """Paths grow frame by frame, the grid is filled by and by, and the race goes on."""
    window, view = plane
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.step > 400, timeout=20_000)
    assert view.snapshot.step > 60
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    # the plane of a moment before may be whole while the race, paused or at its end, waits for its own
    qtbot.waitUntil(lambda: known(window, qtbot).grid.step == window.snapshot.step, timeout=20_000)


def test_its_grid_is_exported(plane):
    """A row for each point of the grid, with the loss that stands there."""
    window, view = plane
    grid = window.snapshot.extras["plane"].grid
    header, *lines = view.data_csv()().decode().splitlines()
    assert header == "part,lane,run,step,u,v,loss"
    found = [line.split(",") for line in lines if line.startswith("plane,")]
    assert [float(row[-1]) for row in found] == grid.losses.ravel().tolist()


def test_points_close_to_each_other_are_left_out():
    """Of points a pixel apart every third is drawn, with the first and the last."""
    path = np.column_stack([np.arange(101.0), np.zeros(101)])
    kept = moving(path, (1.0, 1.0))
    assert 30 <= len(kept) <= 38
    np.testing.assert_array_equal(kept[[0, -1]], path[[0, -1]])


def test_after_one_step_of_a_single_lane_there_is_a_picture(open_window, settled, qtbot):
    """Two points lie on a line: the plane is as wide across it, and shows other losses there than on the path."""
    window = open_window(experiment(STRAIGHT))
    view = show(window, "plane")
    window.worker.seek(1)
    settled(window, 1)
    grid = known(window, qtbot).grid
    assert np.ptp(grid.v) == pytest.approx(np.ptp(grid.u), rel=0.5)
    assert np.ptp(grid.losses, axis=0).min() > 0
    (left, right), (bottom, top) = view.plot.box.viewRange()
    assert (left, right, bottom, top) == pytest.approx((grid.u[0], grid.u[-1], grid.v[0], grid.v[-1]))


def test_a_plane_of_the_first_step_is_laid_anew_when_the_race_rests_later(open_window, settled, qtbot):
    """What a pause finds is laid through all of the path, wherever the race was when it was laid first."""
    window = open_window(experiment(STRAIGHT))
    show(window, "plane")
    window.worker.seek(1)
    settled(window, 1)
    first = known(window, qtbot).grid
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.step > 300, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    qtbot.waitUntil(lambda: known(window, qtbot).grid.step == window.snapshot.step, timeout=20_000)
    assert np.ptp(known(window, qtbot).grid.u) > 10 * np.ptp(first.u)
