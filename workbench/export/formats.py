"""The formats of pictures, declared once: command line, menus and file dialogs offer these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """A format of pictures by the ending of its files.

    `is_raster` where a picture has a size in pixels, which a person is asked for; the others are vectors.
    """

    key: str
    title: str
    is_raster: bool


PICTURES = (
    PictureFormat("png", "PNG", is_raster=True),
    PictureFormat("svg", "SVG", is_raster=False),
    PictureFormat("pdf", "PDF", is_raster=False),
)
FORMATS = {entry.key: entry for entry in PICTURES}
