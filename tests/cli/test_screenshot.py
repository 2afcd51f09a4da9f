"""The command `screenshot`: the window as a picture."""

from __future__ import annotations

import pytest

from tests.experiments import VALLEY
from workbench import cli


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


def test_a_map_that_a_file_has_chosen_is_in_front(write, tmp_path, qapp, monkeypatch):
    """Whole: a cell of the finest map has its own colour."""
    from workbench.ui.window.maps import Maps

    shown = []
    asked = Maps._show
    monkeypatch.setattr(Maps, "_show", lambda self: (asked(self), shown.append(self._view._pictures)))
    out = tmp_path / "shot.png"
    text = VALLEY + '[view.map]\nx = "learning_rate"\ny = "start.0"\ncells = "64"\nsteps = "50"\n'
    assert cli.main(["screenshot", write(text), "--out", str(out), "--steps", "5", "--size", "1280x800"]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert shown[-1][0].whole
    assert shown[-1][0].side == 64
