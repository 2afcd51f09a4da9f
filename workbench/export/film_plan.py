"""What a film of a run is to be: its formats, which steps its frames show, and how long each stays."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.export.formats import FILMS

LINEAR, LOGARITHMIC, BY_LOSS = "linear", "logarithmic", "loss"
LAWS = {
    LINEAR: "as many steps from each frame to the next",
    LOGARITHMIC: "each frame further on by the same factor",
    BY_LOSS: "each frame further on by the same change of the logarithm of the losses",
}
#: Pixels of all frames together at most: they are in memory, three bytes each, while the file is made.
MOST_PIXELS = 600_000_000
MOST_FRAMES = 10_000
#: Sides of a frame in pixels.
LEAST_SIDE, MOST_SIDE = 160, 4096


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """A film as a person asked for it.

    Attributes:
        view: the key of the view that it shows.
        first, last: the steps of its first and its last frame.
        frames: how many frames; fewer where there are not so many steps.
        fps: frames a second.
        size: width and height of a frame in pixels.
        law: how steps are spread over the frames, one of `LAWS`.
        theme: `light` or `dark`.
    """

    view: str
    first: int
    last: int
    frames: int = 120
    fps: int = 20
    size: tuple[int, int] = (640, 480)
    law: str = LINEAR
    theme: str = "light"

    @property
    def count(self) -> int:
        """How many frames there will be: none shows a step again."""
        return min(self.frames, self.last - self.first + 1)

    def fault(self) -> str:
        """What cannot be, in words for after the film's name; nothing where all can."""
        width, height = self.size
        if self.first > self.last:
            return f"it cannot end at step {self.last}, before it begins at step {self.first}"
        if not (min(self.size) >= LEAST_SIDE and max(self.size) <= MOST_SIDE):
            return f"its sides must be from {LEAST_SIDE} to {MOST_SIDE} pixels, got {width}x{height}"
        if self.count * width * height > MOST_PIXELS:
            room = MOST_PIXELS // (width * height)
            return f"{self.count} frames of {width}x{height} pixels are too much at once, at most {room} of them"
        return ""


def spread(law: str, first: int, last: int, count: int, change: NDArray[np.float64] | None = None) -> list[int]:
    """The steps of `count` frames from `first` to `last`, each further on than the one before.

    `change` is, for `BY_LOSS`, what the losses have changed by up to each step from `first` to `last`.
    """
    count = min(count, last - first + 1)
    if count == 1:
        return [last]
    share = np.linspace(0.0, 1.0, count)
    if law == LOGARITHMIC:
        steps = first - 1 + (last - first + 1.0) ** share
    elif law == BY_LOSS and change is not None and change[-1] > 0:
        steps = first + np.interp(share * change[-1], change, np.arange(len(change)))
    else:
        steps = first + (last - first) * share
    return _rising(np.rint(steps).astype(int).tolist(), first, last)


def _rising(steps: list[int], first: int, last: int) -> list[int]:
    """The same steps, moved as little as needed for none to come twice; both ends stay."""
    steps[0], steps[-1] = first, last
    for i in range(1, len(steps)):
        steps[i] = max(steps[i], steps[i - 1] + 1)
    for i in range(len(steps) - 1, -1, -1):
        steps[i] = min(steps[i], last - (len(steps) - 1 - i))
    return steps


def change_of(steps: NDArray[np.int64], losses: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
    """How much the logarithm of the runs' losses (T, R) has changed up to each step from `first` to `last`, on average.

    A loss of zero or none, as after a divergence, changes no more.
    """
    with np.errstate(all="ignore"):
        heights = np.log10(np.abs(losses))
    moved = np.abs(np.diff(heights, axis=0))
    moved = np.where(np.isfinite(moved), moved, 0.0).mean(axis=1)
    total = np.concatenate([[0.0], np.cumsum(moved)])
    found = np.interp(np.arange(first, last + 1), steps, total)
    return np.asarray(found - found[0], np.float64)


def durations(count: int, fps: int, unit: int) -> list[int]:
    """Milliseconds that each frame stays: multiples of the format's unit, which together last as they should."""
    ends = np.rint(np.arange(1, count + 1) * 1000.0 / (fps * unit)).astype(int) * unit
    return [int(time) for time in np.diff(ends, prepend=0)]


def film_kind(path: Path) -> str:
    """The format that the file's ending names, `png` for `.apng` as well; nothing for any other."""
    kind = path.suffix.lower().lstrip(".")
    kind = "png" if kind == "apng" else kind
    return kind if kind in FILMS else ""


def find_encoder() -> str:
    """Where the program is that makes MP4 films, nothing where there is none."""
    return shutil.which("ffmpeg") or ""


def missing(kind: str) -> str:
    """Why films of a format cannot be made on this machine, a sentence; nothing where they can."""
    if kind == "mp4":
        return "" if find_encoder() else "MP4 needs the program ffmpeg, which is not on the PATH"
    try:
        from PIL import features
    except ImportError:
        return f"{FILMS[kind].title} needs the library Pillow, which is not installed"
    if kind in ("webp", "avif") and not features.check(kind):
        return f"the installed Pillow was built without {FILMS[kind].title}"
    return ""
