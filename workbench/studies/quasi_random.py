"""Points that fill a cube more evenly than random ones: the sequences of Halton and Sobol'."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BITS = 32
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
#: Dimensions 2 to 16: a primitive polynomial's degree and inner coefficients, and the first direction numbers
#: (S. Joe, F. Y. Kuo, Constructing Sobol sequences with better two-dimensional projections, 2008: new-joe-kuo-6).
_JOE_KUO = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
    (5, 11, (1, 1, 5, 1, 1)),
    (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)),
    (6, 1, (1, 3, 3, 9, 7, 49)),
    (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
)
#: the most dimensions that points can have
MOST_DIMENSIONS = 1 + len(_JOE_KUO)


def halton(count: int, dimensions: int) -> NDArray[np.float64]:
    """The points 1 to `count` (N, D) of the sequence in the bases 2, 3, 5, ... (J. H. Halton, 1960), within (0, 1)."""
    points = np.empty((count, dimensions))
    for d, base in enumerate(_PRIMES[:dimensions]):
        rest, scale, found = np.arange(1, count + 1), 1.0, np.zeros(count)
        while rest.any():
            scale /= base
            found += scale * (rest % base)
            rest //= base
        points[:, d] = found
    return points


def sobol(count: int, dimensions: int) -> NDArray[np.float64]:
    """The first `count` points (N, D) of the sequence of I. M. Sobol' (1967), in the order of I. A. Antonov and V. M.
    Saleev (1979), within (0, 1).

    Of 2^m points each of 2^m equal intervals of every axis holds one. A point stands in the middle of its interval,
    which the sequence itself lets begin there: its first point would be the corner of all lows.
    """
    directions = np.stack([_directions(d) for d in range(dimensions)], axis=1)
    points = np.zeros((count, dimensions), np.uint64)
    for k in range(1, count):  # Gray code: a point differs from the one before in one direction
        zeros = (~(k - 1) & k).bit_length() - 1
        points[k] = points[k - 1] ^ directions[zeros]
    middle = 0.5 / (1 << max(0, count - 1).bit_length())
    return points / float(1 << _BITS) + middle


def _directions(dimension: int) -> NDArray[np.uint64]:
    """The direction numbers (32,) of an axis as fractions of 2^32."""
    if not dimension:
        return np.array([1 << (_BITS - 1 - i) for i in range(_BITS)], np.uint64)
    degree, inner, first = _JOE_KUO[dimension - 1]
    numbers = [m << (_BITS - 1 - i) for i, m in enumerate(first)]
    for i in range(degree, _BITS):
        number = numbers[i - degree] ^ (numbers[i - degree] >> degree)
        for k in range(1, degree):
            if (inner >> (degree - 1 - k)) & 1:
                number ^= numbers[i - k]
        numbers.append(number)
    return np.array(numbers, np.uint64)
