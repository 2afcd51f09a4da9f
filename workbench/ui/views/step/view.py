"""The step that a lane takes next, taken apart: where it leads, its rule line by line, and the steps before it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QSplitter, QStackedWidget, QToolButton, QWidget

from workbench.engine.race.anatomy import Anatomy, AnatomyRequest
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.engine.race.trail import Trail, TrailRequest
from workbench.export import race_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.typeset import printed_number, printed_symbol
from workbench.ui.views.step.card import SymbolCard
from workbench.ui.views.step.page import Told, line_places
from workbench.ui.views.step.picture import StepPicture
from workbench.ui.views.step.player import ALL, LinePlayer, PlayerBar
from workbench.ui.views.step.sheet import StepPage
from workbench.ui.views.step.table import TrailTable
from workbench.ui.views.step.words import parameter_words, quantity_words
from workbench.ui.words.forks import fork_words
from workbench.ui.words.health import run_label
from workbench.ui.words.text import grouped

_REWRITTEN_EVERY = 0.2  # seconds, while it runs: digits that change faster are not read
_MOST_IN_FULL = 4  # parameters whose numbers are all shown; of more, those of one
_HISTORY = 60  # steps of a symbol's history
_TABLES = (50, 200, 1000)  # steps of a table
_PICTURE = 250  # pixels that the picture of a step is high at least, in a picture of the view


class StepView(View):
    """The chosen lane's next step, of all parameters where they are few, else of the one that is chosen.

    P plays the lines one after another, then the step; comma and full stop go a line back and forward.
    """

    key = "step"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.player = LinePlayer(self)
        self.player.moved.connect(self._on_line)
        self.player.ended.connect(self._on_lines_ended)
        self.bar = PlayerBar(self.player, self)
        self.picture = StepPicture(self)
        self.picture.demand_changed.connect(self._ask)
        self.page, self.other_page = StepPage(self), StepPage(self)
        self.table = TrailTable(self)
        self._lay_out()
        self.card = SymbolCard(self)
        self._make_choices()
        self._make_tools()
        for page in (self.page, self.other_page):
            page.symbol_pointed.connect(self._on_symbol)
        self._asked: Mapping[str, Any] = {}
        self._shown: tuple[Any, ...] | None = None
        self._written_at = 0.0
        self._taken_apart = (-1, -1)  # step and run of the step that the player goes through
        self._symbol, self._at = "", QPoint()
        self._pinned = ""
        self._waits = False

    # Parts

    def _lay_out(self) -> None:
        pages = QWidget(self)
        row = QHBoxLayout(pages)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.page, 1)
        row.addWidget(self.other_page, 1)
        self.other_page.hide()
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.picture)
        self.parts.addWidget(pages)
        self.parts.setStretchFactor(0, 5)
        self.parts.setStretchFactor(1, 6)
        self.parts.setSizes([310, 340])
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.parts)
        self.stack.addWidget(self.table)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.stack, 1)

    def _make_choices(self) -> None:
        self.lane = LaneChoice(self.tr("The lane whose step is shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_choice)
        self.beside = QComboBox(self)
        self.beside.setToolTip(self.tr("Another lane whose step stands beside it: what differs is lit"))
        self.beside.setAccessibleName(self.tr("Lane beside it"))
        self.beside.setMaximumWidth(150)
        self.beside.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.beside.activated.connect(self._on_choice)
        self.here = QToolButton(self)
        self.here.setText(self.tr("from here"))
        self.here.setToolTip(self.tr("Let the other lane's rule step from this lane's point, with its own state"))
        self.here.setAccessibleName(self.here.toolTip())
        self.here.setCheckable(True)
        self.here.toggled.connect(self._on_choice)
        self.parameter = QSpinBox(self)
        self.parameter.setRange(1, 1)
        self.parameter.setPrefix(self.tr("parameter "))
        self.parameter.setToolTip(
            self.tr("The parameter whose numbers are shown, counted from 1; a click on a weight in Network picks it")
        )
        self.parameter.setAccessibleName(self.tr("Parameter shown"))
        self.parameter.setKeyboardTracking(False)
        self.parameter.valueChanged.connect(self._on_choice)
        for part in (self.lane, self.beside, self.here, self.parameter):
            self.controls.addWidget(part)
            part.hide()

    def _make_tools(self) -> None:
        """What stands at the end of the bar: a symbol to be told of, and the table."""
        self.symbol = QComboBox(self)
        self.symbol.setToolTip(self.tr("A symbol to be told of and brought out, as one under the mouse is"))
        self.symbol.setAccessibleName(self.tr("Symbol"))
        self.symbol.setMinimumWidth(104)
        self.symbol.activated.connect(self._on_symbol_chosen)
        self.length = QComboBox(self)
        for steps in _TABLES:
            self.length.addItem(self.tr("last {} steps").format(grouped(steps)), steps)
        self.length.setCurrentIndex(1)
        self.length.setAccessibleName(self.tr("Steps in the table"))
        self.length.activated.connect(self._on_choice)
        self.length.hide()
        self.steps = QToolButton(self)
        self.steps.setText(self.tr("table"))
        self.steps.setToolTip(self.tr("The last steps as a table, which is sorted, copied and exported (T)"))
        self.steps.setAccessibleName(self.steps.toolTip())
        self.steps.setCheckable(True)
        self.steps.setShortcut("T")
        self.steps.toggled.connect(self._on_table)
        self.bar.add([self.symbol, self.length, self.steps])

    # What is asked for

    def demand(self) -> Mapping[str, Any]:
        if self.snapshot is None:
            return {"anatomy": AnatomyRequest(0, (0,))}
        info = self.snapshot.info
        run, coordinates = self._wanted(info)
        beside = self._beside_run(info)
        wanted: dict[str, Any] = {
            "anatomy": AnatomyRequest(run, coordinates, beside, here=beside >= 0 and self.here.isChecked())
        }
        if self.steps.isChecked():
            wanted["trail"] = TrailRequest(run, coordinates, int(self.length.currentData()))
            return wanted
        if self._symbol:
            wanted["trail"] = TrailRequest(run, coordinates, _HISTORY)
        return wanted | dict(self.picture.demand())

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        trail = snapshot.extras.get("trail")
        if "trail" in self.demand() and snapshot.step and not (isinstance(trail, Trail) and trail.whole):
            return False
        needed = (name for name in self.demand() if name != "trail")
        return all(name in snapshot.extras for name in needed)

    def _wanted(self, info: RaceInfo) -> tuple[int, tuple[int, ...]]:
        """The run, and the parameters whose numbers are wanted."""
        run = self.lane.run(info)
        size = info.network_of(run).size
        if size <= _MOST_IN_FULL:
            return run, tuple(range(size))
        return run, (min(self.parameter.value(), size) - 1,)

    def _beside_run(self, info: RaceInfo) -> int:
        """The first run of the lane that stands beside it, -1 for none."""
        lane = self.beside.currentIndex() - 1
        if not 0 <= lane < len(info.lanes) or lane * info.starts == self.lane.run(info):
            return -1
        alike = info.network_of(lane * info.starts) == info.network_of(self.lane.run(info))
        return lane * info.starts if alike else -1

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def show_parameter(self, index: int) -> None:
        """Show the numbers of a parameter, counted from 0: it was picked elsewhere."""
        self.parameter.setMaximum(max(self.parameter.maximum(), index + 1))
        self.parameter.setValue(index + 1)

    # What is chosen

    def _on_choice(self, *_: object) -> None:
        self._ask()
        self.settings_changed()

    def _on_table(self, _checked: bool) -> None:
        self.player.rest()
        self._on_choice()

    def _on_symbol(self, name: str, at: QPoint) -> None:
        """The mouse points at a symbol, or at none: then the one that was chosen shows."""
        self._point_at(name or self._pinned, at if name else self._pinned_place())

    def _on_symbol_chosen(self, _index: int) -> None:
        self._pinned = str(self.symbol.currentData() or "")
        self._point_at(self._pinned, self._pinned_place())

    def _pinned_place(self) -> QPoint:
        return self.bar.mapTo(self, QPoint(self.symbol.x(), self.bar.height()))

    def _point_at(self, name: str, at: QPoint) -> None:
        self._symbol, self._at = name, at
        self.picture.light(name)
        found = self.page.found
        if not name or found is None:
            self.card.hide()
        else:
            self.card.show_symbol(self._card_words(found, name), at, self.theme)
            self._show_history()
        self._ask()

    def _card_words(self, found: Anatomy, name: str) -> str:
        named = [q for q in found.quantities if q.name == name]
        if not named:
            return ""
        last = named[-1]
        numbers = ", ".join(printed_number(float(value)) for value in last.values)
        told = f"({numbers})" if len(last.values) > 1 else numbers
        return f"<b>{printed_symbol(last.symbol)}</b> = {told}<br>{quantity_words(found, name)}"

    def _show_history(self) -> None:
        """Draw how the symbol went, where its steps are known."""
        trail = None if self.snapshot is None else self.snapshot.extras.get("trail")
        found = self.page.found
        fits = isinstance(trail, Trail) and found is not None and trail.run == found.run
        values = trail.history(self._symbol) if isinstance(trail, Trail) and fits else None
        self.card.show_history(None if values is None else values[-_HISTORY:], self.theme.accent, self.theme, self._at)

    # Slow motion

    def _on_line(self) -> None:
        self.settings_changed()

    def _on_lines_ended(self) -> None:
        """The lines have been seen: let the race take the step, and go through the next one."""
        if self.snapshot is None or self.snapshot.finished or self.snapshot.running:
            self.player.rest()
        elif not self._waits:
            self._waits = True
            self.next_step_wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self.player.rest()
        super().hideEvent(event)

    # What the window calls

    def settings_changed(self) -> None:
        self._written_at = 0.0  # at once, also while it runs
        super().settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        self._shown = None
        self.bar.set_theme(theme)
        self.picture.set_theme(theme)

    def set_landscape_look(self, look: Mapping[str, Any]) -> None:
        """Draw the ground as the landscape does."""
        self.picture.set_look(look)

    def empty_word(self, snapshot: Snapshot) -> str:
        self._list(snapshot.info)
        run = self.lane.run(snapshot.info)
        diverged = int(snapshot.diverged_at[run])
        if diverged >= 0 and not self.steps.isChecked():
            return self.tr(
                "{} diverged at step {} and takes no more. Step back to see its last ones, or choose another lane."
            ).format(snapshot.info.lanes[run // snapshot.info.starts].label, grouped(diverged))
        if snapshot.step < snapshot.info.begins(run):
            return self.tr("{} begins at step {}, as a fork of {}. Until then the step is its parent's.").format(
                *fork_words(snapshot.info, run)
            )
        if self.steps.isChecked():
            return self._trail_word(snapshot)
        self.picture.expect(snapshot)
        if self._found(snapshot) is not None:
            return ""
        return self._at_full_speed() if snapshot.running else self.tr("The step is being taken apart.")

    def _trail_word(self, snapshot: Snapshot) -> str:
        if self._trail(snapshot) is not None:
            return ""
        if not snapshot.step:
            return self.tr("No step has been taken yet. Press → for one: it shows here.")
        return self._at_full_speed() if snapshot.running else self.tr("The last steps are being taken apart.")

    def _at_full_speed(self) -> str:
        """Another process runs the race then, and has its state."""
        return self.tr("At full speed no step is taken apart. Pause the race (Space), or lower its speed, to see one.")

    def _list(self, info: RaceInfo) -> None:
        self.lane.show_lanes(info)
        labels = [self.tr("beside: none"), *(lane.label for lane in info.lanes)]
        if [self.beside.itemText(i) for i in range(self.beside.count())] != labels:
            chosen = self.beside.currentText()
            self.beside.clear()
            self.beside.addItems(labels)
            self.beside.setCurrentIndex(labels.index(chosen) if chosen in labels else 0)
        plain = not self.steps.isChecked()
        self.beside.setVisible(len(info.lanes) > 1 and plain)
        self.here.setVisible(plain and self._beside_run(info) >= 0)
        size = info.network_of(self.lane.run(info)).size
        if self.parameter.maximum() != size:
            self.parameter.setRange(1, size)
        self.parameter.setVisible(size > _MOST_IN_FULL)
        self.length.setVisible(not plain)
        self.symbol.setVisible(plain)
        self.bar.pace.setVisible(plain)
        for button in self.bar.buttons.values():
            button.setVisible(plain)
        self._ask()

    def _found(self, snapshot: Snapshot) -> Anatomy | None:
        """The step taken apart, where it is of the lane and of the parameters that are wanted."""
        found = snapshot.extras.get("anatomy")
        size = snapshot.info.network_of(self.lane.run(snapshot.info)).size
        if not isinstance(found, Anatomy) or found.quantities[0].size != size:
            return None
        return found if (found.run, found.coordinates) == self._wanted(snapshot.info) else None

    def _trail(self, snapshot: Snapshot) -> Trail | None:
        found = snapshot.extras.get("trail")
        wanted = self._wanted(snapshot.info)
        return found if isinstance(found, Trail) and (found.run, found.coordinates) == wanted else None

    # Drawing

    def draw(self, snapshot: Snapshot) -> None:
        self.stack.setCurrentWidget(self.table if self.steps.isChecked() else self.parts)
        self.bar.setVisible(not self.stands_alone)
        if self.steps.isChecked():
            self.card.hide()
            self.table.show_trail(self._trail(snapshot), self.theme)
            return
        found, now = self._found(snapshot), time.monotonic()
        if found is None or (snapshot.running and now - self._written_at < _REWRITTEN_EVERY):
            return
        self._take(found)
        self._show_picture(snapshot, found)
        wanted = (self.theme.name, run_label(snapshot.info, found.run), snapshot.finished, self._upto(found))
        if self.page.found is not found or self._shown != wanted:
            self._written_at = now
            self._shown = wanted
            self._show_pages(snapshot, found)
            self._list_symbols(found)
        if self._symbol:
            self._show_history()

    def _take(self, found: Anatomy) -> None:
        """Have the player go through the lines of this step."""
        place = (found.step, found.run)
        self.player.take(len(line_places(found)), other=place != self._taken_apart)
        if place != self._taken_apart:
            self._taken_apart, self._waits = place, False

    def _upto(self, found: Anatomy) -> int | None:
        """The place among the quantities of the line that is shown last, None where all are."""
        places = line_places(found)
        return None if self.player.place == ALL or not places else places[min(self.player.place, len(places) - 1)]

    def _show_picture(self, snapshot: Snapshot, found: Anatomy) -> None:
        wanted = StepPicture.shows(snapshot)
        if self.picture.isHidden() == wanted:
            self.picture.setVisible(wanted)
        if wanted:
            self.picture.show_step(snapshot, found, self.theme, upto=self._upto(found), alone=self.stands_alone)
            self.picture.light(self._symbol)
        else:
            self.picture.clear()

    def _show_pages(self, snapshot: Snapshot, found: Anatomy) -> None:
        info, other = snapshot.info, found.beside
        whole = len(found.coordinates) == info.network_of(found.run).size
        where = "" if whole else parameter_words(found.places[0])
        told = Told(run_label(info, found.run), where, snapshot.finished, self._upto(found), other)
        self.page.show_step(found, self.theme, told)
        self.other_page.setVisible(other is not None)
        if other is not None:
            beside = Told(run_label(info, other.run), where, snapshot.finished, None, found)
            self.other_page.show_step(other, self.theme, beside)

    def _list_symbols(self, found: Anatomy) -> None:
        """Offer the symbols of the step; the one that was chosen stays chosen while there is one."""
        named = {q.name: q.symbol for q in found.quantities}
        listed = {self.symbol.itemData(i): self.symbol.itemText(i) for i in range(1, self.symbol.count())}
        if listed == named and self.symbol.count():
            return
        self.symbol.clear()
        self.symbol.addItem(self.tr("symbol …"), "")
        for name, shown in named.items():
            self.symbol.addItem(shown, name)
        place = self.symbol.findData(self._pinned)
        self.symbol.setCurrentIndex(max(0, place))
        if place < 0:
            self._pinned = ""

    def finish(self) -> None:
        self.picture.ground.finish()

    def rest(self) -> None:
        self.player.rest()
        self.picture.ground.rest()

    def least_picture(self) -> QSize:
        if self.steps.isChecked():
            return QSize(0, 0)
        least = self.page.least_picture()
        if self.other_page.isVisibleTo(self):
            beside = self.other_page.least_picture()
            least = QSize(least.width() + beside.width(), max(least.height(), beside.height()))
        return least + QSize(0, _PICTURE if self.picture.isVisibleTo(self) else 0)

    def text_to_copy(self) -> str:
        if self.steps.isChecked():
            return self.table.text()
        return self.page.toPlainText() if self._shown is not None else ""

    def data_csv(self) -> Table:
        snapshot = self.snapshot
        if snapshot is None or self.empty_word(snapshot):
            return bytes
        if self.steps.isChecked():
            trail = self._trail(snapshot)
            return bytes if trail is None else partial(race_tables.trail_csv, snapshot, trail)
        found = self._found(snapshot)
        return bytes if found is None else partial(race_tables.step_csv, snapshot, found)
