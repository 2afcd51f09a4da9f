"""Where everything comes together: the application, its window, and pictures without one."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

# isort: off
# Before Qt: PySide6 reads the source of each module that is loaded after it, to see whether it is one of Qt's
from workbench.experiment import build, files, view_options

# isort: on
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QSize,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from workbench import __version__
from workbench.engine.params import RequestError
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment
from workbench.export.pictures import picture_bytes
from workbench.garbage import put_off
from workbench.resources import resource
from workbench.ui import views
from workbench.ui.style import theme as themes
from workbench.ui.views import VIEWS, ViewEntry
from workbench.ui.views.shared.base import View
from workbench.ui.window.main_window import MainWindow

if TYPE_CHECKING:  # loaded with a film, with a figure, with a study
    from workbench.export.figure_plan import FigurePlan
    from workbench.export.film_plan import FilmPlan
    from workbench.studies.charts import Chart
    from workbench.ui.views.map.view import MapView

FIRST_EXAMPLE = "examples/banana_race.toml"
_WAIT_SECONDS = 120.0
#: The platforms of Qt on Linux that need a display; none named is one of them.
_ON_A_DISPLAY = ("", "xcb", "wayland")
#: Seconds in which what a picture draws beside the race, such as the grid of a plane, is computed at most.
_LONGEST_STATISTIC = 20.0
#: The view that is computed for a picture, or brought to the front of one, where a file has chosen what it shows.
_MAP, _LONGEST_MAP = "map", 300.0


def make_application(*, offscreen_if_needed: bool = False) -> QApplication:
    """The one QApplication, made on first use."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    qInstallMessageHandler(_on_qt_message_at_first)
    if offscreen_if_needed and _has_no_display() and os.environ.get("QT_QPA_PLATFORM", "") in _ON_A_DISPLAY:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with contextlib.suppress(OSError, RuntimeError):  # where standard error is none, or no file of the system
        faulthandler.enable()
    # The thread that computes must give Python's lock back to the one that paints within a fraction of a frame.
    sys.setswitchinterval(0.0005)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(sys.argv[:1])
    qInstallMessageHandler(_on_qt_message)
    application.setApplicationName("Gradient Workbench")
    application.setOrganizationName("Gradient Workbench")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("gradient-workbench")
    return application


def _has_no_display() -> bool:
    return sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _on_qt_message(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Qt's warnings on stderr, without the one that the offscreen platform gives for every window."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def _on_qt_message_at_first(kind: QtMsgType, _context: QMessageLogContext, _message: str) -> None:
    """While Qt looks for a display: where there is none it says so in several lines and aborts; here in a sentence."""
    if kind == QtMsgType.QtFatalMsg:
        why = "the display cannot be reached, or a library that windows need is missing"
        if os.environ.get("QT_QPA_PLATFORM", "") not in _ON_A_DISPLAY:
            why = "the platform that QT_QPA_PLATFORM names cannot be used here"
        elif _has_no_display():
            why = "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
        print(f"gradient-workbench: no window can be opened: {why}", file=sys.stderr, flush=True)
        os._exit(2)


def run(path: str | None) -> int:
    """Open the window, with a file or with the first example, and stay until it closes."""
    application = make_application()
    file = Path(path) if path else resource(FIRST_EXAMPLE)
    with put_off():
        window = MainWindow(files.read(file), Path(path) if path else None)
    application.setWindowIcon(themes.icon("app", window.looks.theme.accent))
    ended = _end_with(window)
    window.show()
    application.aboutToQuit.connect(window.shut_down)
    QTimer.singleShot(0, window.unsaved.begin)  # once the window is up
    QTimer.singleShot(0, window.keeping.begin)
    code = application.exec()
    return 128 + ended[0] if ended else code


def _end_with(window: MainWindow) -> list[int]:
    """Let signals close the window: Ctrl+C as a person does, the others at once, with what is unsaved kept.

    Gives a list that the number of such a signal is put into. Python handles a signal only between its own
    instructions: the clock of the frames gives it the occasion. That may be in the middle of painting, so that all
    else is left to the event loop.
    """
    ended: list[int] = []

    def end(number: int, _frame: object) -> None:
        ended.append(number)
        QTimer.singleShot(0, window.end_now)
        QTimer.singleShot(0, QCoreApplication.exit)  # also where a dialog stands before the window

    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window.close))
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:
            signal.signal(getattr(signal, name), end)
    return ended


def wait_for(condition: Callable[[], bool], seconds: float = _WAIT_SECONDS) -> bool:
    """Let the window live until the condition holds; False where it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.002)
    return True


def screenshot(
    experiment: Experiment, out: Path, *, steps: int, size: tuple[int, int], theme: str, file: str | None = None
) -> int:
    """Write a PNG of the real window with an experiment after some steps; gives an exit code."""
    make_application(offscreen_if_needed=True)
    window = MainWindow(experiment, Path(file) if file else None, theme=themes.THEMES[theme])
    window.remembers_layout = window.files.asks_before_losing = False
    window.resize(*size)
    window.show()
    target = steps if experiment.steps is None else min(steps, experiment.steps)
    window.worker.seek(target)

    def arrived() -> bool:
        shown = window.snapshot
        return shown is not None and (shown.step == target or (shown.finished and shown.step <= target))

    try:
        if not wait_for(arrived):
            print(f"gradient-workbench: step {target} was not reached in {_WAIT_SECONDS:.0f} s", file=sys.stderr)
            return 1
        if _has_map(experiment):
            window.centre.bring(_MAP)
            settle(window, _LONGEST_MAP)
        settle(window)
        if (window.width(), window.height()) != size:  # seen now: what the race shows may widen the window
            needed = f"{window.width()}x{window.height()}"
            said = f"--size {size[0]}x{size[1]}: the window needs {needed} pixels with this experiment"
            print(f"gradient-workbench: {said}", file=sys.stderr)
            return 2
        try:
            files.write_bytes(out, picture_bytes(window, "png"))
        except OSError as error:
            print(f"gradient-workbench: --out {out}: cannot be written: {error.strerror}", file=sys.stderr)
            return 2
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.processEvents()
    return 0


def settle(window: MainWindow, seconds: float = _LONGEST_STATISTIC) -> None:
    """Let layouts, demanded statistics and pending paints come to rest; statistics for so long at most."""
    for _ in range(12):
        window.clock.refresh()
        wait_for(lambda: False, 0.03)
    # what is worked at in pieces, such as contour lines, is whole in a picture
    wait_for(lambda: all(_is_whole(view) for view in window.views.made.values()), seconds)
    window.clock.refresh()
    for view in window.views.made.values():
        view.finish()
    wait_for(lambda: False, 0.03)


def _is_whole(view: View) -> bool:
    """Whether a view that is seen lacks nothing."""
    snapshot = view.snapshot
    return snapshot is None or not view.isVisible() or view.has_what_it_demands(snapshot)


def write_pictures(
    experiment: Experiment,
    snapshot: Snapshot,
    race: Race,
    folder: Path,
    formats: Sequence[str],
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """One file for each view and format, of a race that was run without a window; no further one once `stopped`.

    The views look as the experiment says.
    """
    _unseen_application(themes.LIGHT)
    folder.mkdir(parents=True, exist_ok=True)
    for entry in VIEWS:
        if snapshot.info.kind not in entry.kinds or stopped():
            continue
        with _unseen_view(entry, experiment, snapshot, race, themes.LIGHT, stopped=stopped) as view:
            if entry.key == _MAP and _has_map(experiment):  # it takes long
                _fill_map(view, experiment, stopped)
            if _nothing_in(view):
                continue
            for kind in formats:
                if stopped():
                    break
                files.write_bytes(folder / f"{entry.key}.{kind}", picture_bytes(view, kind, _finely(view, kind)))
    QCoreApplication.processEvents()


def view_bytes(
    key: str,
    experiment: Experiment,
    snapshot: Snapshot,
    race: Race,
    kind: str,
    *,
    theme: str = "light",
    size: tuple[int, int] | None = None,
) -> bytes:
    """One view of a race as the content of a PNG, SVG or PDF file; a PNG has two pixels for each of its size.

    `size` is that in which the view is laid out, its own unless said.

    Raises:
        RequestError: the view has nothing to show of this race.
    """
    _unseen_application(themes.THEMES[theme])
    entry = next(entry for entry in VIEWS if entry.key == key)
    with _unseen_view(entry, experiment, snapshot, race, themes.THEMES[theme], size=size) as view:
        fault = _fill_map(view, experiment, lambda: False) if key == _MAP else ""
        nothing = _nothing_in(view) or fault
        if nothing:
            raise RequestError("", f'the view "{key}" has nothing to show: {nothing}')
        return picture_bytes(view, kind, _finely(view, kind))


def _nothing_in(view: View) -> str:
    """Why a view has nothing to show; empty where it has."""
    return "" if view.snapshot is None else view.empty_word(view.snapshot)


def _finely(view: QWidget, kind: str) -> QSize | None:
    """The size of a picture: two pixels for each of the view's where it has pixels."""
    return QSize(2 * view.width(), 2 * view.height()) if kind == "png" else None


def _unseen_application(theme: themes.Theme) -> None:
    """The application for pictures alone, in a theme; where one is there already, as in a notebook, it is taken."""
    before = os.environ.get("QT_QPA_PLATFORM")
    if sys.platform == "linux" and (before or "") in _ON_A_DISPLAY:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # nothing is shown: a display that is away is not in the way
    try:
        application = make_application()
    finally:  # a window that this process may start has its display
        if before is None:
            os.environ.pop("QT_QPA_PLATFORM", None)
        else:
            os.environ["QT_QPA_PLATFORM"] = before
    themes.apply(application, theme)


@contextlib.contextmanager
def _unseen_view(
    entry: ViewEntry,
    experiment: Experiment,
    snapshot: Snapshot,
    race: Race,
    theme: themes.Theme,
    *,
    size: tuple[int, int] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[View]:
    """A view that shows a race with all that it demands, on no screen."""
    from workbench.ui.pages import unseen

    view = unseen.make_view(entry, experiment, theme, runs=snapshot.info.runs, size=size)
    try:
        unseen.Source(race, stopped).show(view, snapshot)
        yield view
    finally:
        unseen.drop(view)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # in a notebook nobody else does


def _has_map(experiment: Experiment) -> bool:
    """Whether a file has chosen what a map shows; all defaults written out are no choice."""
    return view_options.options(experiment.view, _MAP) != view_options.options({}, _MAP)


def _fill_map(view: View, experiment: Experiment, stopped: Callable[[], bool]) -> str:
    """Compute what the view of maps shows, in processes: nothing of a race itself is in it. Gives why there is none."""
    from workbench.ui.pages import unseen_map

    return unseen_map.fill(cast("MapView", view), experiment, stopped)


def write_charts(charts: Iterable[Chart], folder: Path) -> None:
    """A PNG for each chart of a study."""
    folder.mkdir(parents=True, exist_ok=True)
    for chart in charts:
        files.write_bytes(folder / f"{chart.key}.png", chart_bytes(chart, "png"))


def chart_bytes(chart: Chart, kind: str, *, theme: str = "light", size: tuple[int, int] | None = None) -> bytes:
    """A chart of a study as the content of a PNG, SVG or PDF file, as `view_bytes` gives a view."""
    _unseen_application(themes.THEMES[theme])
    from workbench.ui.charts.chart import ChartView

    view = ChartView()
    try:
        view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        view.resize(*(size or (900, 600)))
        view.show()
        view.set_theme(themes.THEMES[theme])
        view.show_chart(chart)
        QCoreApplication.processEvents()
        return picture_bytes(view, kind, _finely(view, kind))
    finally:
        view.close()
        view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def views_of(experiment: Experiment) -> tuple[tuple[ViewEntry, ...], str]:
    """The views that show something of an experiment, and the key of the first in the centre of its window."""
    info = build.race_info(experiment, build.make_race(experiment))
    return views.views_of(info), views.central_views(info)[0]


def write_film(
    experiment: Experiment,
    plan: FilmPlan,
    out: Path,
    *,
    stopped: Callable[[], bool] = lambda: False,
    told: Callable[[int, int], None] = lambda _made, _all: None,
) -> bool:
    """A film of a run, drawn without a window; `told` how many frames there are of how many.

    False, and nothing is written, where it was stopped.

    Raises:
        FilmFault: the view has nothing to show, or the encoder failed.
    """
    from workbench.ui.pages.film import film

    theme = themes.THEMES[plan.theme]
    _unseen_application(theme)
    return film(experiment, plan, theme, out, stopped=stopped, told=told)


def write_figure(
    experiment: Experiment,
    plan: FigurePlan,
    step: int,
    out: Path,
    *,
    tex: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Path]:
    """A figure of a run at a step, drawn without a window; with `tex` also its curves for pgfplots, beside it.

    Gives the files written: none where it was stopped before.

    Raises:
        FigureFault: a view has nothing to show, or the page is too small.
        OSError: a file cannot be written.
    """
    from workbench.ui.pages.figure import Studio
    from workbench.ui.pages.unseen import Stopped

    with themes.plain_letters():
        _unseen_application(themes.THEMES[plan.theme])
        studio = Studio(experiment, stopped)
        try:
            studio.go(step)
            return studio.write(plan, out, tex=tex)
        except Stopped:
            return []
        finally:
            studio.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def answer_figures(
    experiment: Experiment, asked: IO[str], told: IO[str], *, stopped: Callable[[], bool] = lambda: False
) -> None:
    """Figures of an experiment, as a window asks for them: a line of JSON for each, and one for its answer."""
    from workbench.ui.pages.answering import answers

    with themes.plain_letters():
        _unseen_application(themes.LIGHT)
        for line in answers(experiment, asked, stopped):
            print(line, file=told, flush=True)
