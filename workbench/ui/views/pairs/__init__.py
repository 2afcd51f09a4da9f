"""The error of each pair of an associative memory, lane by lane."""

from __future__ import annotations

from typing import Any

from workbench.ui.views.entry import CENTRE, Place, ViewEntry


def _has_pairs(info: Any) -> bool:
    return bool(info.pairs)


VIEW = ViewEntry(
    key="pairs",
    title="Pairs",
    doc="The error of each pair of an associative memory against the step, and now, lane by lane.",
    class_name="PairsView",
    place=Place(CENTRE, 3),
    table="the error of a pair at a step",
    kinds=("objective",),
    demands=("pairs",),
    shows=_has_pairs,
)
