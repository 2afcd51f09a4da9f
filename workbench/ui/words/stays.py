"""What happened between a run and the minima that it came to rest in, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.engine.race.stays import Stay
from workbench.ui.words.health import run_label
from workbench.ui.words.text import grouped, readable

_CONTEXT = "Stays"
_MOST_DRAWN = 3  # coordinates of a point that a sentence has room for


def stays_of(snapshot: Snapshot) -> dict[int, list[Stay]]:
    """The stays of each run that has any, as they are known at the step shown."""
    found: dict[int, list[Stay]] = {}
    for stay in snapshot.stays:
        seen = stay.at(snapshot.step)
        if seen is not None:
            found.setdefault(stay.run, []).append(seen)
    return found


def has_left(stays: Sequence[Stay]) -> bool:
    """Whether a run was thrown out of a minimum that it had come to rest in."""
    return any(stay.left >= 0 for stay in stays)


def status_word(stays: Sequence[Stay]) -> str:
    """A word for a table: the run was thrown out and has not come back, or rests in another minimum than at first."""
    if stays and stays[-1].left >= 0:
        return _tr("thrown out")
    if stays and stays[-1].minimum != stays[0].minimum:
        return _tr("moved")
    return ""


def sentence(info: RaceInfo, stays: Sequence[Stay]) -> str:
    """The last time that a run was thrown out of a minimum, and what became of it; empty where it never was."""
    left = next((stay for stay in reversed(stays) if stay.left >= 0), None)
    if left is None:
        return ""
    thrown = _tr("{} was thrown out of the minimum{} at step {}").format(
        run_label(info, left.run), _place(info, left.minimum), grouped(left.left)
    )
    now = stays[-1]
    if now is left:
        return _tr("{}. A smaller learning rate may stay.").format(thrown)
    if now.minimum == left.minimum:
        return _tr("{} and was back at step {}.").format(thrown, grouped(now.reached))
    return _tr("{} and rests in another one{} since step {}.").format(
        thrown, _place(info, now.minimum), grouped(now.reached)
    )


def last_thrown(snapshot: Snapshot) -> str:
    """What there is to say of the run that was thrown out last; empty where none was."""
    thrown = [found for found in stays_of(snapshot).values() if has_left(found)]
    if not thrown:
        return ""
    return sentence(snapshot.info, max(thrown, key=lambda found: max(stay.left for stay in found)))


def _place(info: RaceInfo, minimum: int) -> str:
    """The point in brackets, where it is short."""
    if info.minima is None or info.size > _MOST_DRAWN:
        return ""
    point = ", ".join(readable(float(value) + 0.0, 3) for value in info.minima[minimum])
    return _tr(" ({})").format(point)


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)
