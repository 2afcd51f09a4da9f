"""The charts of a study, one of which is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from workbench.studies.charts import Chart
from workbench.ui.charts.chart import ChartView
from workbench.ui.style import theme as themes


class ChartChoice(QWidget):
    """A chart, and a choice of which one; a word where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.charts: Sequence[Chart] = ()
        self.choice, self.view, self.nothing = QComboBox(self), ChartView(self), QLabel(self)
        self.choice.setAccessibleName(self.tr("Chart"))
        self.choice.setToolTip(self.tr("Which chart of these results is shown"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.currentIndexChanged.connect(self._show)
        self.nothing.setObjectName("empty")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choice, self.view, self.nothing):
            layout.addWidget(widget, 0 if widget is self.choice else 1)
        self.show_charts(())

    def show_charts(self, charts: Sequence[Chart] | None, nothing: str = "") -> None:
        """Offer these charts; None while they are being made. `nothing` is the word where there is none."""
        before, self.charts = self.choice.currentText(), charts or ()
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([_name(chart) for chart in self.charts])
        self.choice.setCurrentIndex(max(0, self.choice.findText(before)) if self.charts else -1)
        self.choice.blockSignals(False)
        if charts is None:
            self.nothing.setText(self.tr("Charts are being made."))
        else:
            self.nothing.setText(nothing or self.tr("There is no chart."))
        self.choice.setVisible(bool(self.charts))
        self.view.setVisible(bool(self.charts))
        self.nothing.setVisible(not self.charts)
        self._show()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.view.set_theme(theme)

    def _show(self, *_: object) -> None:
        at = self.choice.currentIndex()
        if 0 <= at < len(self.charts):
            self.view.show_chart(self.charts[at])


def _name(chart: Chart) -> str:
    """What a chart is called in the choice: by the name of its file, as words."""
    name = chart.key.replace("-", " ").replace("_", " ")
    return f"{name} – {chart.title}" if chart.title else name
