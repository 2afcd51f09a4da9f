"""From which maps are wanted to what is computed: the requests, and the text of all that each depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.experiment import files
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.studies.map_cells import with_settings
from workbench.studies.map_picture import MapAxis, MapRequest
from workbench.studies.map_wanted import Wanted, chosen, parts, through

#: steps of a run that nobody has said anything of, and at most where the race says more
_STEPS = 300
#: how far above the lowest known loss a run has arrived, and what loss of a network is low
GAP, _LOSS = 1e-3, 0.1


def requests_of(
    experiment: Experiment, wanted: Wanted, axes: Mapping[int, Sequence[MapAxis]]
) -> list[tuple[int, MapRequest]]:
    """The maps of the lanes that are wanted, whose settings are `axes`; in each the lane is the only one.

    Raises:
        RequestError: no lane can have the third setting's value.
    """
    steps = wanted.steps or min(_STEPS, experiment.steps or _STEPS)
    network = not isinstance(experiment.problem, ObjectiveSetup)
    tolerance = experiment.tolerance or (_LOSS if network else GAP)
    found = []
    pair = chosen(wanted.x, wanted.y, axes[wanted.lanes[0]])
    for lane in wanted.lanes:
        mine = {axis.key: axis for axis in axes[lane]}
        if not all(axis.key in mine for axis in pair):  # another rule has other settings
            mine_pair = chosen(wanted.x, wanted.y, axes[lane])
        else:
            mine_pair = pair
        x, y = parts(wanted.part, *mine_pair) or mine_pair
        third = through(wanted.through, axes[lane], (x.key, y.key))
        others = () if third is None else ((third[0].key, third[1]),)
        changed = with_settings(experiment, lane, dict(others))
        if others and changed is not None:
            files.parse(files.tables_of(changed))  # as if a file said so
        found.append((lane, MapRequest(0, x, y, wanted.side, steps, float(tolerance), others)))
    return found


def text_of(experiment: Experiment, lane: int, request: MapRequest) -> str:
    """All that a map depends on, as text: another name, colour or lane beside it makes no other map."""
    one = alone(experiment, lane)
    keys = {request.x.key, request.y.key, *(key for key, _ in request.through)}
    settings = {key: 0.0 for key in keys if key.startswith("start.")}
    if settings:  # where the start is now, as it is dragged about
        one = with_settings(one, 0, settings) or one
    return files.dumps(one)


def alone(experiment: Experiment, lane: int) -> Experiment:
    """The experiment with one lane that begins at the start, without what changes no number or ends runs early."""
    own = replace(experiment.lanes[lane], label="", color="", enabled=True, origin=None)
    found: Experiment = replace(experiment, lanes=(own,), title="", notes="", view={}, tolerance=None, stop=None)
    return found
