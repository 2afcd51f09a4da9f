"""Frames into a file: GIF, APNG, WebP and AVIF by Pillow, MP4 by ffmpeg through a pipe."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

import numpy as np

from workbench.experiment.writing import whole_file
from workbench.export.about import About
from workbench.export.film_plan import durations, find_encoder
from workbench.export.formats import FILMS
from workbench.export.gif import gif_bytes

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
    times = durations(count, fps, FILMS[kind].unit)
    if kind == "gif":
        with whole_file(path) as file:
            file.write(gif_bytes(pictures, times, f"{about.title}\n{about.program}\n\n{about.experiment}"))
        return
    content = io.BytesIO()
    pictures[0].save(
        content,
        "PNG" if kind == "png" else kind.upper(),
        save_all=True,
        append_images=pictures[1:],
        duration=times if count > 1 else times[0],
        loop=0,
        **_options(kind, about),
    )
    with whole_file(path) as file:
        file.write(content.getvalue())


def _options(kind: str, about: About) -> dict[str, Any]:
    """What each format is told besides, with the words about it where the format has a place for them."""
    if kind == "png":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        for key, text in (("Title", about.title), ("Software", about.program), ("Description", about.experiment)):
            info.add_itxt(key, text, zip=len(text) > 1000)
        return {"pnginfo": info}
    words = {"title": escape(about.title), "program": escape(about.program), "experiment": escape(about.experiment)}
    xmp = _XMP.format(**words).encode()
    return {"xmp": xmp, "lossless": True, "method": 2} if kind == "webp" else {"xmp": xmp, "quality": 80, "speed": 7}


def _write_mp4(path: Path, frames: Iterable[bytes], size: tuple[int, int], fps: int, about: About) -> None:
    """By a child process, which gets the frames as they come; its file is taken once it is whole."""
    encoder = find_encoder()
    if not encoder:
        raise FilmFault("MP4 needs the program ffmpeg, which is not on the PATH")
    even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        made = Path(folder) / "film.mp4"
        call = [
            encoder, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-s", f"{even[0]}x{even[1]}", "-r", str(fps), "-i", "-", "-an",
            # said, not guessed by the size of the film, as players do: they would give some films other colours
            "-vf", "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709",
            "-color_range", "tv", "-colorspace", "bt709",
            "-color_primaries", "bt709", "-color_trc", "bt709", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
            "-metadata", f"title={about.title}", "-metadata", f"comment={about.program}\n\n{about.experiment}",
            str(made),
        ]  # fmt: skip
        with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said) as child:
            try:
                _feed(child.stdin, frames if even == size else (_evened(pixels, size) for pixels in frames))
            except BaseException:
                child.kill()
                raise
        if child.returncode or not made.is_file():
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines()
            raise FilmFault(f"{encoder} failed: {words[-1] if words else f'exit code {child.returncode}'}")
        with made.open("rb") as source, whole_file(path) as file:
            shutil.copyfileobj(source, file)


def _evened(pixels: bytes, size: tuple[int, int]) -> bytes:
    """A frame with even sides, by its last column and row once more: players want colours at half the size."""
    rows = np.frombuffer(pixels, np.uint8).reshape(size[1], size[0], 3)
    return np.pad(rows, ((0, size[1] % 2), (0, size[0] % 2), (0, 0)), mode="edge").tobytes()


def _feed(pipe: IO[bytes] | None, frames: Iterable[bytes]) -> None:
    """Give it the frames; one that has ended before says itself why."""
    if pipe is None:
        return
    with contextlib.suppress(BrokenPipeError), pipe:
        for pixels in frames:
            pipe.write(pixels)
