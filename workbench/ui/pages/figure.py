"""A figure: views on one page, in a grid, with their letters, under a title and over a caption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QLayout, QVBoxLayout, QWidget

from workbench import __version__
from workbench.engine.race.snapshot import Snapshot, take_snapshot
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment
from workbench.experiment.writing import write_bytes
from workbench.export import pgfplots
from workbench.export.about import About
from workbench.export.figure_plan import FigureFault, FigurePlan, Paper, letter
from workbench.export.figure_words import caption_of
from workbench.export.sheets import Sheet
from workbench.ui.pages import unseen
from workbench.ui.style import theme as themes
from workbench.ui.views import VIEWS, views_of
from workbench.ui.views.shared.base import View, lane_symbols
from workbench.ui.views.shared.lane_key import LaneKey
from workbench.ui.views.shared.layer_colors import layer_colors
from workbench.ui.views.shared.legend import Entry, named_lanes
from workbench.ui.words.text import engine_text

_ENTRIES = {entry.key: entry for entry in VIEWS}
#: Views of which each would name the lanes: in a figure it is said once, beside all of them.
_NAMING = ("landscape", "surface", "plane", "loss", "gradients", "curvature")
#: Pixels of the layout that a view has at least, and around the page and between its views.
_LEAST, _MARGIN, _GAP = QSize(220, 180), 10, 14


class FigurePage(QWidget):
    """Views on one page. It gives them back by `let_go`: they outlive it."""

    def __init__(self, views: Sequence[View], plan: FigurePlan, title: str, caption: str) -> None:
        super().__init__()
        self.views = tuple(views)
        self.fineness = 1.0
        self.setObjectName("view")  # the same ground as the views'
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        layout = self._layout = QVBoxLayout(self)
        # a page has the size that it is given: what does not fit is refused, and none of it cut
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_GAP // 2)
        if title:
            layout.addWidget(self._words(title, themes.LARGE_POINTS, bold=True))
        grid = QGridLayout()
        grid.setSpacing(_GAP)
        rows, columns = plan.grid
        lettered = plan.letters and len(self.views) > 1
        for place, view in enumerate(self.views):
            grid.addLayout(self._cell(view, letter(place) if lettered else ""), place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        for row in range(rows):
            grid.setRowStretch(row, 1)
        layout.addLayout(grid, 1)
        self._below = layout.count()
        if caption:
            layout.addWidget(self._words(caption, themes.BASE_POINTS))

    def add_key(self, key: QWidget) -> None:
        """Say below the views which lane is which."""
        self._layout.insertWidget(self._below, key)

    def _cell(self, view: View, sign: str) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(2)
        head = self._words(f"{sign} {engine_text(_ENTRIES[view.key].title)}".strip(), themes.BASE_POINTS, bold=True)
        head.setWordWrap(False)
        box.addWidget(head)
        box.addWidget(view, 1)
        return box

    def _words(self, text: str, points: float, *, bold: bool = False) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(themes.font(points, bold=bold))
        label.setText(text)
        return label

    def needed(self, width: int) -> QSize:
        """The size that it needs where it is so wide, or wider, so that nothing is cut."""
        for view in self.views:
            view.setMinimumSize(view.least_picture().expandedTo(_LEAST))
        layout = self._layout
        layout.invalidate()
        least = layout.totalMinimumSize()
        across = max(width, least.width())
        down = layout.totalMinimumHeightForWidth(across) if layout.hasHeightForWidth() else least.height()
        return QSize(least.width(), max(down, 0))

    def stand_alone(self, alone: bool) -> None:
        """Each view says by itself what in a window stands beside it."""
        for view in self.views:
            view.fineness = self.fineness
            view.stand_alone(alone)

    def let_go(self) -> None:
        """Give the views back, and go."""
        for view in self.views:
            view.setMinimumSize(0, 0)
            view.setParent(None)
        self.close()
        self.deleteLater()


@dataclass(frozen=True, slots=True)
class Tex:
    """The curves of a figure for pgfplots: a table, and a document that draws it."""

    table: bytes
    document: bytes


class Studio:
    """A race at a step, and the views that figures of it are made of: made once, and shown again."""

    def __init__(self, experiment: Experiment, stopped: Callable[[], bool]) -> None:
        self.experiment, self._stopped = experiment, stopped
        self._views: dict[str, View] = {}
        self._filled: list[View] = []  # those whose maps are there
        self._begin()

    def _begin(self) -> None:
        self._race = race = build.make_race(self.experiment)
        self._info = build.race_info(self.experiment, race)
        self._source = unseen.Source(race, self._stopped)
        self._shown: dict[str, tuple[int, str]] = {}

    @property
    def step(self) -> int:
        """Where the race stands."""
        return self._race.step

    @property
    def keys(self) -> list[str]:
        """The views that show something of such a race."""
        return [entry.key for entry in views_of(self._info)]

    def go(self, step: int) -> None:
        """Take the race to a step, or to its end before.

        Raises:
            Stopped: on the way.
        """
        race = self._race
        if step < race.step:
            self._begin()
            race = self._race
        unseen.go(race, step, self._stopped)
        if race.problem.metrics and race.metrics_step != race.step:
            race.evaluate_metrics()

    def file(self, plan: FigurePlan, kind: str, name: str) -> bytes:
        """The figure as the content of a file.

        Raises:
            FigureFault: it cannot be.
        """
        page, sheet = self._page(plan)
        try:
            return sheet.content(page, kind, self._about(plan, name))
        finally:
            page.let_go()

    def write(self, plan: FigurePlan, out: Path, *, tex: bool) -> list[Path]:
        """Write the figure as the format that its ending names, with `tex` also its curves beside it.

        All is made before the first file is written. Gives the files.

        Raises:
            FigureFault: it cannot be.
            OSError: a file cannot be written.
        """
        contents = {}
        if tex:
            table, document = out.with_suffix(".csv"), out.with_suffix(".tex")
            curves = self.tex(plan, table.name, out.stem)
            contents = {table: curves.table, document: curves.document}
        contents = {out: self.file(plan, out.suffix.lower().lstrip("."), out.stem)} | contents
        for path, content in contents.items():
            write_bytes(path, content)
        return list(contents)

    def preview(self, plan: FigurePlan, room: tuple[int, int]) -> QImage:
        """The figure in pixels, as large as there is room for. Raises FigureFault as `file` does."""
        page, sheet = self._page(plan)
        try:
            scale = min(room[0] / sheet.width, room[1] / sheet.height)
            return sheet.image(page, max(1, round(sheet.width * scale)), max(1, round(sheet.height * scale)))
        finally:
            page.let_go()

    def tex(self, plan: FigurePlan, table_name: str, name: str) -> Tex:
        """Its curves. Raises FigureFault where none of its views has any."""
        theme, snapshot = themes.THEMES[plan.theme], self._snapshot()
        colors = [color for _, color, _ in self._lanes(snapshot, theme)]
        layers = layer_colors(theme, len(self._info.network_of(0).layers))
        steps, panels = pgfplots.panels_of(snapshot, plan.views, colors, layers)
        if not panels:
            raise FigureFault(f"none of its views has curves for pgfplots: {' and '.join(pgfplots.CURVES)} have")
        title, about = self._words(plan)[0], self._about(plan, name)
        document = pgfplots.document_bytes(plan, panels, table_name, title, about)
        return Tex(pgfplots.table_bytes(steps, panels), document)

    def close(self) -> None:
        """Let all views go."""
        for view in self._views.values():
            unseen.drop(view)
        self._views.clear()

    def _about(self, plan: FigurePlan, name: str) -> About:
        title = self._words(plan)[0] or self.experiment.title or name
        return About(title, f"Gradient Workbench {__version__}", files.dumps(self.experiment))

    def _words(self, plan: FigurePlan) -> tuple[str, str]:
        """Title and caption."""
        title = self.experiment.title if plan.title is None else plan.title
        caption = caption_of(self.experiment, self._race.step) if plan.caption is None else plan.caption
        return title, caption

    def _snapshot(self) -> Snapshot:
        return take_snapshot(self._race, self._info, 1, ended=self._race.finished)

    def _page(self, plan: FigurePlan) -> tuple[FigurePage, Sheet]:
        """The page, laid out, with views that show the race with all that they demand."""
        theme = themes.THEMES[plan.theme]
        sheet = Sheet(plan.paper, QApplication.font().pointSizeF(), theme.plot)
        snapshot = self._snapshot()
        beside = len(self._info.lanes) > 1 and any(key in _NAMING for key in plan.views)
        views = [self._view(key, theme) for key in plan.views]
        for view in views:
            view.named_beside = beside
        page = FigurePage(views, plan, *self._words(plan))
        try:
            if beside:
                page.add_key(LaneKey(self._lanes(snapshot, theme), theme, page))
            page.resize(sheet.layout)
            page.show()
            for view in page.views:
                view.show()
            for view in page.views:
                self._source.show(view, snapshot)
                self._fill(view)
                word = view.empty_word(view.snapshot or snapshot)
                if word:
                    raise FigureFault(f'the view "{view.key}" has nothing to show: {word}')
            for _ in range(2):  # axes, words and what is asked for follow from the room that there now is
                self._refuse_small(page, sheet)
                for view in page.views:
                    self._source.show(view, snapshot, 2)
            self._refuse_small(page, sheet)
        except BaseException:
            page.let_go()
            raise
        return page, sheet

    def _fill(self, view: View) -> None:
        """Have maps computed, once: nothing of a race itself is in them."""
        if view.key == "map" and view not in self._filled:
            from workbench.ui.pages import unseen_map
            from workbench.ui.views.map.view import MapView

            self._filled.append(view)
            if isinstance(view, MapView):
                unseen_map.fill(view, self.experiment, self._stopped)

    def _lanes(self, snapshot: Snapshot, theme: themes.Theme) -> list[Entry]:
        colors = [theme.lane(lane.color) for lane in self._info.lanes]
        return named_lanes(snapshot, colors, lane_symbols(self._info))

    def _view(self, key: str, theme: themes.Theme) -> View:
        view = self._views.get(key)
        if view is None:
            view = unseen.make_view(_ENTRIES[key], self.experiment, theme, runs=self._info.runs, shown=False)
            self._views[key] = view
        elif view.theme is not theme:
            view.set_theme(theme)
        return view

    def _refuse_small(self, page: FigurePage, sheet: Sheet) -> None:
        """Give each view the room that it needs at least, where there is such room."""
        page.stand_alone(True)
        needed = page.needed(sheet.layout.width())
        page.stand_alone(False)
        QCoreApplication.processEvents()
        if needed.width() <= sheet.layout.width() and needed.height() <= sheet.layout.height():
            return
        paper = sheet.paper
        across = max(paper.width, paper.width * needed.width() / sheet.layout.width())
        down = max(paper.height, paper.height * needed.height() / sheet.layout.height())
        least = f"{_up(across, paper)}x{_up(down, paper)}{paper.unit}"
        raise FigureFault(
            f"a page of {paper.written()} is too small for these views with text of {paper.font:g} points: "
            f"it takes {least}, or smaller text"
        )


def _up(side: float, paper: Paper) -> str:
    """A side rounded up, in the page's unit."""
    unit = {"mm": 1.0, "in": 0.1, "px": 1.0}[paper.unit]
    return f"{-(-side // unit) * unit:g}"
