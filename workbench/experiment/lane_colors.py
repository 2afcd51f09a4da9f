"""The colours of lanes as they are chosen; each theme paints them in a form that is readable there (`Theme.lane`)."""

from __future__ import annotations

from workbench.experiment.experiment import Lane

#: Okabe and Ito's colours (2008), safe for the colour-blind, in the order in which lanes take them.
LANE_COLORS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")


def color_of(lane: Lane, index: int) -> str:
    """The colour chosen for a lane; where none is, the one of its place among all lanes."""
    return lane.color or LANE_COLORS[index % len(LANE_COLORS)]
