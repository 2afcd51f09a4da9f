"""The drawn data sets against the rules they are drawn by."""

import math

import numpy as np
import pytest

from workbench.engine.datasets import Points, datasets
from workbench.engine.params import RequestError


def _make(key, seed=1, **parameters):
    return datasets.get(key)(parameters).make(np.random.default_rng(seed))


@pytest.mark.parametrize("key", datasets.keys())
def test_every_set_gives_what_it_says_of_itself(key):
    source = datasets.get(key)()
    table = source.make(np.random.default_rng(0))
    assert table.x.shape[1] == source.n_in
    assert len(table.classes) == source.n_classes
    assert len(table.x) == len(table.y)
    if source.n_classes:
        assert set(np.unique(table.y)) == set(range(source.n_classes))
    else:
        assert table.y.ndim == 2
    assert np.isfinite(table.x).all()


@pytest.mark.parametrize("key", [entry.key for entry in datasets if "samples" in [p.name for p in entry.params]])
@pytest.mark.parametrize("samples", [101, 102])
def test_as_many_samples_are_drawn_as_were_asked_for_and_classes_are_even(key, samples):
    table = _make(key, samples=samples)
    assert len(table.x) == samples
    if key not in ("playground_xor", "checkerboard") and table.classes:
        assert np.ptp(np.bincount(table.y)) <= 1


def test_the_sets_of_the_playground_have_its_sizes_and_stay_within_its_square():
    sizes = {key: len(_make(key).x) for key in datasets.keys() if key.startswith("playground_")}  # noqa: SIM118
    assert sizes == {
        "playground_circle": 500,
        "playground_xor": 500,
        "playground_gaussians": 500,
        "playground_spiral": 500,
        "playground_plane": 1200,
        "playground_multi_gaussian": 1200,
    }
    for key in sizes:
        assert np.abs(_make(key).x).max() <= 6


def test_the_playgrounds_circle_is_a_disc_in_a_ring_whose_classes_noise_mixes():
    table = _make("playground_circle", samples=4000)
    r = np.hypot(*table.x.T)
    assert np.array_equal(table.y == 1, r < 2.5)
    assert not ((r > 2.5) & (r < 3.5)).any()
    assert r.max() < 5
    noisy = _make("playground_circle", samples=4000, noise=0.5)
    assert 0.1 < np.mean((np.hypot(*noisy.x.T) < 2.5) != (noisy.y == 1)) < 0.5


def test_the_playgrounds_exclusive_or_is_the_sign_of_the_product():
    table = _make("playground_xor", samples=4000)
    assert np.array_equal(table.y == 1, table.x[:, 0] * table.x[:, 1] >= 0)
    assert 0.3 <= np.abs(table.x).min() < 0.31
    assert 5.29 < np.abs(table.x).max() <= 5.3


def test_the_playgrounds_clouds_have_its_centres_and_variances():
    for noise, variance in ((0.0, 0.5), (0.5, 4.0)):
        table = _make("playground_gaussians", samples=40_000, noise=noise)
        for number, centre in ((1, 2.0), (0, -2.0)):
            cloud = table.x[table.y == number]
            assert cloud.mean(axis=0) == pytest.approx([centre, centre], abs=0.06)
            assert cloud.var(axis=0) == pytest.approx([variance, variance], rel=0.05)


def test_the_playgrounds_spiral_follows_its_formula():
    table = _make("playground_spiral", samples=500)
    for i in (0, 17, 249):
        r, t = 5 * i / 250, 3.5 * math.pi * i / 250
        assert table.x[i] == pytest.approx([r * math.sin(t), r * math.cos(t)], abs=1e-12)
        assert table.x[250 + i] == pytest.approx([-r * math.sin(t), -r * math.cos(t)], abs=1e-12)
    assert table.y[0] == 1
    assert table.y[250] == 0


def test_the_playgrounds_values_are_a_plane_and_six_cones():
    plane = _make("playground_plane")
    assert plane.y[:, 0] == pytest.approx(plane.x.sum(axis=1) / 10)
    cones = _make("playground_multi_gaussian")
    centres = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]
    for x, y in zip(cones.x[:300], cones.y[:300, 0], strict=True):
        label = 0.0
        for cx, cy, sign in centres:
            height = sign * max(0.0, 1 - math.hypot(x[0] - cx, x[1] - cy) / 2)
            label = height if abs(height) > abs(label) else label
        assert y == pytest.approx(label, abs=1e-12)


def test_rings_blobs_and_boards_lie_where_their_formulas_say():
    rings = _make("rings", noise=0.0, classes=5)
    assert np.hypot(*rings.x.T) == pytest.approx((rings.y + 1) / 5)
    blobs = _make("blobs", noise=0.0, classes=7)
    assert np.arctan2(blobs.x[:, 1], blobs.x[:, 0]) % (2 * math.pi) == pytest.approx(2 * math.pi * blobs.y / 7)
    board = _make("checkerboard", noise=0.0, fields=3)
    for x, y in zip(board.x, board.y, strict=True):
        assert y == (math.floor(3 * (x[0] + 1) / 2) + math.floor(3 * (x[1] + 1) / 2)) % 2


def test_curves_follow_their_formulas():
    sine = _make("sine", noise=0.0, periods=2.0)
    assert sine.y == pytest.approx(np.sin(4 * math.pi * sine.x))
    step = _make("step", noise=0.0, levels=3)
    assert sorted(set(step.y[:, 0])) == [-1.0, 0.0, 1.0]
    assert np.array_equal(step.y[:, 0] == 0, np.abs(step.x[:, 0]) < 1 / 3)


def test_iris_is_the_papers():
    """Fisher's table: 50 flowers a kind, with the means that he gives on page 181."""
    table = _make("iris")
    assert table.classes == ("setosa", "versicolor", "virginica")
    assert table.columns == ("sepal length", "sepal width", "petal length", "petal width")
    assert np.bincount(table.y).tolist() == [50, 50, 50]
    means = [[5.006, 3.428, 1.462, 0.246], [5.936, 2.770, 4.260, 1.326], [6.588, 2.974, 5.552, 2.026]]
    for number, mean in enumerate(means):
        assert table.x[table.y == number].mean(axis=0) == pytest.approx(mean, abs=1e-9)


def test_painted_points_are_taken_as_they_are():
    points = ((0.5, -1.0, 0), (2.0, 3.0, 3))
    table = Points(points=points).make(np.random.default_rng(0))
    assert table.x.tolist() == [[0.5, -1.0], [2.0, 3.0]]
    assert table.y.tolist() == [0, 3]
    assert table.classes == ("0", "1", "2", "3")


def test_points_of_one_class_alone_are_refused():
    with pytest.raises(RequestError, match="`points` must be of at least two classes, got 2 of class 4 alone"):
        Points(points=((0.0, 0.0, 4), (1.0, 1.0, 4)))
