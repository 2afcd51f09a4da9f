"""What came of a race: arrays with names, tables, and what a notebook shows."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType

import numpy as np
import pytest

import workbench as wb
from tests.experiments import BOWL
from workbench.experiment import files
from workbench.notebook import frames


@pytest.fixture(scope="module")
def bowl():
    return wb.Race(files.loads(BOWL)).run(300)


@pytest.fixture(scope="module")
def moons():
    race = wb.network("moons", [5], samples=60, starts=2).add("adam", learning_rate=0.02).add("sgd", learning_rate=0.1)
    return race.run(40)


def test_arrays_have_a_row_a_run_and_names(bowl, moons):
    assert bowl.loss.shape == (2, 301)
    assert bowl.loss.dims == ("run", "step")
    assert bowl.loss.labels == bowl.runs == bowl.lanes == ("Momentum", "Wild")
    assert bowl.path.shape == (2, 301, 2)
    assert bowl.path.dims == ("run", "step", "parameter")
    assert moons.runs == ("Adam, start 0", "Adam, start 1", "SGD, start 0", "SGD, start 1")
    assert moons.gradient_rms.shape == moons.update_ratio.shape == (4, 41, len(moons.layers))
    assert moons.theta.shape == (4, 27)
    assert set(moons.names) >= {"loss", "rate", "test_loss", "accuracy", "test_accuracy"}
    np.testing.assert_array_equal(bowl.loss["Wild"], np.asarray(bowl.loss)[1])
    np.testing.assert_array_equal(bowl.loss["Wild", :3], np.asarray(bowl.loss)[1, :3])


def test_what_numpy_makes_of_a_named_array_is_a_plain_one(bowl):
    """Names would be wrong of a part or a sum; and nobody writes into the record."""
    for made in (bowl.loss - 1, np.log(bowl.loss), bowl.loss[0], bowl.loss[:, -1], bowl.loss.min(axis=1)):
        assert type(made) is np.ndarray
    assert isinstance(bowl.loss[0, 0], np.float64)
    assert isinstance(bowl.loss.min(), np.float64)
    with pytest.raises(ValueError, match="read-only"):
        bowl.loss[0, 0] = 1.0
    assert repr(bowl.loss).startswith("Named(run: 2, step: 301)\nrun: Momentum, Wild\n")
    back = pickle.loads(pickle.dumps(bowl.loss))  # noqa: S301 - its own
    assert back.labels == bowl.loss.labels
    np.testing.assert_array_equal(back, bowl.loss)


def test_the_gradient_of_an_objective_is_one_layer(bowl):
    """Its root mean square is the norm by the root of the dimension."""
    np.testing.assert_allclose(bowl.gradient_rms[..., 0], bowl.gradient_norm / np.sqrt(2), rtol=1e-15)


def test_a_diverged_run_ends_and_says_so(bowl):
    """Behind its divergence there is no number; the repr and the table say it."""
    assert np.isnan(bowl.loss["Wild"][-1])
    assert bowl.summary[1]["status"] == "diverged"
    assert "Wild: diverged" in repr(bowl)
    assert "<td>diverged</td>" in bowl._repr_html_()


def test_what_is_not_there_is_said_with_what_is(bowl, moons):
    with pytest.raises(KeyError, match=r"there is no .*accuracy.*; there are: loss, gradient_norm"):
        bowl["accuracy"]
    with pytest.raises(KeyError, match=r"there is no .*path"):
        _ = moons.path
    with pytest.raises(KeyError, match="there are: Momentum, Wild"):
        bowl.loss["Mild"]
    with pytest.raises(wb.RequestError, match=r'must be one of landscape, .*did you mean "landscape"'):
        bowl.plot("landscap")
    with pytest.raises(wb.RequestError, match="must be one of light, dark"):
        bowl.plot(theme="blue")
    with pytest.raises(wb.RequestError, match="`size` must be width and height"):
        bowl.plot(size=(10, 10))


def test_lanes_of_one_name_are_told_apart():
    result = wb.objective("sphere", start=(1.0, 1.0)).add("sgd").add("adam").add("sgd").run(2)
    assert result.lanes == ("SGD [0]", "Adam", "SGD [2]")
    assert result.loss["SGD [2]"].shape == (3,)


def test_names_are_no_markup():
    """A notebook shows a label as it is written."""
    result = wb.objective("sphere", start=(1.0, 1.0)).add("sgd", label="<b>bold</b>").run(2)
    assert "&lt;b&gt;bold" in result._repr_html_()


class _Frame:
    """Stands for the `DataFrame` of either library: it takes columns of one length."""

    def __init__(self, columns):
        assert len({len(column) for column in columns.values()}) == 1
        self.columns = columns


@pytest.mark.parametrize("library", frames.LIBRARIES)
def test_a_frame_has_a_row_a_run_and_step(bowl, moons, monkeypatch, library):
    """With the library itself where it is installed, else with what takes the same."""
    try:
        __import__(library)
    except ImportError:
        module = ModuleType(library)
        module.DataFrame = _Frame
        monkeypatch.setitem(sys.modules, library, module)
        monkeypatch.setattr(frames, "find_spec", lambda name: module if name == library else None)
    frame = bowl.frame(library)
    assert list(frame.columns)[:5] == ["lane", "label", "start", "step", "loss"]
    assert {"x0", "x1", "gradient_rms.x", "rate"} <= set(frame.columns)
    columns = getattr(frame, "to_dict", lambda *_: frame.columns)("list" if library == "pandas" else False)
    assert list(columns["label"]) == ["Momentum"] * 301 + ["Wild"] * 301
    np.testing.assert_array_equal(np.asarray(columns["loss"], float), np.asarray(bowl.loss).ravel())
    assert len(list(moons.frame(library).columns)) > 10


def test_a_library_that_is_not_there_is_said(bowl, monkeypatch):
    monkeypatch.setattr(frames, "find_spec", lambda _name: None)
    with pytest.raises(wb.RequestError, match="pandas or polars is not installed: `pip install pandas` adds it"):
        bowl.frame()
    with pytest.raises(wb.RequestError, match="must be one of pandas, polars"):
        bowl.frame("panda")
