"""The one weight decay of a lane: how much, and how it acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.engine.params import Param, Value
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.ui.forms.fields import ChoiceField, NumberField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.words.text import engine_text, readable

#: the setting of a rule that has a decay of its own, and the options before any rule that are decays
OWN = "weight_decay"
OPTIONS = ("weight_decay", "l2")
_HIGHEST, _SLIDER = 1e6, (0.0, 0.1)


class DecayField(QWidget):
    """A number and a choice: inside the rule, where it has a decay of its own, decoupled, or in the gradient.

    A file may ask for several at once. Then all are named below, and an edit here leaves the one chosen.
    """

    #: (own decay or None where the rule has none, {option: value}): what the lane is to have
    edited = Signal(object, object)

    def __init__(self, params: Sequence[Param], parent: QWidget | None = None) -> None:
        """`params` are the rule's settings, under the lane's convention."""
        super().__init__(parent)
        self._own = next((p for p in params if p.name == OWN), None)
        self._options = {p.name: p for p in GRADIENT_OPTIONS if p.name in OPTIONS}
        words = {"option.weight_decay": self.tr("decoupled"), "option.l2": self.tr("in the gradient (L2)")}
        if self._own is not None:
            words = {"rule": self.tr("by the rule")} | words
        self._values: dict[str, float] = dict.fromkeys(words, 0.0)
        number = Param(name="decay", default=0.0, doc="", symbol="λ", low=0, high=_HIGHEST, slider=_SLIDER)
        if self._own is not None:
            number = replace(number, high=min(_HIGHEST, self._own.high), slider=self._own.slider or _SLIDER)
        self.amount = NumberField(number, self)
        tip = self.tr("How strongly parameters are pulled to zero at each step (λ); 0 does not")
        self.amount.set_tip(tip, self.tr("Weight decay"))
        self.how = ChoiceField(tuple(words), tuple(words.values()), self)
        self.how.set_tip(self._tip(), self.tr("How weight decay acts"))
        self.note = QLabel(self)
        self.note.setObjectName("muted")
        self.note.setWordWrap(True)
        self.note.setToolTip(self.tr("Each of them pulls parameters to zero; an edit here leaves the one chosen"))
        self.note.hide()
        box = QWidget(self)
        self.form = compact_form(box)
        add_row(self.form, self.tr("decay  λ"), self.amount, tip)
        add_row(self.form, self.tr("decay acts"), self.how, self._tip())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(box)
        column.addWidget(self.note)
        self.amount.edited.connect(self._on_amount_edited)
        self.how.edited.connect(self._on_how_edited)

    def _tip(self) -> str:
        sentences = [self.tr("Decoupled: θ shrinks by the factor 1 − η λ before each step, whatever the rule.")]
        sentences.append(self.tr("In the gradient: λ θ is added to it, as a term ½ λ ‖θ‖² of the loss would."))
        if self._own is not None:
            own = engine_text(self._own.words), engine_text(self._own.doc)
            sentences.insert(0, self.tr("By the rule: {}. {}").format(*own))
        return "\n".join(sentences)

    @property
    def acting(self) -> tuple[str, ...]:
        """The decays that are not 0: `rule`, `option.weight_decay`, `option.l2`."""
        return tuple(key for key, value in self._values.items() if value)

    def show_values(self, hyperparameters: Mapping[str, Value], options: Mapping[str, Value]) -> None:
        """Show the complete values of a rule's settings and of the options before it."""
        if self._own is not None:
            self._values["rule"] = float(hyperparameters[OWN])
        for name in OPTIONS:
            self._values[f"option.{name}"] = float(options[name])
        acting = self.acting
        if acting and self.how.currentData() not in acting:
            self.how.set_value(acting[0])
        self.amount.set_value(self._values[self.how.currentData()])
        names = ", ".join(
            f"{self.how.itemText(self.how.findData(key))}\u00a0{readable(self._values[key])}" for key in acting
        )
        self.note.setText(self.tr("These act at once: {}.").format(names) if len(acting) > 1 else "")
        self.note.setVisible(bool(self.note.text()))

    def _on_amount_edited(self, value: object) -> None:
        if isinstance(value, (int, float)):
            self._tell(str(self.how.currentData()), float(value))

    def _on_how_edited(self, key: object) -> None:
        amount = max((self._values[each] for each in self.acting), default=0.0)
        if amount:
            self._tell(str(key), amount)

    def _tell(self, chosen: str, amount: float) -> None:
        own = None if self._own is None else amount if chosen == "rule" else 0.0
        self.edited.emit(own, {name: amount if chosen == f"option.{name}" else 0.0 for name in OPTIONS})
