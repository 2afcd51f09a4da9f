"""Checkpoints: bounded in memory and number, spread over the run, with the start always among them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.race.checkpoints import Checkpoint, Checkpoints


def checkpoint(step: int, numbers: int = 1) -> Checkpoint:
    return Checkpoint(
        step, np.full((1, numbers), float(step)), np.ones(1, bool), np.full(1, -1), ({"v": np.zeros((1, numbers))},)
    )


def run(kept: Checkpoints, first: int, last: int, numbers: int = 1) -> None:
    """Offer every step's state as a race does."""
    for step in range(first, last + 1):
        if kept.wants(step):
            kept.keep(checkpoint(step, numbers))


def reachable(kept: Checkpoints, last: int) -> list[int]:
    return sorted({kept.nearest(step).step for step in range(last + 1)})


@settings(max_examples=60, deadline=None)
@given(
    last=st.integers(0, 3000),
    limit=st.integers(2, 20),
    spacing=st.sampled_from([1, 3, 16]),
    cuts=st.lists(st.floats(0, 1), max_size=3),
)
def test_the_nearest_state_is_the_last_kept_at_or_before_a_step(
    last: int, limit: int, spacing: int, cuts: list[float]
) -> None:
    """Whatever was left out or truncated: step 0 is there, no state lies after the step, and none nearer is kept."""
    kept = Checkpoints(limit_count=limit, spacing=spacing)
    first = 0
    for cut in [*cuts, 1.0]:
        run(kept, first, last)
        assert len(kept) <= limit
        at = int(cut * last)
        kept.truncate(at)
        first = at + 1
        steps = reachable(kept, at)
        assert steps[0] == 0
        assert steps[-1] <= at
        for step in range(0, at + 1, 7):
            assert kept.nearest(step).step == max(s for s in steps if s <= step)
            assert kept.nearest(step).theta[0, 0] == kept.nearest(step).step


def test_the_number_is_bounded_and_the_states_stay_spread_over_the_whole_run() -> None:
    kept = Checkpoints(limit_count=10, spacing=1)
    run(kept, 0, 10_000)
    steps = reachable(kept, 10_000)
    assert len(kept) <= 10
    assert kept.nearest(0).step == 0
    assert max(np.diff([*steps, 10_000])) <= 2 * kept.spacing
    assert kept.spacing <= 4096


def test_the_memory_is_bounded() -> None:
    one = checkpoint(0, 1000).nbytes
    assert one == 2 * 8000
    kept = Checkpoints(limit_bytes=10 * one, spacing=1)
    run(kept, 0, 300, 1000)
    assert 3 <= len(kept) <= 10


def test_states_too_large_for_the_limit_still_leave_the_start() -> None:
    kept = Checkpoints(limit_bytes=1, spacing=1)
    run(kept, 0, 100)
    assert kept.nearest(100).step >= 0
    assert kept.nearest(0).step == 0
    assert len(kept) <= 2


def test_a_state_already_kept_is_not_asked_for_again() -> None:
    kept = Checkpoints(spacing=4)
    kept.keep(checkpoint(4))
    assert not kept.wants(4)
    assert not kept.wants(5)
    assert kept.wants(8)
    kept.keep(checkpoint(4))
    assert len(kept) == 1


def test_the_states_up_to_a_step_are_all_that_can_be_reached_in_order() -> None:
    """Evenly spaced ones first, then the closer ones of the last stretch; none after the step."""
    kept = Checkpoints(limit_count=10, spacing=1)
    run(kept, 0, 20_000)
    for last in (0, 700, 12_345, 20_000):
        steps = [c.step for c in kept.up_to(last)]
        assert steps == sorted(set(steps))
        assert steps[0] == 0
        assert steps[-1] == kept.nearest(last).step
    assert len(kept.up_to(20_000)) > 10
