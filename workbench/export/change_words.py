"""What was changed of a race on its way, in the words and columns of exported tables. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.engine.race.changes import Change
from workbench.engine.race.snapshot import Snapshot


def changes_until(snapshot: Snapshot) -> tuple[Change, ...]:
    """The changes that the present state follows from, or that are in force from it on."""
    return tuple(change for change in snapshot.changes if change.step <= snapshot.step)


def change_column(changes: Sequence[Change], lane: int, steps: Sequence[int]) -> list[str]:
    """A cell a row: what was changed of a lane at its step, or since the row before; empty where nothing was.

    The rows after it follow from the new settings.
    """
    left = [change for change in changes if change.lane == lane]
    cells = []
    for step in steps:
        here = [change for change in left if change.step <= step]
        left = left[len(here) :]
        cells.append("; ".join(f"{c.setting}: {_shown(c.before)} -> {_shown(c.after)}" for c in here))
    return cells


def _shown(value: Any) -> str:
    return "none" if value == "" else str(value)


def change_rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The changes as they stand in `summary.json`."""
    lanes = snapshot.info.lanes
    return [
        {
            "step": change.step,
            "lane": lanes[change.lane].index,
            "label": lanes[change.lane].label,
            "setting": change.setting,
            "before": None if change.before == "" else change.before,
            "after": None if change.after == "" else change.after,
        }
        for change in changes_until(snapshot)
    ]
