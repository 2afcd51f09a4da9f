"""What is written of a race that is kept: the content of each file of its folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.export.weights import weights_bytes
from workbench.kept import entry as entries
from workbench.kept.entry import Entry, KeptLane
from workbench.kept.record import Record, record_bytes, record_of, small_curve

ABOUT, EXPERIMENT, RECORD, NOTE, PIN = "about.json", "experiment.toml", "record.npz", "note.txt", "pinned"
#: Bytes of weights that are kept of a race, and lanes that a small picture shows.
MOST_WEIGHTS = 64_000_000
_DRAWN_LANES = 8


def weights_name(lane: int) -> str:
    """The file of a lane's weights, by its place in the experiment."""
    return f"weights-{lane}.npz"


class Made:
    """A race as a snapshot shows it, to be written."""

    def __init__(self, experiment: Experiment, snapshot: Snapshot, why: str, *, at: float, folder: Path) -> None:
        """`why` and `at` as in `Entry`; `folder` is where it will lie.

        Raises:
            RequestError: the experiment has something that no file can hold.
        """
        self._experiment, self._snapshot, self._why, self._at = experiment, snapshot, why, at
        self._text = files.content(experiment, folder / "kept")

    @property
    def digest(self) -> str:
        """Another one where any number is: runs follow from the experiment, their steps, and changes on the way."""
        changes = [change for change in self._snapshot.changes if change.step < self._snapshot.step]
        found = hashlib.sha256(self._text)
        found.update(repr((self._snapshot.step, changes)).encode())
        return found.hexdigest()

    def files(self) -> tuple[Entry, dict[str, bytes]]:
        """What is said of it in a list, and the content of each file by its name."""
        snapshot = self._snapshot
        record = record_of(snapshot)
        contents = {EXPERIMENT: self._text, RECORD: record_bytes(record)}
        left_out = 0
        if snapshot.info.kind == "network":
            if snapshot.theta.nbytes > MOST_WEIGHTS:
                left_out = snapshot.theta.nbytes
            else:
                for place, lane in enumerate(snapshot.info.lanes):
                    contents[weights_name(lane.index)] = weights_bytes(snapshot, place)
        sizes = {name: len(content) for name, content in contents.items()}
        entry = self._entry(record, sizes, left_out)
        contents[ABOUT] = entries.encode(entry)
        if self._why == "pinned":
            contents[PIN] = b""
        return entry, contents

    def _entry(self, record: Record, sizes: dict[str, int], left_out: int) -> Entry:
        snapshot, experiment = self._snapshot, self._experiment
        info = snapshot.info
        lanes = tuple(_lane(snapshot, record, place) for place in range(len(info.lanes)))
        return Entry(
            title=experiment.title,
            problem=info.key,
            kind=info.kind,
            lanes=lanes,
            seed=experiment.seed,
            steps=snapshot.step,
            limit=experiment.steps,
            layers=info.layers if record.gradient_rms.shape[1] else (),
            starts=info.starts,
            starts_kept=record.starts,
            final=_lowest([lane.final for lane in lanes]),
            best=_lowest([lane.best for lane in lanes]),
            seconds=snapshot.seconds,
            at=self._at,
            why=self._why,
            digest=self.digest,
            rows=record.rows,
            recorded=int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right")),
            changes=sum(change.step < snapshot.step for change in snapshot.changes),
            weights=tuple(lane.index for lane in info.lanes if weights_name(lane.index) in sizes),
            weights_left_out=left_out,
            files=sizes,
        )


def _lane(snapshot: Snapshot, record: Record, place: int) -> KeptLane:
    """What is said of a lane, from all of its starts."""
    info = snapshot.info
    lane, own = info.lanes[place], slice(place * info.starts, (place + 1) * info.starts)
    kept = slice(place * record.starts, (place + 1) * record.starts)
    gone = snapshot.diverged_at[own]
    final = np.where(gone < 0, snapshot.loss[own], np.nan)
    return KeptLane(
        label=lane.label,
        color=lane.color,
        index=lane.index,
        final=_number(np.fmin.reduce(final)),
        best=_number(np.fmin.reduce(record.best[kept])),
        diverged_at=int(gone[gone >= 0].min(initial=2**62)) if (gone >= 0).any() else -1,
        curve=small_curve(record, place) if place < _DRAWN_LANES else ((), ()),
    )


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _lowest(values: list[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)
