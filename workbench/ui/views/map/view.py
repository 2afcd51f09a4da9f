"""What a lane, or two, come to under other settings: a run in each cell, coarse first, with what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.view_options import MAP
from workbench.export import map_tables
from workbench.studies.map_picture import MapAxis, MapPicture, Theory
from workbench.studies.map_wanted import Wanted, chosen, written
from workbench.ui.style import theme as themes
from workbench.ui.views.map import shades, words
from workbench.ui.views.map.axes_row import AxesRow
from workbench.ui.views.map.glimpse import Glimpse
from workbench.ui.views.map.key import Foot
from workbench.ui.views.map.pane import MapPane
from workbench.ui.views.map.slice_row import SliceRow
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.option_controls import OptionMenu

#: milliseconds that the mouse rests on a cell before the curve of its run is asked for
_REST = 120


class MapView(View):
    """One map, or two side by side on one scale. What is to be computed it says by `wanted`, and is shown pictures."""

    key = "map"
    #: (Wanted): other maps are wanted; none: their computation is to stop
    asked = Signal(object)
    stopped = Signal()
    #: (place among the maps, settings): the curve of a run is wanted
    curve_wanted = Signal(int, dict)
    #: (place among the maps, settings, whether in a lane of its own): a run is to be raced
    run_wanted = Signal(int, dict, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes: Mapping[int, Sequence[MapAxis]] = {}
        self._pictures: tuple[MapPicture | None, ...] = ()
        self._theory: tuple[Theory | None, ...] = ()
        self._fault = ""
        self._busy = False
        self._trail: list[str] = []  # the parts that one has flown through
        self._hovered: tuple[int, int, int] | None = None
        self._lanes: tuple[int, ...] = ()
        self._make_controls()
        self._make_body()
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST)
        self._resting.timeout.connect(self._ask_curve)

    def _make_controls(self) -> None:
        self.lane = LaneChoice(self.tr("The lane whose runs the map is made of"), self.tr("Lane"), self)
        self.beside = QComboBox(self)
        self.beside.setToolTip(self.tr("Another lane's map beside it, on the same scale"))
        self.beside.setAccessibleName(self.tr("Lane beside it"))
        self.beside.setMaximumWidth(150)
        self.lane.activated.connect(self._on_choice)
        self.beside.activated.connect(self._on_choice)
        self.follow_choice(self.lane)
        self.controls.addWidget(self.lane)
        self.controls.addWidget(self.beside)
        params = [param for param in MAP if param.kind == "bool" or param.name in ("cells", "steps")]
        self.look = OptionMenu(self.tr("look"), self.tr("How fine the map is, and what is drawn with it"), params, self)
        self.look.show_values(self._options)
        self.look.edited.connect(self.choose)
        self._option_menus.append(self.look)
        self.controls.addWidget(self.look)

    def _make_body(self) -> None:
        self.row, self.slice, self.foot, self.glimpse = AxesRow(self), SliceRow(self), Foot(self), Glimpse(self)
        self.row.axis_chosen.connect(self._on_axis)
        self.row.quantity_chosen.connect(partial(self.choose, "quantity"))
        self.row.back_pressed.connect(self._go_back)
        self.slice.chosen.connect(partial(self.choose, "through"))
        self.slice.began.connect(self.drag_began)
        self.slice.ended.connect(partial(self.drag_ended.emit, True))
        self.foot.pressed.connect(self._on_foot)
        self._panes_row = QHBoxLayout()
        self._panes_row.setSpacing(2)
        self.panes: list[MapPane] = []
        self._add_pane()
        self.body.addWidget(self.row)
        self.body.addWidget(self.slice)
        self.body.addLayout(self._panes_row, 1)
        self.body.addWidget(self.foot)

    def _add_pane(self) -> None:
        place = len(self.panes)
        pane = MapPane(self, words.cell_words)
        pane.clicked.connect(partial(self._on_clicked, place))
        pane.hovered.connect(partial(self._on_hovered, place))
        pane.flown.connect(partial(self._fly, place))
        pane.back.connect(self._go_back)
        pane.set_theme(self.theme)
        self.panes.append(pane)
        self._panes_row.addWidget(pane, 1)

    # What the window calls

    def wanted(self) -> Wanted | None:
        """The maps that are to be shown; None where the view cannot be seen, or there is no race yet."""
        if self.snapshot is None or not self.isVisible():
            return None
        lanes = self.snapshot.info.lanes
        places = [self._lane_at(self.lane.currentIndex())]
        other = self.beside.currentData()
        if other is not None and other != places[0] and any(lane.index == other for lane in lanes):
            places.append(other)
        options, steps = self.options, str(self.options["steps"])
        return Wanted(
            tuple(places),
            str(options["x"]),
            str(options["y"]),
            str(options["part"]),
            int(str(options["cells"])),
            0 if steps == "auto" else int(steps),
            str(options["through"]),
        )

    def show_axes(self, axes: Mapping[int, Sequence[MapAxis]], lanes: tuple[int, ...]) -> None:
        """Know which settings the lanes have, by the lanes' places among the experiment's; `lanes` are those shown."""
        self._axes, self._lanes = axes, lanes
        self._list_axes()

    def show_pictures(
        self, pictures: Sequence[MapPicture | None], theories: Sequence[Theory | None], fault: str, *, busy: bool
    ) -> None:
        """Show what is known of the maps that were asked for, what theory says of them, and what went wrong."""
        self._pictures, self._theory, self._fault, self._busy = tuple(pictures), tuple(theories), fault, busy
        while len(self.panes) < len(pictures):
            self._add_pane()
        self.settings_changed()

    def show_curve(self, settings: Mapping[str, float], losses: NDArray[Any]) -> None:
        """Show the losses of a run, where the mouse is still on its cell."""
        if self._hovered is None or self._settings(*self._hovered) != dict(settings):
            return
        place = self._hovered[0]
        picture = self._picture(place)
        info = None if self.snapshot is None else self.snapshot.info
        if picture is None or info is None:
            return
        lanes = [lane for lane in info.lanes if lane.index == self._lane_of(place)]
        color = self.theme.lane(lanes[0].color) if lanes else self.theme.text
        steps = self.tr("{} steps").format(picture.request.steps)
        known = self.tr("f − f*, {}").format(steps) if picture.lowest is not None else self.tr("loss, {}").format(steps)
        self.glimpse.show_curve(losses, known, color, self.theme)
        self._place_glimpse(place)

    # What is asked for

    def _lane_at(self, place: int) -> int:
        """The place among the experiment's lanes of one of the race's."""
        lanes = [] if self.snapshot is None else self.snapshot.info.lanes
        return lanes[max(0, min(place, len(lanes) - 1))].index if lanes else 0

    def _lane_of(self, place: int) -> int:
        return self._lanes[place] if place < len(self._lanes) else 0

    def _on_choice(self, _index: int) -> None:
        self._ask()

    def _on_axis(self, name: str, key: str) -> None:
        other, shown = "y" if name == "x" else "x", dict(zip("xy", self._shown_axes(), strict=True))
        if shown[other] == key:  # the two change places
            super().choose(other, shown[name])
        self.choose(name, key)

    def _shown_axes(self) -> tuple[str, str]:
        x, y = chosen(str(self.options["x"]), str(self.options["y"]), self._axes[self._lane_of(0)])
        return x.key, y.key

    def _on_foot(self) -> None:
        if self._busy:
            self.stopped.emit()
        else:
            self._ask()

    def _ask(self) -> None:
        wanted = self.wanted()
        if wanted is not None:
            self.asked.emit(wanted)

    def set_options(self, given: Mapping[str, Any], *, drawn: bool = True) -> None:
        super().set_options(given, drawn=drawn)
        self._ask()

    def choose(self, name: str, value: Any) -> None:
        super().choose(name, value)
        self._ask()

    def pick_lane(self, lane: int) -> None:
        super().pick_lane(lane)
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._leave()

    # Flying

    def _fly(self, place: int, x0: float, x1: float, y0: float, y1: float) -> None:
        picture = self._picture(place)
        if picture is None:
            return
        x, y = picture.request.x.part(x0, x1), picture.request.y.part(y0, y1)
        if x.is_deep or y.is_deep or (x.whole and x.high - x.low < 1) or (y.whole and y.high - y.low < 1):
            return
        self._trail.append(str(self.options["part"]))
        self.choose("part", written(x, y))

    def _go_back(self) -> None:
        if self._trail or self.options["part"]:
            self.choose("part", self._trail.pop() if self._trail else "")

    # A run

    def _settings(self, place: int, row: int, column: int) -> dict[str, float] | None:
        picture = self._picture(place)
        return None if picture is None or max(row, column) >= picture.side else picture.settings(row, column)

    def _picture(self, place: int) -> MapPicture | None:
        return self._pictures[place] if place < len(self._pictures) else None

    def _on_clicked(self, place: int, row: int, column: int) -> None:
        settings = self._settings(place, row, column)
        if settings is None:
            return
        menu = QMenu(self)
        menu.setObjectName("run")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        starts = all(key.startswith("start.") for key in settings)
        if starts:
            menu.addAction(self.tr("Start here"), partial(self.run_wanted.emit, place, settings, False))
        elif any(key.startswith("rate.") for key in settings):
            menu.addAction(self.tr("A lane has one learning rate for all layers")).setEnabled(False)
        else:
            menu.addAction(
                self.tr("New lane with these settings"), partial(self.run_wanted.emit, place, settings, True)
            )
            menu.addAction(
                self.tr("Give the lane these settings"), partial(self.run_wanted.emit, place, settings, False)
            )
        menu.popup(QCursor.pos())

    def _on_hovered(self, place: int, row: int, column: int) -> None:
        if (place, row, column) != self._hovered:
            self._hovered = (place, row, column)
            self._resting.start()

    def _leave(self) -> None:
        self._hovered = None
        self._resting.stop()
        self.glimpse.hide()

    def leaveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self._leave()

    def _ask_curve(self) -> None:
        settings = None if self._hovered is None else self._settings(*self._hovered)
        if settings is not None and self._hovered is not None:
            self.curve_wanted.emit(self._hovered[0], settings)

    def _place_glimpse(self, place: int) -> None:
        """Put it into the corner of the map that is farthest from the mouse."""
        pane = self.panes[place]
        box = pane.plot.mapFromScene(pane.plot.box.sceneBoundingRect()).boundingRect()
        corner = pane.plot.mapTo(self, box.topLeft())
        mouse = self.mapFromGlobal(QCursor.pos())
        left, top = corner.x() + 6, corner.y() + 6
        right, low = (
            corner.x() + box.width() - self.glimpse.width() - 6,
            corner.y() + box.height() - self.glimpse.height() - 6,
        )
        self.glimpse.move(
            right if mouse.x() < corner.x() + box.width() / 2 else left,
            low if mouse.y() < corner.y() + box.height() / 2 else top,
        )

    # Drawing

    def empty_word(self, snapshot: Snapshot) -> str:
        if self._fault:
            return self.tr("The map cannot be computed: {}").format(self._fault)
        if not any(picture is not None for picture in self._pictures):
            return self.tr("A map is on its way: a run in each cell of two settings.")
        return ""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        fresh = self.snapshot is None or snapshot.generation != self.snapshot.generation
        still = self._pictures and not fresh and self.snapshot is not None
        self.snapshot = snapshot
        if not still:  # what a race does at its steps changes nothing of its maps
            self._list_lanes(snapshot)
            super().show_snapshot(snapshot)
        if fresh:
            self._ask()

    def settings_changed(self) -> None:
        if self.snapshot is not None:
            super().show_snapshot(self.snapshot)

    def _list_lanes(self, snapshot: Snapshot) -> None:
        self.lane.show_lanes(snapshot.info)
        lanes = [(lane.label, lane.index) for lane in snapshot.info.lanes]
        listed = [(self.beside.itemText(i), self.beside.itemData(i)) for i in range(1, self.beside.count())]
        if [(self.tr("beside: {}").format(label), index) for label, index in lanes] != listed:
            before = self.beside.currentData()
            self.beside.clear()
            self.beside.addItem(self.tr("alone"), None)
            for label, index in lanes:
                self.beside.addItem(self.tr("beside: {}").format(label), index)
            self.beside.setCurrentIndex(max(0, self.beside.findData(before)))
        self.beside.setVisible(len(lanes) > 1)

    def _list_axes(self) -> None:
        axes = self._axes.get(self._lane_of(0), ())
        if axes:
            shown = self._shown_axes()
            self.row.show_axes(axes, *shown)
            self.slice.show_axes(axes, shown, str(self.options["through"]))

    def draw(self, snapshot: Snapshot) -> None:
        quantity = str(self.options["quantity"])
        self.row.show_quantity(quantity)
        self._list_axes()
        known = [picture for picture in self._pictures if picture is not None]
        scale = shades.shades(quantity, known)
        for place, pane in enumerate(self.panes):
            picture = self._picture(place)
            pane.setVisible(picture is not None)
            if picture is None:
                continue
            last = place == len(self._pictures) - 1
            pane.show_picture(
                picture,
                scale,
                self.theme,
                strips=bool(self.options["strips"]) and quantity != "minimum",
                contours=bool(self.options["contours"]),
                bar=words.bar_word(picture, quantity) * last,
            )
            theory = self._theory[place] if place < len(self._theory) and self.options["theory"] else None
            pane.show_theory(theory, self.theme)
            named = len(known) > 1 or (self.stands_alone and len(snapshot.info.lanes) > 1)
            pane.name(self._lane_label(place) if named else "")
        self._show_foot(known, quantity)

    def _show_foot(self, known: Sequence[MapPicture], quantity: str) -> None:
        theories = self._theory if self.options["theory"] else ()
        entries = words.key_entries(known, quantity, theories, self.theme)
        share = min((picture.progress for picture in known), default=0.0)
        if self.stands_alone:
            titles = {axis.key: axis.title for axis in self._axes.get(self._lane_of(0), ())}
            entries += words.alone_entries(known, share, titles)
        self.foot.key.show_entries(entries, self.theme)
        self.row.back.setEnabled(bool(self._trail) or bool(self.options["part"]))
        whole = self.stands_alone or (bool(known) and all(picture.whole for picture in known))
        self.foot.show_progress(share, busy=self._busy and not self.stands_alone, whole=whole)

    def stand_alone(self, alone: bool) -> None:
        for row in (self.row, self.slice):  # what they say, the axes and the key say in a picture
            row.setVisible(not alone)
        super().stand_alone(alone)

    def _lane_label(self, place: int) -> str:
        info = None if self.snapshot is None else self.snapshot.info
        labels = [] if info is None else [lane.label for lane in info.lanes if lane.index == self._lane_of(place)]
        return labels[0] if labels else ""

    def retint(self, theme: themes.Theme) -> None:
        for pane in self.panes:
            pane.set_theme(theme)

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        known = bool(self._pictures) and all(p is not None and p.whole for p in self._pictures)
        return known or bool(self._fault)

    def rest(self) -> None:
        self._leave()

    def data_csv(self) -> Table:
        pictures = [(self._lane_label(i), picture) for i, picture in enumerate(self._pictures) if picture is not None]
        return partial(map_tables.map_csv, tuple(pictures)) if pictures else bytes
