"""The catalogue as a document: all that can be chosen, from the registries.

python -m workbench.export.catalogue > docs/catalogue.md
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.engine.datasets import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.objectives import Objective, objectives
from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.optimizers.lines import usual_lines
from workbench.engine.params import CONVENTIONS, Param
from workbench.engine.registry import Registry, Source, prose
from workbench.engine.schedules import schedules

REGISTRIES: tuple[tuple[str, str, Registry[Any]], ...] = (
    ("Objectives", "Functions to be minimised, by name in `problem.objective`.", objectives),
    ("Optimizers", "Rules that turn gradients into steps, by name in `lanes.optimizer`.", optimizers),
    ("Schedules", "Factors on the learning rate, by name in `lanes.schedule.kind`.", schedules),
    ("Activations", "Elementwise functions of a layer, by name in `problem.layers.activation`.", activations),
    ("Initializers", "Initial weights of a layer, by name in `problem.layers.initializer`.", initializers),
    ("Losses", "What a network is trained for, by name in `problem.loss`.", losses),
    ("Data sets", "What a network is trained on, by name in `problem.data.name`.", datasets),
)
#: the conventions as they are called
_TITLES = {"pytorch": "PyTorch", "keras": "Keras"}
_HEADER = """# Catalogue

All that can be chosen, with its formula, its source and its settings. This page is written by the program:
`python -m workbench.export.catalogue > docs/catalogue.md`.
"""


def catalogue() -> str:
    """The whole document, in Markdown."""
    parts = [_HEADER]
    parts.append("\n")
    for title, _, registry in REGISTRIES:
        parts.append(f"- [{title}](#{_anchor(title)}): {len(registry)}\n")
    for title, words, registry in REGISTRIES:
        parts.append(f"\n## {title}\n\n{words}\n")
        parts += [f"\n{_entry(entry)}" for entry in registry]
    return "".join(parts)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _entry(entry: Any) -> str:
    lines = [f"### {entry.title} (`{entry.key}`)", "", prose(entry), ""]
    lines += [f"- Formula: `{entry.formula}`", f"- Source: {_source(entry.source)}"]
    if issubclass(entry, Objective):
        lines += _facts_of_objective(entry)
    if issubclass(entry, Optimizer):
        lines += _parts_of_step(entry)
    if hasattr(entry, "conventions_note"):
        lines.append(f"- Conventions: {entry.conventions_note}")
    if entry.params:
        lines += ["", *_table(entry.params)]
    return "\n".join(lines) + "\n"


def _parts_of_step(entry: type[Optimizer]) -> list[str]:
    """The lines of a rule under its defaults, by each convention where they differ; or what its step consists of."""
    if entry.stages:
        return [f"- A step consists of: {'; '.join(f'`{stage.name}`, {stage.words}' for stage in entry.stages)}"]
    written = usual_lines(entry)
    if len(set(written.values())) == 1:
        return ["- Lines:", *_code(written[CONVENTIONS[0]])]
    return [part for c in CONVENTIONS for part in (f"- Lines by {_TITLES[c]}:", *_code(written[c]))]


def _code(text: str) -> list[str]:
    """Lines as they are typed, within an item of a list."""
    return ["", *(f"      {line}" for line in text.splitlines()), ""]


def _source(source: Source) -> str:
    text = f"{source.text}, {source.year}"
    return f"[{text}]({source.link})" if source.link else text


def _facts_of_objective(entry: type[Objective]) -> list[str]:
    if entry.shape:
        rows, columns = entry.shape
        least_value = entry().minima()[0].value
        return [
            f"- Dimensions: {rows * columns}, a matrix of {rows} × {columns} that starts at 0",
            f"- Lowest value: {least_value:g}, at one matrix",
        ]
    least, most = entry.dimensions if entry.key != "formula" else (1, 1000)
    dimensions = f"{least}" if least == most else f"{least} to {most}"
    domain = " × ".join(f"[{low:.6g}, {high:.6g}]" for low, high in entry.domain)
    start = ", ".join(f"{c:g}" for c in entry.start)
    facts = [f"- Dimensions: {dimensions}; pictures show {domain}; start ({start})"]
    lowest = [m for m in entry().minima() if m.is_global]
    if lowest:
        points = ", ".join("(" + ", ".join(f"{c:.6g}" for c in m.point) + ")" for m in lowest)
        facts.append(f"- Lowest value: {lowest[0].value:.9g} at {points}")
    elif entry.key != "formula":
        facts.append("- Lowest value: none, it falls for ever")
    return facts


def _table(params: Iterable[Param]) -> list[str]:
    rows = ["| setting | symbol | default | must | meaning |", "|---|---|---|---|---|"]
    for p in params:
        defaults = [_value(p.default_for(convention)) for convention in CONVENTIONS]
        default = defaults[0] if len(set(defaults)) == 1 else f"{defaults[0]} (Keras: {defaults[1]})"
        cells = (f"`{p.name}`", p.symbol, default, p.allowed, p.doc)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return rows


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # a cell of a table is one line
        value = "; ".join(value.split("\n")).rstrip("; ")
    return f"{value:.9g}" if isinstance(value, float) else f"`{value}`" if isinstance(value, str) else str(value)


if __name__ == "__main__":
    print(catalogue(), end="")
