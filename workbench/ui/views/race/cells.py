"""What stands in the cells of the race table, and how its columns are made and ordered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.medians import median
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.words import stays
from workbench.ui.words.text import grouped

_CONTEXT = "RaceCells"
#: metrics, and columns of them, whose largest value is the best
RISING = ("accuracy", "test_accuracy")
#: columns of what a run has reached before, which one that diverged keeps
LASTING = ("best_test", "best_step")
Best = tuple[NDArray[np.floating[Any]], NDArray[Any]]
_ALIKE = 5e-4  # the share by which losses differ that are the same in the digits shown
_LEAST_BAR = 0.04  # of a cell's width, so that the best run has a bar, too


def say(text: str) -> str:
    """A text of the table in the person's language."""
    return QCoreApplication.translate(_CONTEXT, text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its title, a sentence on it, a value a run to sort by, and a text a run.

    `as_of` says of which step the values are, where that is not the present one; `words` writes a number, of a column
    whose values a lane's starts can be summed up by. Behind the runs stand the lanes, where they have several starts:
    the median of each.
    """

    key: str
    title: str
    tip: str
    values: NDArray[Any]
    texts: list[str]
    as_of: str = ""
    words: Callable[[Any], str] | None = None


def number(value: Any) -> str:
    """A number as every column has it: four significant digits, as a power of ten where it is far from 1."""
    value = float(value)
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, exponent = f"{value:.3e}".split("e")
    power = int(exponent)
    if value == 0:
        text = "0"
    elif -4 < power < 4:
        text = f"{float(f'{mantissa}e{power}'):.{3 - power}f}"
    else:
        text = f"{mantissa}e{power}"
    return text.replace("-", "−")


def _percent(value: Any) -> str:
    return "–" if np.isnan(value) else f"{100 * float(value):.2f} %"


def ranks(snapshot: Snapshot) -> NDArray[np.int64]:
    """The rank of each run (R,) by its loss, from 1; equal losses share one, 0 for a run that diverged."""
    loss = np.asarray(snapshot.loss, dtype=float)
    runs = (snapshot.diverged_at < 0) & ~np.isnan(loss)
    found = np.zeros(len(loss), dtype=np.int64)
    found[runs] = [1 + int((loss[runs] < value).sum()) for value in loss[runs]]
    return found


def bars(snapshot: Snapshot) -> NDArray[np.float64]:
    """How long the bar of each run's loss is (R,), from 0 to 1: longest where the loss is greatest.

    Positive losses are compared by their logarithms, from the best run to the worst; runs that are alike have equal
    bars, and one that diverged has none.
    """
    loss = np.asarray(snapshot.loss, dtype=float)
    runs = (snapshot.diverged_at < 0) & np.isfinite(loss)
    made = np.zeros(len(loss))
    if not runs.any():
        return made
    seen = loss[runs]
    heights = np.log10(seen) if (seen > 0).all() else seen
    span = float(np.ptp(heights))
    if np.ptp(seen) < _ALIKE * np.abs(seen).max():  # a full bar beside none would tell of rounding
        span = 0.0
    share = (heights - heights.min()) / span if np.isfinite(span) and span > 0 else np.full(len(heights), 0.5)
    made[runs] = _LEAST_BAR + (1 - _LEAST_BAR) * share
    return made


def status(snapshot: Snapshot, run: int, stay: str = "") -> str:
    """A word on what a run is doing; `stay` where it is out of the minimum that it had reached."""
    if snapshot.step < snapshot.info.begins(run):
        return say("from step {}").format(grouped(snapshot.info.begins(run)))
    if snapshot.diverged_at[run] >= 0:
        return say("✕ diverged")  # its step stands in the step column
    if stay:
        return stay  # which says more than that all goes on
    if snapshot.finished:
        return say("finished")
    if snapshot.target is not None or snapshot.running:  # to a far step, which the status bar names
        return say("running") if snapshot.target is None else say("going")
    return say("ready") if snapshot.step == 0 else say("paused")


def _names(snapshot: Snapshot) -> list[str]:
    """In a few letters: of a column that is cut, the number is what tells the starts apart."""
    info = snapshot.info
    labels = [info.lanes[run // info.starts].label for run in range(info.runs)]
    if info.starts == 1:
        return labels
    return [say("{} · {}").format(label, run % info.starts + 1) for run, label in enumerate(labels)]


def columns(snapshot: Snapshot, best: Best | None = None) -> list[Column]:
    """The columns of a race, a text and a value a run; `best` are the lowest test losses, where they are not its own.

    What tells how a run fares comes first: lane, rank, loss and status are in sight in a narrow table, too.
    """
    info = snapshot.info
    diverged = snapshot.diverged_at
    places = ranks(snapshot)
    steps = np.where(diverged >= 0, diverged, snapshot.step)
    names = _names(snapshot)
    found = stays.stays_of(snapshot)
    words = [status(snapshot, run, stays.status_word(found.get(run, ()))) for run in range(info.runs)]
    marks = ["✕" if at >= 0 else str(rank) if rank else "–" for at, rank in zip(diverged, places, strict=True)]
    ranked = np.where(places > 0, places, np.nan)
    tip = say("Whether the run goes on, has ended, or left the numbers it can go on from")
    made = [
        Column("lane", say("Lane"), say("The lane, with the number of its start where it has several"),
               np.array([name.casefold() for name in names]), names),
        Column("rank", say("#"), say("The rank by the loss now, 1 for the smallest; ✕ for a run that diverged"),
               ranked, marks),
        _numbers("loss", say("Loss"), say("The loss now; the bar compares the runs, on a logarithmic scale"),
                 snapshot.loss, number),
        Column("status", say("Status"), tip, np.array(words), words),
    ]  # fmt: skip
    if info.kind == "objective" and snapshot.distance is not None:
        tip = say("How far the run stands from the nearest known minimum")
        made.append(_numbers("distance", say("Distance"), tip, snapshot.distance, number))
    if info.kind != "objective":
        made += _metrics(snapshot, snapshot.best("test_loss") if best is None else best)
    tip = say("The length of the gradient now")
    made.append(_numbers("gradient", say("Gradient"), tip, snapshot.gradient_norm, number))
    tip = say("The step at which the run stands; where it diverged, that step")
    made.append(Column("step", say("Step"), tip, steps.astype(float), [grouped(int(step)) for step in steps]))
    return [with_summaries(column, snapshot) for column in made] if info.starts > 1 else made


def with_summaries(column: Column, snapshot: Snapshot) -> Column:
    """The column with a cell more for each lane: the median of its starts, where one that diverged is the worst."""
    info = snapshot.info
    starts, values, texts = info.starts, list(column.values), list(column.texts)
    sign = -1.0 if column.key in RISING else 1.0
    for i, lane in enumerate(info.lanes):
        own = column.values[i * starts : (i + 1) * starts]
        if column.words is not None:
            lost = (snapshot.diverged_at[i * starts : (i + 1) * starts] >= 0) & (column.key not in LASTING)
            value = sign * float(median(np.where(lost, np.nan, sign * own)))
            values.append(value)
            texts.append(column.words(value))
        elif column.key == "lane":
            name = say("{} · median").format(lane.label)
            values.append(name.casefold())
            texts.append(name)
        elif column.key == "status":
            gone = int((snapshot.diverged_at[i * starts : (i + 1) * starts] >= 0).sum())
            texts.append(say("✕ {} of {}").format(gone, starts) if gone else "")
            values.append(texts[-1])
        else:
            values.append(float("nan"))
            texts.append("")
    return replace(column, values=np.array(values), texts=texts)


def _numbers(key: str, title: str, tip: str, values: Any, words: Callable[[Any], str]) -> Column:
    return Column(key, title, tip, np.asarray(values, dtype=float), [words(value) for value in values], words=words)


def _metrics(snapshot: Snapshot, best: Best | None) -> list[Column]:
    """The metrics that there are, those of testing first, as they were evaluated last, and the best test loss so far.

    Of a run that diverged there is nothing but the best.
    """
    known = (
        ("test_accuracy", say("Test acc."), say("The share of the test samples that is told right"), _percent),
        ("test_loss", say("Test loss"), say("The loss on the samples that are never trained on"), number),
        ("accuracy", say("Train acc."), say("The share of the training samples that is told right"), _percent),
        ("train_loss", say("Train loss"), say("The loss on all training samples, with nothing dropped"), number),
    )
    diverged = (snapshot.diverged_at >= 0) & (snapshot.diverged_at <= snapshot.step)
    old = snapshot.metrics_step != snapshot.step
    as_of = say("As of step {}, where it was evaluated last").format(grouped(snapshot.metrics_step)) if old else ""
    made = [
        replace(_numbers(key, title, tip, np.where(diverged, np.nan, snapshot.metrics[key]), words), as_of=as_of)
        for key, title, tip, words in known
        if key in snapshot.metrics
    ]
    if best is not None:
        tip = say("The lowest test loss so far")
        steps, when = (
            np.where(best[1] < 0, np.nan, best[1].astype(float)),
            say("The step of the lowest test loss so far"),
        )
        place = 1 + [column.key for column in made].index("test_loss")
        made[place:place] = [
            _numbers("best_test", say("Best test"), tip, best[0], number),
            _numbers("best_step", say("at step"), when, steps, _step),
        ]
    return made


def _step(value: Any) -> str:
    return "–" if np.isnan(value) else grouped(int(value))


def order(column: Column, *, descending: bool) -> list[int]:
    """The runs in the order of a column's values; those without a number come last either way."""
    values = column.values
    if values.dtype.kind in "US":
        return sorted(range(len(values)), key=lambda run: str(values[run]), reverse=descending)
    numbers = [run for run in range(len(values)) if not np.isnan(values[run])]
    rest = [run for run in range(len(values)) if np.isnan(values[run])]
    return [*sorted(numbers, key=lambda run: float(values[run]), reverse=descending), *rest]
