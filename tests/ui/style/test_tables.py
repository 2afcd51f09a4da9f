"""Tables: a number at the right of its column does not run into the word that follows, and no arrow into a head."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QHeaderView, QTableWidget, QTableWidgetItem

from workbench.ui.style import theme as themes

_SIDES = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft


@pytest.fixture(params=[themes.LIGHT, themes.DARK], ids=lambda theme: theme.name)
def table(request, qtbot):
    """A table of a column of numbers and one of words, each as wide as it needs, sorted by the first."""
    themes.apply(QApplication.instance(), request.param)
    made = QTableWidget(1, 2)
    qtbot.addWidget(made)
    for column, side in enumerate(_SIDES):
        head, cell = QTableWidgetItem("HHHHHH"), QTableWidgetItem("HHHHHH")
        for item in (head, cell):
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        made.setHorizontalHeaderItem(column, head)
        made.setItem(0, column, cell)
    made.setShowGrid(False)
    made.verticalHeader().hide()
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    made.setSortingEnabled(True)
    made.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    made.resize(300, 90)
    made.show()
    QApplication.processEvents()
    return made


def inked(widget):
    """Which pixels (height, width) differ from the ground, without the lowest rows, where a head has its line."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    gray = pixels[:-3, : image.width()].astype(int)
    return np.abs(gray - gray[-1, -1]) > 60


def test_a_number_and_the_word_behind_it_stand_apart(table):
    """By at least ten pixels on either side of the border together, in cells and in heads."""
    border = table.columnViewportPosition(1)
    for part in (table.viewport(), table.horizontalHeader().viewport()):
        columns = np.flatnonzero(inked(part).any(axis=0))
        gap = columns[columns >= border].min() - columns[columns < border].max()
        assert 10 <= gap <= 24


def test_the_arrow_of_what_is_sorted_by_does_not_hide_the_head(table):
    """The letters are the same with it and without; it stands above them."""
    header = table.horizontalHeader()
    header.setSortIndicatorClearable(True)
    marked = inked(header.viewport())
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    plain = inked(header.viewport())
    letters = np.flatnonzero(plain.any(axis=1))
    assert (marked != plain).any(), "there is an arrow"
    assert not (marked != plain)[letters.min() :].any()
