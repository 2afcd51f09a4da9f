"""Small experiment files as text, with places to put one thing more."""

from __future__ import annotations

from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup

OBJECTIVE = """
format = 1
{top}
[problem]
kind = "objective"
objective = "rosenbrock"
{problem}
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "{optimizer}"
{lane}
"""
NETWORK = """
format = 1
[problem]
kind = "network"
{problem}
[problem.data]
{name}
{data}
[[lanes]]
optimizer = "sgd"
"""


def objective(top: str = "", problem: str = "", lane: str = "", optimizer: str = "adam") -> str:
    return OBJECTIVE.format(top=top, problem=problem, lane=lane, optimizer=optimizer)


def network(problem: str = "", data: str = "", name: str = 'name = "moons"') -> str:
    return NETWORK.format(problem=problem, data=data, name=name)


SMALL = Experiment(problem=ObjectiveSetup(objective="rosenbrock"), lanes=(Lane(optimizer="adam"),))
