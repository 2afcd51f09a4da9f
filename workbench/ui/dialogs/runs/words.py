"""What a list of kept runs says: of a run, of a value, of how much there is."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from workbench.kept.entry import Entry, KeptLane
from workbench.ui.words.text import counted, engine_text, grouped, readable, signed

_MOST_NAMED = 12  # lanes in a tooltip
_MEGA = 1_000_000
_LONGEST = 30  # letters of a name in a legend


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)


def title_of(entry: Entry) -> str:
    """What a run is called: by its title, else by its problem."""
    return entry.title or engine_text(entry.problem.replace("_", " ").capitalize())


def when(entry: Entry) -> str:
    """When a run was kept."""
    return _moment(int(entry.at))


@lru_cache(maxsize=2048)
def _moment(seconds: int) -> str:
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(seconds), QLocale.FormatType.ShortFormat)


def name_of(entry: Entry) -> str:
    """A run as legends and tables call it: its note where it has a short one, else its title, and when it was kept."""
    note = entry.note.strip().splitlines()[0] if entry.note.strip() else ""
    name = note or title_of(entry)
    return f"{name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + '…'}, {when(entry)}"


def lanes_of(entry: Entry) -> str:
    """The names of its lanes in a line."""
    return ", ".join(lane.label for lane in entry.lanes)


def loss(value: float | None) -> str:
    """A loss, or a dash where there is none."""
    return "–" if value is None else readable(value)


def took(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 1.0:
        return _tr("{} ms").format(round(1000 * seconds))
    if seconds < 100.0:
        return _tr("{} s").format(f"{seconds:.1f}")
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _tr("{} min {} s").format(minutes, rest)
    return _tr("{} h {} min").format(*divmod(minutes, 60))


def told(entry: Entry) -> str:
    """All that is said of a run where the mouse rests on it."""
    why = {
        "finished": _tr("finished"),
        "forked": _tr("forked from"),
        "pinned": _tr("kept by hand"),
    }.get(entry.why, entry.why)
    limit = "" if entry.limit in (None, entry.steps) else _tr(" of {}").format(grouped(entry.limit or 0))
    head = _tr("{} at step {}{}, seed {}").format(why, grouped(entry.steps), limit, entry.seed)
    lines = [title_of(entry), head]
    lines += [_of_lane(lane) for lane in entry.lanes[:_MOST_NAMED]]
    if len(entry.lanes) > _MOST_NAMED:
        lines.append(_tr("and {} lanes more").format(len(entry.lanes) - _MOST_NAMED))
    if entry.changes:
        one, more = _tr("{} setting was changed on the way"), _tr("{} settings were changed on the way")
        lines.append(counted(entry.changes, one, more) + _tr(": opened again, it runs as it was set in the end."))
    if entry.rows < entry.recorded:
        words = _tr("Of {} recorded rows the curves have {}: all that a picture shows.")
        lines.append(words.format(grouped(entry.recorded), grouped(entry.rows)))
    if entry.starts_kept < entry.starts:
        words = _tr("Of {} starts a lane the curves of the first {} are kept.")
        lines.append(words.format(grouped(entry.starts), grouped(entry.starts_kept)))
    if entry.weights_left_out:
        lines.append(_tr("Its weights are not kept: {}.").format(size(entry.weights_left_out)))
    return "\n".join([*lines, size(entry.size)])


def _of_lane(lane: KeptLane) -> str:
    if lane.diverged_at >= 0 and lane.final is None:
        return _tr("{}: diverged at step {}, best {}").format(lane.label, grouped(lane.diverged_at), loss(lane.best))
    return _tr("{}: {}, best {}").format(lane.label, loss(lane.final), loss(lane.best))


def size(count: float) -> str:
    """Bytes as people say them."""
    if count < _MEGA:
        return _tr("{} kB").format(math.ceil(count / 1000))
    return _tr("{} MB").format(readable(count / _MEGA, 3))


def amount(count: int, used: int, most: int, most_bytes: int) -> str:
    """How many runs there are, and what becomes of them where they are too many."""
    runs = counted(count, _tr("{} run"), _tr("{} runs"))
    rule = _tr("of more than {} runs or {} the oldest that are not pinned go.")
    return f"{runs}, {size(used)}; {rule.format(grouped(most), size(most_bytes))}"


def value(given: Any) -> str:
    """A setting's value as a file has it; a dash where a run has no such setting."""
    if given is None:
        return "–"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, float):
        return signed(f"{given:.6g}")
    text = ", ".join(value(part) for part in given) if isinstance(given, (list, tuple)) else str(given)
    return text if len(text) <= 80 else f"{text[:79]}…"
