"""What a race shows of itself at one moment: immutable values that may cross a thread border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import TensorSlice
from workbench.engine.race.changes import Change
from workbench.engine.race.ghosts import Ghost
from workbench.engine.race.history import HistoryView
from workbench.engine.race.race import Race
from workbench.engine.race.stays import Stay
from workbench.engine.race.stopping import StopRule

if TYPE_CHECKING:  # an objective has no samples
    from workbench.engine.datasets import Split

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LaneInfo:
    """A lane as the views name and paint it. `index` is its place in the experiment, disabled lanes counted.

    Lanes of one `draw` share their random numbers; it is 0 where nothing is random. `network` is the place of what it
    trains in `RaceInfo.networks`. A fork `begins` at a step, with the state of its `parent`, a place among the race's
    lanes; of any other lane that is -1.
    """

    label: str
    color: str
    index: int
    optimizer: str
    draw: int = 0
    network: int = 0
    parent: int = -1
    begins: int = 0


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """A network that lanes train: the names of its layers, P, and the steps of an epoch.

    `tensors` are its arrays in a parameter vector; `normalised` says of each normalised layer where its means lie among
    the running averages.
    """

    layers: tuple[str, ...]
    size: int
    steps_per_epoch: int
    tensors: tuple[TensorSlice, ...] = ()
    normalised: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RaceInfo:
    """What stays the same while a race runs.

    Attributes:
        kind: `objective` or `network`.
        key: the objective's or data set's key.
        lanes: the lanes in order; run r belongs to lane r // starts.
        starts: S.
        layers: names of the parts of a parameter vector.
        points: the starting points (S, D) of an objective, else None.
        minima: known minima (M, D) of an objective, else None; `values` are the losses there (M,).
        domain: what a picture should show of each axis (two, or one where D is 1), None where there is no surface.
        size: P.
        steps_per_epoch: 0 where there are no epochs.
        limit: where runs stop by themselves, None where they run on.
        metrics: names of the evaluated metrics.
        data: the training and test samples of a network, None for an objective.
        shakes: whether losses jump from step to step by chance: of batches, dropout or noise.
        tolerance: within which every run is to come for the race to end, None where it does not end so.
        stop: by which test loss a run comes to its end, None where it does not end so.
        measure: what is compared with it: `gap` (f − f*), `gradient_norm` or the training `loss`.
        networks: the networks that lanes train, several where some have one of their own; none for an objective. Then
            `layers` are those of the deepest, `size` is the largest, and `steps_per_epoch` that of the first lane.
        pairs: names of the pairs that an objective is to learn, most have none.
    """

    kind: str
    key: str
    lanes: tuple[LaneInfo, ...]
    starts: int
    layers: tuple[str, ...]
    points: Floats | None
    minima: Floats | None
    domain: tuple[tuple[float, float], ...] | None
    size: int
    steps_per_epoch: int
    limit: int | None
    metrics: tuple[str, ...]
    data: Split | None = None
    values: Floats | None = None
    shakes: bool = False
    tolerance: float | None = None
    measure: str = ""
    networks: tuple[NetworkInfo, ...] = ()
    stop: StopRule | None = None
    pairs: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        return len(self.lanes) * self.starts

    def begins(self, run: int) -> int:
        """The step at which a run begins: 0, but for one of a fork."""
        return self.lanes[run // self.starts].begins

    @property
    def has_several_networks(self) -> bool:
        """Whether lanes train networks that differ."""
        return len(self.networks) > 1

    def network_of(self, run: int) -> NetworkInfo:
        """The network of a run; of a race of an objective, its coordinates as such."""
        if not self.networks:
            return NetworkInfo(self.layers, self.size, self.steps_per_epoch)
        return self.networks[self.lanes[run // self.starts].network if self.has_several_networks else 0]

    def columns_of(self, run: int) -> list[int]:
        """The places in `layers` of the layers that a run's network has."""
        return [self.layers.index(name) for name in self.network_of(run).layers]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a race after `step` steps, complete in itself; all arrays are read-only.

    A fork that has not begun is not alive and has not diverged; its numbers are none.

    Attributes:
        info: what stays the same.
        generation: counts the races built; a new one makes old requests void.
        step: steps taken; `recorded` is the last step known to the history, further on after stepping back.
        theta: parameters (R, P).
        loss, gradient_norm: (R,) at this state, for the batch of the next step; the loss in the data's own unit.
        gradient_rms: root mean square of the gradient of each layer (R, L).
        alive: which runs go on; diverged_at: the step of divergence, -1 where there is none (R,).
        diverged_layer: the layer in which it began, its place in `info.layers`, -1 where none can be named (R,).
        reached_at: the step at which a run first came within the tolerance, or to the end of early stopping, -1 where
            it has not (R,).
        distance: to the nearest known minimum (R,), None where none is known.
        rates: the learning rate (R,) that the next step takes, its schedule applied; in a row of the history `rate` is
            that of the step which led there, at the start that of the first step.
        metrics: the last evaluated metrics by name (R,), empty for an objective; `metrics_step` is their step.
        evaluate_every: steps between two rows of `evaluations`, whose own row numbers count evaluations.
        history: rows of the run; `evaluations`: rows of the metrics, empty for an objective.
        changes: what was changed on the way, an edit, an undo or a redo, by step and lane.
        stays: which known minima runs came to rest in, as far as the race is recorded, and whether they left them.
        target: the step that it is on its way to, None where it is on none that is far enough to be seen.
        running: whether the race goes on by itself; finished: whether it reached its limit or every run diverged.
        steps_per_second: the pace of the engine, measured.
        extras: statistics that a visible view asked for, by the demand's name.
        saved: what changes beside the parameters, as `Problem.save` gives it: running averages.
        backwards: whether it goes back by itself.
        ghosts: runs that edits have replaced, for pictures to show pale; they are no part of the race.
        overlays: runs that were kept, which a person has laid over the pictures; they neither.
        seconds: what the steps of the race have taken, those that were repeated with it.
    """

    info: RaceInfo
    generation: int
    step: int
    recorded: int
    theta: Floats
    loss: Floats
    gradient_norm: Floats
    gradient_rms: Floats
    alive: NDArray[np.bool_]
    diverged_at: NDArray[np.int64]
    diverged_layer: NDArray[np.int64]
    reached_at: NDArray[np.int64]
    distance: Floats | None
    rates: Floats
    metrics: Mapping[str, Floats]
    metrics_step: int
    evaluate_every: int
    history: HistoryView
    evaluations: HistoryView | None
    changes: tuple[Change, ...] = ()
    stays: tuple[Stay, ...] = ()
    target: int | None = None
    running: bool = False
    finished: bool = False
    steps_per_second: float = 0.0
    extras: Mapping[str, Any] = field(default_factory=dict)
    saved: Mapping[str, Floats] = field(default_factory=dict)
    backwards: bool = False
    ghosts: tuple[Ghost, ...] = ()
    overlays: tuple[Ghost, ...] = ()
    seconds: float = 0.0

    @property
    def pale(self) -> tuple[Ghost, ...]:
        """All runs that pictures show pale beside those of the race."""
        return (*self.overlays, *self.ghosts)

    def best(self, metric: str) -> tuple[Floats, NDArray[np.int64]] | None:
        """The lowest value of a metric that each run had at an evaluation up to now, and its step, (R,) each.

        None where there is no such metric; no number, and step -1, for a run that never had one.
        """
        record = self.evaluations
        if record is None or metric not in record.values:
            return None
        steps = record.steps * self.evaluate_every
        count = int(np.searchsorted(steps, self.step, side="right"))
        values = np.asarray(record.values[metric][:count], np.float64)
        if metric in self.metrics and self.metrics_step <= self.step and not (steps[:count] == self.metrics_step).any():
            steps = np.append(steps[:count], self.metrics_step)
            values = np.concatenate([values, np.asarray(self.metrics[metric], np.float64)[None]])
        if not len(values):
            return None
        places = np.argmin(np.where(np.isnan(values), np.inf, values), axis=0)
        best = values[places, np.arange(values.shape[1])]
        return best, np.where(np.isnan(best), -1, steps[places])

    @property
    def epoch(self) -> float:
        """Epochs taken, a fraction within one; 0 where there are none."""
        return self.step / self.info.steps_per_epoch if self.info.steps_per_epoch else 0.0


def take_snapshot(
    race: Race,
    info: RaceInfo,
    generation: int,
    *,
    target: int | None = None,
    running: bool = False,
    steps_per_second: float = 0.0,
    extras: Mapping[str, Any] | None = None,
    ended: bool = False,
    backwards: bool = False,
    ghosts: tuple[Ghost, ...] = (),
    overlays: tuple[Ghost, ...] = (),
    seconds: float = 0.0,
) -> Snapshot:
    """Copy what a race shows now; the race may go on at once, unless the run has `ended` and shows its last row."""
    theta = race.shown_theta()
    unbegun = race.forks.unbegun(race.step)

    def shown(array: Floats) -> Floats:
        """A copy, without what stands there for runs that have not begun."""
        return (
            _copy(array)
            if unbegun is None
            else _copy(np.where(unbegun if array.ndim == 1 else unbegun[:, None], np.nan, array))
        )

    distance = race.problem.distance(theta)
    history = race.history.view(ended=ended)
    return Snapshot(
        info=info,
        generation=generation,
        step=race.step,
        recorded=race.history.last,
        theta=_copy(theta),
        loss=shown(race.shown_loss()),
        gradient_norm=shown(race.gradient_norm),
        gradient_rms=shown(race.gradient_rms()),
        alive=_copy(race.alive),
        diverged_at=_copy(race.diverged_at),
        diverged_layer=_copy(race.diverged_layer),
        reached_at=_copy(race.reached_at),
        distance=None if distance is None else _copy(distance),
        rates=shown(race.rates()),
        metrics={name: _copy(values) for name, values in race.metrics.items()},
        metrics_step=race.metrics_step,
        evaluate_every=race.evaluated.every,
        history=history,
        evaluations=None if race.evaluated.record is None else race.evaluated.record.view(),
        changes=race.changes,
        stays=race.stays(history),
        target=target,
        running=running,
        finished=race.finished,
        steps_per_second=steps_per_second,
        extras=extras or {},
        saved=race.problem.save(),
        backwards=backwards,
        ghosts=ghosts,
        overlays=overlays,
        seconds=seconds,
    )


def _copy(array: NDArray[Any]) -> NDArray[Any]:
    fresh = array.copy()
    fresh.flags.writeable = False
    return fresh
