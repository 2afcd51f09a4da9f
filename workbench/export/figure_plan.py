"""What a figure is to be: which views, in what grid, on what page. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from workbench.engine.params import grouped
from workbench.export.formats import FORMATS

#: How many of each unit are in an inch; of pixels as many as the page's own resolution says.
UNITS: Mapping[str, float] = MappingProxyType({"mm": 25.4, "in": 1.0, "px": 0.0})
#: Pixels and points of an inch, as style sheets and SVG have them.
CSS_PIXELS, POINTS = 96.0, 72.0
#: Inches of a side; the longest is that of readers of PDF.
LEAST_SIDE, MOST_SIDE = 0.4, 200.0
LEAST_DPI, MOST_DPI = 36, 2400
LEAST_FONT, MOST_FONT = 3.0, 144.0
MOST_VIEWS = 16
#: Views that take minutes: a preview would not follow what one chooses.
SLOW = ("map",)
LONGEST_TITLE, LONGEST_CAPTION = 200, 2000
#: Pixels of a picture at most, four bytes each; and of the layout along a side, at the size of text on a screen.
MOST_PIXELS, MOST_LAYOUT = 120_000_000, 8000
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*[x×]\s*(\d{1,12}(?:\.\d{1,6})?)\s*(mm|in|px)")


class FigureFault(Exception):  # noqa: N818 - only ever seen as its sentence
    """A figure cannot be, in one sentence."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The page of a figure.

    Attributes:
        width, height: its size, in the unit.
        unit: one of `UNITS`.
        font: the size of its ordinary text in points.
        dpi: pixels an inch of a picture in pixels; of a page in pixels also what its inches follow from.
    """

    width: float = 174.0
    height: float = 120.0
    unit: str = "mm"
    font: float = 8.0
    dpi: int = 300

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height in inches."""
        per_inch = UNITS[self.unit] or float(self.dpi)
        return self.width / per_inch, self.height / per_inch

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of a picture in pixels: as asked for, or as its resolution has it."""
        if self.unit == "px":
            return round(self.width), round(self.height)
        across, down = self.inches
        return max(1, round(across * self.dpi)), max(1, round(down * self.dpi))

    @property
    def points(self) -> tuple[float, float]:
        """Width and height in points of 1/72 inch."""
        across, down = self.inches
        return across * POINTS, down * POINTS

    def layout(self, base: float) -> tuple[float, float]:
        """Width and height in pixels of a layout whose text has `base` points, so that it then has its own."""
        across, down = self.inches
        per_inch = CSS_PIXELS * base / self.font
        return across * per_inch, down * per_inch

    def written(self) -> str:
        """Its size as people write it, and as `size_of` reads it."""
        return f"{self.width:g}x{self.height:g}{self.unit}"

    def fault(self, kind: str, base: float = 10.0) -> str:
        """What cannot be, in words for after the figure's name; nothing where all can."""
        if not LEAST_DPI <= self.dpi <= MOST_DPI:
            return f"its resolution must be from {LEAST_DPI} to {MOST_DPI} pixels an inch, got {self.dpi}"
        if not LEAST_FONT <= self.font <= MOST_FONT:  # also of what is no number
            return f"its text must be from {LEAST_FONT:g} to {MOST_FONT:g} points, got {self.font:g}"
        if not (min(self.inches) >= LEAST_SIDE and max(self.inches) <= MOST_SIDE):
            per_inch = UNITS[self.unit] or float(self.dpi)
            low, high = LEAST_SIDE * per_inch, MOST_SIDE * per_inch
            return f"its sides must be from {low:.4g} to {high:.6g} {self.unit}, got {self.written()}"
        across, down = self.pixels
        if FORMATS[kind].is_raster and across * down > MOST_PIXELS:
            return (
                f"{self.written()} at {self.dpi} pixels an inch are {across}x{down} pixels, "
                f"and a picture has at most {grouped(MOST_PIXELS)}"
            )
        longest = max(self.layout(base))
        if longest > MOST_LAYOUT:
            least = self.font * longest / MOST_LAYOUT
            return f"text of {self.font:g} points is too small for a page of {self.written()}: at least {least:.3g}"
        return ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual page, with its colours."""

    title: str
    paper: Paper
    theme: str = "light"


PRESETS: Mapping[str, Preset] = MappingProxyType({
    "paper": Preset("Paper", Paper(174.0, 120.0, "mm", 8.0, 300)),
    "column": Preset("Paper, one column", Paper(85.0, 75.0, "mm", 7.0, 600)),
    "slide": Preset("Slide", Paper(13.333, 7.5, "in", 14.0, 144)),
    "screen": Preset("Screen", Paper(1600.0, 1000.0, "px", 11.0, 96)),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """A figure as a person asked for it.

    Attributes:
        views: the keys of the views, row by row.
        paper: its page.
        rows, columns: the grid; 0 are as many as the views need.
        title, caption: None for what the experiment says by itself, empty for none.
        letters: whether the views are told apart by (a), (b), ...
        theme: `light` or `dark`.
    """

    views: tuple[str, ...]
    paper: Paper = Paper()
    rows: int = 0
    columns: int = 0
    title: str | None = None
    caption: str | None = None
    letters: bool = True
    theme: str = "light"

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns."""
        count = max(1, len(self.views))
        columns = self.columns or (-(-count // self.rows) if self.rows else _usual_columns(count))
        return self.rows or -(-count // columns), columns

    def fault(self, kind: str) -> str:
        """What cannot be, in words for after the figure's name; nothing where all can."""
        if not 1 <= len(self.views) <= MOST_VIEWS:
            return f"it can show from 1 to {MOST_VIEWS} views, got {len(self.views)}"
        for name, text, most in (("title", self.title, LONGEST_TITLE), ("caption", self.caption, LONGEST_CAPTION)):
            if len(text or "") > most:
                return f"its {name} can have {most} characters at most, got {len(text or '')}"
        return self._grid_fault() or self.paper.fault(kind)

    def _grid_fault(self) -> str:
        rows, columns = self.grid
        twice = next((key for i, key in enumerate(self.views) if key in self.views[:i]), "")
        if twice:
            return f'it can show the view "{twice}" only once'
        if rows * columns < len(self.views):
            return f"a grid of {rows}x{columns} has no room for {len(self.views)} views"
        if rows > MOST_VIEWS or columns > MOST_VIEWS:
            return f"a grid has {MOST_VIEWS} rows and columns at most, got {rows}x{columns}"
        return ""


def _usual_columns(count: int) -> int:
    return 1 if count == 1 else 2 if count <= 4 else 3 if count <= 9 else 4


def letter(place: int) -> str:
    """How the view at a place is told apart: (a), (b), ..."""
    return f"({chr(ord('a') + place)})"


def plan_of(said: Mapping[str, Any]) -> FigurePlan:
    """The plan that `dataclasses.asdict` has said."""
    return FigurePlan(**{**said, "views": tuple(said["views"]), "paper": Paper(**said["paper"])})


def size_of(text: str) -> tuple[float, float, str] | None:
    """Width, height and unit that a text like `174x120mm` says; None where it says none."""
    found = _SIZE.fullmatch(text.strip())
    return (float(found[1]), float(found[2]), found[3]) if found else None


def on_paper(
    plan: FigurePlan, *, size: tuple[float, float, str] | None, font: float | None, dpi: int | None
) -> FigurePlan:
    """The plan with what else was asked of its page."""
    paper = plan.paper
    if size is not None:
        paper = replace(paper, width=size[0], height=size[1], unit=size[2])
    if font is not None:
        paper = replace(paper, font=font)
    if dpi is not None:
        paper = replace(paper, dpi=dpi)
    return replace(plan, paper=paper)
