"""Values under the cursor can be seen where the cursor is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import mouse


@pytest.mark.parametrize(
    ("text", "key"), [(VALLEY, "landscape"), (VALLEY, "loss"), (NETWORK, "loss"), (NETWORK, "fit")]
)
@pytest.mark.parametrize("corner", [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)])
def test_what_is_said_of_a_point_stands_beside_it_within_the_plot(open_window, qtbot, text, key, corner):
    """Also the first time, and on whichever side the cursor is."""
    window = open_window(experiment(text))
    window.worker.seek(20)
    qtbot.waitUntil(lambda: window.snapshot.step == 20)
    view = window.views[key]
    qtbot.waitUntil(lambda: key != "fit" or view._drawn is not None)
    (x0, x1), (y0, y1) = view.plot.box.viewRange()
    if key == "loss":
        x1 = 20.0  # beyond the last step there is nothing to say
    at = (x0 + corner[0] * (x1 - x0), y0 + corner[1] * (y1 - y0))
    no = Qt.MouseButton.NoButton
    mouse(view, QEvent.Type.MouseMove, at, no, no)
    text_item = view.readout._text
    assert text_item.isVisible()
    place = text_item.mapRectToScene(text_item.boundingRect())
    assert view.plot.box.sceneBoundingRect().contains(place)
    cursor = view.plot.box.mapViewToScene(QPointF(*at))
    room = 0.12 * max(place.width(), place.height())
    assert not place.contains(cursor)
    assert place.adjusted(-room, -room, room, room).contains(cursor)
