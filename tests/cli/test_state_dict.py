"""Trained weights as PyTorch's state_dict: for the model that the lane's script has, parameter by parameter."""

from __future__ import annotations

import importlib.util
import json
import re

import numpy as np
import pytest

from tests.experiments import BOWL, MIXED, NETWORK, experiment
from workbench import cli
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.export.code.script import lane_code
from workbench.export.state_dict import missing, state_dict_arrays

HAS_TORCH = importlib.util.find_spec("torch") is not None
NORMALISED = NETWORK.replace("units = 4", 'units = 4\nbatch_norm = true\ndropout = 0.2\nactivation = "relu"', 1)


def after(text, steps):
    given = experiment(text)
    race = build.make_race(given)
    race.advance(steps)
    return given, race, take_snapshot(race, build.race_info(given, race), 1)


def model_of(given, index):
    """The parts of the model that the lane's script is written for, in order: the names of their classes and sizes."""
    text = lane_code(given, index, "pytorch").script
    lines = re.search(r"model = nn\.Sequential\(\n(.*?)\n\)", text, re.DOTALL)[1].splitlines()
    return [re.match(r"\s*nn\.(\w+)\(([^)]*)\)", line).groups() for line in lines]


@pytest.mark.parametrize("text", [NETWORK, NORMALISED, MIXED], ids=["plain", "normalised", "networks that differ"])
def test_the_names_are_those_of_the_script_s_model(text):
    """Each linear and normalised part of the model has its arrays at its place, in its shape; no others are there."""
    given, race, snapshot = after(text, 12)
    for place, lane in enumerate(snapshot.info.lanes):
        starts = list(state_dict_arrays(snapshot, race, place))
        assert len(starts) == snapshot.info.starts
        for found in starts:
            wanted = {}
            for at, (kind, sizes) in enumerate(model_of(given, lane.index)):
                if kind == "Linear":
                    n_in, n_out = map(int, sizes.split(",")[:2])
                    wanted[f"{at}.weight"] = (n_out, n_in)
                    if "bias=False" not in sizes:
                        wanted[f"{at}.bias"] = (n_out,)
                elif kind == "BatchNorm1d":
                    units = int(sizes.split(",")[0])
                    names = ("weight", "bias", "running_mean", "running_var")
                    wanted |= {f"{at}.{name}": (units,) for name in names} | {f"{at}.num_batches_tracked": ()}
            assert {name: array.shape for name, array in found.items()} == wanted


def test_a_plain_network_gives_by_them_what_the_program_gives():
    """Computed here, from the arrays alone: the loss on the training samples."""
    given, race, snapshot = after(NETWORK, 12)
    (found, *_) = state_dict_arrays(snapshot, race, 0)
    problem = race.parts[0].problem
    x = problem.x_train
    for at, (kind, _) in enumerate(model_of(given, snapshot.info.lanes[0].index)):
        if kind == "Linear":
            x = x @ found[f"{at}.weight"].T + found[f"{at}.bias"]
        else:
            x = {"Tanh": np.tanh, "ReLU": lambda z: np.maximum(z, 0.0)}[kind](x)
    wrong = np.exp(x - x.max(axis=1, keepdims=True))
    shares = wrong / wrong.sum(axis=1, keepdims=True)
    loss = -np.log(shares[np.arange(len(x)), problem.y_train.astype(int).ravel()]).mean()
    race.evaluate_metrics()
    assert loss == pytest.approx(float(take_snapshot(race, snapshot.info, 1).metrics["train_loss"][0]), rel=1e-9)


def test_an_objective_has_none(write, tmp_path, capsys):
    call = ["run", write(BOWL), "--out", str(tmp_path / "out"), "--steps", "5", "--state-dict"]
    assert cli.main(call) == 2
    assert "only a network has weights" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(HAS_TORCH, reason="torch is installed")
def test_without_torch_it_says_so_before_the_run(write, tmp_path, capsys):
    call = ["run", write(NETWORK), "--out", str(tmp_path / "out"), "--steps", "5", "--state-dict"]
    assert cli.main(call) == 2
    told = capsys.readouterr().err
    assert missing() in told
    assert "torch (PyTorch), which is not installed" in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
@pytest.mark.parametrize("text", [NETWORK, NORMALISED, MIXED], ids=["plain", "normalised", "networks that differ"])
def test_torch_loads_them_and_has_the_same_loss(write, tmp_path, text):
    """Of tensors alone, by the model that the script has, lane by lane and start by start."""
    import torch

    text = text.replace("l2 = 0.01\n", "")  # which is part of the program's loss, and of none of the script's model

    assert cli.main(["run", write(text), "--out", str(tmp_path), "--steps", "5", "--state-dict"]) == 0
    runs = json.loads((tmp_path / "summary.json").read_text("utf-8"))["runs"]
    for run in runs:
        code = lane_code(experiment(text), run["lane"], "pytorch")
        script = tmp_path / "script.py"
        script.with_suffix(".npz").write_bytes(code.arrays)
        parts = {"__file__": str(script)}
        exec(code.script[: code.script.rindex("for start in range(STARTS)")], parts)  # noqa: S102 - the program's own
        file = sorted((tmp_path / "weights").glob(f"lane{run['lane']}*.pt"))[run["start"]]
        parts["model"].load_state_dict(torch.load(file, weights_only=True))
        parts["data"].close()
        parts["model"].eval()
        with torch.no_grad():
            output = parts["model"](parts["x_train"])
            loss = parts["loss_function"](output, parts["y_train"]).item()
        assert loss == pytest.approx(run["train_loss"], rel=1e-12)
