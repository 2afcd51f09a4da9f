"""Record what other libraries compute, for `tests/engine/test_recorded_paths.py` and `test_recorded_rates.py`.

Run once for new versions, with the extra `[reference]` installed: `python -m tests.record_references`; labels behind it
record those paths alone anew. The tests need none of the libraries: they read `tests/data/reference_paths.json`.
Everything is in double precision but what is recorded in single precision on purpose. How each library is driven
stands in `record_torch.py` (PyTorch and the packages built on it), `record_keras.py` and `record_optax.py`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

from tests import record_keras, record_optax, record_torch
from tests.recorded import CASES, POINTS, SINGLE, STARTS, Case
from tests.recorded_schedules import SCHEDULES

FILE = Path(__file__).parent / "data" / "reference_paths.json"
PACKAGES = ("torch", "keras", "jax", "optax", "schedulefree", "qhoptim", "lion-pytorch")
PATHS: dict[str, Callable[[Case, str, list[float]], Any]] = {
    "keras": record_keras.path,
    "optax": record_optax.path,
}


def kept(path: list[list[float]]) -> list[list[float]]:
    return [path[step] for step in POINTS]


def written(data: dict[str, dict[str, Any]]) -> str:
    """JSON with a line for each path."""
    parts = (
        f"{json.dumps(name)}: {{\n"
        + ",\n".join(f"{json.dumps(key)}: {json.dumps(v)}" for key, v in part.items())
        + "\n}"
        for name, part in data.items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    chosen = sys.argv[1:] or list(CASES)
    before = json.loads(FILE.read_text())["paths"] if sys.argv[1:] else {}
    paths, single = {}, {}
    for label, case in CASES.items():
        if label not in chosen:
            paths |= {f"{label} {surface}": before[f"{label} {surface}"] for surface in case.surfaces}
            continue
        follow = PATHS.get(case.library, record_torch.path)
        for surface in case.surfaces:
            paths[f"{label} {surface}"] = [kept(follow(case, surface, start)) for start in STARTS[surface]]
        print(label, flush=True)
    for label in SINGLE:
        single[label] = [kept(record_torch.single(CASES[label], start)) for start in STARTS["network"]]
    rates = {
        label: (record_keras if case.theirs.startswith("keras.") else record_torch).rates(case)
        for label, case in SCHEDULES.items()
    }
    data = {
        "versions": {name: version(name) for name in PACKAGES},
        "optimizers": {"torch": record_torch.exported(), "keras": record_keras.exported()},
        "paths": paths,
        "single": single,
        "rates": rates,
    }
    FILE.write_text(written(data))
    print(f"{len(paths)} paths, {FILE.stat().st_size} bytes, {data['versions']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
