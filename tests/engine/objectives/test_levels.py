"""The levels of contour lines: round, evenly spaced in their scale, none missing, and exactly what their labels say."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

import numpy as np
import pytest

from workbench.engine.objectives import objectives
from workbench.engine.objectives.levels import Scale, scale_of

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
PLANE = [entry.key for entry in objectives if entry().dimensions[0] <= 2 <= entry().dimensions[1]]


def read(label: str) -> Decimal:
    """A label as the number that a person reads."""
    text = label.replace("−", "-")
    power = re.fullmatch(r"(-?)(?:([\d.]+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    if power:
        sign, mantissa, exponent = power.groups()
        return Decimal(f"{sign}{mantissa or 1}e{exponent.translate(SUPERSCRIPTS)}")
    assert re.fullmatch(r"-?\d+(\.\d+)?", text), label
    return Decimal(text)


def check(scale: Scale, values: np.ndarray) -> None:
    """What must hold of every scale."""
    labels = [level.label for level in scale.levels]
    assert len(set(labels)) == len(labels)
    assert "−0" not in labels
    numbers = [read(label) for label in labels]
    assert [float(number) for number in numbers] == [level.value for level in scale.levels], "what is written is meant"
    assert numbers == sorted(numbers)
    if scale.spacing == "steps":
        steps = {b - a for a, b in itertools.pairwise(numbers)}
        assert len(steps) <= 1
        assert all(number % step == 0 for step in steps for number in numbers)
        assert all(step.normalize().as_tuple().digits in ((1,), (2,), (2, 5), (5,)) for step in steps)
        step = float(next(iter(steps), Decimal(0)))
        if step:  # none is missing at the ends
            assert scale.levels[0].value - step < scale.bottom <= scale.levels[0].value
            assert scale.levels[-1].value <= scale.top < scale.levels[-1].value + step
    elif scale.spacing == "decades":
        above = [(number - Decimal(repr(scale.base))).normalize() for number in numbers]
        digits = [number.as_tuple().digits for number in above]
        assert set(digits) <= {(1,), (2,), (5,)}
        ratios = [b / a for a, b in itertools.pairwise(above)]
        if set(digits) == {(1,)}:
            assert len(set(ratios)) <= 1
        else:
            following = {(1,): Decimal(2), (2,): Decimal("2.5"), (5,): Decimal(2)}
            assert ratios == [following[digit] for digit in digits[:-1]]
    else:
        finite = values[np.isfinite(values)]
        numbers = np.array([level.value for level in scale.levels])
        for share in np.arange(0.05, 0.96, 0.05):  # each has a line, unless it is the height of a flat part at the end
            height = np.quantile(finite, share)
            if finite.min() < height < finite.max():
                below, until = (np.mean(finite[:, None] < numbers, axis=0), np.mean(finite[:, None] <= numbers, axis=0))
                assert ((below - 0.011 <= share) & (share <= until + 0.011)).any()


@pytest.mark.parametrize("heights", ["auto", "log", "linear", "rank"])
@pytest.mark.parametrize("key", PLANE)
def test_levels_of_every_objective(key: str, heights: str) -> None:
    """Over the part that is shown, on every scale."""
    objective = objectives.get(key)()
    x, y = (np.linspace(*ends, 192) for ends in objective.domain[:2])
    with np.errstate(all="ignore"):
        values = objective.value(np.stack(np.meshgrid(x, y), axis=-1))
    scale = scale_of(values, heights)
    check(scale, values)
    assert len(scale.levels) >= (5 if heights != "rank" else 1)


def test_levels_of_random_quadratics() -> None:
    """200 of them, from gentle to steep, high above zero and far below it."""
    random = np.random.default_rng(7)
    side = np.linspace(-1.0, 1.0, 96)
    x, y = np.meshgrid(side, side)
    for _ in range(200):
        a, c = 10.0 ** random.uniform(-3, 3, 2)
        b = random.uniform(-1, 1) * np.sqrt(a * c)
        shift = random.choice([0.0, 1.0, -1.0]) * 10.0 ** random.uniform(-2, 6)
        values = a * x * x + b * x * y + c * y * y + random.normal() * x + shift
        for heights in ("auto", "log", "linear"):
            scale = scale_of(values, heights)
            check(scale, values)
            assert 4 <= len(scale.levels) <= 36


def test_the_ill_conditioned_ellipsoid_has_300_800_and_1300() -> None:
    """Lines that rounding each twelfth for itself had lost."""
    x, y = np.meshgrid(np.linspace(-4, 4, 192), np.linspace(-4, 4, 192))
    labels = [level.label for level in scale_of(x * x + 100 * y * y, "linear").levels]
    assert {"300", "800", "1300"} <= set(labels)


def test_a_height_far_from_zero_is_told_from_the_next() -> None:
    """Of 1e6 + x² + y² the labels differ, and there are as many as of x² + y²."""
    x, y = np.meshgrid(np.linspace(-2, 2, 96), np.linspace(-2, 2, 96))
    near, far = scale_of(x * x + y * y, "linear"), scale_of(1e6 + x * x + y * y, "linear")
    assert len(near.levels) == len(far.levels)
    assert [round(level.value - 1e6, 6) for level in far.levels] == [level.value for level in near.levels]


def test_what_is_no_number_has_no_shade() -> None:
    values = np.array([[np.nan, 1.0, 2.0], [3.0, np.inf, -np.inf]])
    for heights in ("auto", "log", "linear", "rank"):
        shade = scale_of(values, heights).shade(values)
        assert np.array_equal(np.isnan(shade), ~np.isfinite(values))


def test_equal_heights_have_one_shade_and_no_lines() -> None:
    flat = np.full((8, 8), 3.0)
    scale = scale_of(flat)
    assert scale.levels == ()
    assert np.unique(scale.shade(flat)).size == 1


def test_shades_rise_with_the_heights() -> None:
    """On every scale: no higher place has a lower shade."""
    values = np.sort(np.random.default_rng(0).lognormal(0.0, 3.0, 4000))
    for heights in ("auto", "log", "linear", "rank"):
        shade = scale_of(values, heights).shade(values)
        assert (np.diff(shade) >= 0).all()
        assert (shade[0], shade[-1]) == (0.0, 1.0)
