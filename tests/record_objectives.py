"""Records values and gradients of the objectives as others compute them, for `tests/engine/test_objectives.py`.

    pip install opfunu scipy sympy
    python -m tests.record_objectives

Judges, each on random points of the domain: the formula as printed (`tests/objective_formulas.py`), its value and its
symbolic gradient evaluated by sympy with 30 digits; opfunu, values of the functions that it has under the same
definition (its Levy 3 and its noisy quartic are others); scipy's `rosen` and `rosen_der`. The tests need none of them.
"""

from __future__ import annotations

import json
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from tests.objective_formulas import FORMULAS, OTHER_PARAMETERS
from workbench.engine.objectives import Objective, objectives

OUT = Path(__file__).parent / "data" / "objectives.json"
DIMENSIONS = (1, 2, 3, 10, 64)
OPFUNU = {
    "ackley": "Ackley01",
    "beale": "Beale",
    "bird": "Bird",
    "bohachevsky": "Bohachevsky1",
    "booth": "Booth",
    "branin": "Branin01",
    "brown": "Brown",
    "bukin_6": "Bukin06",
    "six_hump_camel": "CamelSixHump",
    "three_hump_camel": "CamelThreeHump",
    "cross_in_tray": "CrossInTray",
    "cube": "Cube",
    "deckkers_aarts": "DeckkersAarts",
    "dixon_price": "DixonPrice",
    "drop_wave": "DropWave",
    "easom": "Easom",
    "egg_crate": "EggCrate",
    "eggholder": "EggHolder",
    "exponential": "Exponential",
    "goldstein_price": "GoldsteinPrice",
    "griewank": "Griewank",
    "himmelblau": "Himmelblau",
    "holder_table": "HolderTable",
    "hosaki": "Hosaki",
    "levy_13": "Levy13",
    "matyas": "Matyas",
    "mccormick": "McCormick",
    "michalewicz": "Michalewicz",
    "qing": "Qing",
    "salomon": "Salomon",
    "zakharov": "Zacharov",
}


def points(entry: type[Objective], dimension: int, count: int, seed: int) -> np.ndarray:
    """Random points of the domain, with few enough digits to be read."""
    random = np.random.default_rng(seed)
    ranges = [entry.domain[i % len(entry.domain)] for i in range(dimension)]
    return np.stack([np.round(random.uniform(low, high, count), 4) for low, high in ranges], axis=-1)


def by_sympy(key: str, dimension: int, parameters: dict[str, Any], x: np.ndarray) -> dict[str, Any]:
    symbols = sympy.symbols(f"x0:{dimension}", real=True)
    exact = {name: sympy.Rational(value) if value != int(value) else int(value) for name, value in parameters.items()}
    formula = FORMULAS[key](list(symbols), **exact)
    slopes = [sympy.diff(formula, symbol) for symbol in symbols]

    def at(point: np.ndarray, expression: Any) -> float:
        return float(
            expression.evalf(30, subs={s: sympy.Float(float(c), 40) for s, c in zip(symbols, point, strict=True)})
        )

    values = [at(p, formula) for p in x]
    return {
        "judge": "sympy",
        "parameters": parameters,
        "points": x.tolist(),
        "values": values,
        "gradients": [[at(p, slope) for slope in slopes] for p in x],
    }


def by_opfunu(name: str, x: np.ndarray) -> dict[str, Any]:
    import opfunu.name_based

    function = getattr(opfunu.name_based, name)()
    return {"judge": "opfunu", "points": x.tolist(), "values": [float(function.evaluate(p)) for p in x]}


def by_scipy(x: np.ndarray) -> dict[str, Any]:
    from scipy.optimize import rosen, rosen_der

    return {
        "judge": "scipy",
        "points": x.tolist(),
        "values": [float(rosen(p)) for p in x],
        "gradients": [rosen_der(p).tolist() for p in x],
    }


def record() -> None:
    warnings.simplefilter("ignore")
    found: dict[str, list[dict[str, Any]]] = {}
    for number, entry in enumerate(objectives):
        if entry.key == "formula":
            continue
        least, most = entry.dimensions
        defaults = {p.name: p.default for p in entry.params}
        cases = []
        for parameters in [defaults, *([defaults | OTHER_PARAMETERS[entry.key]] if defaults else [])]:
            for d in DIMENSIONS:
                if least <= d <= most and (d < 64 or least == 64):
                    x = points(entry, d, 6 if d < 3 else 2, number)
                    cases.append(by_sympy(entry.key, d, parameters, x))
        if entry.key in OPFUNU:
            cases.append(by_opfunu(OPFUNU[entry.key], points(entry, 2, 10, 1000 + number)))
        if entry.key == "rosenbrock":
            cases += [by_scipy(points(entry, d, 4, 2000)) for d in (2, 5)]
        found[entry.key] = cases
        print(entry.key, len(cases))
    made_by = {name: version(name) for name in ("numpy", "opfunu", "scipy", "sympy")}
    text = json.dumps({"made_by": made_by, "objectives": found}, separators=(",", ":"))
    OUT.write_text(text.replace('{"judge"', '\n{"judge"') + "\n", "utf-8")


if __name__ == "__main__":
    record()
