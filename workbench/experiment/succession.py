"""From one experiment to the next: which runs stay the same, and which are replaced."""

from __future__ import annotations

from typing import Any

from workbench.engine.objectives import objectives
from workbench.engine.race.race import Race
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, ObjectiveSetup, replace
from workbench.experiment.origins import ancestors, first_step, numbers


def identity(experiment: Experiment) -> tuple[Any, ...]:
    """All that the runs of an experiment follow from: of equal ones, the runs are equal."""
    lanes = tuple(numbers(experiment.lanes, i) for i, _ in experiment.enabled_lanes)
    return (experiment.problem, experiment.seed, experiment.steps, *_ends(experiment), lanes)


def _ends(experiment: Experiment) -> tuple[Any, ...]:
    """What runs come to their end by, besides the limit: it is remembered with every state."""
    return (experiment.tolerance, experiment.stop)


def same_lanes(old: Experiment, new: Experiment) -> list[int | None]:
    """For each lane of the new race its place in the old one, None where it is none of those.

    Of equal lanes the one that stood in the same place of the experiment, else the first that is left.
    """
    places: list[int | None] = [None] * len(new.enabled_lanes)
    if (old.problem, old.seed) != (new.problem, new.seed):
        return places
    left = {at: (i, numbers(old.lanes, i)) for at, (i, _) in enumerate(old.enabled_lanes)}
    wanted = [(i, numbers(new.lanes, i)) for i, _ in new.enabled_lanes]
    for own_place in (True, False):
        for place, (i, own) in enumerate(wanted):
            if places[place] is None:
                found = (at for at, (j, theirs) in left.items() if theirs == own and (i == j or not own_place))
                places[place] = next(found, None)
                left.pop(places[place], None)  # type: ignore[arg-type]
    return places


def keeps(old: Experiment, new: Experiment) -> bool:
    """Whether the race of `new` goes on from the one of `old`, though another one is built for it.

    So it is where a lane is a fork: what comes, goes or changes there leaves the others as they are. Elsewhere all
    begin again, and so do all whose problem or seed is another, or comes to its end otherwise.
    """
    forks = any(lane.origin is not None for each in (old, new) for _, lane in each.enabled_lanes)
    if not forks or (old.problem, old.seed, *_ends(old)) != (new.problem, new.seed, *_ends(new)):
        return False
    if old.steps != new.steps and any(lane.schedule is not None for lane in (*old.lanes, *new.lanes)):
        return False  # schedules know the number of steps
    same = same_lanes(old, new)
    if _ends(new) != (None, None) and len([at for at in same if at is not None]) < len(old.enabled_lanes):
        return False  # what is gone may be all that the race went on for
    pairs = zip(same, new.enabled_lanes, strict=True)
    return all(at is not None or first_step(new.lanes, i) > 1 for at, (i, _) in pairs)


def take_over(old: Experiment, old_race: Race, new: Experiment, race: Race) -> int:
    """Let the race of `new`, at step 0, know what the race of `old` knows of the lanes that stay.

    Gives the last step up to which it does, 0 where it knows nothing.
    """
    from workbench.engine.race.inherit import inherit  # loaded with the first fork

    return inherit(race, old_race, same_lanes(old, new)) if keeps(old, new) else 0


def replaced_runs(old: Experiment, new: Experiment, starts: int) -> list[tuple[int, int]]:
    """The runs, by lane and start, of a race of so many starts that an edit makes others, and does not just take away.

    The first start of each lane comes first. Starts that are added leave the runs from the others what they are.
    """
    gone = _gone_starts(old, new, starts)
    like = old if gone is None else replace(old, problem=new.problem)
    same = same_lanes(like, new)
    kept, there = set(same), {i: at for at, (i, _) in enumerate(old.enabled_lanes)}
    lanes = {
        there[i]: set(range(starts)) if same[place] is None else set(gone or ())
        for place, (i, _) in enumerate(new.enabled_lanes)
        if i in there and (same[place] is not None or there[i] not in kept)
    }
    return [(lane, start) for start in range(starts) for lane in sorted(lanes) if start in lanes[lane]]


def _gone_starts(old: Experiment, new: Experiment, starts: int) -> set[int] | None:
    """The starts that are others now, where nothing else of the problem is; None where more than the starts is."""
    a, b = old.problem, new.problem
    if (a, old.seed) == (b, new.seed):
        return set()
    if not isinstance(a, ObjectiveSetup) or not isinstance(b, ObjectiveSetup) or old.seed != new.seed:
        return None
    if replace(a, start=()) != replace(b, start=()):
        return None
    before, after = _points(a), _points(b)
    if len(after) < len(before):  # taken away
        return set()
    if a.noise > 0:  # which follows from the number of the start
        return {start for start in range(starts) if before[start] != after[start]}
    return {start for start in range(starts) if before[start] not in set(after)}


def edited_lanes(old: Experiment, new: Experiment, step: int) -> list[int]:
    """The places of the lanes that take other steps from a step on, where settings are changed live.

    Those are the lanes with other settings, and forks that begin from one of them later on.
    """
    # lanes that take no part may have come or gone behind those that do
    pairs = zip(old.lanes, new.lanes, strict=False)
    changed = {i for i, (a, b) in enumerate(pairs) if _live(a) != _live(b)}
    later = {
        i for i, lane in enumerate(new.lanes)
        if lane.origin is not None and lane.origin.step > step and changed & ancestors(new.lanes, i)
    }  # fmt: skip
    return [place for place, (i, _) in enumerate(new.enabled_lanes) if i in changed | later]


def _live(lane: Lane) -> tuple[Any, ...]:
    return (lane.hyperparameters, lane.schedule, lane.gradient)


def ground(experiment: Experiment) -> tuple[Any, ...]:
    """What losses of two experiments must have in common to be drawn in one picture."""
    problem = experiment.problem
    if isinstance(problem, NetworkSetup):
        return ("network", problem.data, problem.loss, problem.loss_parameters)
    parameters = objectives.get(problem.objective).complete(problem.parameters)
    return ("objective", problem.objective, parameters, len(_points(problem)[0]))


def _points(problem: ObjectiveSetup) -> tuple[tuple[float, ...], ...]:
    """The starting points, the usual one where none is given."""
    if problem.points:
        return problem.points
    entry = objectives.get(problem.objective)
    return (tuple(entry(entry.complete(problem.parameters)).usual_start()),)
