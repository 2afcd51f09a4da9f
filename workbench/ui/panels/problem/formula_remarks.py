"""What a typed formula is asked about: names that were taken for something, or became parameters beside a near one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.objectives.typed import TypedFormula
from workbench.experiment.experiment import ObjectiveSetup

_CONTEXT = "FormulaNames"


def asked(setup: ObjectiveSetup) -> tuple[str, ...]:
    """A sentence for each name that may mean another thing; a parameter with no such name shows as a slider alone."""
    said = []
    for remark in TypedFormula(setup.parameters).remarks:
        if remark.kind == "product":
            text = QCoreApplication.translate(_CONTEXT, "{name} is read as {meant}.")
        elif remark.meant:
            text = QCoreApplication.translate(_CONTEXT, "{name} is a parameter. Did you mean {meant}?")
        else:
            continue
        said.append(text.format(name=remark.name, meant=remark.meant))
    return tuple(said)
