"""What the two processes say to each other; plain values, sent over a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.history import Position
from workbench.engine.race.race import LaneRule
from workbench.engine.race.transfer import Handover, Readings
from workbench.live.segments import Segment

#: The two flags in the control segment: the other side wants to see the race, or has sent a request.
WANTS_REPORT, HAS_MAIL = 0, 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a history are: in which segment of this race, from which byte on, and how far."""

    segment: int
    offset: int
    position: Position


# Down to the child


@dataclass(frozen=True, slots=True)
class Begin:
    """Go on with this race. Segment 0 follows on the pipe; theta is shown at its beginning."""

    experiment: str  # TOML text
    handover: Handover
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Another limit and, where they are given, other live rules from the next step on."""

    rules: tuple[LaneRule, ...] | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """Give the race back after the step under way."""


# Up to the parent


@dataclass(frozen=True, slots=True)
class Ready:
    """The child is there. `foreign` names the window libraries that it has loaded, which should be none."""

    foreign: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSegment:
    """The child has made a segment, which follows on the pipe; whoever reads it there puts it in."""

    number: int
    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the race shows now, and what has happened since the last report.

    Attributes:
        kept: states that the ring of checkpoints is to keep.
        changed: the rules that were put in force, by step.
        requests: how many changes were taken since the race began here.
        checkpoint: the whole state, where this report is one to go back to; without it theta stands in the segment.
        asked: it is the answer to `WANTS_REPORT`.
        final: the child has let go of the race.
    """

    readings: Readings
    places: tuple[Place, ...]
    kept: tuple[Checkpoint, ...] = ()
    changed: Mapping[int, tuple[LaneRule, ...]] = field(default_factory=dict)
    requests: int = 0
    checkpoint: Checkpoint | None = None
    asked: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """The child cannot go on, for a reason that it can still tell; `refused` if it has not begun."""

    sentence: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The child has ended without a word; never sent, found by the reader of the pipe."""


Request = Begin | Change | Stop
Answer = Ready | NewSegment | Report | Fault | Gone
