"""A picture that a notebook shows, drawn by the program when somebody looks at it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from workbench.engine.params import RequestError, nearest, show
from workbench.export.formats import FORMATS

#: bytes up to which a notebook is given vectors besides pixels: it keeps what it is given
_LARGEST_SVG = 300_000
_THEMES = ("light", "dark")
_SIZES = (100, 8000)


def check_look(theme: str, size: tuple[int, int] | None) -> None:
    """Refuse a look that there is not. Raises RequestError."""
    if theme not in _THEMES:
        raise RequestError("theme", f"must be one of {', '.join(_THEMES)}, got {show(theme)}{nearest(theme, _THEMES)}")
    low, high = _SIZES
    whole = size is None or (len(size) == 2 and all(isinstance(n, int) and low <= n <= high for n in size))
    if not whole:
        raise RequestError("size", f"must be width and height in whole pixels, {low} to {high} each, got {size}")


class Picture:
    """A picture; it is drawn when a notebook shows it, or one of its formats is asked for, and then kept."""

    def __init__(self, draw: Callable[[str], bytes], title: str) -> None:
        self._draw, self.title = draw, title
        self._drawn: dict[str, bytes] = {}

    @property
    def png(self) -> bytes:
        """Of pixels, two for each of its size."""
        return self._content("png")

    @property
    def svg(self) -> str:
        """Of vectors."""
        return self._content("svg").decode()

    @property
    def pdf(self) -> bytes:
        """Of vectors, a page."""
        return self._content("pdf")

    def save(self, path: str | Path) -> None:
        """Write it to a file, whose ending says the format: png, svg or pdf.

        Raises:
            RequestError: it is another ending.
            OSError: it cannot be written.
        """
        from workbench.experiment.writing import write_bytes

        kind = Path(path).suffix[1:].lower()
        if kind not in FORMATS:
            raise RequestError("", f"{path}: the ending must be one of {', '.join(FORMATS)}{nearest(kind, FORMATS)}")
        write_bytes(path, self._content(kind))

    def _content(self, kind: str) -> bytes:
        if kind not in self._drawn:
            if threading.current_thread() is not threading.main_thread():
                raise RequestError("", "a picture must be drawn in the main thread, which windows and pictures live in")
            self._drawn[kind] = self._draw(kind)
        return self._drawn[kind]

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        content = self.png
        width, height = (int.from_bytes(content[at : at + 4]) // 2 for at in (16, 20))
        return content, {"width": width, "height": height}

    def _repr_svg_(self) -> str | None:
        return self.svg if len(self._content("svg")) <= _LARGEST_SVG else None

    def __repr__(self) -> str:
        return f"Picture({self.title})"
