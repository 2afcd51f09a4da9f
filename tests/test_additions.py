"""What an addition touches: each is written into a copy of the program, as docs/architecture.md says, and is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = Path(__file__).parent / "additions"
ENGINE = "workbench/engine"
#: the examples of additions: (text, module that it is appended to)
APPENDED = {
    "objective": ("objectives", f"{ENGINE}/objectives/bowls.py", "tilted_bowl"),
    "optimizer": ("optimizers", f"{ENGINE}/optimizers/gradient.py", "half_step"),
    "schedule": ("schedules", f"{ENGINE}/schedules/decays.py", "halved"),
    "layer": ("activations", f"{ENGINE}/network/activations.py", "doubled"),
    "dataset": ("datasets", f"{ENGINE}/datasets/shapes.py", "stripes"),
}
OBJECTIVE = """
format = 1
steps = 5
[problem]
kind = "objective"
objective = "{objective}"
[[lanes]]
optimizer = "{optimizer}"
[lanes.schedule]
kind = "{schedule}"
"""
NETWORK = """
format = 1
steps = 5
[problem]
kind = "network"
[problem.data]
name = "{dataset}"
[[problem.layers]]
units = 3
activation = "{layer}"
[[lanes]]
optimizer = "sgd"
"""
WINDOW = """
from workbench import app
from workbench.experiment import files
from workbench.ui.window.main_window import MainWindow
import sys
app.make_application()
window = MainWindow(files.read(sys.argv[1]))
window.remembers_layout = window.files.asks_before_losing = False
window.show()
assert app.wait_for(lambda: window.snapshot is not None)
{check}
window.close()
"""


@dataclass
class Copy:
    """A copy of the program that is written into."""

    root: Path
    touched: list[str] = field(default_factory=list)

    def append(self, example: str, module: str) -> None:
        """Write an example at the end of a module."""
        place = self.root / module
        place.write_text(place.read_text("utf-8") + (EXAMPLES / f"{example}.py.txt").read_text("utf-8"), "utf-8")
        self.touched.append(module)

    def make(self, example: str, module: str) -> None:
        """Make a module of an example."""
        place = self.root / module
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(EXAMPLES / f"{example}.py.txt", place)
        self.touched.append(module)

    def change(self, module: str, line: str, other: str) -> None:
        """Put other words in the place of words that stand once in a module."""
        place = self.root / module
        text = place.read_text("utf-8")
        assert text.count(line) == 1, f"{module} has {text.count(line)} places of {line!r}"
        place.write_text(text.replace(line, other), "utf-8")
        self.touched.append(module)

    def program(self, *arguments: str) -> str:
        """What the program prints; it must succeed."""
        return self._python("-m", "workbench", *arguments)

    def module(self, name: str) -> str:
        """What a module prints that is run."""
        return self._python("-m", name)

    def run_python(self, code: str, *arguments: str) -> str:
        """What some code prints that uses this copy."""
        return self._python("-c", code, *arguments)

    def window(self, check: str, file: Path) -> None:
        """Check something in a window of this copy."""
        self._python("-c", WINDOW.format(check=check), str(file))

    def _python(self, *arguments: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(self.root), "QT_QPA_PLATFORM": "offscreen"}
        run = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=False,
            timeout=100,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr + run.stdout
        return run.stdout


@pytest.fixture
def copy(tmp_path):
    """A fresh copy of the program, with its resources beside it."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "workbench", tmp_path / "workbench", ignore=ignored)
    for name in ("resources", "main.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    return Copy(tmp_path)


def written(copy: Copy, text: str) -> Path:
    """The text as an experiment's file."""
    file = copy.root / "experiment.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("kind", APPENDED)
def test_a_class_in_a_catalogue_file_is_all_that_an_entry_takes(copy, kind):
    """It is listed, documented, chosen in a file, and run: nothing else knows its name."""
    catalogue, module, key = APPENDED[kind]
    copy.append(kind, module)
    listed = {entry["key"] for entry in json.loads(copy.program("list", catalogue, "--json"))}
    assert key in listed
    used = {"objective": "sphere", "optimizer": "sgd", "schedule": "constant"}
    used |= {"layer": "tanh", "dataset": "moons"} | {kind: key}
    file = written(copy, (NETWORK if kind in {"layer", "dataset"} else OBJECTIVE).format(**used))
    copy.program("run", str(file), "--out", str(copy.root / "out"))
    assert key in (copy.root / "out" / "experiment.toml").read_text("utf-8")
    assert f"(`{key}`)" in copy.module("workbench.export.catalogue")
    assert copy.touched == [module]


def test_a_view_is_a_folder_and_a_line(copy):
    """It is listed, has its dock, its line in the menus, and its picture without a window."""
    folder = "workbench/ui/views"
    copy.make("view_entry", f"{folder}/steps/__init__.py")
    copy.make("view", f"{folder}/steps/view.py")
    copy.change(f"{folder}/__init__.py", '"gradients", "race")', '"gradients", "race", "steps")')
    assert "steps" in {entry["key"] for entry in json.loads(copy.program("list", "views", "--json"))}
    file = written(copy, OBJECTIVE.format(objective="sphere", optimizer="sgd", schedule="constant"))
    copy.program("run", str(file), "--out", str(copy.root / "out"), "--pictures", "svg")
    assert "5 steps" in (copy.root / "out" / "pictures" / "steps.svg").read_text("utf-8")
    copy.window(
        "assert window.docks['steps'].isVisible() and window.views['steps'].label.text() == '0 steps'\n"
        "assert 'steps' in window.menus.exports and window.exporters['steps'].actions",
        file,
    )


def test_a_statistic_is_a_class_beside_its_computation(copy):
    """Whoever demands it finds it among the snapshot's extras."""
    module = f"{ENGINE}/objectives/landscape.py"
    copy.append("statistic", module)
    file = written(copy, OBJECTIVE.format(objective="sphere", optimizer="sgd", schedule="constant"))
    copy.run_python(
        "import sys\nfrom workbench.experiment import build, files\nfrom workbench.live.statistics_cache import Cache\n"
        "race, cache = build.make_race(files.read(sys.argv[1])), Cache()\n"
        "cache.refresh(race, {'highest': ()}, running=False)\n"
        "assert cache.current(race)['highest'] == race.loss.max()",
        str(file),
    )
    assert copy.touched == [module]


def test_a_panel_is_a_folder_and_its_place_among_the_panels(copy):
    """It has its dock, and is shown every experiment."""
    window = "workbench/ui/window/main_window.py"
    copy.make("panel", "workbench/ui/panels/title/panel.py")
    (copy.root / "workbench/ui/panels/title/__init__.py").touch()
    line = "from workbench.ui.panels.transport import TransportBar\n"
    copy.change(window, line, f"from workbench.ui.panels.title.panel import TitlePanel\n{line}")
    copy.change(
        window, "(self.problem_panel, self.lanes_panel)\n", "(self.problem_panel, self.lanes_panel, TitlePanel(self))\n"
    )
    file = written(
        copy, 'title = "Seen"\n' + OBJECTIVE.format(objective="sphere", optimizer="sgd", schedule="constant")
    )
    copy.window("assert window.docks['title'].isVisible() and window.panels[2].label.text() == 'Seen'", file)


def test_a_format_of_pictures_is_a_line(copy):
    """Command line and menus offer it, and it is written."""
    copy.change(
        "workbench/export/formats.py",
        '    PictureFormat("pdf",',
        '    PictureFormat("jpeg", "JPEG", is_raster=True),\n    PictureFormat("pdf",',
    )
    file = written(copy, OBJECTIVE.format(objective="sphere", optimizer="sgd", schedule="constant"))
    copy.program("run", str(file), "--out", str(copy.root / "out"), "--pictures", "jpeg")
    assert (copy.root / "out" / "pictures" / "loss.jpeg").read_bytes()[:3] == b"\xff\xd8\xff"
    copy.window("assert 'Export JPEG …' in [action.text() for action in window.exporters['loss'].actions]", file)


def test_a_command_is_a_module_and_its_name(copy):
    """It is told by --help, has a help of its own, and is carried out."""
    program = "workbench/cli/program.py"
    copy.make("command", "workbench/cli/lanes.py")
    copy.change(
        program,
        "import check, code, figure, film, run, screenshot, sweep, tune\n",
        "import check, code, figure, film, lanes, run, screenshot, sweep, tune\n",
    )
    copy.change(program, 'Mapping[str, Command] = {"run": run', 'Mapping[str, Command] = {"lanes": lanes, "run": run')
    assert "say which lanes an experiment has" in copy.program("--help")
    file = written(copy, OBJECTIVE.format(objective="sphere", optimizer="adam", schedule="constant"))
    assert copy.program("lanes", str(file)) == "adam\n"


def test_a_dialog_is_a_module_and_a_command_that_opens_it(copy):
    """It is given a value and answers by a signal: it needs neither document nor window to be tried."""
    copy.make("dialog", "workbench/ui/dialogs/how_many.py")
    menus = "workbench/ui/window/menus.py"
    line = "from workbench.ui.panels.transport import TransportBar\n"
    copy.change(menus, line, f"from workbench.ui.dialogs.how_many import HowManyDialog\n{line}")
    copy.change(
        menus,
        '        self._add(help_menu, self.tr("About Gradient Workbench"), "", self._on_about)\n',
        '        self._add(help_menu, self.tr("About Gradient Workbench"), "", self._on_about)\n'
        "        self.how_many = HowManyDialog(len(document.experiment.lanes), window)\n"
        '        self._add(help_menu, self.tr("How many …"), "", self.how_many.open)\n',
    )
    file = written(copy, OBJECTIVE.format(objective="sphere", optimizer="sgd", schedule="constant"))
    copy.window(
        "told = []\n"
        "window.menus.how_many.answered.connect(told.append)\n"
        "kind = type(window.menus.open_data)\n"
        "[action] = [a for a in window.menuBar().findChildren(kind) if a.text() == 'How many …']\n"
        "action.trigger()\n"
        "assert window.menus.how_many.isVisible()\n"
        "window.menus.how_many.accept()\n"
        "assert told == [1]",
        file,
    )
