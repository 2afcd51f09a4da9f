"""The page of a stage: its rule, what it says in words, one number worked out, and all that goes in and comes out."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QToolTip, QVBoxLayout, QWidget

from workbench.engine.network.explain import Explanation, Extract
from workbench.engine.network.notation import Axis, Symbol, axes_of
from workbench.engine.network.worked import Numbers, Spot
from workbench.ui.style import theme as themes
from workbench.ui.views.backpropagation.matrix_table import Marks, MatrixTable
from workbench.ui.views.backpropagation.pictures import InkPicture, SlopePlot
from workbench.ui.views.backpropagation.step_words import step_html, told
from workbench.ui.views.shared.stages import layer_title, stage_formula, stage_sentence, stage_title
from workbench.ui.words.worked import shown, sign_words

_MOST_TABLES = 8
_WIDE = 480  # pixels in a picture
#: roles of what a rule gives by the way
_BESIDES = {"normalised": "ŝ", "scale_gradient": "∂γ"}


class SignLabel(QLabel):
    """HTML whose signs tell under the mouse what they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        self.told = sign_words
        self.linkHovered.connect(self._on_hovered)

    def show_html(self, made: str, theme: themes.Theme) -> None:
        """Write HTML; the signs look like the text around them."""
        self.setText(f"<style>a {{ color: {theme.text}; text-decoration: none }}</style>{made}")

    def _on_hovered(self, sign: str) -> None:
        QToolTip.showText(QCursor.pos(), self.told(sign) if sign else "", self)


class StagePage(QScrollArea):
    """One stage with its formula, a sentence, a number with all that it is made of, and a table for each array."""

    #: a cell of a table was picked
    spot_picked = Signal(Spot)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = page = QWidget(self)
        page.setObjectName("view")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.sentence = QLabel(page), QLabel(page)
        self.formula, self.worked, self.step = SignLabel(page), SignLabel(page), SignLabel(page)
        self.sentence.setWordWrap(True)
        self.sentence.setObjectName("muted")
        self.title.setWordWrap(True)
        self.slope, self.picture = SlopePlot(page), InkPicture(page)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 2, 8, 8)
        column.setSpacing(8)
        for label in (self.title, self.formula, self.sentence, self.worked, self.step):
            column.addWidget(label)
        row = QHBoxLayout()
        for part in (self.slope, self.picture):
            row.addWidget(part)
        row.addStretch(1)
        column.addLayout(row)
        self.tables = [MatrixTable(page) for _ in range(_MOST_TABLES)]
        self._roles: list[str] = []
        for k, table in enumerate(self.tables):
            table.hide()
            table.cell_picked.connect(lambda i, j, k=k: self.spot_picked.emit(_spot(self._roles[k], i, j)))
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

    def show_stage(self, found: Explanation, row: int, theme: themes.Theme, spot: Spot, optimizer: str = "") -> None:
        """Show the stage of a row with the number at a spot worked out.

        `optimizer` is the name of the rule whose next step is told, where the number is a parameter's gradient.
        """
        stage = found.stages[row]
        way = self.tr("forward") if stage.direction == "forward" else self.tr("back")
        place = "" if stage.layer < 0 else f"{layer_title(found, stage)} – "
        self.title.setText(place + stage_title(stage))
        self.title.setToolTip(self.tr("On the way {}").format(way))
        self.formula.show_html(stage_formula(found, stage), theme)
        self.sentence.setText(stage_sentence(stage))
        self._show_worked(found, row, theme, spot)
        made = step_html(found, theme, optimizer) if found.taken is not None and optimizer else ""
        self.step.show_html(made, theme)
        self.step.told = lambda sign: told(found, sign)
        self.step.setVisible(bool(made))
        self.slope.setVisible(stage.curve is not None)
        if stage.curve is not None:
            self.slope.show_curve(stage.curve, theme, stage.numbers.at("z", spot).value)
        self.picture.setVisible(found.picture is not None and stage.rule == "input")
        if found.picture is not None:
            self.picture.show_picture(found.picture, theme)
        self._show_tables(found, row, theme, spot)

    def _show_worked(self, found: Explanation, row: int, theme: themes.Theme, spot: Spot) -> None:
        stage = found.stages[row]
        lines = [_worked_html(stage.numbers, spot)]
        if stage.rule not in ("weight_gradient", "penalty_gradient") and None not in (spot.input, spot.unit):
            weight = Spot(None, spot.input, spot.unit)  # of a weight that was picked, also its gradient
            others = (s.numbers for s in found.stages if (s.layer, s.rule) == (stage.layer, "weight_gradient"))
            lines += [_worked_html(numbers, weight) for numbers in others]
        if spot.unit is not None and stage.layer == len(found.layers) - 1 and spot.unit < len(found.classes):
            named = self.tr("Unit {} of the output layer stands for the class {}.")
            said = html.escape(named.format(spot.unit + 1, found.classes[spot.unit]))
            lines.append(f"<span style='color: {theme.muted}'>{said}</span>")
        self.worked.show_html("".join(f"<p style='margin: 0 0 6px 0'>{line}</p>" for line in lines), theme)

    def _show_tables(self, found: Explanation, row: int, theme: themes.Theme, spot: Spot) -> None:
        """A table for what the stage gives, and for each array that it reads."""
        stage = found.stages[row]
        role = stage.numbers.stage.role
        parts: list[tuple[str, Symbol, Extract]] = [(role, stage.symbol, stage.value)]
        parts += [(factor.role, factor.symbol, factor.extract) for factor in stage.factors]
        for name, extra in stage.extra.items():
            if name in _BESIDES:
                parts.append((_BESIDES[name], stage.numbers.symbol(_BESIDES[name]), extra))
        self._roles = [part[0] for part in parts]
        for i, table in enumerate(self.tables):
            table.setVisible(i < len(parts))
            if i >= len(parts):
                continue
            own, symbol, extract = parts[i]
            words = sign_words(symbol.text)
            table.show_extract(symbol.text, extract, theme, words=words, marks=_marks(own, spot))
            table.setFocusPolicy(Qt.FocusPolicy.TabFocus if i == 0 and extract.shape else Qt.FocusPolicy.NoFocus)


def _worked_html(numbers: Numbers, spot: Spot) -> str:
    made = shown(numbers.worked(spot))
    value = f"<b>{html.escape(made.value)}</b>"
    if not made.signs:
        return f"{made.name} = {value}"
    equal = "=" if made.exact else "≈"
    if made.numbers == made.value:
        return f"{made.name} = {made.signs} {equal} {value}"
    return f"{made.name} = {made.signs}<br>&nbsp;&nbsp;= {made.numbers}<br>&nbsp;&nbsp;{equal} {value}"


def _spot(role: str, row: int, column: int) -> Spot:
    """The spot of a cell in the table of an array of this role."""
    axes = axes_of(role)
    places: dict[Axis, int] = dict(zip(axes, (row, column) if len(axes) > 1 else (column,), strict=True))
    return Spot(places.get("sample"), places.get("input"), places.get("unit"))


def _marks(role: str, spot: Spot) -> Marks | None:
    """The cells of an array that a spot concerns."""
    axes = axes_of(role)
    if not axes:
        return None
    places = [spot.on(axis) for axis in axes]
    if all(place is None or axis == "sample" for axis, place in zip(axes, places, strict=True)):
        return None  # all of them
    return (places[0], places[1]) if len(places) > 1 else (None, places[0])
