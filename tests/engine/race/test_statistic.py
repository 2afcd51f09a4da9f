"""Where statistics are declared, and when the modules that declare them are loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.engine.network.network_statistic import network_of
from workbench.engine.race.statistic import all_declared, declared
from workbench.experiment import build

ROOT = Path(__file__).parents[3]
LOADED = """
import sys
from workbench.engine.race.statistic import declared
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
problem = ObjectiveProblem(objectives.get("rosenbrock")(), [[0.0, 0.0]])
assert declared(problem)
print(*(name for name in sys.modules if name.startswith("workbench.engine.network")))
"""


def test_every_module_that_declares_a_statistic_is_listed():
    """One that is not would never be found."""
    modules = set()
    for file in (ROOT / "workbench").rglob("*.py"):
        if "\n@statistics.register(" in file.read_text("utf-8"):
            modules.add(".".join(file.relative_to(ROOT).with_suffix("").parts))
    assert modules == {statistic.__module__ for statistic in all_declared()}


def test_each_problem_has_its_own():
    """Of networks nothing applies to an objective; of two parameters there is a surface, whatever it is."""
    valley, network = (build.make_race(experiment(text)) for text in (VALLEY, NETWORK))
    of = {race: {s.key for s in declared(race.problem) if s.applies(race.problem)} for race in (valley, network)}
    assert of[valley] == {
        "surface",
        "stationary",
        "next_step",
        "gradient_check",
        "anatomy",
        "moment",
        "curvature",
        "trail",
    }
    of_objectives = {"surface", "curve", "stationary", "next_step", "pairs"}
    assert of[network] == {s.key for s in all_declared()} - of_objectives


def test_a_race_of_an_objective_loads_no_network():
    """Asked of a fresh process, since this one has loaded both."""
    run = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_a_network_is_not_made_of_an_objective():
    with pytest.raises(TypeError, match="no race of networks"):
        network_of(build.make_race(experiment(VALLEY)))
