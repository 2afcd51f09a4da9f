"""A lane of an experiment by itself: found by its name or number, with everything filled in that its script needs."""

from __future__ import annotations

import re

from workbench.engine.params import show
from workbench.experiment.experiment import Experiment, replace
from workbench.experiment.filling import fill
from workbench.experiment.lane_networks import of_lane
from workbench.export.code.head import lane_title
from workbench.export.code.parts import NoCode


def listed_lanes(experiment: Experiment) -> str:
    """The lanes by number and name, for a sentence; numbers count as in the paths of the file, from 0."""
    return ", ".join(f"{i} ({lane_title(lane)})" for i, lane in enumerate(experiment.lanes))


def find_lane(experiment: Experiment, text: str) -> int:
    """The place of a lane that is given by its name, by its number, or as `lanes[number]`; numbers count from 0.

    Raises:
        NoCode: no lane, or several, are called that.
    """
    titles = [lane_title(lane) for lane in experiment.lanes]
    found = [i for i, title in enumerate(titles) if title == text]
    if not found:
        found = [i for i, title in enumerate(titles) if title.casefold() == text.casefold()]
    number = re.fullmatch(r"(?a:lanes\[(\d{1,9})\]|(\d{1,9}))", text)
    if not found and number and int(number[1] or number[2]) < len(titles):
        found = [int(number[1] or number[2])]
    if len(found) == 1:
        return found[0]
    problem = "several lanes are called that" if found else "there is no such lane"
    raise NoCode(f"lane {show(text)}: {problem}; there are {listed_lanes(experiment)}")


def alone(experiment: Experiment, index: int) -> Experiment:
    """The experiment with that lane alone, every default filled in: it gives the numbers that it gives in the race.

    Raises:
        NoCode: the lane begins on another one's way.
    """
    origin = experiment.lanes[index].origin
    if origin is not None:
        parent = lane_title(experiment.lanes[origin.lane]) if origin.lane < len(experiment.lanes) else ""
        raise NoCode(
            f"a script begins at the start, and this lane is a fork: it goes on from step {origin.step} of "
            f"lanes[{origin.lane}] ({parent}), with the state of its optimizer"
        )
    lane = replace(experiment.lanes[index], enabled=True)
    return fill(replace(experiment, lanes=(lane,)))


def with_own_network(single: Experiment) -> Experiment:
    """The experiment of one lane with that lane's network as the problem's. Its weights may begin otherwise."""
    lane = single.lanes[0]
    network = of_lane(single, lane)
    if network is None:
        return single
    written: Experiment = replace(single, problem=network, lanes=(replace(lane, network=None),))
    return written
