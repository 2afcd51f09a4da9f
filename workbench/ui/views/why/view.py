"""What is wrong with the networks of a race, why, by measured causes, and what to try."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.engine.network.ailing import LayerWarning
from workbench.engine.network.health import HealthReport
from workbench.engine.network.why import Why
from workbench.engine.race.snapshot import Snapshot
from workbench.export import network_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.why.table import ChainTable
from workbench.ui.words import why as words
from workbench.ui.words.health import groups, sentence
from workbench.ui.words.text import engine_text, grouped

_MOST_REMEDIES = 6
_LIST_ROWS = 5

#: which warning: the ailment's key, the run, the layer
Asked = tuple[str, int, int]


class WhyView(View):
    """The warnings in a list; of the one that is chosen its causes line by line, and remedies to try as a lane."""

    key = "why"
    #: (place among the race's lanes, `Treatment`): a remedy is to be tried as a lane
    remedy_wanted = Signal(int, object)
    #: (step): the state at a step is wanted
    before_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Warnings"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._on_chosen)
        self.heading, self.why = QLabel(self), QLabel(self)
        self.table = ChainTable(self)
        self.doc, self.try_heading = QLabel(self), QLabel(self.tr("What to try"), self)
        self.none = QLabel(self)
        self.none.setObjectName("muted")
        for label in (self.why, self.doc, self.none):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.doc.setObjectName("muted")
        self.back = QPushButton(self)
        self.back.clicked.connect(self._on_back)
        self.buttons: list[QPushButton] = []
        self._docs: list[QLabel] = []
        self._lay_out()
        self._asked: Mapping[str, Any] = {}
        self._wanted: Asked | None = None
        self._rows: list[Asked] = []
        self._warnings: list[LayerWarning] = []
        self._shown: tuple[Any, ...] = ()
        self._found: Why | None = None

    def _lay_out(self) -> None:
        page = QWidget(self)
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(6)
        for part in (self.heading, self.why, self.table, self.doc, self.try_heading, self.none):
            column.addWidget(part)
        for _ in range(_MOST_REMEDIES):
            button, doc = QPushButton(page), QLabel(page)
            button.clicked.connect(self._on_try)
            doc.setObjectName("muted")
            doc.setWordWrap(True)
            self.buttons.append(button)
            self._docs.append(doc)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            column.addWidget(doc)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(page)
        self.body.addWidget(self.list)
        self.body.addWidget(self.area, 1)

    # What the window calls

    def demand(self) -> Mapping[str, Any]:
        chosen = self._chosen()
        return {"health": ()} if chosen is None else {"health": (), "why": chosen}

    def show_warning(self, key: str, run: int) -> None:
        """Choose a warning, now or as soon as it is listed."""
        self._wanted = (key, run, -1)
        self._choose_wanted()
        self.settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        for label in (self.heading, self.try_heading):
            label.setFont(themes.font(bold=True))
        for label in (*self._docs, self.doc):
            label.setFont(themes.font(themes.SMALL_POINTS))
        self.table.fit(theme)
        self._shown = ()

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.kind != "network":
            return self.tr(
                "An objective has no layers to ail. Choose a network, and what keeps it from learning is told."
            )
        health = snapshot.extras.get("health")
        if not isinstance(health, HealthReport):
            return self.tr("Nobody has looked at the layers yet.")
        if not health.now:
            return self.tr("✓ Nothing keeps these networks from learning, as far as can be measured now.")
        return ""

    def draw(self, snapshot: Snapshot) -> None:
        health = snapshot.extras.get("health")
        if not isinstance(health, HealthReport):
            return
        self._list_warnings(health, snapshot)
        self._ask()
        found = snapshot.extras.get("why")
        chosen = self._chosen()
        if isinstance(found, Why) and chosen is not None and (found.warning.key, found.warning.run) == chosen[:2]:
            self._show_why(found, snapshot)

    # The list

    def _list_warnings(self, health: HealthReport, snapshot: Snapshot) -> None:
        firsts = groups(health.now)
        rows = [(w.key, w.run, w.layer) for w in firsts]
        texts = [f"⚠ {sentence(w, snapshot.info)}" for w in firsts]
        self._warnings = firsts
        if [row[:2] for row in rows] != [row[:2] for row in self._rows]:
            chosen = self._chosen()
            self._rows = rows
            self.list.blockSignals(True)
            self.list.clear()
            for text in texts:
                self.list.addItem(QListWidgetItem(text))
            kept = next((i for i, row in enumerate(rows) if chosen and row[:2] == chosen[:2]), 0)
            self.list.setCurrentRow(kept)
            self.list.blockSignals(False)
            self._choose_wanted()
            self._fit_list()
        else:
            self._rows = rows
            for i, text in enumerate(texts):
                item = self.list.item(i)
                if item is not None and item.text() != text:
                    item.setText(text)

    def _fit_list(self) -> None:
        rows = self.list.count() if self.stands_alone else min(self.list.count(), _LIST_ROWS)
        high = sum(self.list.sizeHintForRow(i) for i in range(rows)) + 2 * self.list.frameWidth() + 2
        self.list.setFixedHeight(max(high, self.list.fontMetrics().height() + 6))

    def _choose_wanted(self) -> None:
        wanted = self._wanted
        row = next((i for i, found in enumerate(self._rows) if wanted and found[:2] == wanted[:2]), -1)
        if row >= 0:
            self._wanted = None
            self.list.setCurrentRow(row)

    def _chosen(self) -> Asked | None:
        row = self.list.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _on_chosen(self, _row: int) -> None:
        self._ask()
        self.settings_changed()

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    # The page

    def _show_why(self, found: Why, snapshot: Snapshot) -> None:
        shown = (found, self.theme.name, snapshot.running)
        if shown == self._shown:
            return
        self._shown, self._found = shown, found
        warning, info = found.warning, snapshot.info
        self.heading.setText(words.title(warning))
        self.why.setText(f"{sentence(warning, info)} {words.explanation(warning)}")
        self.table.show_chain(found.chain, info, warning.run)
        self.doc.setText(engine_text(found.chain.doc))
        for i, (button, doc) in enumerate(zip(self.buttons, self._docs, strict=True)):
            has = i < len(found.treatments)
            button.setVisible(has and not self.stands_alone)
            doc.setVisible(has)
            if has:
                treatment = found.treatments[i]
                name = words.remedy_title(treatment)
                button.setText(self.tr("Try as a lane: {}").format(name))
                button.setToolTip(self.tr("Add a lane that differs in this from the one that suffers, and compare"))
                told = words.remedy_doc(treatment)
                doc.setText(f"{name}: {told}" if self.stands_alone else told)
        self.none.setVisible(not found.treatments)
        self.none.setText(self.tr("Nothing of this lane is to be changed for it: see what else is warned of."))
        back = warning.step - 1
        self.back.setVisible(warning.key == "lost" and back >= 0 and not self.stands_alone)
        self.back.setText(self.tr("Step back before it, to step {}").format(grouped(max(0, back))))
        self.back.setToolTip(self.tr("Go to the last state with usable numbers, and look at it"))

    def _on_try(self) -> None:
        button, found = self.sender(), self._found
        if found is None or self.snapshot is None or button not in self.buttons:
            return
        place = self.buttons.index(button)
        if place < len(found.treatments):
            lane = found.warning.run // self.snapshot.info.starts
            self.remedy_wanted.emit(lane, found.treatments[place])

    def _on_back(self) -> None:
        if self._found is not None:
            self.before_wanted.emit(max(0, self._found.warning.step - 1))

    # A picture that stands alone

    def stand_alone(self, alone: bool) -> None:
        """A picture has no buttons: what may be tried stands there as words."""
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if alone else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.area.setVerticalScrollBarPolicy(bar)
        self._shown = ()
        super().stand_alone(alone)
        self._fit_list()
        page = self.area.widget()
        for layout in (None if page is None else page.layout(), self.body):
            if layout is not None:
                layout.activate()  # a view that is seen would be laid out a moment later

    def least_picture(self) -> QSize:
        page = self.area.widget()
        if self._found is None or page is None:
            return QSize(0, 0)
        return QSize(620, self.list.height() + page.heightForWidth(600) + 24)

    def text_to_copy(self) -> str:
        if self._found is None or self.snapshot is None:
            return ""
        lines = [self.heading.text(), self.why.text(), self.table.text(), self.doc.text()]
        shown = [button.text() for button in self.buttons if not button.isHidden()]
        return "\n".join([*lines, *shown])

    def data_csv(self) -> Table:
        if self._found is None or self.snapshot is None or self.empty_word(self.snapshot):
            return bytes
        return partial(network_tables.why_csv, self.snapshot, self._found)
