"""A film as a GIF: one palette for all frames, and of each frame only what is another than in the one before."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # Pillow is loaded with the first film
    from PIL.Image import Image

#: Frames from whose colours the palette is chosen, at most, and pixels of each along its longer side.
_SAMPLES, _SAMPLE_SIDE = 24, 400
#: Colours of the palette: those that most pixels have, and those far from others; the last place is "as before".
_USUAL, _RARE, _AS_BEFORE = 127, 128, 255
_FRAME = 0x2C  # with this a frame begins
_Indices = NDArray[np.uint8]


def gif_bytes(pictures: Sequence[Image], milliseconds: Sequence[int], comment: str) -> bytes:
    """The content of a file that shows the pictures one after another, over and over."""
    size = pictures[0].size
    palette = _palette(pictures)
    table = bytes(palette.getpalette() or []).ljust(3 * 256, b"\0")
    parts = [b"GIF89a", struct.pack("<HHBBB", *size, 0xF7, 0, 0), table, b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"]
    parts += [b"!\xfe", *_blocks(comment.encode()), b"\0"]
    shown: _Indices | None = None
    for picture, time in zip(pictures, milliseconds, strict=True):
        wanted = _indices(picture, palette)
        parts.append(_frame(wanted, shown, table, time // 10))
        shown = wanted
    return b"".join([*parts, b";"])


def _palette(pictures: Sequence[Image]) -> Image:
    """The colours that serve all frames best, chosen from some of them side by side.

    Colours of its own for each frame would flicker, and be in the file as often. They are not mixed of dots: those
    would move from frame to frame, too. Half of them are those that most pixels have, which a height map needs; the
    others are as far apart as can be: thin lines in colours of their own, as lanes have, are few pixels.
    """
    from PIL import Image

    every = max(1, len(pictures) // _SAMPLES)
    for sample in (some := [picture.copy() for picture in (*pictures[::every], pictures[-1])]):
        sample.thumbnail((_SAMPLE_SIDE, _SAMPLE_SIDE), Image.Resampling.NEAREST)  # no colour that is in no frame
    sheet = Image.new("RGB", (some[0].width, some[0].height * len(some)))
    for place, sample in enumerate(some):
        sheet.paste(sample, (0, place * some[0].height))
    kinds = ((_USUAL, Image.Quantize.MEDIANCUT), (_RARE, Image.Quantize.MAXCOVERAGE))
    colors = [sheet.quantize(count, method=kind, dither=Image.Dither.NONE).getpalette() or [] for count, kind in kinds]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colors[0][: 3 * _USUAL] + colors[1][: 3 * _RARE])
    return palette


def _indices(picture: Image, palette: Image) -> _Indices:
    from PIL import Image

    return np.asarray(picture.quantize(palette=palette, dither=Image.Dither.NONE), np.uint8)


def _frame(wanted: _Indices, shown: _Indices | None, table: bytes, hundredths: int) -> bytes:
    """What makes the frame of the one before it, in the shorter of two ways: with all pixels within, or the others."""
    if shown is None:
        return _control(hundredths, clear=False) + _picture(wanted, (0, 0), table)
    other = wanted != shown
    rows, columns = np.nonzero(other.any(axis=1))[0], np.nonzero(other.any(axis=0))[0]
    if not len(rows):  # the same again, for its time: a pixel as it was
        return _control(hundredths, clear=True) + _picture(np.full((1, 1), _AS_BEFORE, np.uint8), (0, 0), table)
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    at = (int(columns[0]), int(rows[0]))
    whole = _control(hundredths, clear=False) + _picture(wanted[part], at, table)
    others = np.where(other[part], wanted[part], np.uint8(_AS_BEFORE))
    return min(whole, _control(hundredths, clear=True) + _picture(others, at, table), key=len)


def _control(hundredths: int, *, clear: bool) -> bytes:
    """How long the frame stays, that the next one is drawn over it, and whether a colour lets through what was."""
    return struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 0x04 | clear, hundredths, _AS_BEFORE if clear else 0, 0)


def _picture(indices: _Indices, at: tuple[int, int], table: bytes) -> bytes:
    """A part of the picture as a file has it: where it is, and its pixels, as Pillow packs them."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(indices))
    image.putpalette(table)
    packed = io.BytesIO()
    image.save(packed, "GIF", optimize=False, interlace=0)  # as it is: no palette of its own
    made = packed.getvalue()
    begin = 13 + 3 * 2 ** ((made[10] & 7) + 1)
    while made[begin] != _FRAME:  # past what Pillow says besides
        begin += 2
        while made[begin]:
            begin += 1 + made[begin]
        begin += 1
    own = 3 * 2 ** ((made[begin + 9] & 7) + 1) if made[begin + 9] & 0x80 else 0
    height, width = indices.shape
    return struct.pack("<BHHHHB", _FRAME, *at, width, height, 0) + made[begin + 10 + own : -1]


def _blocks(content: bytes) -> Iterator[bytes]:
    for i in range(0, len(content), 255):
        block = content[i : i + 255]
        yield bytes([len(block)]) + block
