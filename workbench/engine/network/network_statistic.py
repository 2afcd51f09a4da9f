"""What the statistics of networks have in common."""

from __future__ import annotations

from typing import ClassVar

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic


class NetworkStatistic(Statistic):
    """A statistic of networks alone, which is another after each step."""

    follows_steps: ClassVar[bool] = True

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return isinstance(problem, NetworkProblem)


def network_of(race: Race) -> NetworkProblem:
    """The problem of a race of networks.

    Raises:
        TypeError: it is a race of something else.
    """
    problem = race.problem
    if not isinstance(problem, NetworkProblem):
        raise TypeError("this is no race of networks")
    return problem
