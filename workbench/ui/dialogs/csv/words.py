"""What is said of a table that was read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from workbench.engine.datasets import Table
from workbench.engine.datasets.csv_columns import MOST_INPUTS
from workbench.engine.datasets.csv_peek import Peek
from workbench.ui.words.text import counted

#: columns left out whose reason is told; the others are counted
_TOLD = 3


def _tr(text: str) -> str:
    return QCoreApplication.translate("CsvDialog", text)


def sum_up(table: Table) -> str:
    """What has been read, in a sentence."""
    rows = counted(len(table.x), _tr("{} row"), _tr("{} rows"))
    inputs = counted(table.x.shape[1], _tr("{} input"), _tr("{} inputs"))
    if not table.classes:
        return _tr("{}, {}; the target is a value.").format(rows, inputs)
    classes = counted(len(table.classes), _tr("{} class"), _tr("{} classes"))
    names = ", ".join(table.classes[:6]) + (" …" if len(table.classes) > 6 else "")
    return _tr("{}, {}, {}: {}.").format(rows, inputs, classes, names)


def with_notes(sentence: str, found: Peek, notes: Sequence[str], chosen: Sequence[str], target: str) -> str:
    """The sentence, then how the file is read where that is not certain, and which columns are left out and why."""
    said = [sentence]
    if found.numbers.decimal == "comma":
        said.append(_tr("Decimal commas: 0,5 is read as 0.5."))
    said += [f"{note[:1].upper()}{note[1:]}." for note in notes]
    if found.index and found.index not in (*chosen, target):
        said.append(_tr("Left out: {}, which has no name and numbers the rows.").format(found.index))
    faults = [
        fault
        for name, fault in zip(found.columns, found.faults, strict=True)
        if fault and name not in chosen and name != target
    ]
    if faults:
        more = _tr(" and {} more").format(len(faults) - _TOLD) if len(faults) > _TOLD else ""
        said.append(_tr("Left out: {}.").format("; ".join(faults[:_TOLD]) + more))
    if len([name for name in found.numeric if name != target]) > MOST_INPUTS >= len(chosen):
        said.append(_tr("At most {} columns can be inputs; the others are left out.").format(MOST_INPUTS))
    return " ".join(said)
