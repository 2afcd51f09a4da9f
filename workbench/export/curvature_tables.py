"""What the views of the curvature and of a memory's pairs show, as tables. No Qt."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engine.curvature.report import Curvature
from workbench.engine.objectives.pairs import PairErrors
from workbench.engine.race.snapshot import Snapshot
from workbench.export.cells import Cells, label_of, table


def curvature_csv(snapshot: Snapshot, found: Curvature) -> bytes:
    """The curvatures where a run stood last, from the largest down, then its sharpness at the steps where it is known.

    `place` counts eigenvalues from 1 and is empty of the lowest one where those between are not known. `regime` and
    `left`, the share of the distance that is left after a step, are empty of a rule of which they are not known, and so
    is `edge`, the curvature beyond which its steps grow.
    """
    run = found.request.run
    label = label_of(snapshot.info, run)

    def rows() -> Iterator[Cells]:
        spectrum, law = found.spectrum, found.law
        if spectrum is not None:
            values: list[tuple[int | None, float]] = list(enumerate(spectrum.values.tolist(), start=1))
            for place, value in values if spectrum.complete else [*values, (None, spectrum.lowest)]:
                known: list[str | float | None] = [None, None, None]
                if law is not None:
                    known = [str(law.regimes(value)), float(law.contraction(value)), law.edge()]
                yield ["eigenvalue", label, run, spectrum.step, place, value, *known]
        for step, value, edge in zip(found.steps.tolist(), found.sharpness.tolist(), found.edges.tolist(), strict=True):
            yield ["sharpness", label, run, step, None, value, None, None, edge]

    return table(["part", "lane", "run", "step", "place", "value", "regime", "left", "edge"], rows())


def pairs_csv(snapshot: Snapshot, found: PairErrors) -> bytes:
    """The error of each pair of a memory, run by run, at the recorded steps that the view shows and at the present."""

    def rows() -> Iterator[Cells]:
        for run in range(snapshot.info.runs):
            for t, step in enumerate(found.steps.tolist()):
                for pair, name in enumerate(snapshot.info.pairs):
                    yield label_of(snapshot.info, run), run, step, name, found.errors[t, run, pair]

    return table(["lane", "run", "step", "pair", "error"], rows())
