"""The exact gradients of the catalogue's objectives, as a script for NumPy has them.

They are written beside the values of `objectives.py`, with the names that stand there: of a curve the slope, of a plane
both slopes, in any number of dimensions the whole gradient. What stands before the last line gives names to parts.
"""

from __future__ import annotations

from collections.abc import Mapping

CURVES: Mapping[str, str] = {
    "parabola": "curvature * x",
    "double_well": "x**3 - x + tilt",
    "forrester": "u = 6 * x - 2\n12 * u * (np.sin(2 * u) + u * np.cos(2 * u))",
    "gramacy_lee": (
        "wave = 5 * math.pi * (np.cos(10 * math.pi * x) - np.sinc(10 * x)) / x if x else 0.0\nwave + 4 * (x - 1) ** 3"
    ),
    "sine_sum": "np.cos(x) + 10 / 3 * np.cos(10 / 3 * x)",
    "log_cosh": "np.tanh(sharpness * x)",
    "saturated_neuron": "a = 1 / (1 + np.exp(-x))\n(a - target) * a * (1 - a)",
}
PLANES: Mapping[str, str] = {
    "quadratic": "curvature_x * (x - center_x), curvature_y * (y - center_y)",
    "rotated_quadratic": (
        "c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))\n"
        "u, v = c * x + s * y, c * y - s * x\n"
        "c * u - s * condition * v, s * u + c * condition * v"
    ),
    "rosenbrock": "u, v = a - x, y - x * x\n-2 * u - 4 * b * x * v, 2 * b * v",
    "booth": "u, v = x + 2 * y - 7, 2 * x + y - 5\n2 * u + 4 * v, 4 * u + 2 * v",
    "matyas": "0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x",
    "beale": (
        "u, v, w = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3\n"
        "along_x = 2 * (u * (y - 1) + v * (y**2 - 1) + w * (y**3 - 1))\n"
        "along_x, 2 * x * (u + 2 * y * v + 3 * y**2 * w)"
    ),
    "cube": "v = y - x**3\n-600 * x**2 * v - 2 * (1 - x), 200 * v",
    "ravine": "v = wall * (y - np.sin(x))\nfall * x - v * np.cos(x), v",
    "bukin_6": (
        "inside = y - 0.01 * x**2\n"
        "slope = 50 * np.sign(inside) / root(inside) if inside else 0.0\n"
        "-0.02 * x * slope + 0.01 * np.sign(x + 10), slope"
    ),
    "himmelblau": "u, v = x**2 + y - 11, x + y**2 - 7\n4 * x * u + 2 * v, 2 * u + 4 * y * v",
    "three_hump_camel": "4 * x - 4.2 * x**3 + x**5 + y, x + 2 * y",
    "six_hump_camel": "8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3",
    "mccormick": "c, d = np.cos(x + y), 2 * (x - y)\nc + d - 1.5, c - d + 2.5",
    "goldstein_price": (
        "s, t = x + y, 2 * x - 3 * y  # each factor depends on one of them\n"
        "p, q = 19 - 14 * s + 3 * s**2, 18 - 16 * t + 3 * t**2\n"
        "along_s = (s + 1) * (2 * p + (s + 1) * (6 * s - 14)) * (30 + t**2 * q)\n"
        "along_t = t * (2 * q + t * (6 * t - 16)) * (1 + (s + 1) ** 2 * p)\n"
        "along_s + 2 * along_t, along_s - 3 * along_t"
    ),
    "branin": (
        "bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6\n"
        "slope = 5 / math.pi - 5.1 / (2 * math.pi**2) * x\n"
        "2 * bend * slope - 10 * (1 - 1 / (8 * math.pi)) * np.sin(x), 2 * bend"
    ),
    "hosaki": (
        "p = 1 - 8 * x + 7 * x**2 - 7 / 3 * x**3 + x**4 / 4\n"
        "slope = -8 + 14 * x - 7 * x**2 + x**3\n"
        "slope * y**2 * np.exp(-y), p * y * (2 - y) * np.exp(-y)"
    ),
    "peaks": (
        "u = 3 * (1 - x) * np.exp(-(x**2) - (y + 1) ** 2)\n"
        "v = 10 * np.exp(-(x**2) - y**2)\n"
        "w = 2 / 3 * np.exp(-((x + 1) ** 2) - y**2)\n"
        "p = x / 5 - x**3 - y**5\n"
        "along_x = -2 * u * (1 + x - x**2) - v * (1 / 5 - 3 * x**2 - 2 * x * p) + w * (x + 1)\n"
        "along_x, -2 * u * (1 - x) * (y + 1) + v * (5 * y**4 + 2 * y * p) + w * y"
    ),
    "two_wells": (
        "z = 1.4 * y\n"
        "u, v = 20 * np.exp(-((x - 1) ** 2 + z**2) / 0.2), 60 * np.exp(-((x + 1) ** 2 + z**2) / 0.2)\n"
        "u * (x - 1) + v * (x + 1) + 2 * x, 1.4 * (u * z + v * z + 2 * z)"
    ),
    "hills": (
        "z = 1.4 * y\n"
        "u, v = 20 * np.exp(-((x - 1) ** 2 + z**2) / 0.2), 60 * np.exp(-((x + 1) ** 2 + z**2) / 0.2)\n"
        "w = 20 * np.exp(-((x - 1) ** 2 + (z + 1) ** 2) / 0.2)\n"
        "along_z = -u * z - v * z + w * (z + 1) + 2 * z\n"
        "-u * (x - 1) - v * (x + 1) + w * (x - 1) + 2 * x, 1.4 * along_z"
    ),
    "ecliptic_bowl": ("dent = np.exp(-((x / 2) ** 2 + 5 * (y / 2) ** 2))\nx / 2 * (1 + dent), y * (0.25 + 2.5 * dent)"),
    "easom": (
        "pit = np.exp(-((x - math.pi) ** 2) - (y - math.pi) ** 2)\n"
        "along_x = pit * np.cos(y) * (np.sin(x) + 2 * (x - math.pi) * np.cos(x))\n"
        "along_x, pit * np.cos(x) * (np.sin(y) + 2 * (y - math.pi) * np.cos(y))"
    ),
    "eggholder": (
        "u, v, w = x / 2 + y + 47, x - (y + 47), y + 47\n"
        "p = w / 2 * np.cos(root(u)) * np.sign(u) / root(u) if u else 0.0\n"
        "q = x / 2 * np.cos(root(v)) * np.sign(v) / root(v) if v else 0.0\n"
        "-p / 2 - np.sin(root(v)) - q, -np.sin(root(u)) - p + q"
    ),
    "cross_in_tray": (
        "r = np.linalg.norm(point)\n"
        "waves, rise = np.sin(x) * np.sin(y), np.exp(abs(100 - r / math.pi))\n"
        "outer = -1e-5 * (abs(waves) * rise + 1) ** -0.9 * rise\n"
        "radial = abs(waves) * np.sign(r / math.pi - 100) / (math.pi * r) if r else 0.0\n"
        "along_x = outer * (np.sign(waves) * np.cos(x) * np.sin(y) + radial * x)\n"
        "along_x, outer * (np.sign(waves) * np.sin(x) * np.cos(y) + radial * y)"
    ),
    "holder_table": (
        "r = np.linalg.norm(point)\n"
        "waves, rise = np.sin(x) * np.cos(y), np.exp(abs(1 - r / math.pi))\n"
        "radial = abs(waves) * np.sign(r / math.pi - 1) / (math.pi * r) if r else 0.0\n"
        "along_x = -rise * (np.sign(waves) * np.cos(x) * np.cos(y) + radial * x)\n"
        "along_x, -rise * (-np.sign(waves) * np.sin(x) * np.sin(y) + radial * y)"
    ),
    "drop_wave": (
        "r = np.linalg.norm(point)\n"
        "below = r**2 / 2 + 2\n"
        "slope = 144 * np.sinc(12 * r / math.pi) / below + (1 + np.cos(12 * r)) / below**2\n"
        "slope * x, slope * y"
    ),
    "levy_13": (
        "u, v = math.pi * (x - 1), math.pi * (y - 1)\n"
        "along_x = 3 * math.pi * np.sin(6 * u) + 2 * (x - 1) * (1 + np.sin(3 * v) ** 2)\n"
        "along_y = 3 * math.pi * (x - 1) ** 2 * np.sin(6 * v) + 2 * (y - 1) * (1 + np.sin(2 * v) ** 2)\n"
        "along_x, along_y + 2 * math.pi * (y - 1) ** 2 * np.sin(4 * v)"
    ),
    "bird": (
        "s, c = np.sin(x), np.cos(y)\n"
        "p, q = np.exp((1 - c) ** 2), np.exp((1 - s) ** 2)\n"
        "along_x = np.cos(x) * (p - 2 * c * (1 - s) * q) + 2 * (x - y)\n"
        "along_x, np.sin(y) * (2 * s * (1 - c) * p - q) - 2 * (x - y)"
    ),
    "bohachevsky": (
        "along_x = 2 * x + 0.9 * math.pi * np.sin(3 * math.pi * x)\n"
        "along_x, 4 * y + 1.6 * math.pi * np.sin(4 * math.pi * y)"
    ),
    "schaffer_2": (
        "u, below = x**2 - y**2, 1 + 0.001 * (x**2 + y**2)\n"
        "common = -0.004 * (np.sin(u) ** 2 - 0.5) / below**3\n"
        "wave = 2 * np.sin(2 * u) / below**2\n"
        "x * (common + wave), y * (common - wave)"
    ),
    "deckkers_aarts": (
        "squares = x**2 + y**2\ncommon = -4 * squares + 8e-5 * squares**3\nx * (2e5 + common), y * (2 + common)"
    ),
    "saddle": "2 * x, -2 * y",
    "monkey_saddle": "3 * (x**2 - y**2), -6 * x * y",
    "sine_saddle": "np.cos(x), 2 * y",
    "strict_saddle": "x, y**3 - y",
    "plateau": (
        "r = 10 * np.linalg.norm(point)\n"
        "bend = (np.sin(r) - r * np.cos(r)) / r**3 if r > 0.01 else 1 / 3 - r**2 / 30\n"
        "100 * (bend + 0.02) * x, 100 * (bend + 0.02) * y"
    ),
    "cliff": (
        "s = 1 / (1 + np.exp(-steepness * x))\nheight * steepness * s / (1 + np.exp(steepness * x)) + 0.2 * (x + 2), y"
    ),
}
ANY: Mapping[str, str] = {
    "sphere": "2 * x",
    "sum_squares": "2 * i * x",
    "ellipsoid": "2 * condition ** ((i - 1) / max(1, n - 1)) * x",
    "schwefel_1_2": "2 * np.cumsum(np.cumsum(x)[::-1])[::-1]",
    "sum_of_powers": "(i + 1) * np.sign(x) * abs(x) ** i",
    "quartic": "4 * i * x**3",
    "absolute": "np.sign(x)",
    "exponential": "x * np.exp(-np.sum(x**2) / 2)",
    "trid": "slope = 2 * (x - 1)\nslope[1:] -= x[:-1]\nslope[:-1] -= x[1:]\nslope",
    "zakharov": "s = np.sum(i * x) / 2\n2 * x + (s + 2 * s**3) * i",
    "rosenbrock": (
        "v = x[1:] - x[:-1] ** 2\n"
        "slope = np.zeros_like(x)\n"
        "slope[:-1] = -2 * (a - x[:-1]) - 4 * b * x[:-1] * v\n"
        "slope[1:] += 2 * b * v\n"
        "slope"
    ),
    "dixon_price": (
        "w = 2 * i[1:] * (2 * x[1:] ** 2 - x[:-1])\n"
        "slope = np.zeros_like(x)\n"
        "slope[0] = 2 * (x[0] - 1)\n"
        "slope[1:] += 4 * x[1:] * w\n"
        "slope[:-1] -= w\n"
        "slope"
    ),
    "brown": (
        "u, v = x[:-1] ** 2, x[1:] ** 2\n"
        "log_u, log_v = np.log(np.where(u > 0, u, 1.0)), np.log(np.where(v > 0, v, 1.0))\n"
        "slope = np.zeros_like(x)\n"
        "slope[:-1] = 2 * x[:-1] * ((v + 1) * u**v + v ** (u + 1) * log_v)\n"
        "slope[1:] += 2 * x[1:] * (u ** (v + 1) * log_u + (u + 1) * v**u)\n"
        "slope"
    ),
    "rastrigin": "2 * x + 2 * math.pi * amplitude * np.sin(2 * math.pi * x)",
    "ackley": (
        "r = np.linalg.norm(x) / math.sqrt(n)\n"
        "pull = a * b * np.exp(-b * r) * x / r if r else np.zeros_like(x)\n"
        "(pull + c * np.exp(np.sum(np.cos(c * x)) / n) * np.sin(c * x)) / n"
    ),
    "griewank": (
        "waves = np.cos(x / np.sqrt(i))\n"
        "others = np.array([np.prod(np.delete(waves, k)) for k in range(len(x))])\n"
        "x / 2000 + np.sin(x / np.sqrt(i)) / np.sqrt(i) * others"
    ),
    "levy": (
        "u = (x - 1) / 4\n"
        "inner, phase, turn = u[:-1], math.pi * (u[:-1] + 1) + 1, 2 * math.pi * u[-1]\n"
        "slope = np.zeros_like(x)\n"
        "slope[:-1] = inner * (2 + 20 * np.sin(phase) ** 2 + 10 * math.pi * inner * np.sin(2 * phase))\n"
        "slope[-1] = u[-1] * (2 + 2 * np.sin(turn) ** 2 + 2 * math.pi * u[-1] * np.sin(2 * turn))\n"
        "slope[0] += math.pi * np.sin(2 * math.pi * u[0])\n"
        "slope / 4"
    ),
    "schwefel": "-(np.sin(root(x)) + root(x) * np.cos(root(x)) / 2)",
    "styblinski_tang": "2 * x**3 - 16 * x + 2.5",
    "qing": "4 * x * (x**2 - i)",
    "michalewicz": (
        "phase = i * x**2 / math.pi\n"
        "s = np.sin(phase)\n"
        "inside = np.cos(x) * s + 4 * m / math.pi * i * x * np.sin(x) * np.cos(phase)\n"
        "-inside * s ** (2 * m - 1)"
    ),
    "salomon": (
        "r = np.linalg.norm(x)\n(2 * math.pi * np.sin(2 * math.pi * r) + 0.1) * x / r if r else np.zeros_like(x)"
    ),
    "egg_crate": "2 * x + 25 * np.sin(2 * x)",
    "associative_memory": (
        "keys = np.cos(math.pi * (np.arange(8.0) + 0.5) * np.arange(8.0)[:, None] / 8) / 2\n"
        "keys[0] /= math.sqrt(2)\n"
        "shares = np.arange(1.0, 9.0) ** -exponent\n"
        "errors = x.reshape(8, 8) @ keys.T - (np.eye(8) - 0.25).T\n"
        "(errors * (2 * shares / np.sum(shares)) @ keys).ravel()"
    ),
    "terraces": "x * (1 - flatness * np.cos(2 * math.pi * x))",
}
