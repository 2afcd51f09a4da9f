"""The step as a page: what goes in, the rule line by line with its numbers, and the state before and after."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.anatomy import Anatomy, Quantity
from workbench.engine.rules.names import POINT
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.typeset import (
    numbered,
    printed_number,
    printed_symbol,
    right_side,
    typeset,
)
from workbench.ui.views.step.words import line_words
from workbench.ui.words.text import digits_apart, engine_text, grouped

_CONTEXT = "Step"


def _say(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says beside the step itself.

    Attributes:
        label: the run's name.
        where: which parameter its numbers are of; empty where they are of all.
        ended: whether the race takes the step no more.
        upto: the place among the quantities of the last one that is told; None tells all of them.
        other: the step that stands beside it: what differs is lit.
    """

    label: str
    where: str = ""
    ended: bool = False
    upto: int | None = None
    other: Anatomy | None = None


def step_page(found: Anatomy, theme: themes.Theme, told: Told) -> str:
    """The page of a step as HTML."""
    return _Page(found, theme, told).whole()


def line_places(found: Anatomy) -> list[int]:
    """The places among the quantities of those that slow motion goes through: lines, or stages."""
    return [place for place, quantity in enumerate(found.quantities) if quantity.origin in ("line", "stage")]


class _Page:
    def __init__(self, found: Anatomy, theme: themes.Theme, told: Told) -> None:
        self._label = told.label
        self._found, self._theme, self._where, self._ended = found, theme, told.where, told.ended
        self._upto = len(found.quantities) if told.upto is None else told.upto
        self._is_playing = told.upto is not None
        other = told.other
        self._others = {} if other is None else {(q.origin, q.name): q for q in other.quantities}
        self._other_lines = None if other is None else {q.text for q in other.quantities if q.origin == "line"}
        self._size = found.quantities[0].size
        self._several = len(found.coordinates) > 1
        self._muted = f"color: {theme.muted}"
        self._small = f"font-size: {themes.font(themes.SMALL_POINTS).pointSizeF():.1f}pt"
        self._large = f"font-size: {themes.font(themes.LARGE_POINTS).pointSizeF():.1f}pt"
        self._head = (
            f"<style>a {{ color: {theme.text}; text-decoration: none }} td {{ padding: 1px 14px 1px 0 }}"
            f" th {{ font-weight: normal; text-align: left; padding: 1px 14px 1px 0; {self._muted} }}</style>"
        )

    def whole(self) -> str:
        parts = [self._head, self._title(), self._given()]
        parts += self._lines() if self._found.lines else self._stages()
        return "".join([*parts, self._before_and_after()])

    # what goes in

    def _title(self) -> str:
        found = self._found
        words = _say("{}: the race has ended; step {} would move the point by {}") if self._ended else ""
        if found.here:
            words = _say("{}: from the other lane's point its step {} would move it by {}")
        words = words or _say("{}: step {} moves the point by {}")
        text = words.format(html.escape(self._label), grouped(found.step + 1), printed_number(found.shift))
        rate = next((q for q in found.quantities if q.name == "learning_rate"), None)
        if rate is not None:
            text += _say(", at the rate {}").format(printed_number(float(rate.values[0])))
        made = f"<p style='margin: 0 0 4px 0'><b>{text}</b></p>"
        if self._where:
            said = _say("Numbers are those of {}; ‖ ‖ are lengths over all {} parameters.")
            made += self._paragraph(said.format(html.escape(self._where), grouped(self._size)), "0 0 4px 0")
        return made

    def _given(self) -> str:
        """Gradient, rate and settings, each symbol with its number."""
        shown = [q for q in self._found.quantities if q.origin in ("given", "setting") and q.name != POINT]
        return f"<p style='margin: 0 0 8px 0'>{' &nbsp; '.join(self._valued(q) for q in shown)}</p>"

    def _valued(self, quantity: Quantity) -> str:
        symbol = self._linked(quantity)
        numbers = [self._lit(quantity, at, self._number(quantity, at)) for at in range(len(quantity.values))]
        told = f"({', '.join(numbers)})" if len(numbers) > 1 else numbers[0]
        return f"<span style='white-space: nowrap'>{symbol} = {told}</span>" + self._length(quantity)

    @staticmethod
    def _number(quantity: Quantity, at: int, digits: int = 4) -> str:
        return printed_number(_at(quantity, at), digits, name=quantity.name)

    def _linked(self, quantity: Quantity) -> str:
        return f'<a href="{html.escape(quantity.name)}">{printed_symbol(quantity.symbol)}</a>'

    def _length(self, quantity: Quantity) -> str:
        """How long a quantity is, where its numbers are not all shown."""
        if quantity.size <= len(self._found.coordinates):
            return ""
        told = f"‖{printed_symbol(quantity.symbol)}‖ = {printed_number(quantity.norm)}"
        return f"<span style='{self._muted}'>, {told}</span>"

    # lines

    def _lines(self) -> list[str]:
        made, known = [], {q.name: q for q in self._found.quantities if q.origin in ("given", "setting", "state")}
        for place, quantity in enumerate(self._found.quantities):
            if quantity.origin == "line":
                names = (*quantity.reads, quantity.name)
                alone = self._other_lines is not None and quantity.text not in self._other_lines
                made.append(self._head_of(typeset(quantity.text, names), place, lit=alone))
                if place <= self._upto:
                    made += [self._paragraph(text) for text in self._numbers(quantity, known)]
                    made.append(self._paragraph(line_words(self._found, place)))
                known[quantity.name] = quantity
        return made

    def _head_of(self, text: str, place: int, *, lit: bool = False) -> str:
        """A line or a stage in large letters: one that is still to come is muted, the one that plays has a ground."""
        style = f"margin: 8px 0 1px 0; {self._large}"
        if place > self._upto:
            style += f"; {self._muted}"
            text = text.replace("<a href", f'<a style="{self._muted}" href')
        elif self._is_playing and place == self._upto:
            style += f"; background-color: {self._theme.line}"
        mark = f"<span style='color: {self._theme.accent}'>▎</span>" if lit else ""
        return f"<p style='{style}'>{mark}{text}</p>"

    def _lit(self, quantity: Quantity, at: int, text: str) -> str:
        """A number that is another one in the step beside it, or is not there, is in the colour of what is picked."""
        if not self._others:
            return text
        same = self._others.get((quantity.origin, quantity.name))
        if same is not None and len(same.values) == len(quantity.values) and _at(same, at) == _at(quantity, at):
            return text
        return f"<span style='color: {self._theme.accent}'>{text}</span>"

    def _numbers(self, quantity: Quantity, known: Mapping[str, Quantity]) -> list[str]:
        """The line once more for each coordinate, with this step's numbers."""
        sign = right_side(quantity.text)[1]
        full = (
            1 < quantity.size == self._size
        )  # else whatever it reads of all parameters stands in norm(...) or the like
        rows = []
        for at in range(len(self._found.coordinates) if full else 1):
            values = {name: _at(known[name], at) for name in quantity.reads if name in known}
            digits = digits_apart(values.get(quantity.name, np.nan), _at(quantity, at))
            numbers = numbered(quantity.text, quantity.reads, values, quantity.name, digits)
            value = self._number(quantity, at, digits)
            lit = self._lit(quantity, at, value)
            strong = f"<span style='color: {self._theme.text}'>{value}</span>" if lit == value else lit
            index = f"<sub>[{self._found.coordinates[at] + 1}]</sub>" if self._several and full else ""
            symbol = f"{printed_symbol(quantity.symbol)}{index}"
            if sign not in ("=", "←", ":="):
                rows.append(f"{symbol} {html.escape(sign)} {numbers} → {strong}")
            else:
                rows.append(f"{symbol} = {strong}" if numbers == value else f"{symbol} = {numbers} = {strong}")
        rows[-1] += self._length(quantity)
        return rows

    # stages

    def _stages(self) -> list[str]:
        """What the step consists of where no lines can say it: each stage with its words, its size and its numbers."""
        made = []
        for place, quantity in enumerate(self._found.quantities):
            if quantity.origin == "stage":
                plus = "+ " if quantity.adds else ""
                made.append(self._head_of(f"{plus}{self._linked(quantity)}", place))
                if place > self._upto:
                    continue
                made.append(self._paragraph(self._summary(quantity)))
                words = engine_text(quantity.text)
                added = "; " + _say("added to the parameters") if quantity.adds else ""
                made.append(self._paragraph(f"{html.escape(words[:1].upper() + words[1:])}{added}."))
        return made

    def _summary(self, quantity: Quantity) -> str:
        if quantity.size == 1:
            return printed_number(float(quantity.values[0]))
        length = f"‖{printed_symbol(quantity.symbol)}‖ = {printed_number(quantity.norm)}"
        count = _say("{} numbers").format(grouped(quantity.size))
        if quantity.size != self._size:
            return f"{count}, {length}"
        numbers = ", ".join(printed_number(float(value)) for value in quantity.values)
        return f"({numbers}), {length}" if self._several else f"{numbers}, {length}, {count}"

    # before and after

    def _before_and_after(self) -> str:
        """The point and the state, each before the step and behind it."""
        found = self._found
        heads = "".join(f"<th>{word}</th>" for word in ("", _say("before"), _say("after"), _say("change")))
        ends = line_places(found)[-1:]
        last_place = self._last_place(POINT) if found.lines else (ends[0] if ends else 0)
        rows = self._rows("x", found.point, found.after if last_place <= self._upto else None)
        for state in (q for q in found.quantities if q.origin == "state"):
            place = self._last_place(state.name)
            rows += self._rows(
                state.symbol, state.values, found.quantities[place].values if place <= self._upto else None
            )
        title = f"<p style='margin: 12px 0 2px 0'><b>{_say('Before and after')}</b></p>"
        return f"{title}<table cellspacing='0'><tr>{heads}</tr>{''.join(rows)}</table>"

    def _last_place(self, name: str) -> int:
        """The place of the last line that assigns to a name."""
        places = [i for i, q in enumerate(self._found.quantities) if q.origin == "line" and q.name == name]
        return places[-1] if places else 0

    def _rows(self, symbol: str, before: NDArray[np.float64], after: NDArray[np.float64] | None) -> list[str]:
        """A row for each coordinate of what has one for each, else one row; None is not known yet."""
        made = []
        pairs = list(zip(*np.broadcast_arrays(before, before if after is None else after), strict=True))
        for at, (old, new) in enumerate(pairs):
            index = f"<sub>[{self._found.coordinates[at] + 1}]</sub>" if len(pairs) > 1 else ""
            digits = digits_apart(float(old), float(new))
            texts = [*(printed_number(float(value), digits) for value in (old, new)), printed_number(float(new - old))]
            texts = [texts[0], "…", "…"] if after is None else texts
            numbers = "".join(f"<td>{text}</td>" for text in texts)
            made.append(f"<tr><td>{printed_symbol(symbol)}{index}</td>{numbers}</tr>")
        return made

    def _paragraph(self, text: str, margin: str = "0 0 1px 14px") -> str:
        return f"<p style='margin: {margin}; {self._small}; {self._muted}'>{text}</p>"


def _at(quantity: Quantity, place: int) -> float:
    return float(quantity.values[place if len(quantity.values) > 1 else 0])
