"""The history against a plain list of everything: what is kept, what is never written again, how much there is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.race.history import History, HistoryView

RUNS = 2


def value_at(step: int, branch: int) -> np.ndarray:
    """A number for each run that differs from step to step and, after a truncation, from what stood there before."""
    return np.array([math.sin(12.9898 * step + branch) * 43758.5453 % 7, -step + 0.25 * branch])


@dataclass
class Model:
    """The same record, kept without limit and without cleverness."""

    rows: dict[int, np.ndarray] = field(default_factory=dict)
    branch: int = 0

    def record(self, step: int) -> np.ndarray:
        self.rows[step] = value_at(step, self.branch)
        return self.rows[step]

    def truncate(self, step: int) -> None:
        self.rows = {at: row for at, row in self.rows.items() if at <= step}
        self.branch += 1


def check_against(model: Model, view: HistoryView, cut: set[int]) -> None:
    """Every row is its step's, and its extremes are those of its interval.

    A row whose interval was cut by a truncation may have lost the extremes of the steps between, never its own value
    nor what was recorded afterwards; `cut` holds the last steps before each truncation.
    """
    for i, step in enumerate(view.steps):
        interval = range(int(step), int(step) + view.stride)
        assert np.array_equal(view.values["loss"][i], model.rows[step])
        assert view.values["path"][i].tolist() == [[step, -step]]
        all_of_it = np.array([model.rows[k] for k in interval if k in model.rows])
        lost_until = max((k for k in cut if k in interval), default=-1)
        certain = np.array([model.rows[k] for k in interval if k in model.rows and (k == step or k > lost_until)])
        low, high = view.low["loss"][i], view.high["loss"][i]
        assert (all_of_it.min(axis=0) <= low).all()
        assert (low <= certain.min(axis=0)).all()
        assert (all_of_it.max(axis=0) >= high).all()
        assert (high >= certain.max(axis=0)).all()


def fresh(stride: int = 1, capacity: int | None = 8) -> History:
    return History({"loss": (RUNS,), "path": (1, 2)}, ("loss",), stride=stride, capacity=capacity)


def record(history: History, model: Model, step: int) -> None:
    row = {"loss": model.record(step)}
    if history.wants(step):
        row["path"] = np.array([[step, -step]])
    history.record(step, row)


@settings(max_examples=150, deadline=None)
@given(
    stride=st.integers(1, 5),
    capacity=st.sampled_from([4, 6, 8, 16, None]),
    actions=st.lists(
        st.one_of(st.tuples(st.just("record"), st.integers(1, 40)), st.tuples(st.just("truncate"), st.floats(0, 1))),
        max_size=12,
    ),
)
def test_any_sequence_of_recording_and_truncating_agrees_with_a_plain_list(
    stride: int, capacity: int | None, actions: list[tuple[str, float]]
) -> None:
    """Views handed out earlier keep their numbers; the rows stay within the capacity; extremes are never lost."""
    history, model = fresh(stride, capacity), Model()
    record(history, model, 0)
    handed_out: list[tuple[HistoryView, list[np.ndarray]]] = []
    cut: set[int] = set()
    for action, amount in actions:
        if action == "record":
            for _ in range(int(amount)):
                record(history, model, history.last + 1)
        else:
            step = int(amount * history.last)
            if step < history.last:
                cut = {k for k in cut if k <= step} | {step}
                model.truncate(step)
            history.truncate(step)
        assert history.last == max(model.rows)
        view = history.view()
        check_against(model, view, cut)
        assert len(view.steps) == (history.last + 1) // view.stride
        assert capacity is None or len(view.steps) <= capacity
        arrays = [view.steps, *view.values.values(), *view.low.values(), *view.high.values()]
        handed_out.append((view, [array.copy() for array in arrays]))
    for view, copies in handed_out:
        arrays = [view.steps, *view.values.values(), *view.low.values(), *view.high.values()]
        assert all(np.array_equal(array, copy) for array, copy in zip(arrays, copies, strict=True))


@settings(max_examples=100, deadline=None)
@given(
    capacity=st.sampled_from([4, 8, 16]),
    actions=st.lists(
        st.one_of(st.tuples(st.just("record"), st.integers(1, 60)), st.tuples(st.just("truncate"), st.floats(0, 1))),
        max_size=10,
    ),
)
def test_the_first_steps_are_kept_one_by_one(capacity: int, actions: list[tuple[str, float]]) -> None:
    """Whatever is recorded and cut: each has its step's number, and what was handed out stays as it is.

    And so has the step after each row.
    """
    model = Model()
    history = History({"loss": (RUNS,)}, ("loss",), capacity=capacity, whole=("loss", "path"), pairs=("loss", "path"))
    history.record(0, {"loss": model.record(0)})
    handed_out: list[tuple[np.ndarray, np.ndarray]] = []
    for action, amount in actions:
        for _ in range(int(amount) if action == "record" else 0):
            history.record(history.last + 1, {"loss": model.record(history.last + 1)})
        if action == "truncate" and (step := int(amount * history.last)) < history.last:
            model.truncate(step)
            history.truncate(step)
        view = history.view()
        assert bool(view.beginning) == (view.stride > 1)
        steps, values = view.densely("loss")
        assert np.array_equal(steps, np.unique([*view.steps, *range(len(view.beginning.get("loss", [])))]))
        assert all(np.array_equal(value, model.rows[int(step)]) for step, value in zip(steps, values, strict=True))
        assert np.array_equal(view.densely("loss", 1)[1], values[:, 1])
        handed_out += [(rows, rows.copy()) for rows in (*view.beginning.values(), *view.values.values())]
        behind = [step + 1 for step in view.steps if view.stride > 1 and step >= len(view.beginning.get("loss", []))]
        paired, values = view.in_pairs("loss")
        assert np.array_equal(paired, np.unique([*steps, *behind]))
        assert all(np.array_equal(value, model.rows[int(step)]) for step, value in zip(paired, values, strict=True))
        assert np.array_equal(view.in_pairs("loss", 1)[1], values[:, 1])
    assert all(np.array_equal(rows, copy) for rows, copy in handed_out)


def test_the_step_after_the_last_row_is_none_whatever_the_memory_held() -> None:
    """Memory that processes share is full of zeros, which are a point: behind a row that is the end is none."""
    history = History({"path": (1, 2)}, capacity=8, pairs=("path",))
    history.allocate = lambda shapes: [np.zeros(shape) for shape in shapes]
    for step in range(13):
        history.record(step, {"path": np.full((1, 2), step + 1.0)})
    view = history.view(ended=True)
    assert (view.stride, view.steps[-1]) == (2, 12)
    steps, points = view.in_pairs("path")
    assert steps.tolist() == list(range(13))
    assert points[:, 0, 0].tolist() == [step + 1.0 for step in range(13)]


def test_the_first_steps_of_many_numbers_are_fewer() -> None:
    """A thousand runs of three coordinates do not fill the memory: no more than 8 MiB of a channel are kept."""
    history = History({"path": (1000, 3)}, capacity=1024, whole=("path",))
    for step in range(1025):
        history.record(step, {"path": np.full((1000, 3), step)})
    kept = history.view().beginning["path"]
    assert kept[:, 0, 0].tolist() == list(range(349))
    assert kept.nbytes <= 8 << 20


def test_a_peak_between_two_rows_survives_any_number_of_thinnings() -> None:
    history = History({"loss": (1,)}, ("loss",), capacity=4)
    for step in range(1001):
        history.record(step, {"loss": {17: 1e6, 333: -1e6}.get(step, 0.0)})
    view = history.view()
    assert len(view.steps) <= 4
    assert view.high["loss"].max() == 1e6
    assert view.low["loss"].min() == -1e6
    assert view.high["loss"][17 // view.stride] == 1e6


def test_extremes_pass_over_what_is_not_a_number() -> None:
    history = History({"loss": (1,)}, ("loss",), stride=4, capacity=None)
    for step, value in enumerate([1.0, np.nan, 5.0, np.nan, np.nan, np.nan, np.nan, np.nan]):
        history.record(step, {"loss": value})
    view = history.view()
    assert (view.low["loss"][0, 0], view.high["loss"][0, 0]) == (1.0, 5.0)
    assert np.isnan(view.low["loss"][1, 0])


def test_a_step_recorded_before_is_not_recorded_again() -> None:
    history = fresh()
    for step in range(6):
        history.record(step, {"loss": step, "path": step})
    assert not history.wants(3)
    history.record(3, {"loss": 99.0, "path": 99.0})
    assert history.view().values["loss"][3].tolist() == [3.0, 3.0]


def test_without_a_capacity_every_row_is_kept() -> None:
    history = fresh(capacity=None)
    for step in range(5000):
        history.record(step, {"loss": step, "path": step})
    view = history.view()
    assert np.array_equal(view.steps, np.arange(5000))
    assert np.array_equal(view.values["loss"][:, 0], np.arange(5000))


def test_the_token_tells_when_rows_handed_out_are_replaced() -> None:
    history = fresh(capacity=8)
    for step in range(8):
        history.record(step, {"loss": step, "path": step})
    token = history.view().token
    history.record(8, {"loss": 8, "path": 8})
    thinned = history.view()
    assert thinned.token != token
    assert thinned.steps.tolist() == [0, 2, 4, 6]
    history.truncate(5)
    assert history.view().token != thinned.token
    before = history.view().token
    history.truncate(5)
    assert history.view().token == before


def test_views_cannot_be_written() -> None:
    history = fresh()
    history.record(0, {"loss": 0.0, "path": 0.0})
    view = history.view()
    for array in (*view.values.values(), *view.low.values(), *view.high.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
