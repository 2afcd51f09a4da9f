"""What a start loads: a budget in modules, since seconds are those of a machine; and what it has no use for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COUNTED = """
import sys
{start}
names = [name for name in sys.modules if name.split(".")[0] != "workbench"]
print(len(names), *sorted({{name.split(".")[0] for name in names}}))
"""
WINDOW = """
from workbench import app
from workbench.experiment import files
from workbench.resources import resource
from workbench.ui.window.main_window import MainWindow
application = app.make_application()
window = MainWindow(files.read(resource(app.FIRST_EXAMPLE)))
window.remembers_layout = window.files.asks_before_losing = False
window.show()
application.processEvents()
window.close()
"""
RACE = """
from workbench.experiment import build, files
from workbench.resources import resource
build.make_race(files.read(resource("examples/banana_race.toml"))).advance(3)
"""


OWN = """
import sys
{start}
print(*(name for name in sys.modules if name.split(".")[0] == "workbench"))
"""
#: the views that it does not show at first
NOT_IN_FRONT = ("fit", "diagram", "layers", "plane", "surface", "backpropagation", "step", "curvature", "pairs")
#: what a window of an objective does without, until somebody asks for it
LATER = (
    "workbench.engine.network", "workbench.engine.datasets", "workbench.engine.checks", "workbench.engine.swarm",
    "workbench.engine.curvature",
    "workbench.engine.race.anatomy", "workbench.experiment.build_networks", "workbench.experiment.fill_networks",
    "workbench.kept", "workbench.ui.dialogs.runs", "workbench.ui.window.overlays",
    "workbench.export.code", "workbench.export.results", "workbench.export.race_tables",
    "workbench.export.network_tables", "workbench.ui.dialogs.catalogue", "workbench.ui.dialogs.code",
    "workbench.ui.dialogs.film", "workbench.ui.pages", "workbench.export.films", "workbench.export.film_plan",
    "workbench.ui.dialogs.figure", "workbench.ui.window.figures", "workbench.ui.window.filming",
    "workbench.export.figure_plan", "workbench.export.sheets",
    "workbench.ui.dialogs.csv", "workbench.ui.dialogs.gradient_check", "workbench.ui.panels.network",
    "workbench.ui.panels.lanes.network", "workbench.ui.window.painted_points",
    *(f"workbench.ui.views.{key}.view" for key in NOT_IN_FRONT),
)  # fmt: skip
#: with the few for the child process, which a slow machine may have begun by then
_OWN_AT_MOST = 290


def run_alone(code: str) -> list[str]:
    """The words that a fresh process prints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.split()


def test_a_window_of_an_objective_loads_no_network_no_dialog_and_no_hidden_view() -> None:
    """Each of these packages is loaded when it is first needed, and the window's own modules have their budget."""
    names = run_alone(OWN.format(start=WINDOW))
    assert "workbench.ui.views.landscape.view" in names, "the window was shown"
    assert [name for name in names for later in LATER if name == later or name.startswith(f"{later}.")] == []
    assert len(names) <= _OWN_AT_MOST


@pytest.mark.parametrize(("start", "budget"), [(WINDOW, 530), (RACE, 255)], ids=["window", "race"])
def test_a_start_loads_no_more_of_others_than_its_budget(start: str, budget: int) -> None:
    """PySide6, pyqtgraph, numpy and what they need are some 490 modules, numpy and the readers of files 237: a library
    that comes besides, or a heavy part of one, is to be loaded where it is first needed."""
    count, *names = run_alone(COUNTED.format(start=start))
    assert int(count) <= budget, names
