"""Tables of pandas or Polars, where they are installed; neither is needed for anything else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from workbench.engine.params import RequestError, nearest, show

LIBRARIES = ("pandas", "polars")


def make_frame(table: Mapping[str, Any], library: str | None) -> Any:
    """The columns as a `DataFrame` of a library, or of the first that is installed.

    Raises:
        RequestError: it is not installed, or another than these.
    """
    if library is not None and library not in LIBRARIES:
        raise RequestError(
            "library", f"must be one of {', '.join(LIBRARIES)}, got {show(library)}{nearest(library, LIBRARIES)}"
        )
    wanted = LIBRARIES if library is None else (library,)
    found = next((name for name in wanted if find_spec(name) is not None), None)
    if found is None:
        raise RequestError("", f"{' or '.join(wanted)} is not installed: `pip install {wanted[0]}` adds it")
    # a text column is made of Python's own texts, which both libraries take
    columns = {name: values.tolist() if values.dtype == object else values for name, values in table.items()}
    return import_module(found).DataFrame(columns)
