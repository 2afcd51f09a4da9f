"""Pictures in a notebook are the program's own; Qt comes with the first of them and not before."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench import cli, notebook
from workbench.notebook.picture import Picture

ROOT = Path(__file__).resolve().parents[2]
UNTIL_A_PICTURE = """
import sys
import workbench as wb
def loaded():
    return sorted({name.split(".")[0] for name in sys.modules} & {"PySide6", "shiboken6", "pyqtgraph"})
assert not any(name.startswith("workbench.") for name in sys.modules), "nothing before it is asked for"
assert "numpy" not in sys.modules
race = wb.load("banana_race.toml").add("adam", label="Mine", learning_rate=0.05)
result = race.run(30)
result.loss, result.path, result.gradient_rms, result.summary, repr(result), result._repr_html_(), result.views
wb.sweep(race, "lanes[0].hyperparameters.learning_rate", wb.log_range(1e-4, 1, 4), steps=10).best
wb.network("moons", [4]).add("sgd").run(3)
picture = result.plot()
race.toml()
assert loaded() == [], loaded()
data, metadata = picture._repr_png_()
assert data[:4] == b"\\x89PNG"
assert "PySide6" in loaded()
import os
print(metadata, os.environ.get("QT_QPA_PLATFORM"))
"""


@pytest.fixture(scope="module")
def result():
    return wb.load("banana_race.toml").run(60)


def test_no_qt_is_loaded_until_a_picture_is_looked_at():
    """In a fresh process without a display; the platform that it is drawn on is no setting of others'."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    run = subprocess.run(
        [sys.executable, "-c", UNTIL_A_PICTURE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "{'width': 900, 'height': 640} None"
    assert run.stderr == ""


def test_a_picture_is_that_of_the_command_line(qapp, result, tmp_path):
    """The same vectors as `run --pictures` writes, but for the hair by which letters stand apart at another time."""

    def vectors(text):
        return re.sub(r'<path d="[^"]*"(?=[^>]* aria-hidden="true")', "<path", text)

    file = ROOT / "resources" / "examples" / "banana_race.toml"
    options = ["--out", str(tmp_path), "--steps", "60", "--pictures", "svg"]
    assert cli.main(["run", str(file), *options]) == 0
    for view in ("loss", "race"):
        written = (tmp_path / "pictures" / f"{view}.svg").read_text(encoding="utf-8")
        assert vectors(result.plot(view).svg) == vectors(written)
        assert len(vectors(written)) < len(written), "there are letters"


@pytest.mark.parametrize("view", ["loss", "landscape", "gradients", "race"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_views_are_drawn_in_both_themes_and_any_size(qapp, result, view, theme):
    from PySide6.QtGui import QImage

    picture = result.plot(view, theme=theme, size=(500, 400))
    image = QImage.fromData(picture.png)
    assert (image.width(), image.height()) == (1000, 800)
    assert picture._repr_png_()[1] == {"width": 500, "height": 400}
    corner = image.pixelColor(2, 2).lightness()
    assert corner > 200 if theme == "light" else corner < 60
    assert ET.fromstring(picture.svg).tag.endswith("svg")  # noqa: S314 - its own


def test_a_notebook_is_given_vectors_where_they_are_small(monkeypatch):
    small = Picture(lambda kind: b"<svg/>", "small")
    assert small._repr_svg_() == "<svg/>"
    assert Picture(lambda kind: b"x" * 400_000, "large")._repr_svg_() is None


def test_a_picture_is_drawn_once():
    drawn = []
    picture = Picture(lambda kind: drawn.append(kind) or b"content", "any")
    assert picture.pdf == picture.pdf == b"content"
    assert drawn == ["pdf"]


def test_a_picture_is_saved_by_the_ending_of_its_file(qapp, result, tmp_path):
    picture = result.plot("race")
    for kind, begin in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        picture.save(tmp_path / f"race.{kind}")
        assert (tmp_path / f"race.{kind}").read_bytes().startswith(begin)
    with pytest.raises(wb.RequestError, match="the ending must be one of png, svg, pdf"):
        picture.save(tmp_path / "race.jpg")


def test_a_view_with_nothing_to_show_says_why(qapp, result):
    with pytest.raises(wb.RequestError, match='the view "pairs" has nothing to show: '):
        _ = result.plot("pairs").png


def test_a_network_and_a_function_of_ones_own_are_drawn(qapp):
    """Every view that has something to show of them draws it; the step of a class is its parts as well."""

    class Plain:
        def update(self, theta, gradient, step):
            theta -= self.learning_rate * gradient

    function = wb.objective(lambda x: float(np.sum(x**2 + np.sin(x))), start=(1.5, -0.5)).add(Plain).add("adam")
    network = wb.network("moons", [3], samples=40).add(Plain, learning_rate=0.1).add("adam")
    for race, least in ((function, 6), (network, 6)):
        found = race.run(12)
        drawn = 0
        for view in found.views:
            try:
                drawn += found.plot(view, size=(400, 300)).png.startswith(b"\x89PNG")
            except wb.RequestError as error:
                assert "has nothing to show" in str(error)  # noqa: PT017 - which views those are is not the point
        assert drawn >= least


def test_a_sweep_draws_its_charts(qapp):
    race = wb.objective("sphere", start=(1.0, 2.0)).add("sgd")
    found = wb.sweep(race, "lanes[0].hyperparameters.learning_rate", wb.log_range(1e-3, 0.1, 5), steps=10)
    assert found.charts
    assert found.plot().png.startswith(b"\x89PNG")
    with pytest.raises(wb.RequestError, match="`chart` must be one of"):
        found.plot("nothing")


def test_the_window_opens_in_a_process_of_its_own(tmp_path, monkeypatch):
    """With a file that holds the experiment; this process goes on, and the window ends by itself when asked to."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    race = wb.objective("sphere", start=(1.0, 2.0), title="A walk, by night").add("sgd")
    opened = race.show()
    try:
        (file,) = tmp_path.glob("*/*.toml")
        assert file.name == "A_walk_by_night.toml"
        assert wb.load(file).experiment == race.experiment
        time.sleep(1.0)
        assert opened.poll() is None
    finally:
        opened.terminate()
        opened.wait(30)


def test_without_a_display_no_window_is_tried(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(wb.RequestError, match="no window can be opened: there is no display"):
        wb.objective("sphere").add("sgd").show()


def test_the_package_gives_what_its_room_has():
    """Lazily, in `dir` as well, and typed by the stub, which takes all of it."""
    import workbench

    assert set(notebook.__all__) == workbench._FROM_PYTHON
    assert set(notebook.__all__) <= set(dir(workbench))
    assert all(getattr(workbench, name) is getattr(notebook, name) for name in notebook.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = workbench.nothing
    assert (ROOT / "workbench" / "py.typed").is_file()
    assert "from workbench.notebook import *" in (ROOT / "workbench" / "__init__.pyi").read_text(encoding="utf-8")
