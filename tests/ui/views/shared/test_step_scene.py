"""The arrows of a step: head to tail they lead from the point to where the race goes, for every rule."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import BOWL, experiment
from workbench.engine.optimizers import optimizers
from workbench.engine.race.anatomy import anatomy
from workbench.experiment import build
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.step_scene import bounds, scene

PIXELS, SIZE = (200.0, 100.0), (600.0, 300.0)


def taken_apart(key, step=4, convention="pytorch", rate=0.05):
    text = BOWL.replace('optimizer = "momentum"', f'optimizer = "{key}"\nconvention = "{convention}"', 1)
    race = build.make_race(experiment(text.replace("learning_rate = 0.01", f"learning_rate = {rate}")))
    race.seek(step)
    found = anatomy(race, 0, (0, 1))
    race.advance()
    return found, race.theta[0].copy()


@pytest.mark.parametrize("convention", ["pytorch", "keras"])
@pytest.mark.parametrize("key", optimizers.keys())
def test_the_parts_lead_from_the_point_to_the_next_one(key, convention):
    """Each begins where the one before it ends; the broad arrow and the ghost are the step that the race takes."""
    found, after = taken_apart(key, convention=convention)
    made = scene(found, PIXELS, SIZE, themes.LIGHT)
    step, *others = made.arrows
    np.testing.assert_allclose(step.start, found.point)
    np.testing.assert_allclose(step.end, after, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(made.ghost, after, rtol=1e-11, atol=1e-12)
    parts = others[: len(made.parts)]
    at = step.start
    for part in parts:
        assert part.start == pytest.approx(at)
        at = part.end
    assert len(parts) in {0, len(found.terms)}
    if parts:
        np.testing.assert_allclose(at, after, rtol=1e-9, atol=1e-12)
    low, high = bounds(found)
    for arrow in (step, *parts):
        assert (np.array([arrow.start, arrow.end]) >= low - 1e-9).all()
        assert (np.array([arrow.start, arrow.end]) <= high + 1e-9).all()


def test_gradient_and_averages_lead_downwards_at_one_scale_and_squares_are_ellipses():
    """Adam: −g, −m and −m̂ are as long to each other as the numbers are, and √v̂ is as wide and high as its root."""
    found, _ = taken_apart("adam")
    made = scene(found, PIXELS, SIZE, themes.DARK)
    values = {q.name: q.values for q in found.quantities if q.origin in ("given", "line")}
    arrows = {arrow.names[0]: arrow for arrow in made.arrows if arrow.label.startswith("−")}
    assert set(arrows) == {"g", "m", "m_hat"}
    for name, arrow in arrows.items():
        way = np.subtract(arrow.end, arrow.start)
        np.testing.assert_allclose(way, -made.factor * values[name], rtol=1e-9)
    halves = {each.names[0]: each.half for each in made.extents}
    np.testing.assert_allclose(halves["v_hat"], made.factor * np.sqrt(values["v_hat"]), rtol=1e-9)
    assert {label for label, _ in made.scaled} == {"−g", "−m", "−m̂", "√v", "√v̂"}
    longest = max(
        [np.hypot(*(np.subtract(a.end, a.start) * PIXELS)) for a in arrows.values()]
        + [np.hypot(*np.multiply(half, PIXELS)) for half in halves.values()]
    )
    assert longest == pytest.approx(0.30 * 300.0)


def test_the_step_stands_for_the_line_that_has_its_value():
    """Adam's Δ is the step: with it the broad arrow is lit, and no second arrow lies on it."""
    found, _ = taken_apart("adam")
    made = scene(found, PIXELS, SIZE, themes.LIGHT)
    assert "Delta" in made.arrows[0].names
    assert sum("Delta" in arrow.names for arrow in made.arrows) == 1


def test_only_what_is_known_yet_is_drawn():
    """Up to Adam's second line there are g and m, and the size of v; neither parts nor the step."""
    found, _ = taken_apart("adam")
    place = next(i for i, q in enumerate(found.quantities) if q.origin == "line" and q.name == "v")
    made = scene(found, PIXELS, SIZE, themes.LIGHT, upto=place)
    assert {arrow.names[0] for arrow in made.arrows} == {"g", "m"}
    assert {each.names[0] for each in made.extents} == {"v"}
    assert np.isnan(made.ghost).all()
    assert made.parts == ()


def test_kerass_velocity_is_a_step_of_its_own_length():
    """It is drawn as it is, not at the scale of gradients; with plain momentum it is the whole step."""
    found, after = taken_apart("nesterov", convention="keras")
    made = scene(found, PIXELS, SIZE, themes.LIGHT)
    velocity = next(q.values for q in found.quantities if q.origin == "line" and q.name == "v")
    arrow = next(arrow for arrow in made.arrows if arrow.label == "v")
    np.testing.assert_allclose(np.subtract(arrow.end, arrow.start), velocity, rtol=1e-9)
    assert not np.allclose(found.point + velocity, after)


def test_a_step_of_no_length_has_arrows_that_fail_nothing():
    """At the minimum the gradient is zero: no factor, no number that is none."""
    text = BOWL.replace("start = [4.0, -3.0]", "start = [0.0, 0.0]")
    found = anatomy(build.make_race(experiment(text)), 0, (0, 1))
    made = scene(found, PIXELS, SIZE, themes.LIGHT)
    assert made.factor == 0.0
    assert all(np.isfinite([*arrow.start, *arrow.end]).all() for arrow in made.arrows)
