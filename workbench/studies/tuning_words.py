"""What a fair race came to in plain sentences: what is to be doubted, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from workbench.studies.tuning import Contest, Tuning
from workbench.studies.tuning_report import Page, Report
from workbench.studies.tuning_results import Results

#: seeds below which a bootstrap knows too little of the spread
_FEW_SEEDS = 5
#: how far apart values of two problems are of unequal scale
_UNEQUAL = 1e3
#: looks within which a run arrives so early that its cost is hardly told
_COARSE = 5
#: late runs that are told one by one
_MOST_LATE = 20


def warnings(results: Results, report: Report) -> list[str]:
    """What a reader should know before believing the tables, most general first; of one problem, with its name."""
    general, pages = doubts(results, report)
    named = [f"{page.name}: {line}" for page, lines in zip(report.pages, pages, strict=True) for line in lines]
    return [*general, *named]


def doubts(results: Results, report: Report) -> tuple[list[str], list[list[str]]]:
    """What concerns the whole race, and what concerns each of its problems."""
    tuning = results.tuning
    general = [*_of_seeds(tuning), *_of_scales(tuning, report), *_of_spaces(tuning), *_of_failures(results)]
    pages = [
        [
            *_ties(tuning, page),
            *(f"one seed decides: without seed {each.seed} {tuning.labels[each.without]} would be first, not "
              f"{tuning.labels[each.first]}" for each in report.decides if each.contest == c),
            *_of_target(tuning, page),
            *_of_divergence(page),
            *_of_tuning(page),
            *_of_means(tuning, page, contest),
        ]
        for c, (page, contest) in enumerate(zip(report.pages, tuning.contests, strict=True))
    ]  # fmt: skip
    return general, pages


def late(tuning: Tuning, report: Report) -> list[str]:
    """Near misses: runs that more budget would have brought to the target, and what that does to the order."""
    found = []
    unit = "study" if tuning.ranked == "studies" else "seed"
    for each in report.late[:_MOST_LATE]:
        seed = each.seed if unit == "study" else tuning.seeds[each.seed]
        found.append(
            f"{report.pages[each.contest].name}: {tuning.labels[each.lane]} missed the target under {unit} {seed}, and "
            f"needs {_percent(each.needs)} more budget ({number(each.needs * tuning.budget)} {tuning.unit})"
        )
    if len(report.late) > _MOST_LATE:
        found.append(f"and {len(report.late) - _MOST_LATE} more, which `report.json` has")
    for turn in report.turns:
        where = "over all" if turn.contest < 0 else report.pages[turn.contest].name
        found.append(
            f"{where}: {_percent(turn.budget)} more budget would move {tuning.labels[turn.lane]} from place "
            f"{turn.before:g} to {turn.after:g}, under the settings tuned for this budget"
        )
    return found


def _of_seeds(tuning: Tuning) -> Iterator[str]:
    count, unit = (tuning.studies, "study") if tuning.ranked == "studies" else (len(tuning.seeds), "seed")
    if count == 1:
        yield f"one {unit} decides everything: without others there is no spread, and no tie can be told"
    elif count < _FEW_SEEDS:
        yield f"{count} {_plural(tuning)} are few: a bootstrap over them tells differences that are none"
    for contest in tuning.contests:
        if not contest.is_random and tuning.ranked == "seeds":
            yield f"{contest.name}: all seeds give the same run, since nothing in it is random: no tie can be told"


def _of_scales(tuning: Tuning, report: Report) -> Iterator[str]:
    if tuning.measure == "target" or len(report.pages) < 2:
        return
    sizes = {page.name: _size(page) for page in report.pages}
    known = {name: size for name, size in sizes.items() if size > 0}
    if len(known) < 2:
        return
    least, most = min(known, key=lambda name: known[name]), max(known, key=lambda name: known[name])
    if known[most] / known[least] >= _UNEQUAL:
        yield (
            f"the problems are of unequal scale: values on {most} are some {_power(known[most] / known[least])} times "
            f"those on {least}. Over all, places count, since a mean of values would be {most}'s alone"
        )


def _size(page: Page) -> float:
    """How large the values of a page are: the middle of its lanes' medians."""
    finite = [abs(row.cost.median) for row in page.rows if math.isfinite(row.cost.median)]
    return float(np.median(finite)) if finite else 0.0


def _of_spaces(tuning: Tuning) -> Iterator[str]:
    sizes = [len(axes) for axes in tuning.spaces]
    if len(set(sizes)) > 1:
        told = ", ".join(f"{label} {size}" for label, size in zip(tuning.labels, sizes, strict=True))
        yield f"the same {tuning.trials} trials search spaces of different dimension: {told}"


def _ties(tuning: Tuning, page: Page) -> Iterator[str]:
    if len(tuning.seeds if tuning.ranked == "seeds" else range(tuning.studies)) < 2:
        return
    for rank in sorted({row.rank for row in page.rows}):
        tied = [page.rows[i].label for i in page.order if page.rows[i].rank == rank]
        if len(tied) > 1:
            yield f"{_and(tied)} are a tie at rank {rank}: other {_plural(tuning)} might order them otherwise"


def _of_target(tuning: Tuning, page: Page) -> Iterator[str]:
    if all(row.reached == 0.0 for row in page.rows):
        if tuning.measure == "target":
            yield f"no run reached the target of {number(page.target)}: lanes are not told apart by it"
        return
    quick = [row.label for row in page.rows if row.arrived.median <= _COARSE * tuning.every and tuning.every > 1]
    if quick and tuning.measure == "target":
        yield (
            f"{_and(quick)} arrived within {_COARSE} looks, which are {tuning.every} steps apart: the "
            f"difference may be the looks'"
        )


def _of_divergence(page: Page) -> Iterator[str]:
    for row in page.rows:
        share = row.diverged / max(1, row.runs)
        if share >= 0.25:
            half = "half of its runs or more diverge" if share >= 0.5 else "many of its runs diverge"
            yield f"{row.label}: {half} ({row.diverged} of {row.runs}): its median hides what the others did"


def _of_tuning(page: Page) -> Iterator[str]:
    lost = [f"{row.label} {row.lost} of {row.trials}" for row in page.rows if row.lost >= 0.5 * row.trials]
    if lost:
        yield f"trials that came to nothing: {', '.join(lost)}: much of these ranges is no use"
    found = [row for row in page.rows if row.lost < row.trials]
    for setting in dict.fromkeys(setting for row in found for setting in row.at_edge):
        labels = [row.label for row in found if setting in row.at_edge]
        word = setting.replace("_", " ")
        yield f"the {word} of {_and(labels)} is at the edge of what was tried: a wider range may have a better one"


def _of_means(tuning: Tuning, page: Page, contest: Contest) -> Iterator[str]:
    if not contest.is_random or tuning.measure == "target":
        return
    for row in page.rows:
        middle, others = row.cost.median, max(abs(row.cost.high), abs(row.cost.median))
        if math.isfinite(row.mean) and row.runs > 1 and middle >= 0 and row.mean > 10.0 * others:
            yield f"{row.label}: a single seed decides its mean ({number(row.mean)}), the median is {number(middle)}"


def _of_failures(results: Results) -> Iterator[str]:
    reasons = sorted(set(results.reasons.values()))
    if reasons:
        yield f"{len(results.reasons)} runs could not be computed, and count as missed: {'; '.join(reasons[:3])}"


def _plural(tuning: Tuning) -> str:
    """What ranks are told over."""
    return "studies" if tuning.ranked == "studies" else "seeds"


def number(value: float) -> str:
    """A number as tables have it."""
    return "-" if math.isinf(value) or math.isnan(value) else f"{value:.4g}"


def _percent(factor: float) -> str:
    more = 100.0 * (factor - 1.0)
    return f"{more:.0f} %" if more >= 1.0 else f"{more:.1g} %"


def _power(ratio: float) -> str:
    return f"10^{math.floor(math.log10(ratio) + 1e-9)}"


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
