"""Maps computed in the background: a thread that hands tiles to processes and gives pictures, coarse ones first."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.studies.background import Background
from workbench.studies.map_cells import Found, Tile, compute, curve
from workbench.studies.map_picture import Growing, MapPicture, MapRequest

#: seconds that a tile is to take, and that lie between two pictures at least
_TILE_SECONDS, _PICTURE_SECONDS = 0.3, 0.15
#: tiles of a picture at least, so that no process stands idle at its end
_FEWEST_TILES = 4


@dataclass(slots=True)
class _Job:
    """One map that was asked for."""

    text: str
    request: MapRequest
    growing: Growing
    tiles: deque[Tile] = field(default_factory=deque)
    out: int = 0
    level: int = 0
    cost: float = 0.0  # seconds a cell
    shown_at: float = 0.0


class MapWorker(Background):
    """Maps are told apart by keys of whoever asks, and a new one takes the old one's place.

    What is new is a picture, a curve or a fault.
    """

    def __init__(self, notify: Callable[[], None], workers: int | None = None) -> None:
        """Nothing is started before something is asked for."""
        super().__init__(notify, workers, "maps")
        self._jobs: dict[Hashable, _Job] = {}
        self._awaited: set[Hashable] = set()  # asked for, and not yet begun
        self._curve: tuple[str, MapRequest, Mapping[str, float]] | None = None
        #: the newest picture of each map, and what went wrong with one, in a sentence; read in any thread
        self.pictures: dict[Hashable, MapPicture] = {}
        self.faults: dict[Hashable, str] = {}
        #: the run whose curve was asked for last that has one, and the curve
        self.curve: tuple[Mapping[str, float], NDArray[np.float64]] | None = None

    # Called from outside

    def ask(self, key: Hashable, text: str, request: MapRequest) -> None:
        """Compute a map of the experiment in a text, in place of the one of this key."""
        self._awaited.add(key)
        self._tell(partial(self._on_ask, key, text, request))

    def cancel(self, key: Hashable) -> None:
        """Compute no more of a map; its picture stays as it is."""
        self._tell(partial(self._on_cancel, key))

    def forget(self, key: Hashable) -> None:
        """Cancel a map and have no picture of it any more."""
        self._tell(partial(self._on_forget, key))

    def ask_curve(self, text: str, request: MapRequest, settings: Mapping[str, float]) -> None:
        """Compute the losses of one run, before what is left of maps."""
        self._tell(partial(self._on_curve, text, request, settings))

    def busy(self, key: Hashable) -> bool:
        """Whether more of a map is to come."""
        return key in self._awaited or key in self._jobs

    # In the thread

    def _on_ask(self, key: Hashable, text: str, request: MapRequest) -> None:
        self.faults.pop(key, None)
        job = _Job(text, request, Growing(request))
        job.tiles.extend(_tiles(text, request, request.sides[0], 0.0))
        self._jobs[key] = job
        self._awaited.discard(key)

    def _on_cancel(self, key: Hashable) -> None:
        self._awaited.discard(key)
        self._jobs.pop(key, None)
        self._notify()

    def _on_forget(self, key: Hashable) -> None:
        self._jobs.pop(key, None)
        self.pictures.pop(key, None)
        self.faults.pop(key, None)

    def _on_curve(self, text: str, request: MapRequest, settings: Mapping[str, float]) -> None:
        self._curve = (text, request, settings)

    def _hand_out(self) -> None:
        """Give the processes what they have room for: a curve first, then tiles of the coarsest map."""
        while self._curve is not None or self._room() > 0:
            if self._curve is not None:
                (text, request, settings), self._curve = self._curve, None
                self._submit(partial(self._on_curve_done, settings), curve, text, request, settings)
                continue
            waiting = [(job.level, i, key) for i, (key, job) in enumerate(self._jobs.items()) if job.tiles]
            if not waiting:
                return
            key = min(waiting, key=lambda each: each[:2])[2]
            job = self._jobs[key]
            job.out += 1
            tile = job.tiles.popleft()
            self._submit(partial(self._on_tile, key, job, tile, time.monotonic()), compute, tile)

    def _room(self) -> int:
        return self._allowed - sum(job.out for job in self._jobs.values())

    def _on_tile(self, key: Hashable, job: _Job, tile: Tile, began: float, future: Future[Any]) -> None:
        job.out -= 1
        if self._jobs.get(key) is not job:
            return  # nobody wants it any more
        fault = self._fault(future)
        if fault:
            self._fail(key, fault)
            return
        found: Found = future.result()
        growing = job.growing
        growing.lowest, growing.minima = found.lowest, found.minima
        growing.take(slice(*tile.rows), slice(*tile.columns), found.values)
        cells = (tile.rows[1] - tile.rows[0]) * (tile.columns[1] - tile.columns[0])
        job.cost = (time.monotonic() - began) / cells
        if not job.tiles and not job.out:
            self._finer(key, job)
        self._show(key, job, force=key not in self._jobs)

    def _finer(self, key: Hashable, job: _Job) -> None:
        job.level += 1
        if job.level == len(job.request.sides):
            del self._jobs[key]
            return
        side = job.request.sides[job.level]
        self._show(key, job, force=True)  # what is coarse is whole
        job.growing.begin(side)
        job.tiles.extend(_tiles(job.text, job.request, side, job.cost))

    def _fail(self, key: Hashable, said: str) -> None:
        self.faults[key] = said
        del self._jobs[key]
        self._notify()

    def _show(self, key: Hashable, job: _Job, *, force: bool) -> None:
        now = time.monotonic()
        if force or now - job.shown_at > _PICTURE_SECONDS:
            job.shown_at = now
            self.pictures[key] = job.growing.picture()
            self._notify()

    def _on_curve_done(self, settings: Mapping[str, float], future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        self.curve = (settings, future.result())
        self._notify()


def _tiles(text: str, request: MapRequest, side: int, cost: float) -> list[Tile]:
    """The tiles of a picture, of about equal time: rows, or columns where these have a problem of their own each."""
    cells = side * side // _FEWEST_TILES
    if cost > 0:
        cells = max(1, min(cells, int(_TILE_SECONDS / cost)))
    lines, rest = max(1, cells // side), min(side, cells)
    across = [(i, min(side, i + lines)) for i in range(0, side, lines)]
    along = [(i, min(side, i + rest)) for i in range(0, side, rest)]
    if request.x.key in ("noise", "batch_size"):
        return [Tile(text, request, side, rows, columns) for columns in across for rows in along]
    return [Tile(text, request, side, rows, columns) for rows in across for columns in along]
