"""What a person may say of a CSV file, so that nothing of it has to be guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Header = Literal["guess", "yes", "no"]
Separator = Literal["guess", "comma", "semicolon", "tab", "bar", "space"]
Decimal = Literal["guess", "point", "comma"]
Thousands = Literal["guess", "none", "comma", "point", "space", "apostrophe"]
#: what becomes of rows with missing values; a mean and a most frequent value are those of the training samples
Missing = Literal["refuse", "leave_out", "mean", "most_frequent"]
TargetKind = Literal["auto", "classes", "values"]

#: words, in small letters, that stand for a missing value where nothing else is said; an empty cell always does
MISSING = frozenset(
    {"", "na", "n/a", "nan", "-nan", "null", "none", "?", "-", "–", "—", "<na>", "\\n"}
    | {"#n/a", "#na", "#div/0!", "#value!", "#ref!", "#num!", "#name?"}
)
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """How a file is written; what is left at its default is guessed from the file.

    Attributes:
        header: whether the first line holds the names of the columns.
        separator: what stands between values; `space` is any number of spaces and tabs.
        decimal: what stands before the decimals.
        thousands: what stands between groups of three digits.
        missing_words: the words for a missing value, in any letters, in place of the usual ones.
    """

    header: Header = "guess"
    separator: Separator = "guess"
    decimal: Decimal = "guess"
    thousands: Thousands = "guess"
    missing_words: tuple[str, ...] = ()

    @property
    def missing(self) -> frozenset[str]:
        """Every word for a missing value, in small letters."""
        return frozenset(word.strip().lower() for word in self.missing_words) | {""} if self.missing_words else MISSING

    def is_missing(self, value: str) -> bool:
        """Whether a cell holds no value."""
        return value.strip().lower() in self.missing
