"""What was measured of learning rates, as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.export.cells import table
from workbench.studies.rate_curve import RateCurve


def rates_csv(curves: Sequence[tuple[str, RateCurve]]) -> bytes:
    """A row a rate of each lane: medians over its starts; a cell is empty where most diverged, or did not arrive."""
    header = ["lane", "learning_rate", "final_loss", "gap", "best_loss", "steps_to_tolerance", "diverged"]
    rows: list[list[object]] = []
    for label, curve in curves:
        columns = (curve.rates, curve.final, curve.gap(curve.final), curve.best, curve.arrived)
        for rate, final, gap, best, arrived in zip(*(column.tolist() for column in columns), strict=True):
            known = [final, None if curve.lowest is None else gap, best, arrived]
            rows.append([label, rate, *(None if x is None or math.isinf(x) else x for x in known), math.isinf(final)])
    return table(header, iter(rows))
