"""What came of a race: its record as arrays with names, as a table, and as the program's own pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import RequestError, nearest, show
from workbench.engine.race.race import Race as EngineRace
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment
from workbench.export.results import history_arrays, summary
from workbench.notebook.frames import make_frame
from workbench.notebook.named import Named

if TYPE_CHECKING:
    from workbench.notebook.picture import Picture

#: what a table of the result says of each run, with its heading
_TOLD = {"label": "lane", "start": "start", "status": "", "steps": "steps", "final_loss": "loss",
         "best_loss": "best loss", "distance": "distance", "test_accuracy": "test accuracy"}  # fmt: skip


class Result:
    """The record of a race, run by run; a run is a lane from one start.

    What was not recorded, or lies behind a run's divergence, is not-a-number.

    Attributes:
        experiment: what was run.
        lanes: what the lanes are called.
        runs: what the runs are called, lane by lane: as their lanes, with the start where there are several.
        steps: the steps that are recorded (T,).
        seconds: how long it took.
    """

    def __init__(self, experiment: Experiment, race: EngineRace, snapshot: Snapshot, seconds: float) -> None:
        self.experiment, self.seconds = experiment, seconds
        self._race, self._snapshot = race, snapshot
        info = snapshot.info
        labels = [lane.label for lane in info.lanes]
        self.lanes = tuple(  # of several of one name each says its number in the experiment
            lane.label if labels.count(lane.label) == 1 else f"{lane.label} [{lane.index}]" for lane in info.lanes
        )
        starts = range(info.starts)
        self.runs = tuple(
            name if info.starts == 1 else f"{name}, start {start}" for name in self.lanes for start in starts
        )

    @property
    def steps(self) -> NDArray[np.int64]:
        """The steps that are recorded (T,)."""
        return np.asarray(self._columns["steps"])

    @property
    def loss(self) -> Named:
        """The loss at each step (runs, T)."""
        return self["loss"]

    @property
    def gradient_norm(self) -> Named:
        """The length of the gradient at each step (runs, T)."""
        return self["gradient_norm"]

    @property
    def rate(self) -> Named:
        """The learning rate of the step that led to each (runs, T)."""
        return self["rate"]

    @property
    def path(self) -> Named:
        """The parameters at each step (runs, T, P); of a network of more than 16 they are not recorded."""
        return self["path"]

    @property
    def gradient_rms(self) -> Named:
        """The root mean square of the gradient in each layer (runs, T, layers); an objective is one layer."""
        return self["gradient_rms"]

    @property
    def update_ratio(self) -> Named:
        """Mean absolute update by mean absolute parameter of each layer (runs, T, layers), of a network."""
        return self["update_ratio"]

    @property
    def theta(self) -> Named:
        """The parameters at the end (runs, P)."""
        return Named(np.array(self._snapshot.theta), ("run", "parameter"), self.runs)

    @property
    def layers(self) -> tuple[str, ...]:
        """What the layers are called, along the last axis of `gradient_rms` and `update_ratio`."""
        return self._snapshot.info.layers

    @property
    def names(self) -> tuple[str, ...]:
        """The arrays that there are, by the names that `result[name]` takes."""
        return tuple(name for name in self._columns if name != "steps")

    def __getitem__(self, name: str) -> Named:
        """An array of the record by its name, such as `loss` or `test_accuracy`.

        Raises:
            KeyError: there is none of that name.
        """
        if name == "steps" or name not in self._columns:
            hint = nearest(name, self.names)
            raise KeyError(f"there is no {show(name)} in this result; there are: {', '.join(self.names)}{hint}")
        values = np.swapaxes(self._columns[name], 0, 1)
        last = {"path": "parameter", "gradient_rms": "layer", "update_ratio": "layer"}
        return Named(values, ("run", "step", last.get(name, ""))[: values.ndim], self.runs)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        """The record as `history.npz` has it, steps first in each, the layers of a channel as its last axis."""
        snapshot, history = self._snapshot, self._snapshot.history
        found = history_arrays(snapshot)
        for name in ("gradient_rms", "update_ratio"):
            parts = [found.pop(f"{name}/{layer}") for layer in self.layers if f"{name}/{layer}" in found]
            if parts:
                found[name] = np.stack(parts, axis=-1)
        if "gradient_rms" not in found:  # of an objective, whose coordinates are one layer
            found["gradient_rms"] = found["gradient_norm"][..., None] / np.sqrt(snapshot.info.size)
        rates = history.values["rate"][history.steps <= snapshot.step]
        if len(rates) < len(found["steps"]):  # the end is no step that is kept
            rates = np.concatenate([rates, self._race.rates_taken[None]])
        return {**found, "rate": rates}

    @property
    def summary(self) -> tuple[Mapping[str, Any], ...]:
        """How each run ended, as `summary.json` has it."""
        return tuple(summary(self._snapshot, self.seconds)["runs"])

    def frame(self, library: str | None = None) -> Any:
        """The record as a table with a row a run and step, of pandas or Polars.

        Args:
            library: `pandas` or `polars`; left out, the one that is installed, pandas where both are.

        Raises:
            RequestError: it is not installed.
        """
        count, info = len(self.steps), self._snapshot.info
        lanes = np.repeat([lane.index for lane in info.lanes], info.starts)
        table: dict[str, Any] = {
            "lane": np.repeat(lanes, count),
            "label": np.repeat(np.repeat(np.array(self.lanes, dtype=object), info.starts), count),
            "start": np.repeat(np.tile(np.arange(info.starts), len(self.lanes)), count),
            "step": np.tile(self.steps, len(self.runs)),
        }
        for name in self.names:
            values = np.asarray(self[name])
            if values.ndim == 2:
                table[name] = values.ravel()
            elif name == "path":
                table |= {f"x{i}": values[..., i].ravel() for i in range(values.shape[-1])}
            else:
                table |= {f"{name}.{layer}": values[..., i].ravel() for i, layer in enumerate(self.layers)}
        return make_frame(table, library)

    @property
    def views(self) -> tuple[str, ...]:
        """The views that `plot` may draw of it."""
        from workbench.ui.views import VIEWS  # a list of what there is, without Qt

        return tuple(entry.key for entry in VIEWS if self._snapshot.info.kind in entry.kinds)

    def plot(self, view: str = "loss", *, theme: str = "light", size: tuple[int, int] | None = None) -> Picture:
        """One of the program's own views of it, which a notebook shows; Qt is loaded when it is drawn.

        Args:
            view: one of `views`, such as `loss`, `landscape`, `gradients`.
            theme: `light` or `dark`.
            size: width and height in which it is laid out, the view's own unless said.

        Raises:
            RequestError: there is no such view of it, or theme.
        """
        from workbench.notebook.picture import Picture, check_look

        if view not in self.views:
            known = ", ".join(self.views)
            raise RequestError("view", f"must be one of {known}, got {show(view)}{nearest(str(view), self.views)}")
        check_look(theme, size)

        def draw(kind: str) -> bytes:
            from workbench import app

            return app.view_bytes(view, self.experiment, self._snapshot, self._race, kind, theme=theme, size=size)

        return Picture(draw, f"{view} of {', '.join(self.runs)}")

    def __repr__(self) -> str:
        lines = [f"Result of {len(self.runs)} runs, {self._snapshot.step} steps"]
        for name, row in zip(self.runs, self.summary, strict=True):
            lines.append(f"  {name}: {row['status']}, step {row['steps']}, loss {_cell(row['final_loss'])}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = self.summary
        names = [name for name in _TOLD if any(row.get(name) is not None for row in rows)]
        names = [name for name in names if name != "start" or self._snapshot.info.starts > 1]
        head = "".join(f"<th>{escape(_TOLD[name])}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_cell(row.get(name)))}</td>" for name in names) + "</tr>" for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
