"""What is drawn of a record are points of it, in their order, and no column of the picture loses its extremes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.engine.race.history import History
from workbench.engine.race.thinning import Thinning

NUMBERS = st.floats(-1e29, 1e29, allow_nan=False) | st.sampled_from([0.0, 1.0, -1.0])


@st.composite
def records(draw):
    """Every value of some runs step by step, and the same as a history of at most some rows keeps it."""
    count, lines = draw(st.integers(1, 400)), draw(st.integers(1, 3))
    values = draw(arrays(float, (count, lines), elements=NUMBERS))
    if draw(st.booleans()):
        values = -np.sort(-values, axis=0)  # as a loss that falls
    history = History({"loss": (lines,)}, ("loss",), capacity=draw(st.sampled_from([None, 16, 64])))
    for step, row in enumerate(values):
        history.record(step, {"loss": row})
    return values, history.view(ended=True)


def polylines(found, columns, *, is_log=False, thinning=None, key=None):
    extremes = {"low": found.low["loss"], "high": found.high["loss"]} if found.stride > 1 else {}
    thinning = thinning or Thinning()
    return thinning.polylines(found.steps, found.values["loss"], columns, is_log=is_log, key=key, **extremes)


@settings(max_examples=200, deadline=None)
@given(records(), st.integers(1, 60), st.booleans())
def test_only_points_of_the_record_in_their_order(given_, columns, is_log) -> None:
    """Each point is a row's step with its value, or with an extreme of the steps that were dropped behind it."""
    values, found = given_
    for k, (x, y) in enumerate(polylines(found, columns, is_log=is_log)):
        assert np.all(np.diff(x) >= 0)
        assert x[0] == 0
        assert x[-1] == found.steps[-1]
        for step, height in zip(x.astype(int), y, strict=True):
            assert height in values[step : step + found.stride, k]
            if step + found.stride > len(values):
                continue
            row = step // found.stride
            assert height in (found.values["loss"][row, k], found.low["loss"][row, k], found.high["loss"][row, k])


@settings(max_examples=200, deadline=None)
@given(records(), st.integers(1, 60))
def test_each_column_keeps_its_first_lowest_highest_and_last(given_, columns) -> None:
    """By brute force over the steps themselves; what a thinned history dropped is passed within its interval."""
    values, found = given_
    count, stride = len(found.steps), found.stride
    width = 1
    while width * columns < count:
        width *= 2
    for k, (x, y) in enumerate(polylines(found, columns)):
        for at in range(0, count, width):
            first, last = at * stride, min((at + width - 1), count - 1) * stride
            inside = (x >= first) & (x <= last)
            rows = values[first : last + 1 : stride, k]
            assert y[inside][0] == values[first, k]
            assert rows.min() >= y[inside].min()
            assert rows.max() <= y[inside].max()
            # the line from here to the next column goes as low and as high as any step in between
            whole = values[first : min(last + stride, len(values)), k]
            following = np.append(y[inside], y[x > last][:1])
            assert following.min() <= whole.min()
            assert following.max() >= whole.max()
        assert y[-1] in (found.values["loss"][-1, k], found.low["loss"][-1, k], found.high["loss"][-1, k])


@settings(max_examples=50, deadline=None)
@given(arrays(float, st.integers(2, 3000), elements=st.floats(-1e29, 1e29)), st.integers(1, 50), st.booleans())
def test_what_falls_is_drawn_falling(values, columns, is_log) -> None:
    """A loss that never rises has no rise in its picture, however it was recorded and thinned."""
    values = -np.sort(-values)
    history = History({"loss": (1,)}, ("loss",), capacity=128)
    for step, value in enumerate(values):
        history.record(step, {"loss": np.array([value])})
    ((_, y),) = polylines(history.view(ended=True), columns, is_log=is_log)
    assert np.all(np.diff(y) <= 0)


@settings(max_examples=50, deadline=None)
@given(records(), st.integers(1, 60), st.booleans(), st.integers(1, 40))
def test_a_growing_record_is_drawn_as_it_would_be_at_once(given_, columns, is_log, piece) -> None:
    """What is remembered from frame to frame changes no picture."""
    values, _ = given_
    history, thinning = History({"loss": values.shape[1:]}, ("loss",), capacity=64), Thinning()
    for step, row in enumerate(values):
        history.record(step, {"loss": row})
        if step % piece:
            continue
        found = history.view()
        if not len(found.steps):
            continue
        now = polylines(found, columns, is_log=is_log, thinning=thinning, key=found.token)
        for (x, y), (xs, ys) in zip(now, polylines(found, columns, is_log=is_log), strict=True):
            np.testing.assert_array_equal(x, xs)
            np.testing.assert_array_equal(y, ys)


@pytest.mark.parametrize("gone", [np.nan, np.inf, 1e30, -1e300])
def test_a_line_ends_where_it_is_no_number(gone) -> None:
    """Just before it, with the extremes that came before; the other lines go on."""
    values = np.sin(np.arange(5000.0))[:, None] * [1.0, 1.0]
    values[3456:, 0] = gone
    first, second = Thinning().polylines(np.arange(5000), values, 20)
    assert first[0][-1] < 3456
    assert first[1].max() == values[:3456, 0].max()
    assert second[0][-1] == 4999


def test_many_rows_become_few_points_and_cost_nothing_anew() -> None:
    """A column has four points at most; with the same record nothing is chosen again."""
    values, thinning = np.random.default_rng(0).normal(size=(8192, 2)), Thinning()
    x = np.arange(8192)
    lines = thinning.polylines(x, values, 200, key=1)
    assert all(len(found) <= 4 * 200 for found, _ in lines)
    done = thinning._done
    assert done > 8192 - 2 * 64
    thinning.polylines(x, values, 200, key=1)
    assert thinning._done == done
