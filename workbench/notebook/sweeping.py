"""Sweeps in Python: many runs of a race over axes of settings, and which of them came lowest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.engine.params import RequestError, nearest, show
from workbench.notebook.frames import make_frame
from workbench.notebook.named import Named, plain
from workbench.notebook.progress import Progress
from workbench.notebook.race import Race
from workbench.notebook.tables import own_names, tables_of
from workbench.studies.axes import Axis
from workbench.studies.executors import Executor, Workers, open_workers
from workbench.studies.results import DIVERGED, FAILED, Results, label_of
from workbench.studies.sweep import Sweep, at_point, over
from workbench.studies.tasks import Tasks, work

if TYPE_CHECKING:
    from workbench.notebook.picture import Picture

_NAME = "race"
#: tasks that an executor is given at a time where it does not say how many workers it has
_AT_A_TIME = 2


def log_range(low: float, high: float, count: int) -> list[float]:
    """So many numbers from one to another, each the same factor above the one before; both ends are exact.

    >>> [round(value, 6) for value in log_range(1.0, 4.0, 3)]
    [1.0, 2.0, 4.0]
    """
    return _range(low, high, count, log=True)


def linear_range(low: float, high: float, count: int) -> list[float]:
    """So many numbers from one to another, all as far apart; both ends are exact.

    >>> linear_range(0.0, 1.0, 5)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    return _range(low, high, count, log=False)


def _range(low: float, high: float, count: int, *, log: bool) -> list[float]:
    if log and low <= 0:
        raise RequestError("low", f"must be above 0, got {show(low)}")
    if not low < high:
        raise RequestError("high", f"must be above `low`, got {show(low)} and {show(high)}")
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise RequestError("count", f"must be a whole number from 2 on, got {show(count)}")
    levels = Axis("", (), float(low), float(high), count, log).levels()
    return [float(value) for value in levels]


class Best:
    """The point of a sweep at which a lane came lowest, by the median over seeds and starts.

    Attributes:
        settings: the value of each axis, by its path.
        value: that of the only axis; with several, all of them by path.
        lane: what the lane is called.
        loss: the median of its final losses.
        race: the race with these settings, to be run or shown.
    """

    def __init__(self, settings: Mapping[str, Any], lane: str, loss: float, race: Race) -> None:
        self.settings, self.lane, self.loss, self.race = dict(settings), lane, loss, race

    @property
    def value(self) -> Any:
        return next(iter(self.settings.values())) if len(self.settings) == 1 else self.settings

    def __repr__(self) -> str:
        said = ", ".join(f"{path} = {_short(value)}" for path, value in self.settings.items())
        return f"Best({said}; {self.lane}: loss {self.loss:.6g})"


class SweepResult:
    """What came of the runs of a sweep.

    Attributes:
        axes: the paths that were swept.
        values: the value of each axis at every point, by path.
        lanes: what the lanes are called.
        reasons: why runs failed, each sentence once.
    """

    def __init__(self, race: Race, results: Results) -> None:
        self._race, self._results = race, results
        self._sweep: Sweep = results.sweep
        (self._subject,) = self._sweep.subjects
        self.axes = tuple(axis.path for axis in self._sweep.axes)
        self.values = dict(zip(self.axes, self._sweep.columns, strict=True))
        labels = [label_of(self._subject, place) for place in self._subject.lanes]
        self.lanes = tuple(
            label if labels.count(label) == 1 else f"{label} [{place}]"
            for label, place in zip(labels, self._subject.lanes, strict=True)
        )
        self.reasons = tuple(dict.fromkeys(results.reasons.values()))

    @property
    def loss(self) -> Named:
        """The median of the final losses (lanes, points); infinite where it diverged, not-a-number where it failed."""
        return self["final_loss"]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that there are, by the names that `result[name]` takes."""
        return self._results.names

    def __getitem__(self, name: str) -> Named:
        """The median of a column over seeds and starts (lanes, points).

        Raises:
            KeyError: there is none of that name.
        """
        if name not in self.names:
            hint = nearest(name, self.names)
            raise KeyError(f"there is no {show(name)} in this sweep; there are: {', '.join(self.names)}{hint}")
        spread = self._results.spread(self._subject, name)
        nothing = np.asarray(np.isnan(spread).all(axis=-1))
        medians = np.nanmedian(np.where(nothing[..., None], np.inf, spread), axis=-1)
        return Named(np.where(nothing, np.nan, medians).T, ("lane", "point"), self.lanes)

    @property
    def best(self) -> Best:
        """The point and lane of the lowest median loss, of the lanes that an axis changes.

        Raises:
            RequestError: no run came to an end.
        """
        loss = np.asarray(self.loss).copy()
        loss[[not self._concerns(place) for place in self._subject.lanes]] = np.nan
        if not np.isfinite(loss).any():
            raise RequestError("", f"no run of this sweep came to an end{self._why()}")
        lane, point = np.unravel_index(int(np.nanargmin(loss)), loss.shape)
        settings = dict(self._sweep.settings(int(point)))
        race = Race.of(at_point(self._subject.tables, settings))
        return Best(settings, self.lanes[lane], float(loss[lane, point]), race)

    def _concerns(self, lane: int) -> bool:
        """Whether a lane's runs differ along any axis: one that only stands beside others says nothing of it."""
        named = [path for path in self.axes if path.startswith("lanes[")]
        if len(named) < len(self.axes) or "lanes[*]" in "".join(named):
            return True
        return any(path.startswith(f"lanes[{lane}].") for path in named)

    def _why(self) -> str:
        return f": {self.reasons[0]}" if self.reasons else ": all diverged"

    def frame(self, library: str | None = None) -> Any:
        """A row a run, of pandas or Polars, as `Result.frame` gives it. Raises RequestError where neither is there."""
        arrays = {name: column for name, column in self._results.arrays().items() if name != "statuses"}
        arrays.pop("experiment")
        words = np.array([("missing", "finished", "diverged", "failed")[n] for n in arrays["status"]], dtype=object)
        arrays["status"] = words
        arrays = {name.removeprefix("axes/"): column for name, column in arrays.items()}
        places = {place: i for i, place in enumerate(self._subject.lanes)}
        labels = np.array([self.lanes[places[int(lane)]] for lane in arrays["lane"]], dtype=object)
        return make_frame({"label": labels, **arrays}, library)

    @property
    def charts(self) -> tuple[str, ...]:
        """The charts that `plot` may draw."""
        from workbench.studies.charts import charts

        return tuple(chart.key for chart in charts(self._results))

    def plot(self, chart: str | None = None, *, theme: str = "light", size: tuple[int, int] | None = None) -> Picture:
        """A chart of it, one of `charts` or the first; Qt is loaded when it is drawn.

        Raises:
            RequestError: there is no such chart, or theme.
        """
        from workbench.notebook.picture import Picture, check_look
        from workbench.studies.charts import charts

        check_look(theme, size)
        known = {each.key: each for each in charts(self._results)}
        key = next(iter(known), "") if chart is None else chart
        if key not in known:
            raise RequestError("chart", f"must be one of {', '.join(known) or 'none'}, got {show(key)}")

        def draw(kind: str) -> bytes:
            from workbench import app

            return app.chart_bytes(known[key], kind, theme=theme, size=size)

        return Picture(draw, known[key].title)

    def __repr__(self) -> str:
        status = self._results.status
        said = [
            f"{count} {word}"
            for word, of in (("diverged", DIVERGED), ("failed", FAILED))
            if (count := int((status == of).sum()))
        ]
        told = f" ({', '.join(said)})" if said else ""
        return f"SweepResult of {len(status)} runs{told}, {self._sweep.points} points of {', '.join(self.axes)}"

    def _repr_html_(self) -> str:
        header, rows = self._results.medians()
        head = "".join(f"<th>{escape(str(name))}</th>" for name in header[1:])
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_short(cell))}</td>" for cell in row[1:]) + "</tr>" for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def sweep(
    race: Race,
    axes: str | Mapping[str, Any],
    values: Any = None,
    *,
    steps: int | None = None,
    seeds: int | Sequence[int] | None = None,
    tolerance: float | None = None,
    design: str = "product",
    points: int | None = None,
    executor: str | Executor | None = None,
    jobs: int | None = None,
    progress: bool | None = None,
) -> SweepResult:
    """Run a race over axes of settings.

    Args:
        race: what is run; one without steps takes `steps`.
        axes: the path of a setting, as `lanes[0].hyperparameters.learning_rate` (`lanes[*]` is every lane), or several
            paths with their values.
        values: those of the one path: numbers or words, or a table such as `{"from": 0.001, "to": 1.0}`.
        steps: steps of each run, in place of the race's.
        seeds: how many seeds, or which; left out, the race's own.
        tolerance: how far above the lowest known loss a run has arrived.
        design: `product`, `zip`, `sobol` or `halton`; the last two draw so many `points`.
        points: how many points are drawn.
        executor: who computes: this process where left out, `processes`, `dask`, `dask:ADDRESS`, or an executor of
            `concurrent.futures`.
        jobs: tasks at a time of an executor.
        progress: whether there is a bar; left out, there is one on a terminal and in a notebook.

    Raises:
        RequestError: the sweep is refused, in the sentence that a file is.
    """
    if isinstance(axes, str) == (values is None):
        raise RequestError(
            "values", "goes with one path: `sweep(race, path, values)`, or `sweep(race, {path: values})`"
        )
    if not race.experiment.lanes:
        raise RequestError("lanes", 'must have at least one lane: `race.add("adam", learning_rate=0.05)` adds one')
    table = {axes: values} if isinstance(axes, str) else axes
    given = {"steps": steps, "seeds": seeds, "tolerance": tolerance, "points": points}
    data = {
        "format": 1,
        "title": race.experiment.title,
        "design": design,
        "axes": plain({path: list(value) if isinstance(value, range) else value for path, value in table.items()}),
        **{name: plain(value) for name, value in given.items() if value is not None},
    }
    results = Results(over(data, {_NAME: tables_of(race.experiment)}))
    own = own_names(race.experiment)
    bar = Progress(len(results.status), "run", shown=progress)
    try:
        if executor is None:
            _work_here(results, bar)
        elif own:
            raise RequestError(
                "executor", f'must be left out where "{own[0]}" was given in Python, which stays in this process'
            )
        else:
            _hand_out(results, _workers(executor, jobs), bar)
    finally:
        bar.end()
    return SweepResult(race.copy(), results)


def _work_here(results: Results, bar: Progress) -> None:
    for task, tasks in _tasks(results):
        done = work(task)
        tasks.timed(task, done)
        for piece, result in zip(task.pieces, done.results, strict=True):
            results.fill(piece.rows, result)
        bar.show(int((results.status != 0).sum()))


def _tasks(results: Results) -> Iterator[tuple[Any, Tasks]]:
    tasks = Tasks(results.sweep, results.done)
    while (task := tasks.take()) is not None:
        yield task, tasks


def _hand_out(results: Results, workers: Workers, bar: Progress) -> None:
    from workbench.studies.conduct import Conductor

    try:
        Conductor(Tasks(results.sweep, results.done, workers.count), workers, results, _Nowhere()).carry_out(
            lambda: False, lambda: bar.show(int((results.status != 0).sum()))
        )
    finally:
        workers.close()


class _Nowhere:
    """A journal of what is kept in memory anyway."""

    def note(self, rows: tuple[int, ...], result: dict[str, list[Any]] | str) -> None:
        """Results have it."""


def _workers(executor: str | Executor, jobs: int | None) -> Workers:
    if isinstance(executor, str):
        try:
            return open_workers(executor, jobs)
        except RequestError as error:
            raise error.under("executor") from None
    count = getattr(executor, "_max_workers", None)
    return Workers(executor, jobs or (count if isinstance(count, int) and count > 0 else _AT_A_TIME))


def _short(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
