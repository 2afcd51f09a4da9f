"""What the curves show is what was recorded: in the window, in every format of pictures, for any range of losses."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from tests.experiments import example, experiment
from workbench.export.pictures import picture_bytes
from workbench.ui.plotting.axes import ValueAxis

#: the loss of gradient descent at this rate falls at every step
HIMMELBLAU = """
format = 1
steps = 5000
[problem]
kind = "objective"
objective = "himmelblau"
start = [-3.0, -1.0]
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.005
"""


@pytest.fixture
def falling(open_window, settled):
    """The view of a loss that never rises, after 5,000 steps, and the colour of its line."""
    window = open_window(experiment(HIMMELBLAU))
    window.worker.seek(5000)
    snapshot = settled(window, 5000)
    losses = snapshot.history.values["loss"][:, 0]
    assert len(losses) == 5001
    assert np.all(np.diff(losses) <= 0), "that is so"
    view = window.views["loss"]
    return view, view.lane_colors(snapshot.info)[0]


def test_a_falling_loss_falls_in_the_window_from_each_point_to_the_next(falling):
    """Each point is a step's own loss, and none stands above the one before it."""
    view, _ = falling
    losses = view.snapshot.history.values["loss"][:, 0]
    ((x, y, _),) = view.drawing.lines
    assert np.all(np.diff(y) <= 0)
    np.testing.assert_allclose(10.0**y, losses[x.astype(int)], rtol=1e-9)


def test_a_falling_loss_falls_in_a_picture_of_pixels(falling):
    """Column by column the highest pixel of the line goes down, but for its soft edge, at twice the size."""
    view, color = falling
    image = QImage.fromData(picture_bytes(view, "png", QSize(1500, 1000)))
    rgb = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB888).constBits(), np.uint8)
    rgb = rgb.reshape(image.height(), -1)[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)
    wanted = QColor(color)
    cover = (255 - rgb) / (255 - np.array([wanted.red(), wanted.green(), wanted.blue()]))  # on the white of the plot
    inked = (cover.min(axis=2) > 0.25) & (np.ptp(cover, axis=2) < 0.15)
    place = view.plot.box.sceneBoundingRect()
    edge, scale = view.plot.mapTo(view, view.plot.rect().topLeft()), image.height() / 480
    left, right = (round(scale * (edge.x() + x)) for x in (place.left() + 2, place.right() - 20))
    columns = inked[round(scale * edge.y()) :, left:right]
    top = columns.argmax(axis=0)[columns.any(axis=0)]
    assert len(top) > 500
    fall = int(np.argmax(top > 0.9 * top.max()))
    assert fall < 100, "it falls steeply, and is level from there on"
    begin = int(np.flatnonzero(top <= top.min() + 2)[-1])  # to the left of it is the soft end of the line
    assert begin < 10
    assert np.all(np.diff(top[begin : fall + 1]) >= -2)
    assert np.ptp(top[fall + 10 : 400]) <= 2


def longest(lines):
    return max(lines, key=len)


def test_a_falling_loss_falls_in_svg(falling):
    """The line's own element, read from the file: y goes down the page and never up."""
    view, color = falling
    root = ET.fromstring(picture_bytes(view, "svg"))  # noqa: S314 - the file was just made here
    found = []
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        if group.get("stroke", "").lower() == color.lower():
            found += [element.get("points") for element in group.iter("{http://www.w3.org/2000/svg}polyline")]
    points = np.array([[float(n) for n in pair.split(",")] for pair in longest(found).split()])
    assert len(points) > 100
    assert np.all(np.diff(points[:, 0]) >= 0)
    assert np.all(np.diff(points[:, 1]) * np.sign(points[-1, 1] - points[0, 1]) >= 0)


def test_a_falling_loss_falls_in_pdf(falling):
    """The longest path of the page's content, uncompressed: from end to end it goes one way."""
    view, _ = falling
    paths = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", picture_bytes(view, "pdf"), re.DOTALL):
        try:
            text = zlib.decompress(raw).decode("latin-1")
        except zlib.error:
            continue
        for path in re.findall(r"(?:^|\n)([-\d.]+ [-\d.]+ m\n(?:[-\d.]+ [-\d.]+ l\n)+)", text):
            paths += [[[float(n) for n in line.split()[:2]] for line in path.strip().split("\n")]]
    points = np.array(longest(paths))
    assert len(points) > 100
    assert np.all(np.diff(points[:, 0]) >= 0)
    assert np.all(np.diff(points[:, 1]) * np.sign(points[-1, 1] - points[0, 1]) >= 0)


def test_a_finer_picture_has_more_points_of_a_curve_that_shakes(open_window, settled):
    """Pictures are thinned to their own pixels and not to the screen's; on a screen it is a few points a pixel."""
    window = open_window(example("banana_race"))
    view = window.views["loss"]
    window.worker.seek(5000)
    settled(window, 5000)

    def points():
        return sum(len(x) for x, _, _ in view.drawing.lines[:7])

    on_screen = points()
    assert on_screen <= 7 * 4 * view.plot.box.width() + 7
    view.fineness = 4.0
    view.settings_changed()
    assert points() > 1.5 * on_screen


TYPED = """
format = 1
[problem]
kind = "objective"
objective = "formula"
start = [2.5, 1.0]
[problem.parameters]
text = "{}"
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.1
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.05
"""

PRICES = """
format = 1
[problem]
kind = "network"
loss = "mean_squared_error"
batch_size = 0
[problem.data]
file = "{}"
target = "price"
[[problem.layers]]
units = 8
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.001
"""


def prices(folder):
    """Houses whose prices are hundreds of thousands: the mean of their squares is 2e11."""
    random = np.random.default_rng(3)
    file = folder / "houses.csv"
    lines = [f"{area:.1f},{rooms},{3000 * area + 40000 * rooms:.0f}" for area, rooms in
             zip(random.uniform(40, 200, 60), random.integers(1, 7, 60), strict=True)]  # fmt: skip
    file.write_text("area,rooms,price\n" + "\n".join(lines) + "\n")
    return PRICES.format(file)


def labels(plot):
    """The numbers along the upright axis, as they are painted."""
    axis: ValueAxis = plot.axes["left"]
    low, high = plot.box.viewRange()[1]
    said = []
    for spacing, values in axis.tickValues(low, high, plot.box.height())[:2]:
        said += [text for text in axis.tickStrings(values, 1.0, spacing) if text]
    return said


@pytest.mark.parametrize("looks", [("loss", True), ("loss", False), ("gap", True), ("gap", False)])
@pytest.mark.parametrize("text", ["1e6 + x^2 + y^2", "x^2 + y^2 - 1e9", "1e6 * (x^2 + y^2) - 3e11", "prices"])
def test_losses_of_any_range_fill_the_plot_and_their_numbers_differ(open_window, settled, tmp_path, text, looks):
    """On both axes, and above the lowest one; a plain axis says what was taken off."""
    quantity, is_log = looks
    window = open_window(experiment(prices(tmp_path) if text == "prices" else TYPED.format(text)))
    view = window.views["loss"]
    view.choose("quantity", quantity)
    view.choose("log_y", is_log)
    window.worker.seek(60)
    settled(window, 60)
    (low, high), heights = view.plot.box.viewRange()[1], np.concatenate([y for _, y, _ in view.drawing.lines])
    inside = heights[(heights >= low) & (heights <= high)]
    assert (inside.max() - inside.min()) / (high - low) > 0.6
    said = labels(view.plot)
    assert len(said) >= 2
    assert len(set(said)) == len(said)
    first = float(window.snapshot.history.values["loss"][0, 0])
    taken, scale = view.drawing.lines[0][1][0], view.drawing.scale
    if quantity == "loss" and not scale.log_y:
        assert taken + scale.offset == pytest.approx(first, rel=1e-12)
    if quantity == "loss" and text.startswith("1e6 +"):
        assert "1\u202f000\u202f000" in view.plot._labels["left"]


def test_a_loss_below_zero_says_why_its_axis_is_plain_and_what_would_be_logarithmic(open_window, settled):
    """The sentence goes once f − f* is shown, which is on a logarithmic axis; switched off, nothing is explained."""
    window = open_window(experiment(TYPED.format("x^2 + y^2 - 1e9")))
    view = window.views["loss"]
    window.worker.seek(20)
    settled(window, 20)
    assert not view.plot.axes["left"].is_log
    assert view.note.isVisible()
    assert "below 0 has no logarithm" in view.note.text()
    assert "above lowest" in view.note.text()
    view.choose("quantity", "gap")
    assert view.plot.axes["left"].is_log
    assert not view.note.isVisible()
    view.choose("quantity", "loss")
    view.choose("log_y", False)
    assert not view.note.isVisible()


def test_what_a_line_touches_for_a_few_steps_has_no_decades_of_its_own(open_window, settled):
    """Adam falls below 1e-29 on its way through the banana valley and is back above 1e-10: the foot is hatched."""
    window = open_window(example("banana_race"))
    view = window.views["loss"]
    window.worker.seek(5000)
    losses = settled(window, 5000).history.values["loss"]
    low, high = view.plot.box.viewRange()[1]
    usual = min(np.quantile(losses[:, lane], 0.01) for lane in range(7))
    assert low > np.log10(usual) - 0.1 * (high - np.log10(usual)) - 1.0
    assert view.foot.isVisible() == bool((losses < max(1e-30, 10.0 ** (low + 0.02 * (high - low)))).any())
