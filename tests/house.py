"""The house as the source has it: its modules, its rooms, who imports whom, and the picture of it.

python -m tests.house > docs/pictures/house.svg
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: packages whose packages are rooms of their own
WINGS = ("engine", "ui", "export")
#: modules beside the packages that belong to a room
DOORS = {
    "workbench": "root", "workbench.resources": "root", "workbench.garbage": "root",
    "workbench.listing": "cli", "workbench.__main__": "cli",
}  # fmt: skip
_WIDE, _HIGH, _GAP, _ROW = 132, 40, 18, 84  # pixels of a box, between boxes, and from row to row
_PASSAGE = 4  # of an arrow that passes a row
_COLORS = {"engine": "#dcebdc", "ui": "#dce6f5", "export": "#f4e8d4", "experiment": "#ece2f2", "live": "#f7e0e0"}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package with its file."""
    files = sorted((ROOT / "workbench").rglob("*.py"))
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files)
    return dict(zip(names, files, strict=True))


def imports(module: str, text: str) -> set[str]:
    """What a module imports, wherever in its text (under TYPE_CHECKING, too), as full names."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}


@cache
def imported_modules() -> dict[str, frozenset[str]]:
    """The modules of the package that each of them imports; a name of a module counts as that module."""
    known = modules()
    found = {}
    for module, file in known.items():
        names = imports(module, file.read_text("utf-8"))
        found[module] = frozenset(
            name if name in known else name.rpartition(".")[0]
            for name in names
            if name in known or name.rpartition(".")[0] in known
        ) - {module}
    return found


def room(module: str) -> str:
    """The room that a module stands in: `engine.race`, `ui.views`, `live`; `engine` itself for the engine's door."""
    if module in DOORS:
        return DOORS[module]
    parts = module.split(".")[1:]
    if parts[0] in WINGS and len(parts) > 1 and f"workbench.{parts[0]}.{parts[1]}" in _packages():
        return ".".join(parts[:2])
    return parts[0]


@cache
def _packages() -> frozenset[str]:
    return frozenset(name for name, file in modules().items() if file.name == "__init__.py")


@cache
def rooms() -> dict[str, frozenset[str]]:
    """Each room with the rooms that it imports from."""
    found: dict[str, set[str]] = {room(module): set() for module in modules()}
    for module, others in imported_modules().items():
        found[room(module)] |= {room(other) for other in others} - {room(module)}
    return {name: frozenset(others) for name, others in found.items()}


def circles(graph: dict[str, frozenset[str]]) -> list[list[str]]:
    """The circles of a graph, each once: its strongly connected parts of more than one node (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            place = stack.index(node)
            part = stack[place:]
            del stack[place:]
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def about(name: str) -> str:
    """What lives in a room: the first line of its package's docstring."""
    module = modules().get(f"workbench.{name}")  # a package, or the one module of the room
    text = ast.get_docstring(ast.parse(module.read_text("utf-8"))) if module else None
    return (text or "").split("\n")[0]


# The picture


def _levels(graph: dict[str, frozenset[str]]) -> dict[str, int]:
    """How many rooms stand below each one, on the longest way down."""
    levels: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in levels:
            levels[name] = 1 + max((level(other) for other in graph[name]), default=-1)
        return levels[name]

    for name in graph:
        level(name)
    return levels


def _needed(graph: dict[str, frozenset[str]]) -> list[tuple[str, str]]:
    """The arrows that do not follow from others: who imports from whom, but by no other way round."""

    @cache
    def below(name: str) -> frozenset[str]:
        return graph[name].union(*(below(other) for other in graph[name]))

    return [
        (name, other)
        for name in sorted(graph)
        for other in sorted(graph[name])
        if not any(other in below(third) for third in graph[name] if third != other)
    ]


def _rows(levels: dict[str, int], arrows: list[tuple[str, str]]) -> tuple[list[list[str]], dict[str, list[str]]]:
    """The rooms of each row, from the lowest up, with a place for each arrow that passes by; and the arrows' ways."""
    rows: list[list[str]] = [[] for _ in range(max(levels.values()) + 1)]
    for name in sorted(levels):
        rows[levels[name]].append(name)
    ways = {}
    for name, other in arrows:
        passed = [f"{name}>{other}@{level}" for level in range(levels[name] - 1, levels[other], -1)]
        for place in passed:
            rows[int(place.rpartition("@")[2])].append(place)
        ways[f"{name}>{other}"] = [name, *passed, other]
    return rows, ways


def _sorted_rows(rows: list[list[str]], ways: dict[str, list[str]]) -> list[list[str]]:
    """The rows, each sorted by the middle of what its members are tied to: arrows cross less (Sugiyama, 1981)."""
    ties: dict[str, set[str]] = {name: set() for row in rows for name in row}
    for way in ways.values():
        for one, other in pairwise(way):
            ties[one].add(other)
            ties[other].add(one)
    for _ in range(24):
        at = {name: (i + 0.5) / len(row) for row in rows for i, name in enumerate(row)}
        rows = [
            sorted(row, key=lambda name: (round(sum(at[o] for o in ties[name]) / max(1, len(ties[name])), 6), name))
            for row in rows
        ]
    return rows


def _places(rows: list[list[str]]) -> tuple[dict[str, tuple[float, float]], int, int]:
    """The middle of each room's box and of each place that an arrow passes, and width and height of the picture."""

    def wide(name: str) -> int:
        return _PASSAGE if "@" in name else _WIDE

    width = max(sum(wide(name) + _GAP for name in row) for row in rows) + _GAP
    height = len(rows) * _ROW + _GAP
    places: dict[str, tuple[float, float]] = {}
    for k, row in enumerate(rows):
        x = (width - sum(wide(name) + _GAP for name in row) + _GAP) / 2
        for name in row:
            places[name] = x + wide(name) / 2, height - _GAP - _HIGH / 2 - k * _ROW
            x += wide(name) + _GAP
    return places, width, height


def _past(place: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two points by which an arrow passes the boxes of a row, between them."""
    x, y = place
    return (x, y - _HIGH / 2), (x, y + _HIGH / 2)


def _drawn() -> dict[str, frozenset[str]]:
    """The rooms without those that hold nothing themselves, and without what everybody may import."""
    shut = {"root", "ui"}
    return {name: others - shut for name, others in rooms().items() if name not in shut}


def picture() -> str:
    """The rooms as an SVG: each above all that it imports from; arrows that follow from others are left out."""
    graph = _drawn()
    rows, ways = _rows(_levels(graph), _needed(graph))
    places, width, height = _places(_sorted_rows(rows, ways))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
        "<title>The rooms of the Gradient Workbench: arrows point to what a room imports from</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for way in ways.values():
        (x, y), (u, v) = places[way[0]], places[way[-1]]
        points = [(x, y + _HIGH / 2), *(p for name in way[1:-1] for p in _past(places[name])), (u, v - _HIGH / 2 - 6)]
        line = " ".join(f"{x:g},{y:g}" for x, y in points)
        lines.append(f'<polyline points="{line}" fill="none" stroke="#99a"/>')
        lines.append(f'<path d="M{u - 4:g} {v - _HIGH / 2 - 8:g} h8 l-4 8 z" fill="#667"/>')
    for name in sorted(graph):
        x, y = places[name]
        color = _COLORS.get(name.split(".")[0], "#eceef2")
        box = f'x="{x - _WIDE / 2:g}" y="{y - _HIGH / 2:g}" width="{_WIDE}" height="{_HIGH}" rx="5"'
        title = f"<title>{escape(about(name))}</title>"
        lines.append(f'<rect {box} fill="{color}" stroke="#667">{title}</rect>')
        lines.append(f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle" fill="#1c2430">{escape(name)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def listing() -> str:
    """The rooms as a table of the document on the architecture, from the top of the house down."""
    graph = _drawn()
    levels = _levels(graph)
    top = sorted(graph, key=lambda name: (-levels[name], name))
    rows = [f"| `{name}` | {about(name)} |" for name in top]
    return "\n".join(["| room of `workbench/` | what lives there |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    sys.stdout.write(picture())
