"""What the statistics of networks have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic
from workbench.engine.side_by_side import Part, part_of, parts_of


class NetworkStatistic(Statistic):
    """A statistic of networks alone, which is another after each step."""

    follows_steps: ClassVar[bool] = True

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return is_of_networks(problem)


def is_of_networks(problem: Problem) -> bool:
    """Whether lanes train networks."""
    return isinstance(parts_of(problem)[0].problem, NetworkProblem)


@dataclass(frozen=True, slots=True)
class Member:
    """A run among those that train the same network beside it.

    Attributes:
        problem: the network and its data; theta: the parameters (K, P) of these runs; run: its place among them.
        part: where they stand in the race.
    """

    problem: NetworkProblem
    theta: Floats
    run: int
    part: Part

    def column(self, layer: int) -> int:
        """The layer of this network that stands in a column of the race's layers; its last hidden one where none does.

        A network without hidden layers has its output layer alone.
        """
        columns = self.part.columns
        return columns.index(layer) if layer in columns else max(0, len(columns) - 2)


def network_of(race: Race, run: int = 0) -> Member:
    """The network of a run; of one that there is not, that of the last one.

    Raises:
        TypeError: it is a race of something else.
    """
    run = min(run, race.problem.runs - 1)
    part = part_of(race.problem, run)
    if not isinstance(part.problem, NetworkProblem):
        raise TypeError("this is no race of networks")
    return Member(part.problem, part.own(race.theta), run - part.rows.start, part)
