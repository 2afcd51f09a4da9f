"""The page of a stage: its rule, what it says in words, and the numbers that go in and come out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from workbench.engine.network.explain import Explanation, Extract
from workbench.ui.style import theme as themes
from workbench.ui.views.backpropagation.matrix_table import MatrixTable
from workbench.ui.views.shared.stages import (
    WORKS_ON_THE_ONE_BEFORE,
    extra_sign,
    layer_title,
    stage_formula,
    stage_sentence,
    stage_signs,
    stage_title,
)

_MOST_TABLES = 6
_WIDE = 480  # pixels in a picture


class StagePage(QScrollArea):
    """One stage with its formula, a sentence, and a table for each array."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = page = QWidget(self)
        page.setObjectName("view")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.formula, self.sentence = QLabel(page), QLabel(page), QLabel(page)
        self.formula.setWordWrap(True)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setWordWrap(True)
        self.sentence.setObjectName("muted")
        self.title.setWordWrap(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 2, 8, 8)
        column.setSpacing(8)
        for label in (self.title, self.formula, self.sentence):
            column.addWidget(label)
        self.tables = [MatrixTable(page) for _ in range(_MOST_TABLES)]
        for table in self.tables:
            table.hide()
            column.addWidget(table)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def set_fonts(self) -> None:
        """Take the typeface of the present size of text."""
        self.title.setFont(themes.font(themes.LARGE_POINTS, bold=True))
        self.formula.setFont(themes.font(themes.LARGE_POINTS))

    def least_picture(self) -> QSize:
        """The room that the whole page needs."""
        page = self._content
        wide = max(_WIDE, page.minimumSizeHint().width())
        return QSize(wide, max(page.heightForWidth(wide), page.sizeHint().height()))

    def show_stage(self, found: Explanation, row: int, theme: themes.Theme) -> None:
        """Show the stage of a row."""
        stage = found.stages[row]
        way = self.tr("forward") if stage.direction == "forward" else self.tr("back")
        place = "" if stage.layer < 0 else f"{layer_title(found, stage)} – "
        self.title.setText(place + stage_title(stage))
        self.title.setToolTip(self.tr("On the way {}").format(way))
        self.formula.setText(stage_formula(found, stage))
        self.sentence.setText(stage_sentence(stage))
        shown = self._arrays(found, row)
        for i, table in enumerate(self.tables):
            if i < len(shown):
                table.show_extract(*shown[i], theme)
            table.setVisible(i < len(shown))

    def _arrays(self, found: Explanation, row: int) -> list[tuple[str, Extract]]:
        """What goes into a stage and what it gives, each with its words."""
        stage = found.stages[row]
        value, local = stage_signs(stage)
        shown = []
        if stage.rule in WORKS_ON_THE_ONE_BEFORE and row:
            before = found.stages[row - 1]
            if before.rule == "bias_gradient":
                before = found.stages[row - 2]
            shown.append((self.tr("from before: {}").format(stage_signs(before)[0]), before.value))
        if stage.local is not None and local:
            words = self.tr("local derivative: {}") if stage.rule != "penalty_gradient" else self.tr("weights: {}")
            shown.append((words.format(local), stage.local))
        shown.append((self.tr("gives: {}").format(value), stage.value))
        return shown + [(extra_sign(name), extract) for name, extract in stage.extra.items()]
