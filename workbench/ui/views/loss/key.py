"""What a picture against the step says of its own signs: what is dashed, what the band is, what a ring means."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.style.theme import Theme
from workbench.ui.views.loss.lines import Drawing
from workbench.ui.views.shared.legend import BAND, DASHED, HATCHED, PALE, RING, UPRIGHT, Entry
from workbench.ui.views.shared.series import QUARTILES_FROM
from workbench.ui.views.shared.steps import changed_steps


def key_entries(
    snapshot: Snapshot, drawing: Drawing, theme: Theme, *, smooth: bool, accuracy: bool, below: bool, zero: bool
) -> list[Entry]:
    """A row for each sign that is in the picture, and none for what is not.

    `below`: something stands below a logarithmic axis; `zero`: some of it is there because it is 0.
    """
    said: list[tuple[str, str]] = []
    if not snapshot.recorded:
        return []
    if any(line[2].style() == Qt.PenStyle.DashLine for _, line in drawing.past):
        said.append((_tr("test set"), DASHED))
    if drawing.best and not accuracy:
        said.append((_tr("best test loss"), RING))
    if drawing.bands:
        few = snapshot.info.starts < QUARTILES_FROM
        said.append((_tr("median, extremes") if few else _tr("median, quartiles"), BAND))
    if smooth:
        said.append((_tr("single steps"), PALE))
    if changed_steps(snapshot):
        said.append((_tr("other settings"), UPRIGHT))
    if below:
        said.append((_tr("0, or below") if zero else _tr("below the axis"), HATCHED))
    return [(text, theme.muted, sign) for text, sign in said]


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossView", text)
