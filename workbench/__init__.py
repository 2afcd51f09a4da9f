"""Gradient Workbench: see and understand gradient descent and backpropagation.

The layers, and who may import whom, are told in docs/architecture.md and guarded by
tests/test_architecture.py.
"""

import os
from importlib import import_module

# One BLAS thread, set before numpy is first imported: the products here are small, so that further threads cost
# more than they bring, they take the core that paints, and a fixed number keeps sums in a fixed order.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

__version__ = "0.1.0"

#: What `import workbench` gives a person besides, from `workbench.notebook`; its types stand in `__init__.pyi`.
_FROM_PYTHON = frozenset({
    "Best", "Data", "ExperimentFileError", "Named", "Optimizer", "Picture", "Race", "RequestError", "Result",
    "SweepResult", "data", "examples", "linear_range", "load", "log_range", "network", "objective", "sweep",
})  # fmt: skip


def __getattr__(name: str) -> object:
    """A name of `workbench.notebook`, loaded when it is asked for: the program itself loads none of it."""
    if name not in _FROM_PYTHON:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    found: object = getattr(import_module("workbench.notebook"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM_PYTHON})
