"""Code of a lane: a script for PyTorch, Keras or NumPy alone that repeats what the lane does."""

from __future__ import annotations

from workbench.export.code.head import lane_title
from workbench.export.code.lanes import find_lane, listed_lanes
from workbench.export.code.parts import LIBRARIES, NoCode
from workbench.export.code.script import Code, lane_code, race_code, refusal, write

__all__ = [
    "LIBRARIES",
    "Code",
    "NoCode",
    "find_lane",
    "lane_code",
    "lane_title",
    "listed_lanes",
    "race_code",
    "refusal",
    "write",
]
