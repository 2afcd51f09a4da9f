"""What was changed of a race on its way: read from the rules that came into force, so that it is never out of step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workbench.engine.params import Value
from workbench.engine.race.lane_rule import LaneRule

_ABSENT = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of one lane that was changed while the race ran: an edit, an undo or a redo.

    Attributes:
        step: the steps taken by then. Row `step` of the record still follows from the old setting, the next one from
            the new.
        lane: the lane's place in `RaceInfo.lanes`.
        setting: the hyperparameter's name; `schedule` for another kind of it, `schedule.<name>` for a setting of one
            and `schedule.total` for the length of the run that it knows; `gradient.<name>` for clipping and decay.
        before, after: the values; the kind of a schedule as its key, empty where there is none.
    """

    step: int
    lane: int
    setting: str
    before: Value
    after: Value


def changes(rules: Mapping[int, tuple[LaneRule, ...]], begins: Sequence[int] = ()) -> tuple[Change, ...]:
    """What differs from rules to rules, by step and lane; `rules` come into force at the step they are filed under.

    `begins` are the steps at which lanes begin: what they were set to until then is no change on the way.
    """
    begins = begins or (-1,) * max((len(lanes) for lanes in rules.values()), default=0)
    steps = sorted(rules)
    return tuple(
        Change(step, lane, *difference)
        for earlier, step in pairwise(steps)
        for lane, (old, new) in enumerate(zip(rules[earlier], rules[step], strict=True))
        if old is not new and (not begins[lane] > 0 or step > begins[lane])
        for difference in _differences(old, new)
    )


def _differences(old: LaneRule, new: LaneRule) -> Iterator[tuple[str, Value, Value]]:
    yield from _of_settings("", old.hyperparameters, new.hyperparameters)
    a, b = old.schedule, new.schedule
    if a is not None and b is not None and a.key == b.key:
        yield from _of_settings("schedule.", vars(a), vars(b))
    elif a is not None or b is not None:
        yield "schedule", a.key if a else _ABSENT, b.key if b else _ABSENT
    yield from _of_settings("gradient.", old.gradient or {}, new.gradient or {})


def _of_settings(prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Value, Value]]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if before != after:
            yield prefix + name, before, after
