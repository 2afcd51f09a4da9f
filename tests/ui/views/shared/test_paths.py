"""Paths as they are drawn: fewer points, the same way."""

from __future__ import annotations

import numpy as np

from workbench.ui.views.shared.paths import PathThinner

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
