"""The worker computes what can be seen, what is to be written, and nothing else besides."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from tests.experiments import NETWORK, VALLEY, experiment


@pytest.fixture
def demanded(open_window, qtbot):
    """Opens a window and waits until the worker has been asked for these statistics and no others."""

    def make(text):
        window = open_window(experiment(text))

        def wait(*names):
            qtbot.waitUntil(lambda: set(window.worker._loop.demands) == {"health", *names})

        return window, wait

    return make


def test_the_view_in_front_has_what_it_demands(demanded):
    """A view that comes to light is computed for, the one that it hides no longer."""
    window, wait = demanded(NETWORK)
    wait(*window.views["fit"].demand())
    window.centre.bring("layers")
    wait("layers")
    window.centre.bring("fit")
    wait(*window.views["fit"].demand())
    assert "fit" in window.views["fit"].demand()


def test_a_hidden_view_has_it_while_its_picture_waits(demanded, tmp_path, qtbot, monkeypatch):
    """An export of a view behind another one is asked for, written, and then asked for no more."""
    window, wait = demanded(NETWORK)
    seen, asked = tuple(window.views["fit"].demand()), []
    ask = window.worker.set_demands
    monkeypatch.setattr(window.worker, "set_demands", lambda wanted: (asked.append(set(wanted)), ask(wanted)))
    window.exporters["layers"].write_picture(tmp_path / "layers.png", QSize(800, 600))
    assert {"health", "layers", *seen} in asked, "it may be there at once, and gone again"
    qtbot.waitUntil((tmp_path / "layers.png").exists)
    wait(*seen)


def test_the_gradient_check_is_computed_while_it_is_open(demanded):
    """Closed, it costs nothing."""
    window, wait = demanded(VALLEY)
    seen = tuple(window.views["landscape"].demand())
    assert "surface" in seen
    wait(*seen)
    window.gradient_check.bring_up()
    wait(*seen, *window.gradient_check.demand())
    assert window.gradient_check.demand()
    window.gradient_check.close()
    wait(*seen)
