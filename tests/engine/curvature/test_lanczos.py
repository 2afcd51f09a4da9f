"""Lanczos's iteration against the dense spectrum."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.engine.curvature.lanczos import Ends, Lanczos


def ends_of(matrix: np.ndarray, wanted: int) -> tuple[Ends, int]:
    """The ends of a spectrum, and the number of products that they took."""
    made, count = Lanczos(len(matrix), wanted), 0
    while not made.done:
        made.take(matrix @ made.vector)
        count += 1
    assert made.ends is not None
    return made.ends, count


def turned(values: np.ndarray) -> np.ndarray:
    """A matrix with these eigenvalues."""
    q, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(len(values), len(values))))
    return (q * values) @ q.T


def test_the_ends_of_a_spectrum_like_that_of_a_network() -> None:
    """A few large eigenvalues over a bulk around zero: found by a tenth of the products that the matrix has columns."""
    random = np.random.default_rng(1)
    values = np.sort(np.concatenate([[40.0, 21.0, 20.9, 6.0, 3.0, 2.5], random.normal(0, 0.2, 994)]))
    found, count = ends_of(turned(values), 6)
    np.testing.assert_allclose(found.largest, values[::-1][:6], rtol=1e-6)
    assert found.lowest == pytest.approx(values[0], abs=1e-5 * 40)
    assert count < 150
    assert not found.all


def test_vectors_are_those_of_the_matrix() -> None:
    matrix = turned(np.array([9.0, 5.0, 1.0, 0.5, -2.0]))
    found, _ = ends_of(matrix, 3)
    for value, vector in zip(found.largest, found.vectors, strict=True):
        np.testing.assert_allclose(matrix @ vector, value * vector, atol=1e-9)
        assert np.linalg.norm(vector) == pytest.approx(1.0)


def test_small_matrices_have_their_whole_spectrum() -> None:
    values = np.array([4.0, 1.0, 0.0, -3.0])
    found, _ = ends_of(turned(values), 6)
    np.testing.assert_allclose(found.largest, values, atol=1e-12)
    assert found.all
    assert found.lowest == pytest.approx(-3.0)


@pytest.mark.parametrize("rank", [0, 1, 3])
def test_what_acts_in_few_directions_alone_ends_when_they_are_known(rank: int) -> None:
    """A network with dead units: nothing is left of a vector, and another one begins until that is an eigenvector."""
    values = np.zeros(300)
    values[:rank] = np.arange(1, rank + 1)
    found, count = ends_of(turned(values), 6)
    np.testing.assert_allclose(found.largest, np.sort(values)[::-1][:6], atol=1e-9)
    assert count <= 16


def test_equal_eigenvalues_are_found_at_least_once() -> None:
    found, _ = ends_of(turned(np.repeat([5.0, 2.0, 1.0], 8)), 3)
    assert set(np.round(found.largest, 9)) <= {5.0, 2.0, 1.0}
    assert found.largest[0] == pytest.approx(5.0)
    assert found.lowest == pytest.approx(1.0)


def test_the_same_matrix_gives_the_same_numbers() -> None:
    matrix = turned(np.linspace(-1, 5, 60))
    assert (ends_of(matrix, 4)[0].largest == ends_of(matrix, 4)[0].largest).all()


def test_entries_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ArithmeticError):
        Lanczos(3, 1).take(np.array([1.0, np.nan, 0.0]))
