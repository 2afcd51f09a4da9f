"""The lanes panel: a card for each lane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.engine.optimizers import optimizers
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment, Lane, Setup
from workbench.ui.forms.line_edit import commit_edits, let_go_edits
from workbench.ui.panels.base import Panel
from workbench.ui.panels.lanes import draw_words
from workbench.ui.panels.lanes.card import LaneCard
from workbench.ui.panels.lanes.new_lanes import copy_of, with_rate
from workbench.ui.style import theme as themes

_MOST_LANES = 64


class LanesPanel(Panel):
    """Adds, duplicates, removes, enables and edits lanes."""

    key, share = "lanes", 0.42

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = themes.LIGHT
        self._cards = QVBoxLayout()
        self._cards.setSpacing(5)
        self.cards: list[LaneCard] = []
        self._spare: list[LaneCard] = []  # of lanes that are gone: making a card takes longer than a frame allows
        self._place: int | None = None  # where a person puts a lane or takes one out
        self._snapshot: Snapshot | None = None
        self.add = QPushButton(self.tr("Add lane"), self)
        self.add.setToolTip(self.tr("Add a lane with another optimizer to the race"))
        self.add.clicked.connect(self._on_add_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        #: says that lanes do not share what they draw, hidden where they do
        self.unshared = QLabel(self)
        self.unshared.setObjectName("muted")
        self.unshared.setWordWrap(True)
        self.unshared.setToolTip(self.tr("The draw is among a lane's further settings; lanes of one draw race fairly"))
        self.unshared.hide()
        layout.addWidget(self.unshared)
        layout.addLayout(self._cards)
        layout.addWidget(self.add)
        layout.addStretch(1)

    def title(self) -> str:
        return self.tr("Lanes")

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for card in (*self.cards, *self._spare):
            card.set_theme(theme)

    def refresh(self, experiment: Experiment) -> None:
        self._take_cards(experiment.lanes)
        for card, lane in zip(self.cards, experiment.lanes, strict=True):
            alone = len(experiment.enabled_lanes) == 1 and lane.enabled
            card.show_lane(lane, alone=alone, steps=experiment.steps)
            card.show_draw(experiment.problem)
        self.add.setEnabled(len(experiment.lanes) < _MOST_LANES)
        words = draw_words.unshared(experiment)
        self.unshared.setText(words)
        self.unshared.setVisible(bool(words))

    def _take_cards(self, lanes: Sequence[Lane]) -> None:
        """As many cards as lanes. A lane keeps its card: cards come and go at the first lane that is another one."""
        count = len(self.cards)
        more = len(lanes) - count
        if not more:
            return
        pairs = zip((card.lane for card in self.cards), lanes, strict=False)
        at = next((i for i, (shown, lane) in enumerate(pairs) if shown != lane), min(count, len(lanes)))
        if self._place is not None:  # of equal lanes the one that was meant
            at = self._place
        for _ in range(-more):
            card = self.cards.pop(at)
            self._cards.removeWidget(card)
            let_go_edits(card)
            card.unfold.setChecked(False)
            card.hide()
            self._spare.append(card)
        for place in range(at, at + more):
            card = self._spare.pop() if self._spare else self._make_card()
            self._cards.insertWidget(place, card)
            card.show()
            self.cards.insert(place, card)
        for index, card in enumerate(self.cards):
            card.index = index

    def _make_card(self) -> LaneCard:
        card = LaneCard(self)
        card.set_theme(self._theme)
        card.edited.connect(self._on_card_edited)
        card.unfold.toggled.connect(self._on_unfolded)
        card.duplicate_requested.connect(self._on_duplicate)
        card.remove_requested.connect(self._on_remove)
        return card

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Mark the rates in force in the pictures of the schedules that can be seen."""
        self._snapshot = snapshot
        places = {lane.index: i for i, lane in enumerate(snapshot.info.lanes)}
        for index, card in enumerate(self.cards):
            if card.shows_rates:
                card.schedule.show_snapshot(snapshot, places.get(index))

    def _on_unfolded(self, unfolded: bool) -> None:
        if unfolded:
            self.grew.emit()
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def _lanes(self) -> list[Lane]:
        return [] if self.experiment is None else list(self.experiment.lanes)

    def _on_card_edited(self, index: int, lane: object, merge: str) -> None:
        lanes = self._lanes()
        if not isinstance(lane, Lane):
            return
        if lane.optimizer != lanes[index].optimizer:
            lane = with_rate(lane, self._problem)
        lanes[index] = lane
        self.change(f"lane.{index}.{merge}" if merge else "", lanes=tuple(lanes))

    def _on_add_clicked(self) -> None:
        commit_edits(self)
        lanes = self._lanes()
        used = {lane.optimizer for lane in lanes}
        fresh = next((key for key in ("adam", *optimizers.keys()) if key not in used), "adam")
        self.change(lanes=(*lanes, with_rate(Lane(optimizer=fresh), self._problem)))

    @property
    def _problem(self) -> Setup | None:
        return None if self.experiment is None else self.experiment.problem

    def _on_duplicate(self, index: int) -> None:
        commit_edits(self)
        lanes = self._lanes()
        if len(lanes) < _MOST_LANES:
            lanes.insert(index + 1, copy_of(lanes[index], lanes))
            self._change_at(index + 1, lanes)

    def _on_remove(self, index: int) -> None:
        commit_edits(self)
        lanes = self._lanes()
        del lanes[index]
        if any(lane.enabled for lane in lanes):
            self._change_at(index, lanes)

    def _change_at(self, place: int, lanes: list[Lane]) -> None:
        self._place = place
        self.change(lanes=tuple(lanes))
        self._place = None
