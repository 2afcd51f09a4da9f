"""What can be wrong with a run, as it is filed: where it shows, by what numbers it is told, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from workbench.engine.network.looking import Look
from workbench.engine.registry import Registry


@dataclass(frozen=True, slots=True)
class LayerWarning:
    """Something wrong with a run, most often in one layer of it: `key` names the ailment.

    Attributes:
        layer: its place among the race's layers, -1 where it is the run's as a whole.
        step: since when.
        value: the number that gives rise to it: an RMS gradient, a share, a ratio.
        quantity: of a number that was lost, which one it was; else empty.
    """

    key: str
    run: int
    layer: int
    step: int
    value: float
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a chain of causes: what it is of, and its numbers.

    Attributes:
        kind: `layer` (`place` is its number among the run's own), `step`, `class`, `input` or `target`.
        name: of a class or an input.
        values: the numbers, in the order of the chain's headings.
        bad: whether this is where the trouble sits.
    """

    kind: str
    place: int
    values: tuple[float, ...]
    name: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The measured causes of a warning, line by line; `headings` say what the numbers are, `doc` how to read them."""

    headings: tuple[str, ...]
    links: tuple[Link, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a lane would have otherwise: keys of the file's tables, each with what differs.

    `numbers` are those that the remedy's title names.
    """

    remedy: str
    network: Mapping[str, Any] = field(default_factory=dict)
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    gradient: Mapping[str, Any] = field(default_factory=dict)
    schedule: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)


class Remedy:
    """A change of a lane that may help.

    Attributes:
        title: a few words, in which numbers of the treatment may stand.
        doc: what it does, in a sentence.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    doc: ClassVar[str]

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        """The change for a run; None where it has this already, or cannot have it."""
        raise NotImplementedError


class Ailment:
    """Something that keeps a network from learning.

    Attributes:
        title: what it is called.
        why: two plain sentences: what happens, and what from.
        remedies: the keys of what helps, the likeliest first.
        lasts: whether a warning is told with the step at which it was first seen, though it is found again later.
        of_diverged: whether runs that have lost their numbers can have it.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    why: ClassVar[str]
    remedies: ClassVar[tuple[str, ...]]
    lasts: ClassVar[bool] = False
    of_diverged: ClassVar[bool] = False

    def find(self, look: Look) -> Sequence[LayerWarning]:
        """The warnings of one run; those of layers that `health` finds are not among them."""
        return ()

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        """The measured causes of a warning."""
        raise NotImplementedError


ailments: Registry[Ailment] = Registry("ailment")
remedies: Registry[Remedy] = Registry("remedy")
