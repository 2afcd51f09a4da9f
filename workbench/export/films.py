"""Frames into a file: GIF with one palette, APNG, WebP and AVIF by Pillow, MP4 by ffmpeg through a pipe."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from workbench.experiment.writing import whole_file
from workbench.export.about import About
from workbench.export.film_plan import durations, find_encoder
from workbench.export.formats import FILMS

if TYPE_CHECKING:  # Pillow is loaded with the first film
    from PIL.Image import Image

#: Frames from whose colours the one palette of a GIF is chosen, at most, and pixels of each along its longer side.
_SAMPLES, _SAMPLE_SIDE = 24, 400
#: Colours of its palette: those that most pixels have, and those far from others; one is left for "as before".
_USUAL, _RARE = 127, 128
#: With these a frame of a GIF, and the end of it, begin.
_FRAME, _END = 0x2C, 0x3B
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    "<xmp:CreatorTool>{program}</xmp:CreatorTool>"
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{experiment}</rdf:li></rdf:Alt></dc:description>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


class FilmFault(Exception):  # noqa: N818 - only ever seen as its sentence
    """A film could not be made, in one sentence."""


def write_film(
    path: Path, kind: str, frames: Iterable[bytes], *, size: tuple[int, int], fps: int, count: int, about: About
) -> None:
    """Write a film of `count` frames, each the bytes of its pixels as red, green and blue, row by row.

    The file appears whole, or not at all: also where `frames` raises.

    Raises:
        FilmFault: the encoder failed.
        OSError: the file cannot be written.
    """
    if kind == "mp4":
        _write_mp4(path, frames, size, fps, about)
        return
    from PIL import Image

    # a list: some of Pillow's writers go through the frames twice
    pictures = [Image.frombytes("RGB", size, pixels) for pixels in frames]
    if kind == "gif":
        pictures = _with_one_palette(pictures)
    content = io.BytesIO()
    times: Any = durations(count, fps, FILMS[kind].unit)
    pictures[0].save(
        content,
        "PNG" if kind == "png" else kind.upper(),
        save_all=True,
        append_images=pictures[1:],
        duration=times if count > 1 else times[0],
        loop=0,
        **_options(kind, about),
    )
    made = content.getvalue()
    with whole_file(path) as file:
        file.write(_without_copies(made) if kind == "gif" else made)


def _options(kind: str, about: About) -> dict[str, Any]:
    """What each format is told besides, with the words about it where the format has a place for them."""
    if kind == "gif":
        return {"comment": f"{about.title}\n{about.program}\n\n{about.experiment}".encode(), "optimize": False,
                "disposal": 1}  # fmt: skip
    if kind == "png":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        for key, text in (("Title", about.title), ("Software", about.program), ("Description", about.experiment)):
            info.add_itxt(key, text, zip=len(text) > 1000)
        return {"pnginfo": info}
    words = {"title": escape(about.title), "program": escape(about.program), "experiment": escape(about.experiment)}
    xmp = _XMP.format(**words).encode()
    return {"xmp": xmp, "lossless": True, "method": 2} if kind == "webp" else {"xmp": xmp, "quality": 80, "speed": 7}


def _with_one_palette(pictures: list[Image]) -> list[Image]:
    """The frames in the colours that serve all of them best, chosen from some of them side by side.

    Colours of its own for each frame would flicker, and be in the file as often. They are not mixed of dots: those
    would move from frame to frame, too. Half of them are those that most pixels have, which a height map needs; the
    others are as far apart as can be: thin lines in colours of their own, as lanes have, are few pixels.
    """
    from PIL import Image

    every = max(1, len(pictures) // _SAMPLES)
    samples = [*pictures[::every], pictures[-1]]
    for sample in (some := [picture.copy() for picture in samples]):
        sample.thumbnail((_SAMPLE_SIDE, _SAMPLE_SIDE), Image.Resampling.NEAREST)  # no colour that is in no frame
    sheet = Image.new("RGB", (some[0].width, some[0].height * len(some)))
    for place, sample in enumerate(some):
        sheet.paste(sample, (0, place * some[0].height))
    kinds = ((_USUAL, Image.Quantize.MEDIANCUT), (_RARE, Image.Quantize.MAXCOVERAGE))
    colors = [sheet.quantize(count, method=kind, dither=Image.Dither.NONE).getpalette() or [] for count, kind in kinds]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colors[0][: 3 * _USUAL] + colors[1][: 3 * _RARE])
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]


def _without_copies(film: bytes) -> bytes:
    """A GIF without the copies of its palette that Pillow writes before every frame but the first.

    A frame's head says in its last byte whether colours of its own follow; blocks of data end with an empty one.
    """
    size = 3 * 2 ** ((film[10] & 7) + 1)
    palette, at = film[13 : 13 + size], 13 + size
    parts = [film[:at]]
    while film[at] != _END:
        begin, is_frame = at, film[at] == _FRAME
        at = head = begin + (10 if is_frame else 2)
        if is_frame and film[head - 1] & 0x80:
            at += 3 * 2 ** ((film[head - 1] & 7) + 1)
            if film[head:at] == palette:
                parts.append(film[begin : head - 1] + bytes([film[head - 1] & 0x78]))
                begin = at
        at += is_frame  # how many bits its numbers have
        while film[at]:
            at += 1 + film[at]
        at += 1
        parts.append(film[begin:at])
    return b"".join([*parts, film[at:]])


def _write_mp4(path: Path, frames: Iterable[bytes], size: tuple[int, int], fps: int, about: About) -> None:
    """By a child process, which gets the frames as they come; its file is taken once it is whole."""
    encoder = find_encoder()
    if not encoder:
        raise FilmFault("MP4 needs the program ffmpeg, which is not on the PATH")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        made = Path(folder) / "film.mp4"
        call = [
            encoder, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-s", f"{size[0]}x{size[1]}", "-r", str(fps), "-i", "-", "-an",
            # players want colours at half the size, and that a whole number of times
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
            "-metadata", f"title={about.title}", "-metadata", f"comment={about.program}\n\n{about.experiment}",
            str(made),
        ]  # fmt: skip
        with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said) as child:
            try:
                _feed(child.stdin, frames)
            except BaseException:
                child.kill()
                raise
        if child.returncode or not made.is_file():
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines()
            raise FilmFault(f"{encoder} failed: {words[-1] if words else f'exit code {child.returncode}'}")
        with made.open("rb") as source, whole_file(path) as file:
            shutil.copyfileobj(source, file)


def _feed(pipe: IO[bytes] | None, frames: Iterable[bytes]) -> None:
    """Give it the frames; one that has ended before says itself why."""
    if pipe is None:
        return
    with contextlib.suppress(BrokenPipeError), pipe:
        for pixels in frames:
            pipe.write(pixels)
