"""All that there is to choose from, as plain values: what `list` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workbench.engine.params import CONVENTIONS, Param
from workbench.engine.registry import prose


def catalogues() -> dict[str, Callable[[], Iterable[Any]]]:
    """The kinds of things there are, each with a call that gives its entries."""

    def registry(module: str, name: str) -> Callable[[], Iterable[Any]]:
        def entries() -> Iterable[Any]:
            from importlib import import_module

            found: Iterable[Any] = getattr(import_module(module), name)
            return found

        return entries

    return {
        "objectives": registry("workbench.engine.objectives", "objectives"),
        "optimizers": registry("workbench.engine.optimizers", "optimizers"),
        "schedules": registry("workbench.engine.schedules", "schedules"),
        "activations": registry("workbench.engine.network.activations", "activations"),
        "initializers": registry("workbench.engine.network.initializers", "initializers"),
        "losses": registry("workbench.engine.network.losses", "losses"),
        "datasets": registry("workbench.engine.datasets", "datasets"),
        "views": registry("workbench.ui.views", "VIEWS"),
    }


def describe(entry: Any, kind: str) -> dict[str, Any]:
    """All that is known of a catalogue entry, as plain values."""
    if kind == "views":
        return {"key": entry.key, "title": entry.title, "doc": entry.doc, "table": entry.table}
    settings = "hyperparameters" if kind == "optimizers" else "parameters"
    source = {"text": entry.source.text, "year": entry.source.year, "link": entry.source.link}
    found: dict[str, Any] = {"key": entry.key, "title": entry.title, "formula": entry.formula, "source": source}
    if kind == "optimizers":
        found["conventions"] = {"names": list(CONVENTIONS), "note": entry.conventions_note}
    if kind == "objectives":
        found |= {"domain": entry.domain, "start": entry.start}
    found[settings] = [_describe_param(p, kind) for p in entry.params]
    found["doc"] = prose(entry)
    return found


def _describe_param(param: Param, kind: str) -> dict[str, Any]:
    default: Any = param.default_for(CONVENTIONS[0])
    if kind == "optimizers":
        default = {convention: param.default_for(convention) for convention in CONVENTIONS}
    return {
        "name": param.name,
        "default": default,
        "low": None if param.low == float("-inf") else param.low,
        "high": None if param.high == float("inf") else param.high,
        "low_open": param.low_open,
        "high_open": param.high_open,
        "scale": param.scale,
        "symbol": param.symbol,
        "unit": param.unit,
        "choices": list(param.choices),
        "live": param.live,
        "doc": param.doc,
    }
