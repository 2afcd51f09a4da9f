"""Who may import whom (docs/architecture.md): read from the source, and seen in a fresh process."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NUMERIC = ("numpy", "workbench.resources", "workbench.engine")
VALUES = (*NUMERIC, "msgspec", "tomli_w", "workbench.experiment")
QT = ("PySide6",)
PLOTTING = ("pyqtgraph", "contourpy")
UI = ("workbench.ui", "workbench.__version__", *VALUES, *QT, "workbench.live", "workbench.export")

#: For each part of the package, longest first: what it may import besides the standard library, and what not.
RULES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("workbench.engine", NUMERIC, ()),
    ("workbench.experiment", VALUES, ()),
    ("workbench.live", (*VALUES, "PySide6.QtCore", "workbench.live"), ()),
    ("workbench.ui.plotting.plot", (*UI, *PLOTTING), ("workbench.ui.views", "workbench.ui.panels", "workbench.live")),
    ("workbench.ui.views", (*UI, *PLOTTING), ("workbench.ui.panels", "workbench.live")),
    ("workbench.ui.panels", UI, ("workbench.ui.views",)),
    ("workbench.ui", UI, ()),
    ("workbench.export.code", (*VALUES, "workbench.__version__", "workbench.export.code"), ()),
    ("workbench.export", (*VALUES, *QT, *PLOTTING, "workbench.export", "workbench.ui"), ("workbench.live",)),
)
ONLY_IMPORTERS = {
    # the menus are a part of the window that has a file of its own, and name its type
    "workbench.ui.window.main_window": ("workbench.app", "workbench.ui.window.menus"),
    "workbench.app": ("workbench.cli", "workbench.__main__"),
}


def modules() -> dict[str, Path]:
    """Every module of the package with its file."""
    files = sorted((ROOT / "workbench").rglob("*.py"))
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files)
    return dict(zip(names, files, strict=True))


def within(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def imports(module: str, file: Path) -> set[str]:
    """What a module imports, wherever in its text, as full names; names from a package count as its modules."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}


def faults(module: str, imported: set[str]) -> list[str]:
    """The imports of a module that its layer does not allow."""
    rule = next((rule for rule in RULES if within(module, (rule[0],))), None)
    found = []
    for name in sorted(imported):
        allowed = rule is None or (within(name, rule[1]) and not within(name, rule[2]))
        wardens = next((who for target, who in ONLY_IMPORTERS.items() if within(name, (target,))), None)
        if not allowed or (wardens is not None and not within(module, (*wardens, "workbench.ui.window.main_window"))):
            found.append(f"{module} imports {name}")
    return found


def test_every_module_imports_only_what_its_layer_may() -> None:
    assert [fault for module, file in modules().items() for fault in faults(module, imports(module, file))] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("workbench.engine.race.race", "PySide6.QtCore"),
        ("workbench.engine.race.race", "sympy"),
        ("workbench.engine.race.race", "workbench.experiment.files"),
        ("workbench.experiment.build", "workbench.live.document"),
        ("workbench.live.worker", "PySide6.QtWidgets"),
        ("workbench.ui.views.loss.view", "workbench.live.document"),
        ("workbench.ui.views.loss.view", "workbench.ui.panels.lanes.panel"),
        ("workbench.ui.panels.lanes.panel", "workbench.ui.views.loss.view"),
        ("workbench.ui.panels.lanes.panel", "pyqtgraph"),
        ("workbench.cli", "workbench.ui.window.main_window.MainWindow"),
    ],
)
def test_the_rules_refuse_what_they_are_there_to_refuse(module: str, name: str) -> None:
    assert faults(module, {name}) == [f"{module} imports {name}"]


@pytest.mark.parametrize(
    "module", ["workbench.engine.race.race", "workbench.engine.race.snapshot", "workbench.experiment.build"]
)
def test_the_numerics_load_no_window_library(module: str) -> None:
    """Asked of a fresh process, since this one has Qt loaded by its test tools."""
    code = f"import sys, {module}; print(*sorted({{n.split('.')[0] for n in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"PySide6", "shiboken6", "pyqtgraph", "sympy"} & set(run.stdout.split())
