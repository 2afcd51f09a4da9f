"""Experiment files: what is written is read back equal, and a file is never half written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.experiment.files_of_text import SMALL, objective
from tests.experiment.strategies import experiments
from workbench.experiment import files
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.experiment.files import dumps, loads, read, write, write_bytes
from workbench.experiment.filling import fill


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(experiments())
def test_what_is_written_is_read_back_equal(experiment: Experiment) -> None:
    assert loads(dumps(experiment)) == experiment


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(experiments())
def test_filling_in_defaults_is_done_once_and_survives_the_file(experiment: Experiment) -> None:
    full = fill(experiment)
    assert fill(full) == full
    assert loads(dumps(full)) == full


@pytest.mark.parametrize("notes", ["# One\n\n* two\n", 'a\r\nb "" """ x', "\\ tail \\", "tab\t\u0001\n", "\n"])
def test_notes_come_back_as_they_were(notes: str) -> None:
    """Whatever stands in them."""
    noted = replace(SMALL, notes=notes)
    assert loads(dumps(noted)) == noted


def test_notes_of_several_lines_are_lines_in_the_file() -> None:
    """So that they can be read and written there, too."""
    assert "\n# One\n\n* two\n" in dumps(replace(SMALL, notes="# One\n\n* two\n"))


def test_a_filled_experiment_names_every_default() -> None:
    """So that the file means the same when defaults change: convention, hyperparameters, parameters, start."""
    tables = tomllib.loads(dumps(fill(SMALL)))
    assert tables["problem"] == {
        "kind": "objective",
        "objective": "rosenbrock",
        "start": [-1.2, 1.0],
        "gradient": "exact",
        "difference": 1e-4,
        "noise": 0.0,
        "parameters": {"a": 1.0, "b": 100.0},
    }
    (lane,) = tables["lanes"]
    assert (lane["convention"], lane["draw"]) == ("pytorch", 0)
    expected = {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    assert lane["hyperparameters"] == {**expected, "amsgrad": False, "weight_decay": 0.0}
    assert (tables["format"], tables["seed"]) == (1, 0)


def test_the_examples_of_the_format_are_read() -> None:
    """The two files that the format is explained with, key by key."""
    first = loads(
        """
        format = 1
        title = "Adam against gradient descent in the banana valley"
        seed = 0
        steps = 2000
        [problem]
        kind = "objective"
        objective = "rosenbrock"
        start = [-1.2, 1.0]
        gradient = "exact"
        difference = 1e-4
        noise = 0.0
        [problem.parameters]
        a = 1.0
        b = 100.0
        [[lanes]]
        label = "Adam"
        optimizer = "adam"
        convention = "pytorch"
        [lanes.hyperparameters]
        learning_rate = 0.05
        [lanes.schedule]
        kind = "cosine"
        """
    )
    assert first.steps == 2000
    assert isinstance(first.problem, ObjectiveSetup)
    assert first.problem.points == ((-1.2, 1.0),)
    assert dict(first.lanes[0].hyperparameters) == {"learning_rate": 0.05}
    assert first.lanes[0].schedule is not None
    second = loads(
        """
        format = 1
        [problem]
        kind = "network"
        loss = "softmax_cross_entropy"
        batch_size = 32
        dtype = "float64"
        [problem.data]
        name = "spirals"
        samples = 400
        noise = 0.1
        test_fraction = 0.5
        [[problem.layers]]
        units = 16
        activation = "tanh"
        initializer = "xavier_uniform"
        [[lanes]]
        optimizer = "sgd"
        """
    )
    assert second.problem.data.test_fraction == 0.5  # type: ignore[union-attr]
    assert dict(second.problem.data.parameters) == {"samples": 400, "noise": 0.1}  # type: ignore[union-attr]


def test_writing_replaces_the_file_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    write(SMALL, file)
    assert read(file) == SMALL
    other = loads(objective("title = 'other'"))
    write(other, file)
    assert read(file) == other
    assert [p.name for p in tmp_path.iterdir()] == ["a.toml"]


@pytest.mark.parametrize("broken", ["replace", "chmod"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.toml"
    write_bytes(file, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, broken, fail)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(file, b"new")
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.toml"]


def test_a_write_interrupted_by_the_user_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.toml"
    write_bytes(file, b"old")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(file, b"new")
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.toml"]


def test_saving_through_a_link_changes_the_file_it_points_to(tmp_path: Path) -> None:
    target, link = tmp_path / "target.toml", tmp_path / "link.toml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
