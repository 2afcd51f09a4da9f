"""What the command line tells without a run: the catalogue, a check of gradients, a picture, the version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.experiments import NETWORK, VALLEY
from workbench import __version__, cli
from workbench.engine.datasets import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.schedules import schedules
from workbench.ui.views import VIEWS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = {
    "objectives": objectives,
    "optimizers": optimizers,
    "schedules": schedules,
    "activations": activations,
    "initializers": initializers,
    "losses": losses,
    "datasets": datasets,
    "views": VIEWS,
}


@pytest.mark.parametrize("kind", CATALOGUES)
def test_list_tells_every_entry(kind, capsys):
    """A line an entry, and as JSON all that is known of it."""
    keys = [entry.key for entry in CATALOGUES[kind]]
    assert cli.main(["list", kind]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == keys
    assert cli.main(["list", kind, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["key"] for entry in found] == keys
    assert all(entry["title"] for entry in found)
    if kind != "views":
        assert all(entry["formula"] and entry["source"]["year"] > 1600 for entry in found)


def test_list_optimizers_gives_the_promised_keys(capsys):
    """Hyperparameters come with a default for each convention, and infinite bounds as null."""
    cli.main(["list", "optimizers", "--json"])
    for entry in json.loads(capsys.readouterr().out):
        assert {"key", "title", "formula", "source", "conventions", "hyperparameters"} <= set(entry)
        for param in entry["hyperparameters"]:
            assert {"name", "default", "low", "high", "scale", "symbol", "doc"} <= set(param)
            assert set(param["default"]) == {"pytorch", "keras"}


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_check_agrees_with_central_differences(write, capsys, text):
    """A row a block, each with a relative difference below 1e-7: of the true gradient, whatever noise the race adds."""
    assert cli.main(["check", write(text)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    column = head.split().index("relative")
    assert lines
    assert all(float(line.split()[column]) < 1e-7 for line in lines)
    assert all(line.endswith("agrees") for line in lines)


def test_check_finds_a_wrong_gradient(write, capsys, monkeypatch):
    """The block that is off differs, and the exit code says that something is wrong."""
    right = objectives.get("rosenbrock").gradient

    def wrong(self, x, out):
        right(self, x, out)
        out[..., 1] *= 1.01
        return out

    monkeypatch.setattr(objectives.get("rosenbrock"), "gradient", wrong)
    assert cli.main(["check", write(VALLEY)]) == 1
    words = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]}
    assert words == {"x0": "agrees", "x1": "differs"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_screenshot_shows_the_window(write, tmp_path, qapp, theme):
    """A PNG of the size asked for, with more on it than a ground."""
    from PySide6.QtGui import QImage

    out = tmp_path / "shot.png"
    call = ["screenshot", write(VALLEY), "--out", str(out), "--steps", "60", "--size", "1100x700", "--theme", theme]
    assert cli.main(call) == 0
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1100, 700)
    pixels = [image.pixelColor(x, y) for x in range(0, 1100, 5) for y in range(0, 700, 5)]
    assert len({color.name() for color in pixels}) > 50
    light = sum(color.lightness() for color in pixels) / len(pixels)
    assert light > 200 if theme == "light" else light < 60


def test_the_program_says_its_version():
    """The same for main.py and the module."""
    for call in (["main.py"], ["-m", "workbench"]):
        done = subprocess.run(
            [sys.executable, *call, "--version"], capture_output=True, text=True, cwd=ROOT, check=True
        )
        assert done.stdout.strip().endswith(__version__)
