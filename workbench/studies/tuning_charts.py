"""What is drawn of a fair race, as the charts of sweeps are: plain values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.experiment.lane_colors import color_of
from workbench.studies.charts import Chart, Line, LineChart, ShareChart
from workbench.studies.profile import profile
from workbench.studies.tuning_measures import Floats
from workbench.studies.tuning_report import Page, Report, instances
from workbench.studies.tuning_results import Results

_FACTORS = 200
_TITLES = {"final": "final", "best": "lowest"}


def charts(results: Results, report: Report) -> Iterator[Chart]:
    """All that is drawn of a fair race."""
    for c, page in enumerate(report.pages):
        name = f"{page.name}-" if len(report.pages) > 1 else ""
        yield _progress(results, c, page, name)
        sensitivity = _sensitivity(results, c, page, name)
        if sensitivity is not None:
            yield sensitivity
        yield _curve(results, page, name)
    problems = instances(results)
    if np.isfinite(problems).any():
        yield _profile(results, problems)
    if len(report.pages) > 1:
        yield _passed(results, report)


def _color(results: Results, lane: int) -> str:
    contest = results.tuning.contests[0]
    return color_of(contest.lane(lane), contest.lanes[lane])


def _line(results: Results, lane: int, x: Floats, spread: tuple[Floats, Floats, Floats]) -> Line:
    low, middle, high = spread
    return Line(results.tuning.labels[lane], _color(results, lane), x, middle, low, high)


def _line_chart(key: str, titles: tuple[str, str, str], lines: list[Line], *, x_log: bool) -> LineChart:
    y_log = all(bool((line.y[np.isfinite(line.y)] > 0).all()) for line in lines)
    return LineChart(key, *titles, x_log, y_log, tuple(lines))


def _progress(results: Results, c: int, page: Page, name: str) -> LineChart:
    """The best value so far of the runs that are reported: the median over seeds and studies, with its quartiles."""
    runs, lines = results.report_runs().take(c), []
    for lane in range(len(results.tuning.labels)):
        of_lane = runs.take(lane)
        best = of_lane.best_so_far().reshape(-1, of_lane.values.shape[-1])
        cost = np.median(of_lane.costs.reshape(best.shape), axis=0)
        within = cost <= results.tuning.budget
        lines.append(_line(results, lane, cost[within], _quarters(best[:, within])))
    titles = (page.name, results.tuning.unit, f"lowest {page.measured} so far")
    return _line_chart(f"{name}progress", titles, lines, x_log=False)


def _quarters(values: Floats) -> tuple[Floats, Floats, Floats]:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75), axis=0, method="inverted_cdf")
    return low, middle, high


def _sensitivity(results: Results, c: int, page: Page, name: str) -> LineChart | None:
    """What every learning rate that was tried came to, in all studies: the lowest value where it may be missed."""
    tuning, runs, lines = results.tuning, results.trial_runs().take(c), []
    measure = "final" if tuning.measure == "final" else "best"
    scores = np.median(results.measured(runs, c, tuning.budget, measure), axis=-1)
    for lane in range(len(tuning.labels)):
        if all(axis.path != "learning_rate" for axis in tuning.spaces[lane]):
            continue
        tried = [trial["learning_rate"] for study in results.trials[lane] for trial in study]
        order = np.argsort(tried, kind="stable")
        found = scores[lane].ravel()[order]
        lines.append(_line(results, lane, np.array(tried)[order], (found, found, found)))
    if not lines:
        return None
    titles = (page.name, "learning rate", f"{_TITLES[measure]} {page.measured}")
    return _line_chart(f"{name}sensitivity", titles, lines, x_log=True)


def _score_title(results: Results, page: Page) -> str:
    tuning = results.tuning
    return (
        f"{tuning.unit} to the target" if tuning.measure == "target" else f"{_TITLES[tuning.measure]} {page.measured}"
    )


def _curve(results: Results, page: Page, name: str) -> LineChart:
    """What the best of k trials comes to: the median over all subsets of k, with its quartiles."""
    lines = []
    for lane, row in enumerate(page.rows):
        x = np.arange(1.0, len(row.curve.median) + 1.0)
        lines.append(_line(results, lane, x, (row.curve.low, row.curve.median, row.curve.high)))
    titles = (page.name, "trials", f"best {_score_title(results, page)}")
    return _line_chart(f"{name}tuning", titles, lines, x_log=False)


def _profile(results: Results, problems: Floats) -> LineChart:
    factors = np.geomspace(1.0, 100.0, _FACTORS)
    lines = [
        _line(results, lane, factors, (share, share, share)) for lane, share in enumerate(profile(problems, factors))
    ]
    titles = ("performance profile", f"times the {results.tuning.unit} of the best", "share of problems and seeds")
    return LineChart("profile", *titles, True, False, tuple(lines))


def _passed(results: Results, report: Report) -> ShareChart:
    """The share of runs that reached the target: a row a problem, a column a lane."""
    values = np.array([[row.reached for row in page.rows] for page in report.pages])
    names = tuple(page.name for page in report.pages)
    return ShareChart("passed", "share of runs that reached the target", results.tuning.labels, names, values)
