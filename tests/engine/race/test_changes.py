"""What was changed of a race on its way: which lane, which setting, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.changes import Change, changes
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.schedules import schedules


def rule(optimizer: str = "adam", schedule: Any = None, gradient: Mapping[str, Any] | None = None, **given: Any) -> Any:
    params = optimizers.get(optimizer).params
    return LaneRule(optimizer, "pytorch", complete(params, given), schedule, gradient)


def test_nothing_was_changed_of_a_race_that_began_with_its_rules() -> None:
    assert changes({0: (rule(), rule("sgd"))}) == ()


def test_each_setting_of_each_lane_is_told_with_its_values() -> None:
    before = (rule(learning_rate=0.1), rule("sgd", learning_rate=0.2))
    after = (rule(learning_rate=0.05, beta1=0.8), rule("sgd", learning_rate=0.4))
    assert changes({0: before, 40: after}) == (
        Change(40, 0, "learning_rate", 0.1, 0.05),
        Change(40, 0, "beta1", 0.9, 0.8),
        Change(40, 1, "learning_rate", 0.2, 0.4),
    )


def test_an_undo_on_the_way_is_a_change_back() -> None:
    first, other = rule(learning_rate=0.1), rule(learning_rate=1.0)
    assert changes({0: (first,), 40: (other,), 60: (first,)}) == (
        Change(40, 0, "learning_rate", 0.1, 1.0),
        Change(60, 0, "learning_rate", 1.0, 0.1),
    )


def test_an_edit_that_was_taken_back_before_a_step_followed_leaves_no_mark() -> None:
    assert changes({0: (rule(learning_rate=0.1),), 40: (rule(learning_rate=0.1),)}) == ()


def test_schedules_and_clipping_are_told_too() -> None:
    cosine, step = schedules.get("cosine"), schedules.get("step")
    stages = {
        0: (rule(),),
        10: (rule(schedule=cosine({}, total=100)),),
        20: (rule(schedule=cosine({"warmup": 5}, total=100)),),
        30: (rule(schedule=step({}, total=100)),),
        40: (rule(schedule=step({}, total=100), gradient={"clip_norm": 1.0}),),
    }
    assert changes(stages) == (
        Change(10, 0, "schedule", "", "cosine"),
        Change(20, 0, "schedule.warmup", 0, 5),
        Change(30, 0, "schedule", "cosine", "step"),
        Change(40, 0, "gradient.clip_norm", "", 1.0),
    )
