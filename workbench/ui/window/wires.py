"""The wires of the window: which signal of one part another follows. Who owns the parts is `main_window.py`."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.panels.base import Panel
from workbench.ui.panels.lanes.panel import LanesPanel
from workbench.ui.panels.problem.panel import ProblemPanel
from workbench.ui.panels.transport import TransportBar
from workbench.ui.views.shared.base import View
from workbench.ui.window import tab_order
from workbench.ui.window.centre import Centre
from workbench.ui.window.commands import Commands
from workbench.ui.window.copying import Copying
from workbench.ui.window.demands import Demands
from workbench.ui.window.docks import Dock
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.dropping import DroppedFiles
from workbench.ui.window.edits import Edits
from workbench.ui.window.exports import Exports
from workbench.ui.window.fair_races import FairRaces
from workbench.ui.window.forking import Forking
from workbench.ui.window.frames import Frames
from workbench.ui.window.keeping import Keeping
from workbench.ui.window.layout import DockLayout
from workbench.ui.window.looks import Looks
from workbench.ui.window.making import Making
from workbench.ui.window.menus import Menus
from workbench.ui.window.message_bar import MessageBar
from workbench.ui.window.own_data import OwnData
from workbench.ui.window.pace import Pace
from workbench.ui.window.picked_lane import PickedLane
from workbench.ui.window.rate_finding import RateFinding
from workbench.ui.window.starting_points import StartingPoints
from workbench.ui.window.status import StatusBar
from workbench.ui.window.tab_order import CalmFocus
from workbench.ui.window.trying import Trying
from workbench.ui.window.unsaved import UnsavedWork
from workbench.ui.window.view_choices import ViewChoices
from workbench.ui.window.view_set import ViewSet
from workbench.ui.window.weights import TrainedWeights


def wire_edits(
    *,
    edits: Edits,
    document: Document,
    views: ViewSet,
    problem_panel: ProblemPanel,
    lanes_panel: LanesPanel,
    picked: PickedLane,
    commands: Commands,
    menus: Menus,
    focus: CalmFocus,
    weights: TrainedWeights,
) -> None:
    """From what a person moves, types and picks to the document, and back."""

    def follow(view: View) -> None:
        view.start_moved.connect(edits.move_start)
        view.drag_began.connect(document.begin_gesture)
        view.drag_ended.connect(document.end_gesture)
        view.next_step_wanted.connect(commands.take_step)
        tab_order.calm(view)
        focus.ask()

    views.when_made(follow)
    panels: tuple[Panel, ...] = (problem_panel, lanes_panel)
    for panel in panels:
        panel.grew.connect(focus.ask)
    lanes_panel.lane_picked.connect(picked.pick)
    picked.changed.connect(lanes_panel.show_picked)
    problem_panel.new_seed.pressed.connect(commands.commit_edits)
    problem_panel.weights_requested.connect(weights.ask_begin)
    edits.shown.connect(focus.ask)
    edits.undo_changed.connect(menus.show_undo)
    edits.undo_named.connect(menus.name_undo)


def wire_time(
    *,
    worker: TrainingWorker,
    views: ViewSet,
    forking: Forking,
    starting_points: StartingPoints,
    rates: RateFinding,
    message: MessageBar,
    files: DocumentFiles,
    transport: TransportBar,
    lanes_panel: LanesPanel,
    status: StatusBar,
    keeping: Keeping,
) -> None:
    """What leads from one step to another: forks and clicks on steps; and what runs that were replaced leave behind."""

    def follow(view: View) -> None:
        forking.follow(view)
        starting_points.follow(view)
        view.step_wanted.connect(worker.seek)
        view.ghosts_dismissed.connect(forking.dismiss_ghosts)

    views.when_made(follow)
    forking.begins.connect(keeping.before_fork)
    forking.dismissed.connect(keeping.clear_overlays)
    files.opening.connect(transport.clear_marks)
    lanes_panel.fork_wanted.connect(forking.fork)
    lanes_panel.rate_wanted.connect(rates.look_for)
    rates.failed.connect(message.say)
    rates.done.connect(status.announce)
    for part in (forking, starting_points):
        part.said.connect(status.announce)
        part.done.connect(status.say_of_next_race)


def wire_files(
    *,
    files: DocumentFiles,
    dropped: DroppedFiles,
    message: MessageBar,
    frames: Frames,
    commands: Commands,
    own_data: OwnData,
    pace: Pace,
    layout: DockLayout,
    menus: Menus,
    choices: ViewChoices,
) -> None:
    """A file that is about to be shown takes with it what was said, typed and painted before."""
    files.opening.connect(message.hide)
    files.opening.connect(frames.paint_turns.ask)
    files.replacing.connect(frames.begin_anew)
    files.replacing.connect(choices.begin_anew)
    files.opening.connect(commands.let_go_edits)
    files.opening.connect(own_data.painter.begin_anew)
    files.shown.connect(pace.begin)
    files.shown.connect(layout.share_left)
    dropped.experiment_dropped.connect(files.open)
    dropped.table_dropped.connect(own_data.show_table)
    dropped.folder_dropped.connect(menus.open_folder)


def wire_words(
    *,
    status: StatusBar,
    message: MessageBar,
    edits: Edits,
    files: DocumentFiles,
    exports: Exports,
    menus: Menus,
    copying: Copying,
    own_data: OwnData,
    unsaved: UnsavedWork,
    worker: TrainingWorker,
    transport: TransportBar,
    trying: Trying,
    weights: TrainedWeights,
    fair_races: FairRaces,
    making: Making,
    keeping: Keeping,
) -> None:
    """What was done stands in the status bar, what went wrong in the message bar."""
    for part in (files, exports, menus, weights, fair_races, making, keeping):
        part.said.connect(status.announce)
        part.failed.connect(message.say)
    copying.said.connect(status.announce)
    exports.copy_wanted.connect(copying.copy_view)
    trying.failed.connect(message.say)
    own_data.said.connect(status.announce)
    unsaved.said.connect(status.announce)
    own_data.settled.connect(status.withdraw)
    edits.accepted.connect(message.hide)
    edits.refused.connect(message.say)
    edits.race_announced.connect(status.say_of_next_race)
    worker.failed.connect(message.say)
    worker.noted.connect(status.note_pace)
    transport.speed_changed.connect(status.set_speed)


def wire_frames(
    *, frames: Frames, demands: Demands, docks: Mapping[str, Dock], centre: Centre, looks: Looks, status: StatusBar
) -> None:
    """What has come to light, or has other colours, is drawn in the next frame."""
    for dock in docks.values():
        dock.shown_changed.connect(demands.tell)
    centre.currentChanged.connect(demands.tell)
    looks.changed.connect(status.fit_figures)
    looks.changed.connect(frames.clock.refresh)
