"""Lanes that begin from other lanes: what is right of that, and lanes that keep their origins in another order."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.engine.params import RequestError
from workbench.engine.race.forks import Fork
from workbench.experiment.experiment import Experiment, Lane, replace


def check_origins(experiment: Experiment) -> None:
    """Refuse a lane that cannot begin where it says.

    Raises:
        RequestError: the first fault, with its place.
    """
    lanes = experiment.lanes
    for i, lane in enumerate(lanes):
        if lane.origin is None:
            continue
        parent, step, place = lane.origin.lane, lane.origin.step, f"lanes[{i}].from"
        if parent >= len(lanes):
            raise RequestError(f"{place}.lane", f"must be the number of a lane, 0 to {len(lanes) - 1}, got {parent}")
        if parent == i:
            raise RequestError(f"{place}.lane", f"must be another lane than lanes[{i}] itself, got {parent}")
        way = _way(lanes, i)
        if way[-1] in way[:-1]:
            told = " -> ".join(f"lanes[{at}]" for at in way)
            raise RequestError(f"{place}.lane", f"must lead to a lane that begins at the start, got a circle: {told}")
        if lane.enabled and not lanes[parent].enabled:
            raise RequestError(f"{place}.lane", f"must be a lane that takes part, but lanes[{parent}] is not enabled")
        if lane.network != lanes[parent].network:
            raise RequestError(f"lanes[{i}].network", f"must be that of lanes[{parent}], from which the lane begins")
        if experiment.steps is not None and step > experiment.steps:
            raise RequestError(
                f"{place}.step", f"must be at most the experiment's `steps`, {experiment.steps}, got {step}"
            )
        begins = first_step(lanes, parent)
        if step < begins:
            raise RequestError(
                f"{place}.step", f"must be at least {begins}, the step at which lanes[{parent}] begins, got {step}"
            )


def _way(lanes: Sequence[Lane], index: int) -> list[int]:
    """From a lane to the one that it begins from, and on; the last one begins at the start, or was there before."""
    way = [index]
    while (origin := lanes[way[-1]].origin) is not None and origin.lane < len(lanes):
        way.append(origin.lane)
        if origin.lane in way[:-1]:
            break
    return way


def first_step(lanes: Sequence[Lane], index: int) -> int:
    """The step at which a lane begins."""
    origin = lanes[index].origin
    return 0 if origin is None else origin.step


def forks_of(experiment: Experiment) -> tuple[Fork | None, ...]:
    """Where each enabled lane begins, its parent by its place among the enabled ones."""
    places = {i: place for place, (i, _) in enumerate(experiment.enabled_lanes)}
    return tuple(
        None if lane.origin is None else Fork(places[lane.origin.lane], lane.origin.step)
        for _, lane in experiment.enabled_lanes
    )


def ancestors(lanes: Sequence[Lane], index: int) -> set[int]:
    """The lanes that a lane's past is of, not itself."""
    return set(_way(lanes, index)[1:])


def descendants(lanes: Sequence[Lane], index: int) -> set[int]:
    """The forks of a lane, and theirs."""
    return {i for i in range(len(lanes)) if index in _way(lanes, i)[1:]}


def in_order(lanes: Sequence[Lane], places: Sequence[int]) -> list[Lane]:
    """The lanes at these places in this order, each fork with its parent wherever that stands now.

    A parent that is not among them takes its forks' origin along: what is left of the fork begins at the start.
    """
    now = {place: i for i, place in enumerate(places)}
    found: list[Lane] = []
    for place in places:
        lane = lanes[place]
        if lane.origin is not None:
            at = now.get(lane.origin.lane)
            lane = replace(lane, origin=None if at is None else replace(lane.origin, lane=at))
        found.append(lane)
    return found


def inserted(lanes: Sequence[Lane], at: int, lane: Lane) -> list[Lane]:
    """The lanes with another one in place `at`; its origin is told by the places as they are now."""

    def moved(each: Lane) -> Lane:
        if each.origin is None or each.origin.lane < at:
            return each
        shifted: Lane = replace(each, origin=replace(each.origin, lane=each.origin.lane + 1))
        return shifted

    found = [moved(each) for each in lanes]
    found.insert(at, moved(lane))
    return found


def without(lanes: Sequence[Lane], index: int) -> list[Lane]:
    """The lanes without one and without its forks, which have no past without it."""
    gone = {index} | descendants(lanes, index)
    return in_order(lanes, [i for i in range(len(lanes)) if i not in gone])


def taking_part(lanes: Sequence[Lane], index: int, *, enabled: bool) -> list[Lane]:
    """The lanes with one that takes part, or not: its parents take part with it, and its forks stop with it."""
    with_it = {index} | (ancestors(lanes, index) if enabled else descendants(lanes, index))
    return [replace(lane, enabled=enabled) if i in with_it else lane for i, lane in enumerate(lanes)]


def numbers(lanes: Sequence[Lane], index: int) -> tuple[object, ...]:
    """All of a lane that its run follows from, with what it begins from: lanes of the same are the same run."""
    lane = lanes[index]
    own = replace(lane, label="", color="", enabled=True, origin=None)
    if lane.origin is None:
        return (own,)
    return (own, lane.origin.step, *numbers(lanes, lane.origin.lane))
