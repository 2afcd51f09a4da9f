"""The objectives as printed in their sources, in sympy's terms: what `record_objectives.py` takes for the truth.

Each formula takes the coordinates x (a list of D symbols) and the parameters by name. It shares nothing with the
engine: no simplification, no factoring, exact fractions where the source has decimals.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from sympy import Abs, E, Integer, Mul, Rational, cos, cosh, exp, log, pi, sin, sqrt

R = Rational
Formula = Callable[..., Any]


def gaussian_pits(x: list[Any], *terms: tuple[int, int, int]) -> Any:
    z = R("1.4") * x[1]
    pits = (h * exp(-((x[0] - a) ** 2 + (z - b) ** 2) / R("0.2")) for h, a, b in terms)
    return sum(pits) + x[0] ** 2 + z**2


def rotated(x: list[Any], condition: Any, angle: Any) -> Any:
    phi = angle * pi / 180
    u, v = x[0] * cos(phi) + x[1] * sin(phi), -x[0] * sin(phi) + x[1] * cos(phi)
    return (u**2 + condition * v**2) / 2


def levy(x: list[Any]) -> Any:
    w = [1 + (t - 1) / 4 for t in x]
    middle = sum((t - 1) ** 2 * (1 + 10 * sin(pi * t + 1) ** 2) for t in w[:-1])
    return sin(pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2)


def goldstein_price(x: list[Any]) -> Any:
    a, b = x
    first = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2)
    second = 30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2)
    return first * second


def ackley(x: list[Any], a: Any, b: Any, c: Any) -> Any:
    d = len(x)
    return -a * exp(-b * sqrt(sum(t**2 for t in x) / d)) - exp(sum(cos(c * t) for t in x) / d) + a + E


def zakharov(x: list[Any]) -> Any:
    s = sum(i * t for i, t in enumerate(x, 1)) / 2
    return sum(t**2 for t in x) + s**2 + s**4


def schwefel(x: list[Any]) -> Any:
    # the constant is the height of x sin √x at its highest point within 500
    best = R("420.968746359982027311844365")
    return best * sin(sqrt(best)) * len(x) - sum(t * sin(sqrt(Abs(t))) for t in x)


def norm(x: list[Any]) -> Any:
    return sqrt(sum(t**2 for t in x))


def associative_memory(x: list[Any], exponent: Any) -> Any:
    """Pair by pair and component by component; the point holds W row by row."""
    total, shares = Integer(0), [Integer(i) ** -exponent for i in range(1, 9)]
    for i in range(8):
        key = [(sqrt(R(1, 8)) if i == 0 else R(1, 2)) * cos(pi * (2 * j + 1) * i / 16) for j in range(8)]
        value = [R(3, 4) if j == i else -R(1, 4) for j in range(8)]
        given = [sum(x[8 * r + c] * key[c] for c in range(8)) for r in range(8)]
        total += shares[i] * sum((given[r] - value[r]) ** 2 for r in range(8))
    return total / sum(shares)


FORMULAS: dict[str, Formula] = {
    "associative_memory": associative_memory,
    "quadratic": lambda x, center_x, center_y, curvature_x, curvature_y: (
        curvature_x * (x[0] - center_x) ** 2 / 2 + curvature_y * (x[1] - center_y) ** 2 / 2
    ),
    "rotated_quadratic": rotated,
    "sphere": lambda x: sum(t**2 for t in x),
    "sum_squares": lambda x: sum(i * t**2 for i, t in enumerate(x, 1)),
    "ellipsoid": lambda x, condition: sum(condition ** R(i, max(1, len(x) - 1)) * t**2 for i, t in enumerate(x)),
    "schwefel_1_2": lambda x: sum(sum(x[: i + 1]) ** 2 for i in range(len(x))),
    "sum_of_powers": lambda x: sum(Abs(t) ** (i + 1) for i, t in enumerate(x, 1)),
    "quartic": lambda x: sum(i * t**4 for i, t in enumerate(x, 1)),
    "absolute": lambda x: sum(Abs(t) for t in x),
    "exponential": lambda x: -exp(-sum(t**2 for t in x) / 2),
    "trid": lambda x: sum((t - 1) ** 2 for t in x) - sum(a * b for a, b in pairwise(x)),
    "booth": lambda x: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2,
    "matyas": lambda x: R("0.26") * (x[0] ** 2 + x[1] ** 2) - R("0.48") * x[0] * x[1],
    "zakharov": zakharov,
    "rosenbrock": lambda x, a, b: sum((a - u) ** 2 + b * (v - u**2) ** 2 for u, v in pairwise(x)),
    "beale": lambda x: (
        (R("1.5") - x[0] + x[0] * x[1]) ** 2
        + (R("2.25") - x[0] + x[0] * x[1] ** 2) ** 2
        + (R("2.625") - x[0] + x[0] * x[1] ** 3) ** 2
    ),
    "dixon_price": lambda x: (
        (x[0] - 1) ** 2 + sum(i * (2 * x[i - 1] ** 2 - x[i - 2]) ** 2 for i in range(2, len(x) + 1))
    ),
    "brown": lambda x: sum((u**2) ** (v**2 + 1) + (v**2) ** (u**2 + 1) for u, v in pairwise(x)),
    "cube": lambda x: 100 * (x[1] - x[0] ** 3) ** 2 + (1 - x[0]) ** 2,
    "ravine": lambda x, wall, fall: wall * (x[1] - sin(x[0])) ** 2 / 2 + fall * x[0] ** 2 / 2,
    "bukin_6": lambda x: 100 * sqrt(Abs(x[1] - R("0.01") * x[0] ** 2)) + R("0.01") * Abs(x[0] + 10),
    "himmelblau": lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
    "three_hump_camel": lambda x: 2 * x[0] ** 2 - R("1.05") * x[0] ** 4 + x[0] ** 6 / 6 + x[0] * x[1] + x[1] ** 2,
    "six_hump_camel": lambda x: (
        (4 - R("2.1") * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1] + (-4 + 4 * x[1] ** 2) * x[1] ** 2
    ),
    "mccormick": lambda x: sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - R("1.5") * x[0] + R("2.5") * x[1] + 1,
    "goldstein_price": goldstein_price,
    "branin": lambda x: (
        (x[1] - R("5.1") / (4 * pi**2) * x[0] ** 2 + 5 / pi * x[0] - 6) ** 2 + 10 * (1 - 1 / (8 * pi)) * cos(x[0]) + 10
    ),
    "hosaki": lambda x: (
        (1 - 8 * x[0] + 7 * x[0] ** 2 - R(7, 3) * x[0] ** 3 + R(1, 4) * x[0] ** 4) * x[1] ** 2 * exp(-x[1])
    ),
    "peaks": lambda x: (
        3 * (1 - x[0]) ** 2 * exp(-(x[0] ** 2) - (x[1] + 1) ** 2)
        - 10 * (x[0] / 5 - x[0] ** 3 - x[1] ** 5) * exp(-(x[0] ** 2) - x[1] ** 2)
        - R(1, 3) * exp(-((x[0] + 1) ** 2) - x[1] ** 2)
    ),
    "two_wells": lambda x: gaussian_pits(x, (-2, 1, 0), (-6, -1, 0)),
    "hills": lambda x: gaussian_pits(x, (2, 1, 0), (6, -1, 0), (-2, 1, -1)),
    "ecliptic_bowl": lambda x: (
        -exp(-((x[0] / 2) ** 2 + 5 * (x[1] / 2) ** 2)) + (x[0] / 2) ** 2 + R("0.5") * (x[1] / 2) ** 2
    ),
    "rastrigin": lambda x, amplitude: amplitude * len(x) + sum(t**2 - amplitude * cos(2 * pi * t) for t in x),
    "ackley": ackley,
    "griewank": lambda x: (
        1 + sum(t**2 for t in x) / 4000 - Mul(*(cos(t / sqrt(Integer(i))) for i, t in enumerate(x, 1)))
    ),
    "levy": levy,
    "schwefel": schwefel,
    "styblinski_tang": lambda x: sum(t**4 - 16 * t**2 + 5 * t for t in x) / 2,
    "qing": lambda x: sum((t**2 - i) ** 2 for i, t in enumerate(x, 1)),
    "michalewicz": lambda x, m: -sum(sin(t) * sin(i * t**2 / pi) ** (2 * m) for i, t in enumerate(x, 1)),
    "salomon": lambda x: 1 - cos(2 * pi * norm(x)) + R("0.1") * norm(x),
    "egg_crate": lambda x: sum(t**2 for t in x) + 25 * sum(sin(t) ** 2 for t in x),
    "easom": lambda x: -cos(x[0]) * cos(x[1]) * exp(-((x[0] - pi) ** 2) - (x[1] - pi) ** 2),
    "eggholder": lambda x: (
        -(x[1] + 47) * sin(sqrt(Abs(x[0] / 2 + x[1] + 47))) - x[0] * sin(sqrt(Abs(x[0] - (x[1] + 47))))
    ),
    "cross_in_tray": lambda x: (
        -R("0.0001") * (Abs(sin(x[0]) * sin(x[1]) * exp(Abs(100 - norm(x) / pi))) + 1) ** R("0.1")
    ),
    "holder_table": lambda x: -Abs(sin(x[0]) * cos(x[1]) * exp(Abs(1 - norm(x) / pi))),
    "drop_wave": lambda x: -(1 + cos(12 * norm(x))) / ((x[0] ** 2 + x[1] ** 2) / 2 + 2),
    "levy_13": lambda x: (
        sin(3 * pi * x[0]) ** 2
        + (x[0] - 1) ** 2 * (1 + sin(3 * pi * x[1]) ** 2)
        + (x[1] - 1) ** 2 * (1 + sin(2 * pi * x[1]) ** 2)
    ),
    "bird": lambda x: (
        sin(x[0]) * exp((1 - cos(x[1])) ** 2) + cos(x[1]) * exp((1 - sin(x[0])) ** 2) + (x[0] - x[1]) ** 2
    ),
    "bohachevsky": lambda x: (
        x[0] ** 2 + 2 * x[1] ** 2 - R("0.3") * cos(3 * pi * x[0]) - R("0.4") * cos(4 * pi * x[1]) + R("0.7")
    ),
    "schaffer_2": lambda x: (
        R("0.5") + (sin(x[0] ** 2 - x[1] ** 2) ** 2 - R("0.5")) / (1 + R("0.001") * (x[0] ** 2 + x[1] ** 2)) ** 2
    ),
    "deckkers_aarts": lambda x: (
        10**5 * x[0] ** 2 + x[1] ** 2 - (x[0] ** 2 + x[1] ** 2) ** 2 + R(1, 10**5) * (x[0] ** 2 + x[1] ** 2) ** 4
    ),
    "saddle": lambda x: x[0] ** 2 - x[1] ** 2,
    "monkey_saddle": lambda x: x[0] ** 3 - 3 * x[0] * x[1] ** 2,
    "sine_saddle": lambda x: sin(x[0]) + x[1] ** 2,
    "strict_saddle": lambda x: x[0] ** 2 / 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2,
    "plateau": lambda x: -sin(10 * norm(x)) / (10 * norm(x)) + R("0.01") * (10 * norm(x)) ** 2,
    "cliff": lambda x, height, steepness: (
        height / (1 + exp(-steepness * x[0])) + (R("0.2") * (x[0] + 2) ** 2 + x[1] ** 2) / 2
    ),
    "terraces": lambda x, flatness: sum(
        t**2 / 2 - flatness * t * sin(2 * pi * t) / (2 * pi) + flatness * sin(pi * t) ** 2 / (2 * pi**2) for t in x
    ),
    "parabola": lambda x, curvature: curvature * x[0] ** 2 / 2,
    "double_well": lambda x, tilt: x[0] ** 4 / 4 - x[0] ** 2 / 2 + tilt * x[0],
    "forrester": lambda x: (6 * x[0] - 2) ** 2 * sin(12 * x[0] - 4),
    "gramacy_lee": lambda x: sin(10 * pi * x[0]) / (2 * x[0]) + (x[0] - 1) ** 4,
    "sine_sum": lambda x: sin(x[0]) + sin(R(10, 3) * x[0]),
    "log_cosh": lambda x, sharpness: log(cosh(sharpness * x[0])) / sharpness,
    "saturated_neuron": lambda x, target: (1 / (1 + exp(-x[0])) - target) ** 2 / 2,
}

#: A second set of parameters for those that have any; what is left out keeps its default.
OTHER_PARAMETERS: dict[str, dict[str, float]] = {
    "associative_memory": {"exponent": 2.0},
    "quadratic": {"center_x": 1.0, "center_y": 2.0, "curvature_x": 3.0, "curvature_y": 0.5},
    "rotated_quadratic": {"condition": 7.0, "angle": 100.0},
    "ellipsoid": {"condition": 1e6},
    "rosenbrock": {"a": 0.5, "b": 20.0},
    "ravine": {"wall": 3.0, "fall": 2.0},
    "rastrigin": {"amplitude": 3.0},
    "ackley": {"a": 10.0, "b": 0.5, "c": 3.0},
    "michalewicz": {"m": 2},
    "cliff": {"height": 2.0, "steepness": 5.0},
    "terraces": {"flatness": 0.5},
    "parabola": {"curvature": 3.0},
    "double_well": {"tilt": -0.25},
    "log_cosh": {"sharpness": 0.5},
    "saturated_neuron": {"target": 0.7},
}

#: Σ v kᵀ of the memory's pairs, row by row
MEMORY = [
    float(
        sum(
            (R(3, 4) if r == i else -R(1, 4)) * (sqrt(R(1, 8)) if i == 0 else R(1, 2)) * cos(pi * (2 * c + 1) * i / 16)
            for i in range(8)
        )
    )
    for r in range(8)
    for c in range(8)
]

Published = tuple[tuple[float, ...], float]
_ORIGIN: Published = ((0.0, 0.0), 0.0)

#: The minima as published: (point, value), to as many digits as there are. Sources: M. Jamil, X.-S. Yang (2013);
#: S. Surjanovic, D. Bingham, Virtual Library of Simulation Experiments; L. C. W. Dixon, G. P. Szegö (1978); closed
#: forms.
MINIMA: dict[str, tuple[Published, ...]] = {
    **dict.fromkeys(
        (
            *("quadratic", "rotated_quadratic", "sphere", "sum_squares", "ellipsoid", "schwefel_1_2", "sum_of_powers"),
            *("quartic", "absolute", "matyas", "zakharov", "brown", "ravine", "rastrigin", "ackley", "griewank"),
            *("salomon", "egg_crate", "bohachevsky", "schaffer_2", "terraces"),
        ),
        (_ORIGIN,),
    ),
    # all pairs are orthonormal: the least is 0, at Σ v kᵀ
    "associative_memory": ((tuple(MEMORY), 0.0),),
    "exponential": (((0.0, 0.0), -1.0),),
    "trid": (((2.0, 2.0), -2.0),),
    "booth": (((1.0, 3.0), 0.0),),
    "rosenbrock": (((1.0, 1.0), 0.0),),
    "beale": (((3.0, 0.5), 0.0),),
    "dixon_price": (((1.0, 0.70710678), 0.0), ((1.0, -0.70710678), 0.0)),
    "cube": (((1.0, 1.0), 0.0),),
    "bukin_6": (((-10.0, 1.0), 0.0),),
    "himmelblau": (
        ((3.0, 2.0), 0.0),
        ((-2.805118, 3.131312), 0.0),
        ((-3.779310, -3.283186), 0.0),
        ((3.584428, -1.848126), 0.0),
    ),
    "three_hump_camel": (_ORIGIN, ((1.7475, -0.8738), 0.2986), ((-1.7475, 0.8738), 0.2986)),
    "six_hump_camel": (((0.0898, -0.7126), -1.0316285), ((-0.0898, 0.7126), -1.0316285)),
    "mccormick": (((-0.54719, -1.54719), -1.913223),),
    "goldstein_price": (((0.0, -1.0), 3.0), ((-0.6, -0.4), 30.0), ((1.8, 0.2), 84.0), ((1.2, 0.8), 840.0)),
    "branin": (((-3.14159, 12.275), 0.397887), ((3.14159, 2.275), 0.397887), ((9.42478, 2.475), 0.397887)),
    "hosaki": (((4.0, 2.0), -2.3458),),
    "peaks": (((0.2283, -1.6255), -6.5511),),
    "two_wells": (),
    "hills": (),
    "ecliptic_bowl": (((0.0, 0.0), -1.0),),
    "levy": (((1.0, 1.0), 0.0),),
    "schwefel": (((420.9687, 420.9687), 0.0),),
    "styblinski_tang": (((-2.903534, -2.903534), -78.33198),),
    "qing": (((1.0, 1.41421356), 0.0), ((-1.0, -1.41421356), 0.0)),
    "michalewicz": (((2.2029, 1.5708), -1.8013),),
    "easom": (((3.14159265, 3.14159265), -1.0),),
    "eggholder": (((512.0, 404.2319), -959.6407),),
    "cross_in_tray": (((1.34941, 1.34941), -2.06261), ((-1.34941, 1.34941), -2.06261)),
    "holder_table": (((8.05502, 9.66459), -19.2085), ((-8.05502, -9.66459), -19.2085)),
    "drop_wave": (((0.0, 0.0), -1.0),),
    "levy_13": (((1.0, 1.0), 0.0),),
    "bird": (((4.70104, 3.15294), -106.764537), ((-1.58214, -3.13024), -106.764537)),
    "deckkers_aarts": (((0.0, 14.9451), -24776.518), ((0.0, -14.9451), -24776.518)),
    "saddle": (),
    "monkey_saddle": (),
    "sine_saddle": (((-1.5707963, 0.0), -1.0),),
    "strict_saddle": (((0.0, 1.0), -0.25), ((0.0, -1.0), -0.25)),
    "plateau": (((0.0, 0.0), -1.0),),
    "cliff": (((-2.0, 0.0), 0.0),),
    "parabola": (((0.0,), 0.0),),
    "double_well": (),
    "forrester": (((0.757249,), -6.02074),),
    "gramacy_lee": (((0.548563,), -0.869011),),
    "sine_sum": (((5.145735,), -1.899599),),
    "log_cosh": (((0.0,), 0.0),),
    "saturated_neuron": (((-2.1972246,), 0.0),),
}
