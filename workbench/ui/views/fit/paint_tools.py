"""The tools for painting points, and the strokes made with them in a plot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QGraphicsEllipseItem,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QToolButton,
    QWidget,
)

from workbench.engine.datasets.points import MOST_CLASSES
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.fit.dab import Dab

#: half the brush's width in pixels, by the slider's position, and points set by one touch
_LONGEST_NAME = 40
BRUSHES = ((2, 1), (10, 3), (20, 6), (34, 12), (52, 24))


class PaintTools(QWidget):
    """Class, brush and eraser; the keys 0 to 9 choose the class of that number, E the eraser."""

    cleared = Signal()
    #: (number, name): a class was given another name
    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = QComboBox(self)
        self.number.addItems([self.tr("class {}").format(i) for i in range(MOST_CLASSES)])
        self.number.setToolTip(self.tr("The class that is painted; the keys 0 to 9 choose the one of that number"))
        self.number.setAccessibleName(self.tr("Class to paint"))
        self.number.currentIndexChanged.connect(self._show_name)
        self.name = QLineEdit(self)
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setMinimumWidth(56)
        self.name.setMaximumWidth(96)
        self.name.setPlaceholderText(self.tr("name"))
        self.name.setToolTip(self.tr("What the class is called; Return gives it this name"))
        self.name.setAccessibleName(self.tr("Name of the class"))
        self.name.editingFinished.connect(self._on_named)
        self._names: tuple[str, ...] = ()
        self.size_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.size_slider.setRange(0, len(BRUSHES) - 1)
        self.size_slider.setValue(1)
        self.size_slider.setPageStep(1)
        self.size_slider.setFixedWidth(70)
        self.size_slider.setToolTip(self.tr("How wide the brush is, and how many points a touch sets"))
        self.size_slider.setAccessibleName(self.tr("Brush size"))
        self.eraser = QToolButton(self)
        self.eraser.setText(self.tr("Eraser"))
        self.eraser.setCheckable(True)
        self.eraser.setObjectName("toggle")
        self.eraser.setToolTip(self.tr("Take points away in place of setting them (E; or the right mouse button)"))
        self.clear = QToolButton(self)
        self.clear.setText(self.tr("Clear"))
        self.clear.setObjectName("toggle")
        self.clear.setToolTip(self.tr("Take all points away and begin with an empty plane"))
        self.clear.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(8)
        for part in (self.number, self.name, self.size_slider, self.eraser, self.clear):
            row.addWidget(part)
        row.addStretch(1)

    def set_theme(self, theme: themes.Theme, colors: list[str]) -> None:
        """Show the classes in their colours."""
        for i, color in enumerate(colors):
            pixmap = QPixmap(12, 12)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(color))
            painter.setPen(QPen(QColor(theme.line)))
            painter.drawEllipse(QPointF(6, 6), 5, 5)
            painter.end()
            self.number.setItemIcon(i, QIcon(pixmap))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Show what the classes are called; one that is called by its number has no name."""
        if names == self._names:
            return
        self._names = names
        for i in range(MOST_CLASSES):
            name = self._name(i)
            self.number.setItemText(i, f"{i}: {name}" if name else self.tr("class {}").format(i))
        if not self.name.hasFocus():
            self._show_name()

    def _name(self, number: int) -> str:
        name = self._names[number] if number < len(self._names) else ""
        return "" if name == str(number) else name

    def _show_name(self, _index: int = 0) -> None:
        self.name.setText(self._name(self.number.currentIndex()))

    def _on_named(self) -> None:
        number, name = self.number.currentIndex(), self.name.text().strip()
        if name != self._name(number):
            self.renamed.emit(number, name)

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether a key chooses a tool."""
        text = event.text()
        if text.isdigit() and len(text) == 1:
            self.number.setCurrentIndex(int(text))
            self.eraser.setChecked(False)
        elif text.lower() == "e":
            self.eraser.toggle()
        else:
            return False
        return True


class Strokes(QObject):
    """Turns the mouse in a plot into dabs while `active`, and shows the brush under it."""

    dabbed = Signal(object)
    ended = Signal()

    def __init__(self, plot: Plot, tools: PaintTools) -> None:
        super().__init__(plot)
        self.active = False
        self.is_down = False
        self._plot, self._tools = plot, tools
        self._gesture = 0
        self._last = QPointF()
        self._erases = False
        self.ring = QGraphicsEllipseItem()
        self.ring.setZValue(80)
        self.ring.hide()
        plot.scene().addItem(self.ring)
        plot.viewport().installEventFilter(self)
        plot.viewport().setMouseTracking(True)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.ring.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DashLine))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not self.active:
            self.ring.hide()
            return False
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self.ring.hide()
        if not isinstance(event, QMouseEvent):
            return False
        place = event.position()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
                return False
            self.is_down, self._gesture = True, self._gesture + 1
            self._erases = event.button() == Qt.MouseButton.RightButton or self._tools.eraser.isChecked()
            self._dab(place)
        elif kind == QEvent.Type.MouseMove:
            self._show_ring(place)
            away = place - self._last
            spacing = max(5.0, 0.6 * self._brush[0])
            if self.is_down and (away.x() ** 2 + away.y() ** 2) ** 0.5 >= spacing:
                self._dab(place)
        elif kind == QEvent.Type.MouseButtonRelease and self.is_down:
            self.is_down = False
            self.ended.emit()
        else:
            return False
        return True

    @property
    def _brush(self) -> tuple[int, int]:
        radius, count = BRUSHES[self._tools.size_slider.value()]
        erases = self._erases if self.is_down else self._tools.eraser.isChecked()
        return (max(radius, 8), count) if erases else (radius, count)

    def _on_scene(self, place: QPointF) -> QPointF:
        """A place of the viewport in the scene, to fractions of a pixel."""
        found: QPointF = self._plot.viewportTransform().inverted()[0].map(place)
        return found

    def _dab(self, place: QPointF) -> None:
        box = self._plot.box
        scene = self._on_scene(place)
        if not box.sceneBoundingRect().contains(scene):
            return
        self._last = place
        at = box.mapSceneToView(scene)
        wide, high = box.viewPixelSize()
        radius, count = self._brush
        number = -1 if self._erases else self._tools.number.currentIndex()
        (x0, x1), (y0, y1) = box.viewRange()
        size = (radius * wide, radius * high)
        self.dabbed.emit(Dab(at.x(), at.y(), size, number, count, self._gesture, (x0, x1, y0, y1)))

    def _show_ring(self, place: QPointF) -> None:
        radius = max(4, self._brush[0])
        scene = self._on_scene(place)
        self.ring.setRect(scene.x() - radius, scene.y() - radius, 2 * radius, 2 * radius)
        self.ring.setVisible(self._plot.box.sceneBoundingRect().contains(scene))
