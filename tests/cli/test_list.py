"""The command `list`: the whole catalogue, for people and for programs."""

from __future__ import annotations

import json

import pytest

from workbench import cli
from workbench.engine.datasets import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.schedules import schedules
from workbench.ui.views import VIEWS

CATALOGUES = {
    "objectives": objectives,
    "optimizers": optimizers,
    "schedules": schedules,
    "activations": activations,
    "initializers": initializers,
    "losses": losses,
    "datasets": datasets,
    "views": VIEWS,
}


@pytest.mark.parametrize("kind", CATALOGUES)
def test_list_tells_every_entry(kind, capsys):
    """A line an entry, and as JSON all that is known of it."""
    keys = [entry.key for entry in CATALOGUES[kind]]
    assert cli.main(["list", kind]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == keys
    assert cli.main(["list", kind, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["key"] for entry in found] == keys
    assert all(entry["title"] for entry in found)
    if kind != "views":
        assert all(entry["formula"] and entry["source"]["year"] > 1600 for entry in found)
    else:
        assert [entry["table"] for entry in found] == [view.table for view in VIEWS]
        assert all(entry["table"] for entry in found)


def test_list_optimizers_gives_the_promised_keys(capsys):
    """Hyperparameters come with a default for each convention, and infinite bounds as null."""
    cli.main(["list", "optimizers", "--json"])
    for entry in json.loads(capsys.readouterr().out):
        assert {"key", "title", "formula", "source", "conventions", "hyperparameters"} <= set(entry)
        for param in entry["hyperparameters"]:
            assert {"name", "default", "low", "high", "scale", "symbol", "doc"} <= set(param)
            assert set(param["default"]) == {"pytorch", "keras"}
