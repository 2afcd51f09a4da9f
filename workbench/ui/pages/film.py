"""A film of a run: its race, taken from step to step, and a page painted at each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench import __version__
from workbench.engine.race.snapshot import Snapshot, take_snapshot
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment
from workbench.export.about import About
from workbench.export.film_plan import BY_LOSS, FilmPlan, change_of, film_kind, spread
from workbench.export.films import FilmFault, write_film
from workbench.export.pictures import picture_image
from workbench.ui.pages import unseen
from workbench.ui.style.theme import Theme
from workbench.ui.views import VIEWS
from workbench.ui.views.shared.base import View
from workbench.ui.words.text import grouped


class FilmPage(QWidget):
    """A view under a line that says the experiment's title and the step."""

    def __init__(self, view: View, title: str, theme: Theme) -> None:
        super().__init__()
        self.view = view
        self.fineness = 1.0
        self._title = title
        self.title, self.step = QLabel(self), QLabel(self)
        self.step.setObjectName("muted")
        self.step.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.title, 1)
        row.addWidget(self.step)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(view, 1)

    def show_step(self, step: int) -> None:
        """Say which step it is."""
        self.step.setText(self.tr("step {}").format(grouped(step)))
        self._elide()

    def stand_alone(self, alone: bool) -> None:
        """The view says by itself what in a window stands beside it."""
        self.view.fineness = self.fineness
        self.view.stand_alone(alone)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.width() - self.step.sizeHint().width() - 32
        metrics = self.title.fontMetrics()
        self.title.setText(metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, max(0, room)))


def film(
    experiment: Experiment,
    plan: FilmPlan,
    theme: Theme,
    out: Path,
    *,
    stopped: Callable[[], bool],
    told: Callable[[int, int], None],
) -> bool:
    """Write it; False where it was stopped, and nothing is written.

    Raises:
        FilmFault: the view has nothing to show, or the encoder failed.
    """
    about = About(experiment.title or out.stem, f"Gradient Workbench {__version__}",
                  files.dumps(experiment))  # fmt: skip
    try:
        steps = _steps(experiment, plan, stopped)
        write_film(
            out, film_kind(out), _frames(experiment, plan, theme, steps, stopped=stopped, told=told),
            size=plan.size, fps=plan.fps, count=len(steps), about=about,
        )  # fmt: skip
    except unseen.Stopped:
        return False
    return True


def _steps(experiment: Experiment, plan: FilmPlan, stopped: Callable[[], bool]) -> list[int]:
    """The steps of the frames; by the loss they are known once the race has been run."""
    if plan.law != BY_LOSS:
        return spread(plan.law, plan.first, plan.last, plan.frames)
    race = build.make_race(experiment)
    unseen.go(race, plan.last, stopped)
    history = race.history.view()
    losses = np.asarray(history.values["loss"], np.float64)
    change = change_of(history.steps, losses, plan.first, plan.last)
    return spread(plan.law, plan.first, plan.last, plan.frames, change)


def _frames(
    experiment: Experiment,
    plan: FilmPlan,
    theme: Theme,
    steps: list[int],
    *,
    stopped: Callable[[], bool],
    told: Callable[[int, int], None],
) -> Iterator[bytes]:
    """The pixels of each frame."""
    entry = next(entry for entry in VIEWS if entry.key == plan.view)
    race = build.make_race(experiment)
    info = build.race_info(experiment, race)
    view = unseen.make_view(entry, experiment, theme, runs=info.runs, shown=False)
    page = FilmPage(view, experiment.title or info.key, theme)
    page.resize(entry.picture[0], max(entry.picture[1], view.height()))
    page.show()
    source, rounds = unseen.Source(race, stopped), 3
    try:
        for made, step in enumerate(steps):
            unseen.go(race, step, stopped)
            snapshot = take_snapshot(race, info, 1, ended=race.finished)
            page.show_step(race.step)
            source.show(view, snapshot, rounds)
            rounds = 1 if view.snapshot is not None and view.has_what_it_demands(view.snapshot) else 2
            if stopped():
                raise unseen.Stopped
            _refuse_empty(view, snapshot)
            if not made:  # axes take the room that they need once they are painted: the picture would jump
                picture_image(page, QSize(*plan.size))
                source.show(view, snapshot, 2)
            yield pixels(picture_image(page, QSize(*plan.size)))
            told(made + 1, len(steps))
    finally:
        unseen.drop(view)
        page.close()
        page.deleteLater()


def _refuse_empty(view: View, snapshot: Snapshot) -> None:
    word = view.empty_word(view.snapshot or snapshot)
    if word:
        raise FilmFault(f"the view has nothing to show at step {snapshot.step}. {word}")


def pixels(image: QImage) -> bytes:
    """Red, green and blue of each pixel, row by row: Qt's own rows end at multiples of four bytes."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].tobytes()
