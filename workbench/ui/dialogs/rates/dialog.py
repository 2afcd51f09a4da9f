"""The window of the rate finder: it shows what is measured, and tells which rate a lane is to have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.studies.rate_curve import BEST, FASTEST, FINAL, Found, RateCurve
from workbench.studies.rate_worker import NOTHING, Finding
from workbench.ui.charts.rate_chart import RangeChart, RateChart, RateLine, RatePicture
from workbench.ui.dialogs.rates.choices import Choices
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style import theme as themes
from workbench.ui.words.text import grouped, readable, signed

#: decades that the range can begin and end with
_LOWS, _HIGHS = range(-9, 1), range(-3, 7)
_MOST_STEPS = 100_000
_SIDE = 250


@dataclass(frozen=True, slots=True)
class RateLane:
    """A lane that can be looked at: its place in the experiment, name, colour and present rate."""

    place: int
    label: str
    color: str
    rate: float


class RateDialog(QDialog):
    """Shows curves over the learning rate, coarse ones first; a click takes a rate for the lane that is chosen."""

    #: what is to be measured is another: the steps and the range are asked for anew
    asked = Signal()
    #: nothing more is to be measured
    stopped = Signal()
    #: (place of a lane, the rate it is to have)
    taken = Signal(int, float)
    #: the table of all that was measured is to be saved
    table_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Rate finder"))
        open_in(self, 1060, 690)
        self._theme = themes.LIGHT
        self._lanes: tuple[RateLane, ...] = ()
        self._finding, self._tested, self._fault = NOTHING, False, ""
        self._make_controls()
        self.chart, self.tests = RateChart(self), RangeChart(self)
        self.chart.setToolTip(
            self.tr(
                "Shaded: stable, no run diverges or ends higher than it began. Hatched: all diverge. Upright lines: "
                "the rates that lanes have. Dots: the best by each criterion. A click gives the lane that rate."
            )
        )
        self.tests.setToolTip(
            self.tr(
                "One run whose rate rises from step to step (L. N. Smith, 2017): thin the loss that each step saw, "
                "thick the average of losses so far, corrected for its beginning. A click gives the lane that rate."
            )
        )
        self.choices = Choices(self)
        self.choices.taken.connect(self._on_taken)
        for plot in (self.chart, self.tests):
            plot.pointed.connect(self._on_pointed)
            plot.clicked.connect(self._on_clicked)
        self._lay_out()
        self.show_finding(NOTHING)

    # Parts

    def _make_controls(self) -> None:
        self.lane, self.quantity, self.low, self.high = (QComboBox(self) for _ in range(4))
        self.lane.setToolTip(self.tr("The lane whose best rates are shown, and which a click gives a rate"))
        self.quantity.setToolTip(self.tr("What the curves show"))
        for text, key in (
            (self.tr("final loss"), FINAL),
            (self.tr("lowest loss on the way"), BEST),
            (self.tr("steps to the tolerance"), FASTEST),
        ):
            self.quantity.addItem(text, key)
        for box, powers, tip in (
            (self.low, _LOWS, self.tr("The lowest rate that is tried")),
            (self.high, _HIGHS, self.tr("The highest rate that is tried")),
        ):
            box.setToolTip(tip)
            for power in powers:
                box.addItem(signed(f"{10.0**power:g}"), power)
        self.steps = QSpinBox(self)
        self.steps.setRange(1, _MOST_STEPS)
        self.steps.setKeyboardTracking(False)
        self.steps.setToolTip(self.tr("How many steps each run takes; the best rate depends on it"))
        self.again = QPushButton(self)
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self._on_again)
        self.lane.activated.connect(self._draw)
        self.quantity.activated.connect(self._draw)
        self.low.activated.connect(self._on_range)
        self.high.activated.connect(self._on_range)
        self.steps.valueChanged.connect(self.asked)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName(self.tr("Progress of the finder"))
        keeps = self.progress.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeps)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for text, field in (
            (self.tr("&Lane"), self.lane),
            (self.tr("&Curves"), self.quantity),
            (self.tr("&Steps"), self.steps),
            (self.tr("Rates &from"), self.low),
            (self.tr("t&o"), self.high),
        ):
            label = QLabel(text, self)
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            top.addWidget(label)
            top.addWidget(field, 1 if field is self.lane else 0)
            top.addSpacing(6)
        top.addWidget(self.again)
        self.said, self.now, self.stable, self.hint, self.legend = (QLabel(self) for _ in range(5))
        for label in (self.said, self.now, self.stable, self.hint, self.legend):
            label.setWordWrap(True)
        for label in (self.said, self.now, self.stable, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.said, self.stable, self.hint):
            label.setObjectName("muted")
        plots, side, middle = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        plots.addWidget(self.chart, 3)
        plots.addWidget(self.tests, 2)
        plots.addWidget(self.legend)
        panel = QWidget(self)
        panel.setFixedWidth(_SIDE)
        panel.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.now, self.choices, self.stable, self.hint):
            side.addWidget(widget)
        side.addStretch(1)
        middle.addLayout(plots, 1)
        middle.addWidget(panel)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.table = self.buttons.addButton(self.tr("Save &table …"), QDialogButtonBox.ButtonRole.ActionRole)
        self.table.setToolTip(self.tr("Every rate that was measured, as CSV"))
        self.table.clicked.connect(self.table_wanted)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return is for the fields
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addLayout(middle, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)

    # What the flow calls

    def bring_up(self) -> None:
        """Come to light, without keeping anyone from the main window."""
        self.show()
        self.raise_()
        self.activateWindow()

    def begin(self, low: int, high: int, steps: int) -> None:
        """Show what is asked for at first: the powers of ten of the range's ends, and the steps."""
        for box, power in ((self.low, low), (self.high, high)):
            box.setCurrentIndex(box.findData(power))
        self.steps.blockSignals(True)
        self.steps.setValue(steps)
        self.steps.blockSignals(False)

    def choose(self, place: int) -> None:
        """Show the lane at this place of the experiment."""
        index = self.lane.findData(place)
        if index >= 0:
            self.lane.setCurrentIndex(index)
            self._draw()

    @property
    def ends(self) -> tuple[float, float]:
        """The range of rates."""
        return 10.0 ** self.low.currentData(), 10.0 ** self.high.currentData()

    @property
    def place(self) -> int:
        """The place of the lane that is chosen, -1 for none."""
        found = self.lane.currentData()
        return -1 if found is None else int(found)

    def show_lanes(self, lanes: Sequence[RateLane], *, tested: bool) -> None:
        """Know the lanes, their present rates, and whether there are range tests of them."""
        before, self._lanes, self._tested = self.place, tuple(lanes), tested
        shown = [(self.lane.itemText(i), self.lane.itemData(i)) for i in range(self.lane.count())]
        if shown != [(lane.label, lane.place) for lane in lanes]:
            self.lane.clear()
            for lane in lanes:
                self.lane.addItem(lane.label, lane.place)
            self.lane.setCurrentIndex(max(0, self.lane.findData(before)) if lanes else -1)
        self._draw()

    def show_finding(self, finding: Finding, fault: str = "") -> None:
        """Show what is known, and what keeps everything from being measured."""
        self._finding, self._fault = finding, fault
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(1000 * finding.progress))
        self.progress.setVisible(finding.busy)
        self.again.setText(self.tr("Stop") if finding.busy else self.tr("Measure again"))
        self.again.setToolTip(
            self.tr("Measure no more; what is known stays")
            if finding.busy
            else self.tr("Measure all lanes once more, as they are now")
        )
        self.table.setEnabled(bool(finding.curves))
        self._draw()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        small = themes.font(themes.SMALL_POINTS)
        for part in (self.stable, self.hint, self.legend, self.said, *self.choices.values.values()):
            part.setFont(small)
        for plot in (self.chart, self.tests):
            plot.set_theme(theme)
        self._draw()

    # Details

    def _draw(self, *_: object) -> None:
        finding, place = self._finding, self.place
        curve, test = finding.curves.get(place), finding.tests.get(place)
        found = {} if curve is None else {one.key: one for one in curve.found()}
        steepest = None if test is None else test.steepest()
        if steepest is not None:
            found[steepest.key] = steepest
        self.tests.setVisible(self._tested)
        known = curve is not None and curve.lowest is not None
        self.choices.show_found(found, tested=self._tested, gap=known)
        lines = tuple(
            RateLine(lane.label, lane.color, lane.rate, finding.curves.get(lane.place), finding.tests.get(lane.place))
            for lane in self._lanes
        )
        chosen = next((i for i, lane in enumerate(self._lanes) if lane.place == place), -1)
        picture = RatePicture(
            lines, chosen, tuple(one.rate for one in found.values()), self.quantity.currentData(), self.ends
        )
        steps = self.quantity.currentData() == FASTEST
        gap = all(each.lowest is not None for each in finding.curves.values())
        self.chart.set_label("left", self.quantity.currentText() + (" − f*" if gap and not steps else ""))
        self.chart.show_picture(picture, self._theme)
        if self._tested:
            best = () if steepest is None else (steepest.rate,)
            self.tests.show_picture(RatePicture(lines, chosen, best, "", self.ends), self._theme)
        self._say(curve, found)

    def _say(self, curve: RateCurve | None, found: Mapping[str, Found]) -> None:
        lane = next((lane for lane in self._lanes if lane.place == self.place), None)
        self.now.setText("" if lane is None else self.tr("Now: {}").format(readable(lane.rate)))
        self.stable.setText("" if curve is None else self._stable_words(curve))
        self.hint.setText(
            "" if lane is None else self.tr("A click into a plot gives the lane the rate under the mouse.")
        )
        entries = [
            f'<span style="color:{self._theme.lane(each.color)}">&#9632;</span>&nbsp;'
            + each.label.replace("&", "&amp;").replace("<", "&lt;")
            for each in self._lanes
        ]
        self.legend.setText(" &nbsp; ".join(entries))
        fault = self._fault or self._finding.faults.get(self.place, "")
        if not fault and curve is not None and not self._finding.busy and not found:
            fault = self.tr("Every run diverged: lower rates may not.")
        self.said.setText(fault)

    def _stable_words(self, curve: RateCurve) -> str:
        stable = curve.stable_range
        if stable is None:
            return self.tr("No rate is stable: all runs diverge, or end higher than they began.")
        low, high = (readable(end, 3) for end in stable)
        rates = self.tr("{} rates measured.").format(grouped(len(curve.rates)))
        return self.tr("Stable from {} to {}. {}").format(low, high, rates)

    def _on_pointed(self, rate: float) -> None:
        curve = self._finding.curves.get(self.place)
        if curve is None:
            return
        place = int(np.abs(np.log(curve.rates / rate)).argmin())
        loss = float(curve.gap(curve.final)[place])
        at = readable(float(curve.rates[place]))
        if not np.isfinite(loss):
            told = self.tr("At {} the run diverges.").format(at)
        else:
            words = self.tr("At {}: f − f* = {}") if curve.lowest is not None else self.tr("At {}: loss {}")
            told = words.format(at, readable(loss))
        self.hint.setText(self.tr("{} A click takes {}.").format(told, readable(rate, 3)))

    def _on_clicked(self, rate: float) -> None:
        self._on_taken(float(f"{rate:.3g}"))

    def _on_taken(self, rate: float) -> None:
        if self.place >= 0:
            self.taken.emit(self.place, float(f"{rate:.6g}"))

    def _on_range(self) -> None:
        low, high = self.low.currentData(), self.high.currentData()
        if low >= high:  # the end that was not touched makes room
            other, power = (self.high, low + 1) if self.sender() is self.low else (self.low, high - 1)
            other.setCurrentIndex(other.findData(power))
        self.asked.emit()

    def _on_again(self) -> None:
        (self.stopped if self._finding.busy else self.asked).emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.stopped.emit()
