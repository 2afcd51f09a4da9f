"""A landscape in space: how it is looked at, and where its points stand in a picture. No Qt here.

The block is a cube's foot, x and y from -1 to 1, with heights z from 0 to `TALL` on it. It is seen in parallel
projection, from above.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: the height of the block, in halves of its foot's side
TALL = 0.95
#: degrees that one looks down by, at least and at most
LOWEST, HIGHEST = 4.0, 90.0
_LEAST_ZOOM, _MOST_ZOOM = 0.4, 12.0


@dataclass(frozen=True, slots=True)
class Camera:
    """How the block is looked at.

    Attributes:
        turn: degrees around the upright axis; 0 looks along y, with x to the right.
        tilt: degrees that one looks down by, from `LOWEST` to `HIGHEST`.
        zoom: 1 shows all of it, whichever way it is turned.
        shift: where the middle stands, in pixels from that of the picture, right and up.
    """

    turn: float = -37.0
    tilt: float = 36.0
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    def turned(self, turn: float, tilt: float) -> Camera:
        """The camera moved by so many degrees."""
        return replace(
            self,
            turn=(self.turn + turn + 180.0) % 360.0 - 180.0,
            tilt=float(np.clip(self.tilt + tilt, LOWEST, HIGHEST)),
        )

    def zoomed(self, factor: float, at: tuple[float, float] = (0.0, 0.0)) -> Camera:
        """The camera nearer by a factor, with what stands `at` pixels from the picture's middle where it is."""
        zoom = float(np.clip(self.zoom * factor, _LEAST_ZOOM, _MOST_ZOOM))
        by = zoom / self.zoom
        shift = (at[0] + by * (self.shift[0] - at[0]), at[1] + by * (self.shift[1] - at[1]))
        return replace(self, zoom=zoom, shift=shift)

    def moved(self, right: float, up: float) -> Camera:
        """The picture moved by so many pixels."""
        return replace(self, shift=(self.shift[0] + right, self.shift[1] + up))


@dataclass(frozen=True, slots=True)
class Sight:
    """A camera before a picture of some size: the projection itself.

    Attributes:
        width, height: of the picture in pixels.
        camera: how the block is looked at.
        margins: pixels that are kept free of the block at the left, right, bottom and top.
        angles: cosine and sine of turn and tilt.
        scale: pixels for a unit of the block.
        middle: where the middle of the foot stands in the picture, from its lower left.
    """

    width: float
    height: float
    camera: Camera
    margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    # worked out once: a frame asks for them some hundred times
    angles: tuple[float, float, float, float] = field(init=False, compare=False, repr=False)
    scale: float = field(init=False, compare=False, repr=False)
    middle: tuple[float, float] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name, value in (("angles", self._angles), ("scale", self._scale), ("middle", self._middle)):
            object.__setattr__(self, name, value())

    def _angles(self) -> tuple[float, float, float, float]:
        turn, tilt = np.radians(self.camera.turn), np.radians(self.camera.tilt)
        return float(np.cos(turn)), float(np.sin(turn)), float(np.cos(tilt)), float(np.sin(tilt))

    def _scale(self) -> float:
        _, _, cos, sin = self.angles
        left, right, bottom, top = self.margins
        corner = np.sqrt(2.0)
        across = (self.width - left - right) / (2 * corner)
        upright = (self.height - bottom - top) / (2 * corner * sin + TALL * cos)
        return max(1.0, float(min(across, upright)) * self.camera.zoom)

    def _middle(self) -> tuple[float, float]:
        _, _, cos, _ = self.angles
        left, right, bottom, top = self.margins
        x, y = left + (self.width - left - right) / 2, bottom + (self.height - bottom - top) / 2
        right_by, up_by = self.camera.shift
        return x + right_by, y + up_by - self.scale * TALL * cos / 2

    def project(self, points: Floats) -> Floats:
        """Points (K, 3) of the block as pixels from the lower left, and how far away they are: (K, 3)."""
        cos, sin, low, high = self.angles
        x, y, z = points[:, 0], points[:, 1], points[:, 2]
        away = y * cos - x * sin
        (left, bottom), scale = self.middle, self.scale
        return np.column_stack([left + scale * (x * cos + y * sin), bottom + scale * (z * low + away * high), away])

    def towards(self) -> Floats:
        """The direction (3,) from the block to whoever looks at it."""
        cos, sin, low, high = self.angles
        return np.array([low * sin, -low * cos, high])
