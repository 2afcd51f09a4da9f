"""The files of a fair race: its report as Markdown, CSV and JSON, a row a run, and experiments to open."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from workbench.experiment import experiment as values
from workbench.experiment import files
from workbench.experiment.experiment import Experiment, Lane
from workbench.studies.tuning import Tuning
from workbench.studies.tuning_file import experiment_files, tables_of
from workbench.studies.tuning_report import Page, Report, Row, Spread
from workbench.studies.tuning_results import Results
from workbench.studies.tuning_tasks import seeded
from workbench.studies.tuning_words import doubts, late, number, warnings

Rows = tuple[list[str], Iterator[list[object]]]
_REPEAT = (
    "## To repeat it\n\n`gradient-workbench tune tune.toml --out DIR` here gives the same numbers; `runs.csv` "
    "has a row a run; its column `opens` names the experiment in `runs/` that opens in the window."
)
_SPREADS = ("cost", "arrived", "final", "best")


def report_csv(report: Report) -> Rows:
    """`report.csv`: a row a problem and lane; what is infinite, since runs missed, is an empty cell."""
    header = [
        *("problem", "lane", "rank"),
        *(f"{word}_{name}" for name in _SPREADS for word in ("median", "lower_quartile", "upper_quartile")),
        *("reached", "runs", "diverged", "failed", "target", "sensitivity", "settings"),
    ]

    def rows() -> Iterator[list[object]]:
        for page in report.pages:
            for row in page.rows:
                spreads: list[Spread] = [getattr(row, name) for name in _SPREADS]
                yield [
                    *(page.name, row.label, row.rank),
                    *(_finite(v) for each in spreads for v in (each.median, each.low, each.high)),
                    *(row.reached, row.runs, row.diverged, row.failed, _finite(page.target), row.sensitivity),
                    json.dumps([dict(each) for each in row.settings]),
                ]

    return header, rows()


def curve_csv(report: Report) -> Rows:
    """`tuning.csv`: what the best of k trials comes to, of each lane on each problem, in its first study."""
    header = ["problem", "lane", "trials", "expected_best", "lower_quartile", "median", "upper_quartile"]
    rows = (
        [page.name, row.label, k + 1, *(_finite(float(each[k])) for each in _parts(row))]
        for page in report.pages
        for row in page.rows
        for k in range(len(row.curve.expected))
    )
    return header, rows


def _parts(row: Row) -> tuple[Any, ...]:
    return row.curve.expected, row.curve.low, row.curve.median, row.curve.high


def runs_csv(results: Results) -> Rows:
    """`runs.csv`: a row a run, trials first: what it was and what came of it within the budget."""
    tuning, targets = results.tuning, results.targets()
    header = [
        "part",
        "problem",
        "lane",
        "study",
        "trial",
        "seed",
        "settings",
        "final",
        "best",
        "spent_to_target",
        "chosen",
        "opens",
    ]
    chosen = results.chosen()

    def rows() -> Iterator[list[object]]:
        for part, runs in enumerate((results.trial_runs(), results.report_runs())):
            final, best = runs.final(tuning.budget), runs.best(tuning.budget)
            for c in range(len(tuning.contests)):
                arrived = runs.take(c).arrived(float(targets[c]), tuning.budget)
                for place in np.ndindex(arrived.shape):
                    lane, study = place[:2]
                    trial = chosen[c, lane, study] if part else place[2]
                    seed = tuning.seeds[place[-1]] if part else tuning.tuning_seeds[study][place[-1]]
                    yield [
                        *(
                            "report" if part else "tuning",
                            tuning.contests[c].name,
                            tuning.labels[lane],
                            study,
                            trial,
                            seed,
                        ),
                        json.dumps(results.trials[lane][study][trial]),
                        *(_finite(float(each)) for each in (final[c][place], best[c][place], arrived[place])),
                        int(trial == chosen[c, lane, study]),
                        _run_file(tuning, c, study, seed) if part else "",
                    ]

    return header, rows()


def run_files(results: Results) -> Iterator[tuple[str, bytes]]:
    """Experiments that open the runs that are reported: all lanes of a problem under a seed, as they were tuned."""
    tuning = results.tuning
    for c in range(len(tuning.contests)):
        for seed in tuning.seeds:
            for study in range(tuning.studies):
                yield _run_file(tuning, c, study, seed), files.dumps(run_of(results, c, seed, study)).encode()


def run_of(results: Results, contest: int, seed: int, study: int = 0) -> Experiment:
    """The experiment of a problem under a seed that is reported, all lanes as a study has tuned them."""
    tuning, settings, known = results.tuning, results.chosen_settings(), results.tuning.contests[contest]
    found = seeded(known.tables, known.box, seed, tuning.budget)
    lanes = list(found.lanes)
    for number_, place in enumerate(known.lanes):
        lanes[place] = _with(lanes[place], settings[contest, number_, study])
    title = f"{tuning.title or 'Fair race'}: {known.name}, seed {seed}"
    opened: Experiment = values.replace(found, lanes=tuple(lanes), title=title[: values.LONGEST_TITLE])
    return opened


def _run_file(tuning: Tuning, contest: int, study: int, seed: int) -> str:
    part = f"study-{study}-" if tuning.studies > 1 else ""
    return f"runs/{tuning.contests[contest].name}/{part}seed-{seed}.toml"


def _with(lane: Lane, trial: dict[str, float]) -> Lane:
    found: Lane = values.replace(lane, hyperparameters={**lane.hyperparameters, **trial})
    return found


def spec_files(tuning: Tuning) -> Iterator[tuple[str, bytes]]:
    """The fair race as it was done, so that `tune` repeats it: every key written out, its experiments beside it."""
    yield from experiment_files(tuning).items()
    yield "tune.toml", files.text_of(tables_of(tuning)).encode()


def report_files(
    results: Results, report: Report, table: Callable[[list[str], Iterator[list[object]]], bytes]
) -> Iterator[tuple[str, bytes]]:
    """All that is written of a fair race but its pictures: names, with folders where they have one, and contents.

    `table` makes a CSV file of a header and rows.
    """
    yield "report.md", report_md(results, report)
    yield "report.json", report_json(results, report)
    tables = {"report.csv": report_csv(report), "tuning.csv": curve_csv(report), "runs.csv": runs_csv(results)}
    for name, (header, rows) in tables.items():
        yield name, table(header, rows)
    yield from spec_files(results.tuning)
    yield from run_files(results)


def report_json(results: Results, report: Report) -> bytes:
    """`report.json`: all values of the report, what was done, and the sentences; null where runs missed."""
    tuning = results.tuning
    told = {
        "format": 1,
        "done": {
            **tables_of(tuning),
            "preset": tuning.preset,
            "runs": {"tuning": tuning.tuning_runs, "report": tuning.runs - tuning.tuning_runs},
            "trials_tried": dict(zip(tuning.labels, results.trials, strict=True)),
        },
        "report": asdict(report),
        "warnings": warnings(results, report),
        "late": late(tuning, report),
    }
    return json.dumps(_plain(told), indent=1, ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    return _finite(value) if isinstance(value, float) else value


def report_md(results: Results, report: Report) -> bytes:
    """`report.md`: what was done, who came where, what is to be doubted."""
    tuning = results.tuning
    general, of_pages = doubts(results, report)
    near = _list("Near misses", late(tuning, report))
    parts = [f"# {tuning.title or 'A fair race'}", _done(results), _list("To be doubted", general), near]
    if len(report.pages) > 1:
        parts += [_overall(tuning, report), _map(tuning, report)]
    for page, said in zip(report.pages, of_pages, strict=True):
        parts += [_page(tuning, page), _list("To be doubted", said, level=3)]
    parts.append(_REPEAT)
    return "\n\n".join(part for part in parts if part).encode() + b"\n"


def _done(results: Results) -> str:
    tuning = results.tuning
    ranked = {
        "final": "the final value",
        "best": "the lowest value",
        "target": f"the {tuning.unit} to the target",
    }[tuning.measure]
    trials = f"{tuning.studies} x {tuning.trials} trials ({tuning.design})"
    lines = [
        f"* budget of a run: {tuning.budget} {tuning.unit}; looked at every {tuning.every} steps",
        f"* each lane: {trials} under {len(tuning.tuning_seeds[0])} tuning seed(s) each, tuned on {ranked}",
        f"* tuning seeds: {_seeds([s for each in tuning.tuning_seeds for s in each])}",
        f"* reported seeds, none of them among these: {_seeds(tuning.seeds)}",
        f"* target: {_goal(tuning)}",
    ]
    if tuning.ranked == "studies":
        lines.append("* ranked by the median over the studies of each one's fastest trial; a miss is infinite")
    if tuning.preset:
        lines.append(f"* preset: {tuning.preset}")
    for label, axes in zip(tuning.labels, tuning.spaces, strict=True):
        told = ", ".join(f"{a.path} {a.low:g} to {a.high:g}{' (log)' if a.log else ''}" for a in axes)
        lines.append(f"* {label}: {told}")
    return "## What was done\n\n" + "\n".join(lines)


def _goal(tuning: Tuning) -> str:
    value = tuning.goal.value
    otherwise = f"; where no lowest value is known, {tuning.factor:g} times the best found in tuning"
    return {
        "target": f"a value of {value:g}",
        "tolerance": f"{value:g} above the lowest known value{otherwise}",
        "fraction": f"{value:g} of the gap at the start{otherwise}",
        "factor": f"{value:g} times the best found in tuning",
    }[tuning.goal.kind]


def _seeds(seeds: Any) -> str:
    seeds = list(seeds)
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(str(seed) for seed in seeds)


def _list(title: str, lines: list[str], level: int = 2) -> str:
    return f"{'#' * level} {title}\n\n" + "\n".join(f"* {line}" for line in lines) if lines else ""


def overall_table(tuning: Tuning, report: Report) -> tuple[list[str], list[list[str]]]:
    """The table over all problems as texts."""
    found = report.overall
    rows = [
        [tied_rank(found.ranks, lane), tuning.labels[lane], f"{found.places[lane]:.3g}", f"{found.profile[lane]:.3f}"]
        for lane in found.order
    ]
    return ["rank", "lane", "mean place", "profile to 4x"], rows


def _overall(tuning: Tuning, report: Report) -> str:
    return "## Over all problems\n\n" + _table(*overall_table(tuning, report))


def _map(tuning: Tuning, report: Report) -> str:
    """Which lane passes which problem: the share of its runs that reached the target."""
    rows = [
        [page.name, *(_passed(row) for row in page.rows)]
        for page in report.pages
    ]  # fmt: skip
    return "## Who reached the target\n\n" + _table(["problem", *tuning.labels], rows)


def _passed(row: Row) -> str:
    return "all" if row.reached == 1.0 else "none" if row.reached == 0.0 else f"{100 * row.reached:.0f} %"


def page_table(tuning: Tuning, page: Page) -> tuple[list[str], list[list[str]]]:
    """The table of a problem as texts: its header, and a row a lane, from the first on."""
    ranks = [row.rank for row in page.rows]
    ours = ["final " + page.measured, "best", f"{tuning.unit} to target", "reached", "diverged", "settings"]
    studied = tuning.ranked == "studies"  # then this is what the ranks are of, and the rest is of other seeds
    header = ["rank", "lane", *(["time of a study"] if studied else []), *ours]
    rows = [
        [
            tied_rank(ranks, lane),
            row.label,
            *([_spread(row.cost)] if studied else []),
            _spread(row.final),
            number(row.best.median),
            _spread(row.arrived),
            _passed(row),
            f"{row.diverged} of {row.runs}",
            "; ".join(", ".join(f"{k} {v:.4g}" for k, v in each.items()) for each in row.settings),
        ]
        for lane in page.order
        for row in (page.rows[lane],)
    ]
    return header, rows


def _page(tuning: Tuning, page: Page) -> str:
    header, rows = page_table(tuning, page)
    ks = sorted({k for k in (1, 2, 4, 8, 16, 32, 64, tuning.trials) if k <= tuning.trials})
    curve = [[page.rows[i].label, *(number(float(page.rows[i].curve.median[k - 1])) for k in ks),
              f"{100 * page.rows[i].sensitivity:.0f} %"] for i in page.order]  # fmt: skip
    return (
        f"## {page.name}\n\nTarget: {page.measured} of {number(page.target)}. Medians, with quartiles in brackets; - "
        f"where runs missed or diverged.\n\n{_table(header, rows)}\n\nThe best of k trials in the first study "
        "(median), and the share of trials within ten times the best:\n\n"
        + _table(["lane", *(str(k) for k in ks), "near the best"], curve)
    )


def tied_rank(ranks: Any, lane: int) -> str:
    """A rank, with a sign where others have it as well."""
    return f"{ranks[lane]}{'=' if list(ranks).count(ranks[lane]) > 1 else ''}"


def _spread(spread: Spread) -> str:
    return f"{number(spread.median)} ({number(spread.low)} to {number(spread.high)})"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _finite(value: Any) -> Any:
    return value if math.isfinite(value) else None
