"""Paths as they are drawn: fewer points, the same way."""

from __future__ import annotations

import numpy as np

from workbench.engine.race.history import History
from workbench.ui.views.shared.paths import PathsOfRecord, PathThinner

PIXELS = (100.0, 100.0)


def far_from(line, points):
    """The largest distance of points (K, 2) from the polyline (N, 2), in pixels."""
    a, b = line[:-1], line[1:]
    along = b - a
    t = np.einsum("knd,nd->kn", points[:, None] - a, along) / np.maximum((along**2).sum(axis=1), 1e-30)
    nearest = a + np.clip(t, 0, 1)[..., None] * along
    return float(np.hypot(*(points[:, None] - nearest).transpose(2, 0, 1)).min(axis=1).max()) * PIXELS[0]


def shaking_after_an_arc(steps):
    """A quarter of a circle of 4 units in 300 steps, then at random about its end, within 0.3 units."""
    angle = np.linspace(0, np.pi / 2, 300)
    arc = 4 * np.column_stack([np.cos(angle), np.sin(angle)])
    end = arc[-1] + np.random.default_rng(3).uniform(-0.3, 0.3, (steps, 2))
    return arc, np.concatenate([arc, end])[:, None]


def test_the_way_is_kept_where_a_run_shakes_about_its_end():
    """Thousands of steps about one place do not straighten the arc that led there, whether seen at once or in parts."""
    arc, path = shaking_after_an_arc(6000)
    at_once, in_parts = PathThinner(), PathThinner()
    for count in range(50, len(path) + 1, 50):
        parts = in_parts.thin(path, count, (0, PIXELS))
    for (kept,) in (at_once.thin(path, len(path), (0, PIXELS)), parts):
        assert len(kept) <= 700
        assert far_from(kept, arc) < 8.0


def test_a_path_of_few_steps_is_drawn_to_the_pixel():
    """What has room is not changed by more than a pixel."""
    arc, path = shaking_after_an_arc(0)
    (kept,) = PathThinner().thin(path, len(path), (0, PIXELS))
    assert far_from(kept, arc) < 1.0


def swinging_down(count):
    """From one side of a valley to the other at each step, an eighth less each time over some dozens of steps."""
    step = np.arange(count)
    return np.column_stack([4 * (-1.0) ** step * 0.9**step, 3 * 0.9 ** (step / 4)])


def test_the_first_steps_are_drawn_one_by_one_however_long_the_record():
    """Every eighth row of 50,000 steps lies on one side of the valley: the path swings from one to the other."""
    way, paths = swinging_down(50_000), PathsOfRecord()
    history = History({"path": (1, 2)}, whole=("path",))
    for step, point in enumerate(way):
        history.record(step, {"path": point[None]})
        if step % 1000 == 0:
            paths.thin(history.view(), (0, PIXELS))
    view = history.view()
    assert view.stride == 8
    assert (view.values["path"][:, 0, 0] >= 0).all()
    ((steps, points),) = paths.thin(view, (0, PIXELS))
    assert np.array_equal(points, way[steps])
    assert (np.diff(steps) > 0).all()
    assert steps[:30].tolist() == list(range(30))


def test_a_cut_record_has_no_steps_beyond_the_cut():
    """Set back to step 20 and changed, a run has its old first steps, and then those of the new way."""
    way, paths = swinging_down(20_000), PathsOfRecord()
    history = History({"path": (1, 2)}, whole=("path",))
    for step, point in enumerate(way):
        history.record(step, {"path": point[None]})
    paths.thin(history.view(), (0, PIXELS))
    history.truncate(20)
    for step in range(21, 200):
        history.record(step, {"path": np.array([[step, step]])})
    ((steps, points),) = paths.thin(history.view(), (0, PIXELS))
    assert steps[:21].tolist() == list(range(21))
    assert np.array_equal(points[:21], way[:21])
    assert (points[21:] == steps[21:, None]).all()
