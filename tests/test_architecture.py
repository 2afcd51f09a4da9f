"""Who may import whom (docs/architecture.md): read from the source, and seen in a fresh process."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

from tests import house

#: What each room may import from, besides itself and what lies at the root (version, resources).
ENGINE = ("engine", "engine.formula", "engine.objectives", "engine.optimizers", "engine.schedules", "engine.datasets",
          "engine.network", "engine.race", "engine.rules", "engine.checks", "engine.swarm",
          "engine.curvature")  # fmt: skip
ROOMS: dict[str, tuple[str, ...]] = {
    "root": (),
    "engine": (),
    "engine.formula": ("engine",),
    "engine.objectives": ("engine", "engine.formula", "engine.race"),
    "engine.rules": ("engine", "engine.formula"),
    "engine.optimizers": ("engine", "engine.rules"),
    "engine.schedules": ("engine",),
    "engine.datasets": ("engine",),
    "engine.checks": ("engine", "engine.race"),
    "engine.curvature": ("engine", "engine.optimizers", "engine.race"),
    "engine.race": ("engine", "engine.datasets", "engine.optimizers", "engine.rules", "engine.schedules"),
    "engine.network": ("engine", "engine.datasets", "engine.race"),
    "engine.swarm": ("engine", "engine.optimizers", "engine.race"),
    "experiment": ENGINE,
    "studies": (*ENGINE, "experiment"),
    "export": (*ENGINE, "experiment"),
    "export.code": (*ENGINE, "experiment"),
    "kept": (*ENGINE, "experiment", "export"),
    "live": (*ENGINE, "experiment"),
    "ui": (),
    "ui.words": ENGINE,
    "ui.style": (),
    "ui.plotting": (*ENGINE, "ui.style", "ui.words"),
    "ui.charts": (*ENGINE, "studies", "ui.plotting", "ui.style", "ui.words"),
    "ui.forms": (*ENGINE, "experiment", "ui.style", "ui.words"),
    "ui.pages": (*ENGINE, "experiment", "export", "live", "studies", "ui.style", "ui.views", "ui.words"),
    "ui.panels": (*ENGINE, "experiment", "ui.forms", "ui.style", "ui.words"),
    "ui.views": (*ENGINE, "export", "ui.plotting", "ui.style", "ui.words"),
    "ui.dialogs": (*ENGINE, "experiment", "export", "export.code", "kept", "studies", "ui.charts", "ui.forms",
                   "ui.style", "ui.words"),
    "ui.window": (*ENGINE, "experiment", "export", "kept", "live", "studies", "ui.dialogs", "ui.forms", "ui.panels",
                  "ui.style", "ui.views", "ui.words"),
    "app": ("engine", "engine.race", "experiment", "export", "live", "studies", "ui.charts", "ui.pages", "ui.style",
            "ui.views", "ui.window"),
    # Qt comes with the app alone, when a picture is asked for; views are listed without it
    "notebook": (*ENGINE, "experiment", "export", "studies", "app", "ui.views"),
    # windows and pictures are made by the app, and only when they are asked for; views are listed without Qt
    "cli": (*ENGINE, "experiment", "export", "export.code", "studies", "app"),
}  # fmt: skip
QT = ("PySide6",)
#: What comes from outside: each room's libraries besides the standard library.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "root": (),
    "engine": ("numpy",),
    "experiment": ("numpy", "msgspec", "tomli_w"),
    "kept": ("numpy", "msgspec"),
    "live": ("numpy", "msgspec", "PySide6.QtCore"),
    "studies": ("numpy", "distributed"),
    "export.code": ("numpy", "msgspec"),
    "export": ("numpy", "msgspec"),
    "ui.plotting": ("numpy", "pyqtgraph", "contourpy", *QT),
    "ui.views": ("numpy", "pyqtgraph", *QT),
    "ui": ("numpy", *QT),
    "app": QT,
    "cli": ("numpy",),
    "notebook": ("numpy",),
}
#: Modules that know more than their room.
MORE_LIBRARIES = {"workbench.export.pictures": ("pyqtgraph", *QT), "workbench.export.sheets": QT,
                  "workbench.export.svg_parts": QT, "workbench.export.films": ("PIL",),
                  "workbench.export.gif": ("PIL",), "workbench.export.film_plan": ("PIL",),
                  "workbench.export.state_dict": ("torch",)}  # fmt: skip
#: Single modules that a room may know of a room that it may not.
MORE_MODULES = {
    "ui.views": ("workbench.experiment.view_options", "workbench.studies.map_picture", "workbench.studies.map_wanted"),
    "export": ("workbench.studies.map_picture", "workbench.studies.rate_curve"),
}
#: Rooms in which the folders do not know each other, and what all of them share.
APART = {
    "workbench.ui.views": ("shared", "entry"),
    "workbench.ui.panels": ("base", "titles"),
    "workbench.ui.dialogs": ("files", "sizes"),
}
#: a panel is put together of those of its parts
TOGETHER = {("workbench.ui.panels.problem", "workbench.ui.panels.network")}


def within(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def faults(module: str, imported: set[str]) -> list[str]:
    """The imports of a module that its room does not allow."""
    return [f"{module} imports {name}" for name in sorted(imported) if not _may(module, name)]


def _may(module: str, name: str) -> bool:
    here = house.room(module)
    if not within(name, ("workbench",)):
        wings = (here, here.split(".")[0])
        libraries = next(LIBRARIES[wing] for wing in wings if wing in LIBRARIES)
        return within(name, (*libraries, *MORE_LIBRARIES.get(module, ())))
    known = house.modules()
    target = name if name in known else name.rpartition(".")[0]
    there = house.room(target)
    return (there in (here, "root", *ROOMS[here]) or target in MORE_MODULES.get(here, ())) and not _crosses(
        module, target
    )


def _crosses(module: str, target: str) -> bool:
    """Whether a folder of a room reaches into another one beside it."""
    for room, shared in APART.items():
        if within(module, (room,)) and within(target, (room,)) and room not in (module, target):
            parts = [name.removeprefix(f"{room}.").split(".")[0] for name in (module, target)]
            pair = (f"{room}.{parts[0]}", f"{room}.{parts[1]}")
            if parts[1] not in (parts[0], *shared) and pair not in TOGETHER:
                return True
    return False


def test_every_module_imports_only_what_its_room_may() -> None:
    known = house.modules().items()
    found = {module: house.imports(module, file.read_text("utf-8")) for module, file in known}
    assert [fault for module, names in found.items() for fault in faults(module, names)] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("workbench.engine.race.race", "PySide6.QtCore"),
        ("workbench.engine.race.race", "sympy"),
        ("workbench.engine.race.race", "workbench.experiment.files"),
        ("workbench.engine.race.race", "workbench.engine.network.problem"),
        ("workbench.engine.params", "workbench.engine.race.race"),
        ("workbench.experiment.build", "workbench.live.document"),
        ("workbench.live.worker", "PySide6.QtWidgets"),
        ("workbench.ui.views.loss.view", "workbench.live.document"),
        ("workbench.ui.views.loss.view", "workbench.experiment.build"),
        ("workbench.ui.views.loss.view", "workbench.ui.views.fit.view"),
        ("workbench.ui.views.loss.view", "workbench.ui.panels.lanes.panel"),
        ("workbench.ui.views.loss.view", "workbench.ui.window.docks"),
        ("workbench.ui.panels.lanes.panel", "workbench.ui.views.loss.view"),
        ("workbench.ui.panels.lanes.panel", "workbench.ui.panels.problem.panel"),
        ("workbench.ui.panels.lanes.panel", "pyqtgraph"),
        ("workbench.ui.dialogs.code", "workbench.ui.window.docks"),
        ("workbench.ui.forms.fields", "workbench.ui.panels.base"),
        ("workbench.cli", "workbench.ui.window.main_window.MainWindow"),
        ("workbench.export.results", "PySide6.QtCore"),
        ("workbench.kept.store", "PySide6.QtCore"),
        ("workbench.kept.store", "workbench.live.worker"),
        ("workbench.notebook.picture", "PySide6.QtCore"),
        ("workbench.notebook.race", "pandas"),
        ("workbench.cli.run", "workbench.notebook.race"),
    ],
)
def test_the_rules_refuse_what_they_are_there_to_refuse(module: str, name: str) -> None:
    assert faults(module, {name}) == [f"{module} imports {name}"]


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Neither at their heads, nor in their functions, nor for their types alone."""
    assert house.circles(house.imported_modules()) == []


def test_no_rooms_import_each_other_in_a_circle() -> None:
    assert house.circles(house.rooms()) == []


def test_a_circle_is_found_wherever_it_is_imported() -> None:
    """The check itself: three nodes in a circle are found, and a chain is none."""
    graph = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("a"), "d": frozenset("a")}
    assert house.circles(graph) == [["a", "b", "c"]]
    assert house.circles({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}) == []
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from workbench.ui.window import docks\n"
    assert house.imports("any", text) == {"workbench.ui.window.docks"}


def test_only_the_app_knows_the_main_window() -> None:
    knowing = {m for m, names in house.imported_modules().items() if "workbench.ui.window.main_window" in names}
    assert knowing == {"workbench.app"}


def test_every_room_is_in_the_rules_and_says_what_lives_there() -> None:
    assert set(house.rooms()) == set(ROOMS)
    assert [name for name in house.rooms() if name != "root" and not house.about(name)] == []


def test_the_document_shows_the_house_as_it_is() -> None:
    """Picture and table of docs/architecture.md: `python -m tests.house > docs/pictures/house.svg` draws it anew."""
    docs = house.ROOT / "docs"
    assert (docs / "pictures" / "house.svg").read_text("utf-8") == house.picture()
    assert house.listing() in (docs / "architecture.md").read_text("utf-8")


def test_the_stations_that_the_document_names_are_there() -> None:
    """`room.module:name.attribute` in the document is a class or function of that module."""
    text = (house.ROOT / "docs" / "architecture.md").read_text("utf-8")
    stations = re.findall(r"`([a-z_.]+):([A-Za-z_.]+)`", text)
    assert len(stations) > 12
    for module, path in stations:
        found: object = importlib.import_module(f"workbench.{module}")
        for name in path.split("."):
            found = getattr(found, name)
        assert callable(found)


@pytest.mark.parametrize(
    "module", ["workbench.engine.race.race", "workbench.engine.race.snapshot", "workbench.experiment.build"]
)
def test_the_numerics_load_no_window_library(module: str) -> None:
    """Asked of a fresh process, since this one has Qt loaded by its test tools."""
    code = f"import sys, {module}; print(*sorted({{n.split('.')[0] for n in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=house.ROOT, capture_output=True, text=True, check=True)
    assert not {"PySide6", "shiboken6", "pyqtgraph", "sympy"} & set(run.stdout.split())
