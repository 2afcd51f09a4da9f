"""The lanes panel: a card for each lane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from workbench.engine.optimizers import optimizers
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import origins
from workbench.experiment.experiment import Experiment, Lane, Setup, replace
from workbench.experiment.fresh import with_rate
from workbench.ui.forms.line_edit import commit_edits, let_go_edits
from workbench.ui.panels.base import Panel
from workbench.ui.panels.lanes import draw_words, order
from workbench.ui.panels.lanes.card import LaneCard
from workbench.ui.panels.lanes.new_lanes import copy_of, origin_words
from workbench.ui.style import theme as themes

#: lanes of an experiment, at most
MOST_LANES = 64


class LanesPanel(Panel):
    """Adds, duplicates, removes, enables and edits lanes."""

    #: (place of a lane): it was picked by a click on its card
    lane_picked = Signal(int)
    #: (place of a lane): it is to be forked where it stands now
    fork_wanted = Signal(int)
    #: (place of a lane): a learning rate is to be looked for
    rate_wanted = Signal(int)

    key, share = "lanes", 0.42

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = themes.LIGHT
        self._cards = QVBoxLayout()
        self._cards.setSpacing(5)
        self.cards: list[LaneCard] = []
        self._spare: list[LaneCard] = []  # of lanes that are gone: making a card takes longer than a frame allows
        self._picked = -1
        self._place: int | None = None  # where a person puts a lane or takes one out
        self._snapshot: Snapshot | None = None
        self._dragged: tuple[int, int] | None = None  # where a card was taken from, and where it is now
        self._make_controls()
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
        layout.addStretch(1)

    def _make_controls(self) -> None:
        """What is always in sight, however many lanes there are: it stands above them, beside the title."""
        self.add = QToolButton(self)
        self.add.setText(self.tr("Add lane"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setToolTip(self.tr("Add a lane with another optimizer to the race"))
        self.add.clicked.connect(self._on_add_clicked)
        self.sort = QToolButton(self)
        self.sort.setText(self.tr("Sort"))
        self.sort.setToolTip(self.tr("Put the lanes in another order"))
        self.sort.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.sort)
        self.by_name = menu.addAction(self.tr("By name"))
        self.by_rate = menu.addAction(self.tr("By learning rate"))
        self.by_loss = menu.addAction(self.tr("By the loss now"))
        self.by_name.triggered.connect(self._on_by_name)
        self.by_rate.triggered.connect(self._on_by_rate)
        self.by_loss.triggered.connect(self._on_by_loss)
        self.sort.setMenu(menu)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(2)
        self.controls.addWidget(self.sort)
        self.controls.addWidget(self.add)

    def title(self) -> str:
        return self.tr("Lanes")

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.add.setIcon(themes.icon("add", theme.text))
        for card in (*self.cards, *self._spare):
            card.set_theme(theme)

    def refresh(self, experiment: Experiment) -> None:
        self._take_cards(experiment.lanes)
        enabled = {i for i, _ in experiment.enabled_lanes}
        for card, lane in zip(self.cards, experiment.lanes, strict=True):
            # forks go with their parent: without both nobody would be left
            alone = lane.enabled and enabled <= {card.index} | origins.descendants(experiment.lanes, card.index)
            card.show_lane(lane, alone=alone, steps=experiment.steps)
            card.show_origin(*origin_words(experiment.lanes, card.index))
            card.show_problem(experiment.problem)
            card.show_place(len(self.cards), len(experiment.enabled_lanes))
            card.menu.fork.setEnabled(lane.enabled and len(experiment.lanes) < MOST_LANES)
        self.add.setEnabled(len(experiment.lanes) < MOST_LANES)
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
        self.show_picked(self._picked)

    def _make_card(self) -> LaneCard:
        card = LaneCard(self)
        card.set_theme(self._theme)
        card.picked.connect(self.lane_picked)
        card.edited.connect(self._on_card_edited)
        card.unfold.toggled.connect(self._on_unfolded)
        card.requested.connect(self._on_requested)
        card.dragged.connect(self._on_dragged)
        card.dropped.connect(self._on_dropped)
        card.grew.connect(self.grew)
        return card

    def open_card(self, index: int) -> None:
        """Unfold the card of a lane, and bring it in sight."""
        card = self.cards[index]
        card.unfold.setChecked(True)
        card.take_focus()

    def show_picked(self, index: int) -> None:
        """Mark the card of the picked lane, -1 for none."""
        self._picked = index
        for card in self.cards:
            card.show_picked(card.index == index)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Mark the rates in force in the pictures of the schedules that can be seen."""
        self._snapshot = snapshot
        places = {lane.index: i for i, lane in enumerate(snapshot.info.lanes)}
        for index, card in enumerate(self.cards):
            if card.shows_rates:
                card.rest.schedule.show_snapshot(snapshot, places.get(index))

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
        if lane.enabled != lanes[index].enabled:
            lanes = origins.taking_part(lanes, index, enabled=lane.enabled)
        if lane.network != lanes[index].network:  # forks train what their parent trains
            for fork in origins.descendants(lanes, index):
                lanes[fork] = replace(lanes[fork], network=lane.network)
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
        if len(lanes) < MOST_LANES:
            self._change_at(index + 1, origins.inserted(lanes, index + 1, copy_of(lanes[index], lanes)))

    def _on_remove(self, index: int) -> None:
        commit_edits(self)
        lanes = self._lanes()
        left = origins.without(lanes, index)
        if any(lane.enabled for lane in left):
            gone = {index} | origins.descendants(lanes, index)
            if len(gone) > 1:  # its forks go with it: all that go stand together, behind the others
                left = origins.without(order.with_colors(lanes), index)
                kept = [i for i in range(len(lanes)) if i not in gone]
                self._arrange([*kept, *sorted(gone)])
                index = len(kept)
            self._change_at(index, left)

    def _on_requested(self, index: int, wanted: str) -> None:
        """Do with a lane what its menu or its keys ask for."""
        if wanted in ("up", "down"):
            self._move(index, index + (1 if wanted == "down" else -1))
            return
        {
            "duplicate": self._on_duplicate, "remove": self._on_remove, "solo": self._solo,
            "all": self._let_all, "remove_others": self._remove_others, "fork": self.fork_wanted.emit,
            "rate": self.rate_wanted.emit,
        }[wanted](index)  # fmt: skip

    def _solo(self, index: int) -> None:
        commit_edits(self)
        lanes = [replace(lane, enabled=False) for lane in self._lanes()]
        self.change(lanes=tuple(origins.taking_part(lanes, index, enabled=True)))

    def _let_all(self, _index: int) -> None:
        commit_edits(self)
        self.change(lanes=tuple(replace(lane, enabled=True) for lane in self._lanes()))

    def _remove_others(self, index: int) -> None:
        commit_edits(self)
        lanes = order.with_colors(self._lanes())
        kept = sorted({index} | origins.ancestors(lanes, index))  # a fork has its past from them
        self._arrange([*kept, *(i for i in range(len(lanes)) if i not in kept)])
        self._change_at(len(kept), [replace(lane, enabled=True) for lane in origins.in_order(lanes, kept)])

    # Another order

    def _move(self, index: int, place: int) -> None:
        """Put a lane in another place, as one edit."""
        commit_edits(self)
        if 0 <= place < len(self.cards) and place != index:
            self._put(order.moved(len(self.cards), index, place))
            self.cards[place].take_focus()

    def _put(self, places: Sequence[int]) -> None:
        """Have the lanes in this order of their present places, each with its colour and its card."""
        if list(places) == list(range(len(self.cards))):
            return
        lanes = order.with_colors(self._lanes())
        self._arrange(places)
        self.change(lanes=tuple(origins.in_order(lanes, places)))

    def _arrange(self, places: Sequence[int]) -> None:
        """Put the cards in this order of their present places."""
        cards = [self.cards[place] for place in places]
        for place, card in enumerate(cards):
            if self._cards.indexOf(card) != place:
                self._cards.removeWidget(card)
                self._cards.insertWidget(place, card)
        self.cards[:] = cards
        for index, card in enumerate(cards):
            card.index = index

    def _on_dragged(self, index: int, y: int) -> None:
        """Let a card that is dragged change places with those that it passes; the lanes follow when it is let go."""
        if self._dragged is None:
            commit_edits(self)
            self._dragged = (index, index)
        start, now = self._dragged
        middles = [card.mapToGlobal(card.rect().center()).y() for card in self.cards]
        place = sum(middle < y for i, middle in enumerate(middles) if i != now)
        if place != now:
            self._arrange(order.moved(len(self.cards), now, place))
            self._dragged = (start, place)

    def _on_dropped(self) -> None:
        if self._dragged is None:
            return
        (start, now), self._dragged = self._dragged, None
        if start != now:  # the cards stand there already
            lanes = order.with_colors(self._lanes())
            places = order.moved(len(lanes), start, now)
            self.change(lanes=tuple(origins.in_order(lanes, places)))

    def _on_by_name(self) -> None:
        self._put(order.by_name(self._lanes()))

    def _on_by_rate(self) -> None:
        self._put(order.by_rate(self._lanes()))

    def _on_by_loss(self) -> None:
        if self._snapshot is not None:
            self._put(order.by_loss(self._lanes(), self._snapshot))

    def _change_at(self, place: int, lanes: list[Lane]) -> None:
        self._place = place
        self.change(lanes=tuple(lanes))
        self._place = None
