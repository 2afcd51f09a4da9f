"""The formats of pictures and films, declared once: command line, menus and file dialogs offer these."""

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


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """A format of films by the ending of its files; `unit` is what its times are whole multiples of, in milliseconds.

    `loops` where the file itself says that it begins anew at its end.
    """

    key: str
    title: str
    unit: int = 1
    loops: bool = True


FILMS = {
    entry.key: entry
    for entry in (
        FilmFormat("gif", "GIF", unit=10),
        FilmFormat("png", "APNG"),
        FilmFormat("webp", "WebP"),
        FilmFormat("avif", "AVIF"),
        FilmFormat("mp4", "MP4", loops=False),
    )
}
