"""What a race takes over from the one before it: the record, the states and the changes of lanes that are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.race import Race
from workbench.engine.side_by_side import part_of, parts_of, saved_of


def inherit(race: Race, old: Race, same: Sequence[int | None]) -> int:
    """Let a race, fresh at step 0, know what `old` knows of its lanes; gives the last step of which it does.

    `same` gives for each lane its place in `old`, None for one that is none of its lanes. Those that are none of them
    must be forks: all of the race is the same until the first of them begins. The race is left at step 0, from which
    `approach` goes on. 0, with nothing taken over, where there is nothing, or the two records have not one shape.
    """
    last = min((race.forks.firsts[lane] - 1 for lane, at in enumerate(same) if at is None), default=old.history.last)
    last = min(last, old.history.last)
    if last < 1 or not _is_alike(race, old):
        return 0
    source = _sources(race, same)
    runs = _runs(race, same)
    race.history.take_rows(old.history, runs, last)
    if race.evaluated.record is not None and old.evaluated.record is not None:
        race.evaluated.record.take_rows(old.evaluated.record, runs, last // race.evaluated.every)
    own = race.lanes
    race.rules = {
        step: tuple(own[lane] if at is None else rules[at] for lane, at in enumerate(same))
        for step, rules in old.rules.items()
    }
    race.checkpoints.spacing = old.checkpoints.spacing
    for checkpoint in old.checkpoints.up_to(last):
        race.checkpoints.keep(_as_of(checkpoint, race, old, same, source))
    return last


def _is_alike(race: Race, old: Race) -> bool:
    """Whether the records of both have one shape, whatever the number of runs."""
    ours, theirs = race.evaluated.record, old.evaluated.record
    if race.problem.starts != old.problem.starts or race.evaluated.every != old.evaluated.every:
        return False
    if (ours is None) != (theirs is None) or (ours is not None and theirs is not None and not ours.is_like(theirs)):
        return False
    return race.history.is_like(old.history)


def _sources(race: Race, same: Sequence[int | None]) -> list[int]:
    """The lane of the old race that each lane's past is of: its own, or that of what it begins from."""
    found = []
    for lane in range(len(same)):
        at = lane
        while same[at] is None and (fork := race.forks.origins[at]) is not None:
            at = fork.lane
        place = same[at]
        found.append(0 if place is None else place)
    return found


def _runs(race: Race, places: Sequence[int | None]) -> NDArray[np.intp]:
    """The old run of each run (R,), -1 for none."""
    starts = race.problem.starts
    first = np.array([-1 if at is None else at * starts for at in places], np.intp)
    return np.where(first[:, None] < 0, -1, first[:, None] + np.arange(starts)).ravel()


def _problem_as_of(checkpoint: Checkpoint, race: Race, old: Race, runs: NDArray[np.intp]) -> dict[str, Floats]:
    """What changes beside the parameters, of the runs of the new race."""
    saved = race.problem.save()
    for part in parts_of(race.problem):
        own = saved_of(race.problem, part, saved)
        for run in range(part.rows.start, part.rows.stop):
            source = part_of(old.problem, int(runs[run]))
            theirs = saved_of(old.problem, source, checkpoint.problem)
            for name, array in own.items():
                array[run - part.rows.start] = theirs[name][int(runs[run]) - source.rows.start]
    return saved


def _as_of(
    checkpoint: Checkpoint, race: Race, old: Race, same: Sequence[int | None], source: Sequence[int]
) -> Checkpoint:
    """A state of the old race as one of the new: a fork that has not begun is where its parent is."""
    starts, runs, begun = race.problem.starts, _runs(race, source), _runs(race, same) >= 0
    optimizers: list[dict[str, Floats]] = []
    for group in race.groups:
        arrays = {name: array.copy() for name, array in group.optimizer.state_arrays.items()}
        for place, lane in enumerate(group.lanes):
            at = same[lane]
            if at is None:
                continue
            number = next(i for i, other in enumerate(old.groups) if at in other.lanes)
            there = (at - old.groups[number].lanes.start) * starts
            for name, array in checkpoint.optimizers[number].items():
                arrays[name][place * starts : (place + 1) * starts] = array[there : there + starts]
        optimizers.append(arrays)
    memories = tuple(
        {} if at is None else {name: array.copy() for name, array in checkpoint.schedules[at].items()} for at in same
    )
    theta = np.zeros_like(race.theta)
    width = min(theta.shape[1], checkpoint.theta.shape[1])  # that of the widest network: each lane's own is no wider
    theta[:, :width] = checkpoint.theta[runs, :width]
    return Checkpoint(
        checkpoint.step,
        theta,
        checkpoint.alive[runs] & begun,
        np.where(begun, checkpoint.diverged_at[runs], -1),
        tuple(optimizers),
        memories,
        problem=_problem_as_of(checkpoint, race, old, runs),
        diverged_layer=np.where(begun, checkpoint.diverged_layer[runs], -1),
        reached_at=np.where(begun, checkpoint.reached_at[runs], -1),
        stopping={name: array[runs] for name, array in checkpoint.stopping.items()},
    )
