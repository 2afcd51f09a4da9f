"""What a start loads: a budget in modules, since seconds are those of a machine."""

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


@pytest.mark.parametrize(("start", "budget"), [(WINDOW, 560), (RACE, 270)], ids=["window", "race"])
def test_a_start_loads_no_more_of_others_than_its_budget(start: str, budget: int) -> None:
    """PySide6, pyqtgraph, numpy and what they need are 504 modules, numpy and the readers of files 237: a library that
    comes besides, or a heavy part of one, is to be loaded where it is first needed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", COUNTED.format(start=start)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    count, *names = run.stdout.split()
    assert int(count) <= budget, names
