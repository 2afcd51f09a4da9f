"""Data sets: the facts of the real one, the formulas of the made ones, and an honest split."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.engine import datasets
from workbench.engine.datasets import SCALINGS, Table, split
from workbench.engine.params import RequestError
from workbench.engine.streams import Purpose, stream

#: How often each digit occurs, as scikit-learn's description of the set says.
DIGIT_COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
#: The first image, as printed in scikit-learn's user guide.
FIRST_DIGIT = [
    [0, 0, 5, 13, 9, 1, 0, 0],
    [0, 0, 13, 15, 10, 15, 5, 0],
    [0, 3, 15, 2, 0, 11, 8, 0],
    [0, 4, 12, 0, 0, 8, 8, 0],
    [0, 5, 8, 0, 0, 9, 8, 0],
    [0, 4, 11, 0, 1, 12, 7, 0],
    [0, 2, 14, 5, 10, 12, 0, 0],
    [0, 0, 6, 13, 10, 0, 0, 0],
]


def table(name: str, **settings: float) -> Table:
    return datasets.datasets.get(name)(settings).make(stream(0, Purpose.DATA))


def test_the_digits_are_the_1797_images_of_the_uci_set() -> None:
    digits = table("digits")
    assert digits.x.shape == (1797, 64)
    assert digits.image == (8, 8)
    assert digits.classes == tuple("0123456789")
    assert np.bincount(digits.y).tolist() == DIGIT_COUNTS
    assert (digits.x.min(), digits.x.max(), digits.x.sum()) == (0, 16, 561718)
    assert digits.y[:10].tolist() == list(range(10))
    assert digits.x[0].reshape(8, 8).tolist() == FIRST_DIGIT


def test_without_noise_the_line_is_the_line() -> None:
    line = table("linear", samples=50, noise=0.0, slope=-1.5)
    assert np.array_equal(line.y, -1.5 * line.x + 2.0)
    assert line.x.shape == line.y.shape == (50, 1)
    assert np.abs(line.x).max() <= 1.0


def test_without_noise_the_moons_lie_on_their_half_circles() -> None:
    moons = table("moons", samples=51, noise=0.0)
    upper, lower = moons.x[moons.y == 0], moons.x[moons.y == 1]
    np.testing.assert_allclose(np.hypot(upper[:, 0], upper[:, 1]), 1.0)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1.0)
    assert (upper[:, 1] > -1e-12).all()
    assert (lower[:, 1] < 0.5 + 1e-12).all()
    assert (len(upper), len(lower)) == (25, 26)


def test_without_noise_the_angle_of_a_spiral_grows_with_the_radius() -> None:
    spirals = table("spirals", samples=40, noise=0.0, turns=2.0)
    radius = np.hypot(spirals.x[:, 0], spirals.x[:, 1])
    angle = 2 * math.pi * 2.0 * radius + math.pi * spirals.y
    np.testing.assert_allclose(spirals.x, np.c_[radius * np.sin(angle), radius * np.cos(angle)], atol=1e-12)
    assert radius.max() == pytest.approx(1.0)


@pytest.mark.parametrize("name", datasets.datasets.keys())
def test_a_data_set_says_its_own_shape(name: str) -> None:
    entry, made = datasets.datasets.get(name), table(name)
    assert made.x.shape[1] == entry.n_in
    assert len(made.classes) == entry.n_classes
    assert len(made.x) == len(made.y)
    if entry.n_classes:
        assert set(np.unique(made.y)) == set(range(entry.n_classes))


@pytest.mark.parametrize("name", datasets.datasets.keys())
def test_the_same_seed_gives_the_same_samples_and_another_seed_others(name: str) -> None:
    one, same, other = (datasets.load(name, {}, seed, 0.25) for seed in (3, 3, 4))
    assert np.array_equal(one.x_train, same.x_train)
    assert np.array_equal(one.y_test, same.y_test)
    assert not np.array_equal(one.x_train, other.x_train)


def numbered(count: int) -> Table:
    """Samples that can be told apart."""
    return Table(np.arange(count, dtype=float)[:, None], np.arange(count, dtype=float)[:, None])


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.25, 0.5, 0.9])
def test_training_and_test_samples_are_disjoint_and_complete(fraction: float) -> None:
    found = split(numbered(41), 0, fraction)
    train, test = found.x_train[:, 0], found.x_test[:, 0]
    assert sorted([*train, *test]) == list(range(41))
    assert len(test) == round(41 * fraction)
    assert np.array_equal(found.y_train, found.x_train)
    assert np.array_equal(found.y_test, found.x_test)


def test_scaling_follows_from_the_training_samples_alone() -> None:
    """Test samples that were ten times as far out leave the scaled training samples as they are."""
    plain = Table(np.random.default_rng(0).normal(3, 2, (40, 3)), np.zeros((40, 1)))
    tests = stream(0, Purpose.SPLIT).permutation(40)[30:]
    moved = plain.x.copy()
    moved[tests] *= 10
    for scaling in SCALINGS:
        a, b = split(plain, 0, 0.25, scaling), split(Table(moved, plain.y), 0, 0.25, scaling)
        assert np.array_equal(a.x_train, b.x_train)
        assert not np.array_equal(a.x_test, b.x_test)


def test_scalings_do_what_they_say_and_none_leaves_the_data_alone() -> None:
    plain = Table(np.random.default_rng(0).normal(3, 2, (40, 3)), np.zeros((40, 1)))
    standard, ranged, none = (split(plain, 0, 0.25, scaling) for scaling in ("standard", "range", "none"))
    np.testing.assert_allclose(standard.x_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(standard.x_train.std(axis=0), 1)
    assert ranged.x_train.min(axis=0).tolist() == [0, 0, 0]
    assert ranged.x_train.max(axis=0).tolist() == [1, 1, 1]
    assert set(none.x_train[:, 0]) <= set(plain.x[:, 0])


def test_a_column_that_never_changes_stays_finite_under_every_scaling() -> None:
    """The corner pixels of the digits are always empty."""
    for scaling in SCALINGS:
        found = datasets.load("digits", {}, 0, 0.25, scaling)
        assert np.isfinite(found.x_train).all()
        assert np.isfinite(found.x_test).all()


def test_nobody_can_write_the_samples() -> None:
    found = datasets.load("digits", {}, 0, 0.25)
    for array in (found.x_train, found.y_train, found.x_test, found.y_test):
        assert not array.flags.writeable
    assert not table("digits").x.flags.writeable
    assert not table("digits").y.flags.writeable


def test_a_split_that_leaves_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(RequestError, match="`test_fraction` leaves none of the 4 samples for training"):
        split(numbered(4), 0, 0.9)


def test_streams_differ_by_each_of_their_arguments() -> None:
    keys = [(0, Purpose.WEIGHTS, 0, 0), (1, Purpose.WEIGHTS, 0, 0), (0, Purpose.BATCHES, 0, 0)]
    keys += [(0, Purpose.WEIGHTS, 1, 0), (0, Purpose.WEIGHTS, 0, 1)]
    assert len({stream(*key).integers(2**62) for key in keys}) == len(keys)
