"""The race table: what its columns say, how it is sorted and scrolled, and that a row picks its lane everywhere."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.experiments import EXAMPLES, NETWORK, VALLEY, example, experiment
from workbench.experiment.experiment import Lane, replace
from workbench.export.pictures import picture_bytes
from workbench.ui.style import theme as themes
from workbench.ui.views.race import cells

#: rates of gradient descent on the banana: the greater, the smaller the loss after a few steps; the last diverges
RATES = (1e-4, 4e-4, 2e-4, 1e-5, 1.0)


@pytest.fixture
def race(open_window, settled):
    """Five lanes after twenty steps, and their table."""
    lanes = tuple(
        Lane(optimizer="sgd", label=f"rate {rate:g}", hyperparameters={"learning_rate": rate}) for rate in RATES
    )
    given = experiment(VALLEY)
    given = replace(given, lanes=lanes, problem=replace(given.problem, noise=0.0))
    window = open_window(given)
    window.worker.seek(20)
    settled(window, 20)
    return window


def column(view, key):
    return next(i for i, each in enumerate(view.model.columns) if each.key == key)


def texts(view, key):
    at = column(view, key)
    return [view.model.index(row, at).data() for row in range(view.model.rowCount())]


def click_header(view, key):
    header = view.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column(view, key)) + 4, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def click_row(view, row):
    rect = view.table.visualRect(view.model.index(row, 0))
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_ranks_and_bars_follow_the_losses(race):
    """Rank 1 has the smallest loss and the shortest bar; what diverged has a mark, and neither rank nor bar."""
    view, snapshot = race.views["race"], race.snapshot
    alive = [run for run in range(5) if snapshot.diverged_at[run] < 0]
    assert len(alive) == 4
    by_loss = sorted(alive, key=lambda run: snapshot.loss[run])
    assert [texts(view, "rank")[run] for run in by_loss] == ["1", "2", "3", "4"]
    assert texts(view, "rank")[4] == "✕"
    lengths = cells.bars(snapshot)
    assert sorted(alive, key=lambda run: lengths[run]) == by_loss
    logs = np.log10(snapshot.loss[by_loss])
    shares = (lengths[by_loss] - lengths[by_loss[0]]) / (1 - lengths[by_loss[0]])
    assert shares == pytest.approx((logs - logs[0]) / (logs[-1] - logs[0]))
    assert lengths[by_loss[0]] > 0
    assert lengths[4] == 0


@pytest.mark.parametrize("losses", [[-2.329, -2.329 + 1e-15], [1e-9, 1e-9 * (1 + 1e-12)], [0.0, 0.0]])
def test_losses_that_read_alike_have_equal_bars(losses):
    """A full bar beside a short one would make a difference of what is rounding."""
    snapshot = SimpleNamespace(loss=np.array(losses), diverged_at=np.array([-1, -1]))
    one, other = cells.bars(snapshot)
    assert one == other > 0
    apart = cells.bars(SimpleNamespace(loss=np.array([2.0, 2.01]), diverged_at=np.array([-1, -1])))
    assert apart[0] < apart[1]


def test_a_click_on_a_header_sorts_and_a_second_one_turns_round(race):
    """The rows go by the column's values, what has no number comes last, a third click brings the lanes' order."""
    view = race.views["race"]
    names = texts(view, "lane")
    losses = dict(zip(names, race.snapshot.loss, strict=True))
    click_header(view, "loss")
    up = texts(view, "lane")
    assert [losses[name] for name in up[:4]] == sorted(losses[name] for name in up[:4])
    click_header(view, "loss")
    assert texts(view, "lane")[0] == up[-1]
    click_header(view, "loss")
    assert texts(view, "lane") == names
    click_header(view, "rank")
    assert texts(view, "lane") == up
    assert texts(view, "rank")[-1] == "✕"


def test_a_sorted_table_stays_sorted_as_the_race_goes_on(race, settled):
    """The order follows the values, and the picked row goes with its lane."""
    view = race.views["race"]
    click_header(view, "gradient")
    click_row(view, 0)
    picked = texts(view, "lane")[0]
    race.worker.seek(400)
    settled(race, 400)
    race.clock.refresh()
    at = dict(zip(texts(view, "lane"), range(5), strict=True))
    norms = race.snapshot.gradient_norm
    lanes = [lane.label for lane in race.snapshot.info.lanes]
    shown = [norms[lanes.index(name)] for name in texts(view, "lane")]
    assert shown[:4] == sorted(shown[:4])
    (row,) = view.table.selectionModel().selectedRows()
    assert row.row() == at[picked]


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
@pytest.mark.parametrize("name", ["banana_race", "dead_rectifiers", "digits"])
def test_no_column_ever_vanishes(open_window, name, size):
    """Each is there, as wide as its texts; what has no room is scrolled to."""
    window = open_window(example(name), size=size)
    table = window.views["race"].table
    header = table.horizontalHeader()
    assert not any(table.isColumnHidden(i) for i in range(table.model().columnCount()))
    for i in range(1, table.model().columnCount()):
        assert header.sectionSize(i) >= table.sizeHintForColumn(i)
    over = header.length() - table.viewport().width()
    assert table.horizontalScrollBar().maximum() >= max(0, over)
    table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum())
    last = table.visualRect(table.model().index(0, table.model().columnCount() - 1))
    assert last.right() <= table.viewport().width()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_lane_rank_loss_and_status_are_in_sight_in_a_small_window(open_window, path, qtbot):
    """Unscrolled, at 1280 × 800, with room for the longest usual status; the name keeps some letters."""
    view = open_window(example(path.stem), size=(1280, 800)).views["race"]
    qtbot.waitUntil(lambda: bool(view.model.columns))
    assert [each.key for each in view.model.columns[:4]] == ["lane", "rank", "loss", "status"]
    header, table = view.table.horizontalHeader(), view.table
    letters = header.fontMetrics()
    assert header.sectionViewportPosition(4) <= table.viewport().width()
    assert header.sectionSize(3) >= letters.horizontalAdvance("✕ diverged")
    assert header.sectionSize(0) >= letters.horizontalAdvance("n" * 4) + 20


def test_headers_say_what_their_columns_are(race):
    """A sentence each, none like another."""
    model = race.views["race"].model
    tips = [
        model.headerData(i, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) for i in range(model.columnCount())
    ]
    assert all(len(tip) > 30 for tip in tips)
    assert len(set(tips)) == len(tips)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1.000"), (-2.5, "−2.500"), (1234.56, "1235"), (0.001, "0.001000"), (9.99961, "10.00"),
        (12345.0, "1.234e4"), (-0.00012345, "−1.234e−4"), (1.5e-300, "1.500e−300"), (float("nan"), "–"),
        (float("inf"), "∞"),
    ],
)  # fmt: skip
def test_every_number_has_four_digits(value, text):
    """In one format, whatever the column."""
    assert cells.number(value) == text


def test_every_number_of_every_column_is_in_that_format(race):
    """Losses, gradients and distances of a race."""
    view = race.views["race"]
    for key in ("loss", "gradient", "distance"):
        for text in texts(view, key):
            digits = re.sub(r"e.*|[.−]", "", text).lstrip("0")
            assert text in ("0", "–", "∞") or len(digits) == 4, text


def test_a_row_clicked_picks_its_lane_in_every_view(open_window, qtbot):
    """Also in the view that shows one lane, and on the lane's card; a lane chosen there picks its row."""
    window = open_window(experiment(NETWORK))
    view = window.views["race"]
    click_row(view, 1)
    assert window.picked.index == window.snapshot.info.lanes[1].index
    assert {key: each.picked_lane for key, each in window.views.items()} == dict.fromkeys(window.views, 1)
    gradients = window.views["gradients"]
    gradients.show_snapshot(window.snapshot)
    assert gradients.lane.currentIndex() == 1
    assert [card.property("picked") for card in window.lanes_panel.cards].index(True) == 1
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert gradients.lane.currentIndex() == 2
    gradients.lane.setCurrentIndex(0)
    gradients.lane.activated.emit(0)
    (row,) = view.table.selectionModel().selectedRows()
    assert row.row() == 0


def test_the_picked_lane_stays_the_same_one_when_others_go(open_window, qtbot):
    """By its place in the experiment, whichever place it has in the race."""
    window = open_window(experiment(NETWORK))
    window.picked.pick(2)
    window.lanes_panel.cards[0].enabled.click()
    qtbot.waitUntil(lambda: window.snapshot.info.runs == 2)
    assert window.views["loss"].picked_lane == 1
    window.lanes_panel.cards[2].enabled.click()
    qtbot.waitUntil(lambda: window.snapshot.info.runs == 1)
    assert window.views["loss"].picked_lane == -1


def test_a_card_clicked_picks_its_lane(window):
    """On its ground, beside its fields."""
    card = window.lanes_panel.cards[1]
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert window.views["race"].picked_lane == 1


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=["light", "dark"])
def test_bars_are_painted_in_the_lanes_colours(race, theme):
    """Each under its loss."""
    view = race.views["race"]
    view.set_theme(theme)
    image = view.table.viewport().grab().toImage()
    at = column(view, "loss")
    view.table.scrollTo(view.model.index(0, at))
    image = view.table.viewport().grab().toImage()
    for row in range(4):
        rect = view.table.visualRect(view.model.index(row, at))
        color = theme.lane(race.snapshot.info.lanes[row].color)
        seen = {
            image.pixelColor(x, y).name()
            for y in range(rect.bottom() - 4, rect.bottom())
            for x in range(rect.left() + 3, rect.left() + 6)
        }
        assert color.lower() in seen, row


def test_a_metric_says_of_which_step_it_is(open_window, settled):
    """Between two evaluations it is muted and names its step; at an evaluation it is plain; what diverged has none."""
    window = open_window(example("diverging_rate"))
    view = window.views["race"]

    def cell(step, row, role):
        window.worker.seek(step)
        shown = settled(window, step)
        window.clock.refresh()
        at = next(i for i, each in enumerate(view.model.columns) if each.key in shown.metrics)
        return view.model.index(row, at).data(role)

    window.worker.seek(200)
    every = settled(window, 200).metrics_step
    assert every > 0, "the network has been evaluated on the way"
    muted, colour, tip = themes.LIGHT.muted, Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.ToolTipRole
    assert cell(every, 0, colour) is None
    assert cell(every, 0, tip) is None
    assert cell(every + 1, 0, colour).name() == muted.lower()
    assert cell(every + 1, 0, tip).startswith(f"As of step {every},")
    assert window.snapshot.diverged_at[1] >= 0
    assert cell(every, 1, Qt.ItemDataRole.DisplayRole) == "–"
    assert cell(every + 1, 1, Qt.ItemDataRole.DisplayRole) == "–"
    at = int(window.snapshot.diverged_at[1])
    assert cell(at, 1, Qt.ItemDataRole.DisplayRole) == "–", "nor at the step of its divergence"


TESTED = """
format = 1
seed = 1
[problem]
kind = "network"
loss = "mean_squared_error"
starts = 3
[problem.data]
name = "moons"
samples = 80
[[problem.layers]]
units = 4
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.02
[[lanes]]
optimizer = "sgd"
label = "Wild"
[lanes.hyperparameters]
learning_rate = 1e6
"""


def test_metrics_of_training_and_testing_the_best_and_a_line_a_lane(open_window, settled):
    """Each number is the race's own; a lane's line has the median of its starts, and what diverged is left out."""
    window = open_window(experiment(TESTED))
    view = window.views["race"]
    window.worker.seek(120)
    settled(window, 120)
    snapshot = window.snapshot
    view.show_snapshot(snapshot)
    by = {each.key: each for each in view.model.columns}
    for key in ("test_loss", "test_accuracy", "train_loss", "accuracy"):
        assert by[key].values[:3] == pytest.approx(snapshot.metrics[key][:3])
        assert by[key].values[6] == pytest.approx(np.median(snapshot.metrics[key][:3]))
    rows = snapshot.evaluations.values["test_loss"]
    every = snapshot.evaluate_every
    steps = snapshot.evaluations.steps * every
    known = rows[steps <= snapshot.step][:, :3]
    assert by["best_test"].values[:3] == pytest.approx(known.min(axis=0))
    assert by["best_step"].values[:3].tolist() == (known.argmin(axis=0) * every).tolist()
    names = texts(view, "lane")
    assert names == [
        "Adam · median", "Adam · 1", "Adam · 2", "Adam · 3", "Wild · median", "Wild · 1", "Wild · 2", "Wild · 3",
    ]  # fmt: skip
    assert texts(view, "status")[4] == "✕ 3 of 3"
    assert [view.model.lane_of(row) for row in range(8)] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_picture_of_the_table_is_drawn_of_lines(window):
    """Marks and bars are no pixels in a picture of vectors; each lane's mark has its colour."""
    view = window.views["race"]
    drawn = picture_bytes(view, "svg").decode()
    assert "<image" not in drawn
    for lane in window.snapshot.info.lanes:
        assert drawn.count(view.theme.lane(lane.color).lower()) >= 2  # the line and the symbol on it
