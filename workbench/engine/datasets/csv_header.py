"""Whether the first line of a table holds the names of its columns, or is a row like the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from workbench.engine.datasets.csv_format import CsvFormat
from workbench.engine.datasets.csv_numbers import Numbers, like_number

_ROW = 'the first line is read as a row, as it is like those below: header = "yes" makes names of it'
_NAMES = 'the first line is read as names, as its numbers count: header = "no" makes a row of it'

_TEXTS = 'the first line is read as names, though texts alone stand below it: header = "no" makes a row of it'

_BOTH = 'the first line is read as names, though some are numbers: header = "no" makes a row of it'

#: so many numbers that rise one after the other are no row, but wavelengths and the like
_MANY = 8


def is_header(
    first: Sequence[str], rows: Sequence[Sequence[str]], numbers: Numbers, told: CsvFormat
) -> tuple[bool, str]:
    """Whether the first line holds names, judged by the rows below it; and a sentence where that is not certain.

    A text above numbers is a name, and so is one that stands beside such; numbers alone are a row. Numbers above
    numbers make a row of it, unless they count, as columns, years or wavelengths do; so does a text that its column has
    again.
    """
    if told.header != "guess":
        return told.header == "yes", ""
    if all(numbers.is_spelled(value) for value in first):
        return False, ""
    below = [row for row in rows if list(row) != list(first)] or rows
    names = numbers_above = again = 0
    for i, cell in enumerate(first):
        column = [row[i].strip() for row in below if i < len(row) and not told.is_missing(row[i])]
        if told.is_missing(cell) or not column:
            continue
        number = numbers.is_spelled(cell) or like_number(cell)
        numeric = all(numbers.is_spelled(value) or like_number(value) for value in column)
        names += numeric and not number
        numbers_above += numeric and number
        again += not numeric and not number and cell.strip() in column
    if names:
        return True, _BOTH if numbers_above else ""
    if not again and not numbers_above:
        return True, _TEXTS if below else ""
    if again or not _count([numbers.read(cell) for cell in first if numbers.is_spelled(cell)]):
        return False, _ROW
    return True, _NAMES


def _count(values: Sequence[float]) -> bool:
    """Whether numbers are names all the same: 0, 1, 2 as of columns; 1990, 2000, 2010 as of years; many that rise."""
    steps = [b - a for a, b in pairwise(values)]
    if not steps or not all(map(math.isfinite, values)) or min(steps) <= 0 or values[0] < 0:
        return False
    if len(values) == 2:
        return steps == [1] and values[0].is_integer()
    return len(values) >= _MANY or max(steps) - min(steps) <= 1e-6 * values[-1]
