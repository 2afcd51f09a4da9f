"""A race: several lanes, each an optimizer with its settings, minimise the same problem from the same starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats, Problem
from workbench.engine.race.beginning import WHOLE, paired
from workbench.engine.race.changes import Change, changes
from workbench.engine.race.checkpoints import Checkpoint, Checkpoints
from workbench.engine.race.evaluations import Evaluations
from workbench.engine.race.forks import Fork, Forks
from workbench.engine.race.groups import Group, build_groups
from workbench.engine.race.history import History, HistoryView
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.measures import DIVERGED_BEYOND, Norms, Ratios, all_finite, layers_of, surely_fine
from workbench.engine.race.stays import Stay, Watch
from workbench.engine.race.stopping import METRIC, Stopping, StopRule
from workbench.engine.side_by_side import Part, part_of, parts_of

__all__ = ["DIVERGED_BEYOND", "LaneRule", "Race"]


class Race:
    """R runs side by side, run by one loop; stepping back and forward again is exact.

    Row r belongs to lane r // S and start r mod S. `theta`, `gradient`, `loss` hold the state after `step` steps, the
    last two for the batch that the next step uses. Only the race writes its buffers.

    A run whose loss or gradient stops being a number of reasonable size has diverged, and so has one with a parameter
    that is no number: it stays where it is, its later rows are not-a-number, and the others go on.
    """

    def __init__(
        self,
        problem: Problem,
        lanes: Sequence[LaneRule],
        *,
        limit: int | None = None,
        tolerance: float | None = None,
        record_every: int = 1,
        capacity: int | None = 8192,
        evaluate_every: int = 0,
        stop: StopRule | None = None,
        forks: Sequence[Fork | None] = (),
    ) -> None:
        """Build the race and evaluate it at step 0.

        The race ends at `limit` steps, or where every run has come within `tolerance` of its end (`Problem.shortfall`),
        or to the end that `stop` says, which looks at the test loss as often as the problem evaluates it by itself.
        `capacity` bounds the rows of the history (None keeps all, for files); `evaluate_every` is the number of steps
        between evaluations of the problem's metrics, 0 for as many as its sizes allow (`Problem.metrics_every`).
        `forks` says for each lane where it begins, None for the start, nothing where all begin there.
        """
        self.problem, self._unit = problem, _unit_of(problem)
        #: the lanes of each network, one part where all train the same
        self.parts: tuple[Part, ...] = parts_of(problem)
        self.limit, self.tolerance = limit, tolerance
        self.theta = problem.initial()
        self.gradient, self._flat = np.zeros_like(self.theta), self.theta.reshape(-1)
        runs = problem.runs
        self.step = 0
        self.alive = np.ones(runs, dtype=bool)
        self.diverged_at = np.full(runs, -1, dtype=np.int64)
        self.diverged_layer = np.full(runs, -1, dtype=np.int64)
        #: what early stopping remembers, None without it
        self.stopping = None if stop is None or METRIC not in problem.metrics else Stopping(stop, runs)
        #: whether a race may end before its limit though no run has diverged
        self._may_end = tolerance is not None or self.stopping is not None
        #: the step at which a run first came within the tolerance, or was stopped, -1 where it has not
        self.reached_at = np.full(runs, -1, dtype=np.int64)
        self.forks = Forks(forks, lanes, problem.starts)
        self.alive &= self.forks.begins == 0
        self._all_alive = bool(self.alive.all())
        self.rates_taken: Floats = np.empty(runs)
        #: what `rates` gives while this race mirrors another one, whose memory of the losses it does not have
        self.mirrored_rates: Floats | None = None
        self._lanes = tuple(lanes)
        #: what the schedule of each lane remembers of the losses
        self.memories: list[dict[str, Floats]] = [{} for _ in lanes]
        self._groups = build_groups(self, self._lanes, self.forks.clocks)
        self._put_in_force(self._lanes)
        #: the rules in force from a step on; the last one at or before a step counts
        self.rules: dict[int, tuple[LaneRule, ...]] = {0: self._lanes}
        self._changes: tuple[dict[int, tuple[LaneRule, ...]], tuple[Change, ...]] = (self.rules, ())
        known = problem.known_minima
        self._watch = None if known is None else Watch(*known, roots=self.forks.roots)
        shapes = _recorded(problem)
        if capacity is not None:  # long rows (many dimensions) leave room for fewer of them
            row = 8 * sum(int(np.prod(shape)) for shape in shapes.values())
            capacity = max(256, min(capacity, (128 << 20) // row))
        pairs = paired(problem.starts, problem.size) if capacity is not None and record_every == 1 else ()
        self.history = History(
            shapes, ("loss", "gradient_norm"), stride=record_every, capacity=capacity, whole=WHOLE, pairs=pairs
        )
        self.evaluated = Evaluations(problem, evaluate_every, capacity)
        self.checkpoints = Checkpoints()
        self._norms, self._ratios = Norms(self.gradient, self.parts), Ratios(self.theta, self.parts)
        self._has_ratios, self._has_path = "update_ratio" in shapes, "path" in shapes
        self._before, self._held = self._ratios.before, self._ratios.scratch
        with np.errstate(all="ignore"):
            self._arrive(None)

    @property
    def lanes(self) -> tuple[LaneRule, ...]:
        """The rules in force."""
        return self._lanes

    @property
    def metrics(self) -> Mapping[str, Floats]:
        """The metrics of the last evaluation by name (R,), and in `metrics_step` its step."""
        return self.evaluated.metrics

    @property
    def metrics_step(self) -> int:
        return self.evaluated.step

    @property
    def squares(self) -> Floats:
        """The squared norm of each layer's gradient (R, L), at the present state."""
        return self._norms.squares

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed on the way, by step and lane."""
        if self._changes[0] is not self.rules:  # which are never written to: others take their place
            self._changes = (self.rules, changes(self.rules, self.forks.firsts))
        return self._changes[1]

    def stays(self, history: HistoryView) -> tuple[Stay, ...]:
        """Which known minima the runs came to rest in, and whether they were thrown out, as the race's record tells."""
        return () if self._watch is None else self._watch.read(history)

    @property
    def finished(self) -> bool:
        """Whether no run need go on: the limit is reached, all diverged, or those left are within the tolerance."""
        if (self.limit is not None and self.step >= self.limit) or not self.alive.any():
            return True
        if not self._may_end or self.step < self.forks.last:
            return False
        return bool(((self.reached_at >= 0) | ~self.alive).all())

    def advance(self, steps: int = 1, interrupted: Callable[[], bool] | None = None) -> int:
        """Take up to `steps` steps and give the number taken.

        Fewer are taken where the race is finished, or `interrupted`, asked after each step, says so.
        """
        taken = 0
        if self.limit is not None:
            steps = min(steps, self.limit - self.step)
        with np.errstate(all="ignore"):
            # besides the limit, only a divergence, a tolerance or a rule ends a race: without any nothing is asked
            while taken < steps and ((self._all_alive and not self._may_end) or not self.finished):
                self._take_step()
                taken += 1
                if interrupted is not None and interrupted():
                    break
        return taken

    def seek(self, step: int) -> None:
        """Go to the state after `step` steps, forward or back: the nearest checkpoint, then the same steps again."""
        self.approach(step)
        self.advance(max(0, step) - self.step)

    def approach(self, step: int) -> None:
        """Go to the nearest kept state from which `step`, with the metrics shown there, is reached by advancing."""
        through = self.evaluated.reached_from(max(0, step), self.step)
        nearest = self.checkpoints.nearest(through)
        if through < self.step or nearest.step > self.step:
            self.restore(nearest)

    @property
    def groups(self) -> Sequence[Group]:
        """The lanes that are computed together: whoever asks reads, and writes nothing."""
        return self._groups

    def group_of(self, lane: int) -> Group:
        """The lanes that a lane is computed with: whoever asks reads, and writes nothing."""
        return next(group for group in self._groups if lane in group.lanes)

    def state(self) -> Checkpoint:
        """The state now, in the race's own arrays: to be sent or copied before its next step."""
        return Checkpoint(
            self.step,
            self.theta,
            self.alive,
            self.diverged_at,
            tuple(group.optimizer.state_arrays for group in self._groups),
            tuple(self.memories),
            problem=self.problem.save(),
            diverged_layer=self.diverged_layer,
            reached_at=self.reached_at,
            stopping={} if self.stopping is None else self.stopping.arrays,
        )

    def checkpoint(self) -> Checkpoint:
        """The state now, copied."""
        return self.state().copy()

    def rates(self) -> Floats:
        """The learning rate (R,) of the next step, its schedule applied."""
        if self.mirrored_rates is not None:
            return self.mirrored_rates
        rates = np.empty(self.problem.runs)
        for i, lane in enumerate(self._lanes):
            rows = self._rows_of(i)
            memory = {name: array.copy() for name, array in self.memories[i].items()}
            rates[rows] = float(lane.hyperparameters["learning_rate"]) * self._factor(i, memory)
        return rates

    def set_rules(self, lanes: Sequence[LaneRule]) -> None:
        """Change live hyperparameters and schedules from the next step on, keeping the optimizers' state.

        What was recorded beyond the present step followed from the old settings and is forgotten. The change itself
        is remembered: stepping back before it and forward again repeats it.
        """
        if [lane.fixed for lane in lanes] != [lane.fixed for lane in self._lanes]:
            raise ValueError("only live hyperparameters can change while a race runs")
        self.history.truncate(self.step)
        self.evaluated.truncate(self.step)
        self.checkpoints.truncate(self.step)
        self.remember_rules(self.step, tuple(lanes))
        self._put_in_force(tuple(lanes))
        if self.step == 0:  # its row tells the rate of the first step
            self.history.truncate(-1)
            self._record(None)

    def remember_rules(self, step: int, lanes: tuple[LaneRule, ...]) -> None:
        """Note that these rules come into force at a step, instead of whatever was to come after it."""
        self.rules = {at: rules for at, rules in self.rules.items() if at < step} | {step: lanes}

    def _put_in_force(self, lanes: tuple[LaneRule, ...]) -> None:
        self._lanes, starts = lanes, self.problem.starts
        for group in self._groups:
            rules = [lanes[i] for i in group.lanes for _ in range(starts)]
            group.take_rules(rules, self.problem.dtype)
            group.scheduled = any(rule.schedule is not None for rule in rules) or any(
                self.memories[i] for i in group.lanes
            )
            self.rates_taken[group.rows] = np.ravel(group.optimizer.exact.rate)

    def _take_step(self) -> None:
        k = self.step
        keep_before = self._has_ratios and self.history.wants(k + 1)
        if keep_before:
            np.copyto(self._before, self.theta)
        if not self._all_alive:
            np.copyto(self._held, self.theta)
        for group in self._groups:
            if group.scheduled:
                self._set_rate(group)
            gradient, options = group.gradient, group.options
            if options is not None:
                if options.changes_gradient and group.changed is not None:
                    gradient = options.apply(group.theta, gradient, group.changed)
                options.decay(group.theta, group.optimizer.exact.rate)
            # a fork's own rule may count from where it begins; what it does before that is nothing
            group.optimizer.step(group.theta, gradient, max(1, k + 1 - group.clock))
        if not self._all_alive:
            np.copyto(self.theta, self._held, where=~self.alive[:, None])
        self.step = k + 1
        self._arrive(self._before if keep_before else None)

    def _set_rate(self, group: Group) -> None:
        factors = [np.broadcast_to(self._factor(i, self.memories[i]), self.problem.starts) for i in group.lanes]
        group.optimizer.set_rate_factor(np.concatenate(factors)[:, None])
        self.rates_taken[group.rows] = np.ravel(group.optimizer.exact.rate)

    def _factor(self, lane: int, memory: dict[str, Floats]) -> Floats | float:
        """The factor on a lane's rate, one number or (S,), once its schedule has seen the present loss.

        A schedule's memory is made and dropped here alone, when a step is taken: settings changed back and forth
        while the race rests leave no trace.
        """
        schedule = self._lanes[lane].schedule
        if schedule is None or not schedule.remembers:
            memory.clear()
            return 1.0 if schedule is None else schedule.factor(self.step)
        if not memory:
            own = part_of(self.problem, lane * self.problem.starts).problem
            memory.update(schedule.begin(own.starts, own.steps_per_epoch))
        schedule.observe(memory, self.loss[self._rows_of(lane)])
        return np.asarray(schedule.factor(self.step) * memory["factor"])

    def _rows_of(self, lane: int) -> slice:
        return slice(lane * self.problem.starts, (lane + 1) * self.problem.starts)

    def _arrive(self, before: Floats | None) -> None:
        """Evaluate the state just reached, mark runs that diverged, record, keep a checkpoint."""
        begun = False
        if self.step <= self.forks.last:
            self.forks.follow(self)
            begun = self.forks.begin(self, before)
            self._all_alive = bool(self.alive.all())
        self._evaluate()
        if self.tolerance is not None:
            self._note_arrivals(self.tolerance)
        self._record(before)
        if self.stopping is not None and self.step % self.problem.metrics_every == 0:
            ended = self.stopping.look(self.step, self.evaluated.at(METRIC, self.theta, self.step))
            self.reached_at[(self.reached_at < 0) & self.alive & ended] = self.step
        if self.step and self.step in self.rules:
            self._put_in_force(self.rules[self.step])
        elif begun:  # the row told the rate of the step that led here, which was the parent's
            self._put_in_force(self._lanes)
        if self.checkpoints.wants(self.step):
            self.checkpoints.keep(self.checkpoint())

    def _evaluate(self) -> None:
        problem = self.problem
        self.loss = loss = problem.loss_and_gradient(self.theta, self.step, self.gradient)
        self.gradient_norm = norm = self._norms.measure()
        # a loss need not depend on a parameter that is no number any more; that of a network does, on every one
        near = not surely_fine(loss, norm) or not (problem.steps_per_epoch or all_finite(self._flat))
        if near or not self._all_alive:
            fine = (np.abs(loss) <= DIVERGED_BEYOND) & (norm <= DIVERGED_BEYOND)
            fine &= np.isfinite(self.theta).all(axis=1)
            died = self.alive & ~fine
            if died.any():
                self.diverged_at[died] = self.step
                self.diverged_layer[died] = problem.diverged_layer(self.theta, self.gradient)[died]
                self.alive &= fine
                self._all_alive = False

    def _note_arrivals(self, tolerance: float) -> None:
        shortfall = self.problem.shortfall(self.theta, self.step, self.loss, self.gradient_norm)
        if shortfall is not None:
            self.reached_at[(self.reached_at < 0) & self.alive & (shortfall <= tolerance)] = self.step

    def shown_loss(self) -> Floats:
        """The loss (R,) in the unit in which it is shown and recorded."""
        return self.loss if self._unit is None else np.asarray(self.loss * self._unit)

    def _record(self, before: Floats | None) -> None:
        gone = None if self._all_alive else self.gone()
        loss = self.loss if self._unit is None else self.shown_loss()
        row: dict[str, Any] = {"loss": loss, "gradient_norm": self.gradient_norm}
        if self.history.wants(self.step):
            # of the step that led here: what comes next may still be changed; at the start that of the first step
            row["rate"] = self.rates_taken if self.step else self.rates()
            if self._has_ratios:
                row["gradient_rms"] = self.gradient_rms()
                row["update_ratio"] = np.nan if before is None else self._ratios.measure()
        if gone is not None:
            for name, values in row.items():
                if np.ndim(values):
                    row[name] = np.where(gone[:, None] if np.ndim(values) == 2 else gone, np.nan, values)
        if self._has_path:
            row["path"] = self.theta if self.step >= self.forks.last else self.shown_theta()
        self.history.record(self.step, row)
        if self.evaluated.record is not None:
            self.evaluated.arrive(self.theta, self.step, self.gone)

    def shown_theta(self) -> Floats:
        """The parameters (R, P) as they are shown and recorded: not-a-number for runs that have not begun."""
        unbegun = self.forks.unbegun(self.step)
        return self.theta if unbegun is None else np.where(unbegun[:, None], np.nan, self.theta)

    def gone(self) -> NDArray[np.bool_]:
        """Which runs have no state now (R,): those that diverged before the present step, or have not begun."""
        return ~self.alive & (self.diverged_at < self.step)

    def evaluate_metrics(self) -> None:
        """Evaluate the problem's metrics at the present state."""
        self.evaluated.evaluate(self.theta, self.step, self.gone())

    def gradient_rms(self) -> Floats:
        """Root mean square of the gradient of each layer (R, L), at the present state."""
        return self._norms.rms()

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go to a state that this race, or one of the same experiment with the same changes, was in."""
        np.copyto(self.theta, checkpoint.theta)
        np.copyto(self.alive, checkpoint.alive)
        np.copyto(self.diverged_at, checkpoint.diverged_at)
        np.copyto(self.diverged_layer, checkpoint.diverged_layer)
        np.copyto(self.reached_at, checkpoint.reached_at)
        if self.stopping is not None:
            self.stopping.load(checkpoint.stopping)
        self.problem.load(checkpoint.problem)
        self.mirrored_rates = None
        self._all_alive = bool(self.alive.all())
        self.step = checkpoint.step
        kept = checkpoint.schedules
        self.memories = [{name: array.copy() for name, array in memory.items()} for memory in kept]
        last = max(at for at in self.rules if at <= self.step)
        self._put_in_force(self.rules[last])
        for group, state in zip(self._groups, checkpoint.optimizers, strict=True):
            group.optimizer.load(state)
        with np.errstate(all="ignore"):
            self._evaluate()
        self.evaluated.come_back(self.theta, self.step, self.gone())


def _unit_of(problem: Problem) -> Any:
    """What losses are multiplied with where they are shown, None where they stay as they are."""
    unit = problem.loss_unit
    return None if isinstance(unit, float) and unit == 1.0 else unit


def _recorded(problem: Problem) -> dict[str, tuple[int, ...]]:
    """What a row of the history holds, by name: the shapes of its arrays."""
    runs, layers = problem.runs, layers_of(parts_of(problem))
    shapes: dict[str, tuple[int, ...]] = {"loss": (runs,), "gradient_norm": (runs,), "rate": (runs,)}
    if problem.steps_per_epoch:
        shapes |= {"gradient_rms": (runs, layers), "update_ratio": (runs, layers)}
    if problem.size <= 16 or not problem.steps_per_epoch:
        shapes["path"] = (runs, problem.size)
    return shapes
