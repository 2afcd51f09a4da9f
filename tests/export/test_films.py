"""Films: which steps they show, how many frames a file holds, how long it lasts, and what is in it besides."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from workbench.export.about import About
from workbench.export.film_plan import (
    BY_LOSS,
    LAWS,
    LINEAR,
    LOGARITHMIC,
    FilmPlan,
    change_of,
    durations,
    missing,
    spread,
)
from workbench.export.films import FilmFault, write_film
from workbench.export.gif import gif_bytes

SIZE = (64, 48)
ABOUT = About('Two <steps> & "more"', "Gradient Workbench", 'title = "η"\n')


def frames(count):
    """A red square that moves over a ground of many greens and blues."""
    for i in range(count):
        picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        picture[..., 1] = np.arange(SIZE[0]) * 4
        picture[..., 2] = np.arange(SIZE[1])[:, None] * 5
        picture[10:18, 2 * i : 2 * i + 8] = (255, 0, 0)
        yield picture.tobytes()


@pytest.fixture
def opened():
    """Opens films, and closes them in the end."""
    films = []

    def make(path):
        films.append(Image.open(path))
        return films[-1]

    yield make
    for film in films:
        film.close()


def write(path, kind, count=12, fps=16, made=None):
    write_film(path, kind, made or frames(count), size=SIZE, fps=fps, count=count, about=ABOUT)


@given(st.sampled_from([LINEAR, LOGARITHMIC, BY_LOSS]), st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 200))
def test_frames_rise_from_the_first_step_to_the_last(law, first, more, count):
    """As many as asked for, or as there are steps."""
    change = np.cumsum(np.sin(np.arange(more + 1)) ** 8)
    steps = spread(law, first, first + more, count, change - change[0])
    assert len(steps) == min(count, more + 1) == FilmPlan("loss", first, first + more, count).count
    assert steps[-1] == first + more
    assert len(steps) == 1 or steps[0] == first
    assert all(a < b for a, b in pairwise(steps))


def test_each_law_is_what_it_says():
    assert spread(LINEAR, 0, 100, 5) == [0, 25, 50, 75, 100]
    assert spread(LOGARITHMIC, 0, 9999, 5) == [0, 9, 99, 999, 9999]
    losses = np.repeat([[100.0], [10.0], [1.0]], [3, 1, 7], axis=0)  # falls at steps 3 and 4, and rests elsewhere
    change = change_of(np.arange(11), losses, 0, 10)
    assert change[[2, 3, 4, 10]].tolist() == [0.0, 1.0, 2.0, 2.0]
    assert spread(BY_LOSS, 0, 10, 3, change)[1] == 3
    gone = np.array([[1.0], [0.1], [np.nan], [np.inf], [0.0]])  # diverged, or at zero
    assert np.isfinite(change_of(np.arange(5), gone, 0, 4)).all()
    assert set(LAWS) == {LINEAR, LOGARITHMIC, BY_LOSS}


@given(st.integers(1, 2000), st.integers(1, 60), st.sampled_from([1, 10]))
def test_all_frames_together_last_as_long_as_they_should(count, fps, unit):
    times = durations(count, fps, unit)
    assert len(times) == count
    assert min(times) > 0
    assert abs(sum(times) - 1000 * count / fps) <= unit / 2 + 1e-9


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "avif"])
def test_a_film_holds_its_frames_and_times(tmp_path, kind, opened):
    """Counted, timed and compared by Pillow's readers, which know nothing of what was written."""
    if missing(kind):
        pytest.skip(missing(kind))
    path = tmp_path / f"film.{kind}"
    write(path, kind)
    film = opened(path)
    assert (film.n_frames, film.size) == (12, SIZE)
    times = []
    for i, wanted in enumerate(frames(12)):
        film.seek(i)
        shown = np.asarray(film.convert("RGB"), np.int64)
        times.append(film.info["duration"])
        expected = np.frombuffer(wanted, np.uint8).reshape(SIZE[1], SIZE[0], 3)
        close = {"png": 0, "webp": 0, "gif": 24, "avif": 24}[kind]
        assert np.abs(shown - expected).mean() <= close / 3
        assert np.abs(shown[13, 2 * i + 4] - (255, 0, 0)).max() <= close
    assert sum(times) == pytest.approx(750, abs=1 if kind != "gif" else 5)
    assert film.info.get("loop", 0) == 0


def test_a_gif_has_one_palette(tmp_path):
    """No frame has a table of colours of its own: it would flicker."""
    path = tmp_path / "film.gif"
    write(path, "gif")
    assert local_tables(path.read_bytes()) == [False] * 12


def test_a_gif_holds_of_a_frame_what_is_another(tmp_path):
    """A square that moves over a ground that stays: the ground is in the file once."""
    path = tmp_path / "film.gif"
    write(path, "gif", count=1, made=frames(1))
    one = path.stat().st_size
    write(path, "gif")
    assert path.stat().st_size - one < 11 * 200  # a square of eight pixels, where it was and where it is


def test_frames_that_are_the_same_are_frames_too(tmp_path, opened):
    """None is left out: a film has as many as were asked for, each for its time."""
    path = tmp_path / "film.gif"
    (first,) = frames(1)
    write(path, "gif", count=4, fps=10, made=[first] * 4)
    film = opened(path)
    assert film.n_frames == 4
    seen = []
    for i in range(4):
        film.seek(i)
        seen.append((film.info["duration"], film.convert("RGB").tobytes()))
    assert len(set(seen)) == 1
    assert seen[0][0] == 100


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_any_frames_come_back_as_they_were(seed, count):
    """Of few colours, which are then all in the palette: every pixel, whatever stays and whatever moves."""
    random = np.random.default_rng(seed)
    colors = random.integers(0, 256, (6, 3)) // 32 * 32
    shape = (int(random.integers(1, 30)), int(random.integers(1, 30)))
    pixels = [random.integers(0, 6, shape)]
    for _ in range(count - 1):
        moved = random.random(shape) < random.choice([0.0, 0.05, 1.0])
        pixels.append(np.where(moved, random.integers(0, 6, shape), pixels[-1]))
    wanted = [colors[each].astype(np.uint8) for each in pixels]
    with Image.open(io.BytesIO(gif_bytes([Image.fromarray(each) for each in wanted], [50] * count, "x" * 600))) as film:
        assert film.n_frames == count
        assert film.info["comment"] == b"x" * 600
        for i, each in enumerate(wanted):
            film.seek(i)
            assert (np.asarray(film.convert("RGB")) == each).all()


def local_tables(data):
    """Whether each picture of a GIF has colours of its own, read from its blocks."""
    flags = data[10]
    assert flags & 0x80, "the file has a palette for all"
    at, found = 13 + 3 * 2 ** ((flags & 7) + 1), []
    while data[at] != 0x3B:
        if data[at] == 0x21:
            at += 2
        else:
            assert data[at] == 0x2C
            own = data[at + 9]
            found.append(bool(own & 0x80))
            at += 11 + (3 * 2 ** ((own & 7) + 1) if own & 0x80 else 0)
        while data[at]:
            at += 1 + data[at]
        at += 1
    return found


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "avif"])
def test_a_film_says_what_it_is_of(tmp_path, kind, opened):
    if missing(kind):
        pytest.skip(missing(kind))
    path = tmp_path / f"film.{kind}"
    write(path, kind, count=2)
    film = opened(path)
    if kind == "png":
        assert (film.text["Title"], film.text["Software"]) == (ABOUT.title, ABOUT.program)
        assert film.text["Description"] == ABOUT.experiment
    elif kind == "gif":
        assert film.info["comment"].decode() == f"{ABOUT.title}\n{ABOUT.program}\n\n{ABOUT.experiment}"
    else:
        from xml.etree import ElementTree as ET

        words = "".join(ET.fromstring(film.info["xmp"]).itertext())  # noqa: S314 - our own
        assert all(part in words for part in (ABOUT.title, ABOUT.program, ABOUT.experiment))


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_a_film_that_breaks_off_leaves_the_file_before_it(tmp_path, kind, monkeypatch):
    fake_encoder(tmp_path, monkeypatch, "cat > /dev/null")
    path = tmp_path / f"film.{kind}"
    path.write_bytes(b"before")

    def broken():
        yield from frames(3)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write(path, kind, made=broken())
    assert path.read_bytes() == b"before"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["bin", path.name])


def fake_encoder(folder, monkeypatch, script):
    """A program on the PATH in place of ffmpeg."""
    place = folder / "bin"
    place.mkdir()
    program = place / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")


def test_the_encoder_gets_every_pixel_and_its_file_is_taken(tmp_path, monkeypatch):
    """By the pipe, in order; what it is told names size and frames a second."""
    fake_encoder(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/told; for last; do :; done; cat > "$last"')
    write(tmp_path / "film.mp4", "mp4")
    assert (tmp_path / "film.mp4").read_bytes() == b"".join(frames(12))
    told = (tmp_path / "told").read_text("utf-8")
    assert "-s 64x48 -r 16 -i -" in told
    assert ABOUT.title in told


def test_what_the_encoder_says_is_said(tmp_path, monkeypatch):
    """Nothing is written, also where it ends before all frames came."""
    fake_encoder(tmp_path, monkeypatch, "echo 'no such codec' >&2; exit 3")
    with pytest.raises(FilmFault, match="ffmpeg failed: no such codec"):
        write(tmp_path / "film.mp4", "mp4")
    assert not (tmp_path / "film.mp4").exists()


def test_without_an_encoder_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing("mp4") == "MP4 needs the program ffmpeg, which is not on the PATH"
    with pytest.raises(FilmFault, match="not on the PATH"):
        write(tmp_path / "film.mp4", "mp4")


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="there is no ffmpeg here")
@pytest.mark.parametrize("size", [(64, 48), (63, 48), (64, 47), (63, 47)])
def test_a_real_encoder_makes_all_frames(tmp_path, size):
    """Decoded again: their number, their colours, how long they last; sides that are odd have one more pixel."""
    path = tmp_path / "film.mp4"
    cut = [np.frombuffer(frame, np.uint8).reshape(SIZE[1], SIZE[0], 3)[: size[1], : size[0]] for frame in frames(12)]
    write_film(path, "mp4", [frame.tobytes() for frame in cut], size=size, fps=16, count=12, about=ABOUT)
    call = ["ffmpeg", "-hide_banner", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    decoded = subprocess.run(call, capture_output=True, check=True)
    assert "Duration: 00:00:00.75" in decoded.stderr.decode()
    even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
    shown = np.frombuffer(decoded.stdout, np.uint8).reshape(-1, even[1], even[0], 3).astype(np.int64)
    assert len(shown) == 12
    for frame, wanted in zip(shown, cut, strict=True):
        whole = np.pad(wanted, ((0, size[1] % 2), (0, size[0] % 2), (0, 0)), mode="edge")
        difference = np.abs(frame - whole)
        assert difference.mean() < 12
        assert difference[-1].mean() < 20  # no black edge
        assert difference[:, -1].mean() < 20


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47)])
def test_the_encoder_gets_even_sides(tmp_path, monkeypatch, size):
    """By the last column and row once more: black ones would be an edge."""
    fake_encoder(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/told; for last; do :; done; cat > "$last"')
    picture = np.arange(size[0] * size[1] * 3, dtype=np.uint8).reshape(size[1], size[0], 3)
    write_film(tmp_path / "a.mp4", "mp4", [picture.tobytes()], size=size, fps=16, count=1, about=ABOUT)
    got = np.frombuffer((tmp_path / "a.mp4").read_bytes(), np.uint8).reshape(48, 64, 3)
    assert "-s 64x48 " in (tmp_path / "told").read_text("utf-8")
    assert (got[: size[1], : size[0]] == picture).all()
    assert (got[size[1] :, : size[0]] == picture[-1:]).all()
    assert (got[: size[1], size[0] :] == picture[:, -1:]).all()


def test_a_plan_that_cannot_be_says_why():
    assert FilmPlan("loss", 0, 100).fault() == ""
    assert "before it begins" in FilmPlan("loss", 5, 4).fault()
    assert "from 160 to 4096 pixels" in FilmPlan("loss", 0, 4, size=(100, 480)).fault()
    assert "too much at once" in FilmPlan("loss", 0, 9999, frames=5000, size=(1920, 1080)).fault()
