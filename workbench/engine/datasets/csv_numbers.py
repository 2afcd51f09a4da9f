"""How a file writes its numbers: decimal marks, marks for thousands, signs that are no part of the number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from workbench.engine.datasets.csv_format import CsvFormat
from workbench.engine.params import RequestError, show

Row = tuple[int, list[str]]
_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_MINUSES = "\u2212\u2013\ufe63\uff0d"
_MONEY = "$€£¥"
#: a number with a decimal comma, with a decimal point, with neither
_COMMA = re.compile(r"\s*[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?\s*")
_POINT = re.compile(r"\s*[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?\s*")
_WHOLE = re.compile(r"\s*[+-]?\d+([eE][+-]?\d+)?\s*")
#: one whose comma or point may be of decimals or of thousands
_ONE_COMMA = re.compile(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*")
_ONE_POINT = re.compile(r"\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*")
#: one whose marks can only be of thousands: two of them at least, or other decimals behind; 12,34,567 is Indian
_COMMAS = re.compile(r"\s*[+-]?[1-9]\d{0,2}((,\d{2,3})+,\d{3}(\.\d*)?|,\d{3}\.\d*)\s*")
_POINTS = re.compile(r"\s*[+-]?[1-9]\d{0,2}((\.\d{3})+\.\d{3}(,\d*)?|\.\d{3},\d*)\s*")
#: marks that are never those of decimals
_SOFT = re.compile(rf"\s*[+-]?[1-9]\d{{0,2}}([{_SPACES}{_APOSTROPHES}])\d{{3}}(\1\d{{3}})*(([.,])\d*)?\s*")
_SIGNED = re.compile(
    rf"\s*(?P<minus>[{_MINUSES}+-]?)[{_SPACES}]?(?P<before>[{_MONEY}]?)[{_SPACES}]?(?P<inner>[{_MINUSES}+-]?)"
    rf"(?P<number>[\d.,][\d.,{_SPACES}{_APOSTROPHES}]*?([eE][+{_MINUSES}-]?\d+)?)[{_SPACES}]?(?P<after>[%‰{_MONEY}]?)\s*"
)
#: minus behind the number, or brackets around it, as accounts have it, and Fortran's exponents: never read
_ACCOUNTS = re.compile(rf"\s*(\(\s*[{_MONEY}]?[\d.,]+\s*\)|[\d.,]*\d-)\s*")
_FORTRAN = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)[dD][+-]?\d+\s*")
#: what makes it worth looking through the cells of a text; each begins with what is rare, as texts may be large
_GROUPS = re.compile(rf"[{_SPACES}{_APOSTROPHES}](?<=\d.)\d{{3}}(?!\d)")
_POINT_GROUPS = re.compile(r"\.(?<=\d\.)\d{3}\.\d{3}(?!\d)")
_SURE_POINT = re.compile(r"\.(?<=\d\.)\d{1,2}(?!\d)")
_QUOTED_COMMA = re.compile(r'"[^",\r\n]*\d,\d')
_TO_MINUS = str.maketrans(dict.fromkeys(_MINUSES, "-"))


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a file writes its numbers. It follows from the file and what is said of it, and from nothing else.

    Attributes:
        decimal: whether a `comma` stands before the decimals, or a `point`.
        thousands: the letters that may stand between groups of three digits.
        signs: whether per cent, signs of money and other letters for minus are read past.
        doubt: why commas are not read as decimal commas though there are such numbers, in a sentence; else empty.
        notes: what was read though it is written unusually, a sentence each.
    """

    decimal: Literal["point", "comma"] = "point"
    thousands: str = ""
    signs: bool = False
    doubt: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_usual(self) -> bool:
        """Whether numbers are written as Python reads them."""
        return self.decimal == "point" and not self.thousands and not self.signs

    def read(self, value: str) -> float:
        """The number that a text is, maybe an infinite one, in no spelling but those found: 1_000 is a name.

        Raises:
            ValueError: the text is no number.
        """
        if "_" in value:
            raise ValueError(value)
        if self.thousands or self.signs:
            value = self._plain(value)
        if self.decimal == "comma":
            if "." in value:
                raise ValueError(value)
            value = value.replace(",", ".")
        return float(value)

    def has(self, value: str) -> bool:
        """Whether a text is a finite number."""
        try:
            return math.isfinite(self.read(value))
        except ValueError:
            return False

    def is_spelled(self, value: str) -> bool:
        """Whether a text is a number, be it an infinite one."""
        try:
            self.read(value)
        except ValueError:
            return False
        return True

    def is_marked(self, value: str) -> bool:
        """Whether a text is a number only as marks or signs are read past: a quantity, and no code."""
        return bool(self.thousands or self.signs) and self._plain(value) != value.strip() and self.has(value)

    def fault(self, value: str) -> str:
        """Why a text is no number to learn from."""
        return f"must be a finite number, got {show(value)}{self._hint(value)}"

    def _hint(self, value: str) -> str:
        if self.doubt and any(p.fullmatch(value) for p in (_COMMA, _COMMAS, _POINTS, _SIGNED)):
            return f"; {self.doubt}"
        comma = self.decimal == "comma"
        hints = (
            ((_COMMA,), "a decimal point is wanted"),
            ((_POINT,) if comma else (), "a decimal comma is wanted"),
            (
                (_COMMAS, _POINTS, _SOFT),
                "a number is wanted without marks for thousands, or `thousands` says what they are",
            ),
            ((_ACCOUNTS,), "a minus is wanted before the number"),
            ((_FORTRAN,), "an exponent is wanted as e, not as D"),
            ((_WHOLE, _POINT), "beyond 1.8e308 numbers are infinite"),
        )
        return next((f" ({hint})" for forms, hint in hints if any(form.fullmatch(value) for form in forms)), "")

    def _plain(self, value: str) -> str:
        """The number without what is read past; other texts as they are, but for blanks around them."""
        text = value.strip()
        if self.signs and (found := _SIGNED.fullmatch(text)) and not (found["minus"] and found["inner"]):
            text = ((found["minus"] or found["inner"]) + found["number"]).translate(_TO_MINUS)
        if self.thousands and (found := _grouped(self.thousands, self.decimal).fullmatch(text)):
            text = text.replace(found["mark"], "")
        return text


@cache
def _grouped(marks: str, decimal: str) -> re.Pattern[str]:
    """A number in groups of three digits; behind commas also in groups of two, as in India, but for the last."""
    behind = r"\." if decimal == "point" else ","
    group = r"\d{2,3}" if "," in marks else r"\d{3}"
    mark = f"[{re.escape(marks)}]"
    return re.compile(rf"[+-]?[1-9]\d{{0,2}}(?P<mark>{mark})(?:{group}(?P=mark))*\d{{3}}(?:{behind}\d*)?")


def like_number(value: str) -> bool:
    """Whether a text is written as a number, be it infinite, with other decimals, marks or signs than the file's."""
    found = _SIGNED.fullmatch(value)
    return Numbers().is_spelled(value) or bool(
        any(p.fullmatch(value) for p in (_COMMA, _COMMAS, _POINTS, _SOFT, _ACCOUNTS, _FORTRAN))
        or (found is not None and (found["before"] or found["after"] or found["minus"]) and re.search(r"\d", value))
    )


def is_worth_looking(text: str, separator: str) -> bool:
    """Whether something in a text may be a number that is written in another way than 1234.5."""
    if separator == ";" and "." in text and not _SURE_POINT.search(text):
        return True
    commas = "," in text if separator != "," else bool('"' in text and _QUOTED_COMMA.search(text))
    return (
        commas
        or any(sign in text for sign in f"%‰{_MONEY}{_MINUSES}")
        or bool(_GROUPS.search(text) or _POINT_GROUPS.search(text))
    )


class _Evidence:
    """The first cell of each kind that numbers are written in, with its line."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[int, str]] = {}
        self._columns: dict[str, set[int]] = {}

    def __getitem__(self, name: str) -> str:
        """The cell in words, empty where there is none."""
        if name not in self.first:
            return ""
        line, value = self.first[name]
        return f"{show(value.strip())} in line {line}"

    @property
    def groups(self) -> str:
        """A number such as 1.234.567, where no column but its own has numbers such as 1.234: these would follow it."""
        one, many = (self._columns.get(name, set()) for name in ("one point", "point groups"))
        return self["point groups"] if one <= many else ""

    def look(self, line: int, column: int, value: str) -> None:
        """Take a cell into account."""
        bare, money = value, ""
        if not value.isascii() or "%" in value or "$" in value:
            found = _SIGNED.fullmatch(value)
            if found and _DIGIT.search(value):
                bare = found["number"]
                after = found["after"]
                money = found["before"] or (after if after in _MONEY else "")
                if money or after:
                    self.first.setdefault("money" if money else "per cent", (line, value))
                if (found["minus"] + found["inner"]).strip("+-"):
                    self.first.setdefault("minus", (line, value))
        if name := self._kind(bare):
            self.first.setdefault(name, (line, value))
            self._columns.setdefault(name, set()).add(column)
            if money and name == "one point":
                self.first.setdefault("money point", (line, value))

    def _kind(self, value: str) -> str:
        if "," in value:
            for name, pattern in _WITH_COMMA:
                if pattern.fullmatch(value):
                    return name
        elif "." in value and "point" not in self.first:
            for name, pattern in _WITH_POINT:
                if pattern.fullmatch(value):
                    return "point groups" if name == "points" else name
        found = _SOFT.fullmatch(value)
        return {None: "soft", ",": "soft comma", ".": "soft point"}[found[4]] if found else ""


_DIGIT = re.compile(r"\d")
_WITH_COMMA = (("one comma", _ONE_COMMA), ("comma", _COMMA), ("commas", _COMMAS), ("points", _POINTS))
_WITH_POINT = (("one point", _ONE_POINT), ("point", _POINT), ("points", _POINTS))
_SOFT_KINDS = ("soft", "soft comma", "soft point")
_SIGNS = ("per cent", "money", "minus")
_NOTED = (*_SIGNS, "one comma", "commas", "one point", "points", "point groups", *_SOFT_KINDS)


def survey(rows: Iterable[Row], told: CsvFormat, separator: str = ",") -> Numbers:
    """How these rows write their numbers, as far as it is not told. Where commas are in doubt points are read.

    Between semicolons a point may well be of thousands: where nothing tells, it is read as ever, and that is noted.

    Raises:
        RequestError: the marks that are told are the same.
    """
    if told.decimal != "guess" and told.decimal == told.thousands:
        raise RequestError("thousands", f"must be another mark than `decimal`, got {show(told.thousands)}")
    seen = _Evidence()
    for line, row in rows:
        for column, value in enumerate(row):
            if not value.isalnum() or not value.isascii():
                seen.look(line, column, value)
        if "comma" in seen.first and "point" in seen.first and told.decimal == "guess":
            break
    decimal, doubt = _decimal(seen, told)
    thousands = _thousands(seen, told, decimal, sure=not doubt)
    signs = any(name in seen.first for name in _SIGNS) and not (doubt and seen["money point"])
    numbers = Numbers(decimal, thousands, signs, doubt)
    cells = map(seen.first.get, _NOTED)
    notes = [
        f"{show(cell[1].strip())} in line {cell[0]} is read as {numbers.read(cell[1]):.12g}"
        for cell in cells
        if cell is not None and numbers.is_marked(cell[1])
    ]
    if separator == ";" and told == CsvFormat() and numbers == Numbers() and seen["one point"] and not seen["point"]:
        notes.append(
            f'the point of {seen["one point"]} is read as that of decimals: thousands = "point" says otherwise'
        )
    return replace(numbers, notes=tuple(dict.fromkeys(notes)))


def _decimal(seen: _Evidence, told: CsvFormat) -> tuple[Literal["point", "comma"], str]:
    """What stands before decimals, and what is in doubt."""
    if told.decimal != "guess":
        return told.decimal, ""
    if told.thousands in ("comma", "point"):
        return ("point" if told.thousands == "comma" else "comma"), ""
    comma, point = (
        (seen["comma"] or seen["points"] or seen.groups or seen["soft comma"]),
        (seen["point"] or seen["commas"] or seen["soft point"]),
    )
    if told.thousands != "guess":  # another mark is that of thousands, so that no comma is
        comma = comma or seen["one comma"]
    if comma and point:
        return "point", f"the file has commas ({comma}) and points ({point}) in its numbers{_WAY}"
    if seen["one comma"] and not comma and not point:
        where = seen["one comma"]
        return "point", f"nothing tells whether the comma of {where} stands before decimals or thousands{_WAY}"
    if seen["money point"] and not comma and not point:
        where = seen["money point"]
        return "point", f"nothing tells whether the point of {where} stands before decimals or thousands{_WAY}"
    return ("comma" if comma else "point"), ""


_WAY = ": `decimal` or `thousands` can say it"


def _thousands(seen: _Evidence, told: CsvFormat, decimal: str, *, sure: bool) -> str:
    """The marks for thousands."""
    if told.thousands != "guess":
        return {"none": "", "comma": ",", "point": ".", "space": _SPACES, "apostrophe": _APOSTROPHES}[told.thousands]
    marks = _SPACES + _APOSTROPHES if any(name in seen.first for name in _SOFT_KINDS) else ""
    if sure and decimal == "point" and (seen["one comma"] or seen["commas"]):
        marks += ","
    if sure and decimal == "comma" and (seen["one point"] or seen["points"] or seen["point groups"]):
        marks += "."
    return marks
