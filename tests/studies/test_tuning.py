"""Fair races: what a file says and what is refused of it, and that every run is a race's, bit for bit."""

from __future__ import annotations

import csv
import io
import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.experiments import NETWORK
from tests.studies.tunings import TWO, carried_out, tuning_of
from workbench.engine.optimizers import optimizers
from workbench.engine.swarm.swarm import Swarm
from workbench.experiment import build, files
from workbench.experiment.files import ExperimentFileError
from workbench.export.cells import table
from workbench.studies import tuning_tables as tables
from workbench.studies import tuning_tasks
from workbench.studies.tuning_contests import groups
from workbench.studies.tuning_report import report_of
from workbench.studies.tuning_results import Results
from workbench.studies.tuning_space import trials_of
from workbench.studies.tuning_tasks import Tasks, seeded, tuning_pieces, work
from workbench.studies.tuning_words import warnings

SMALL = 'experiment = "two.toml"\nbudget = 60\ntrials = 4\nseeds = 3\nlooks = 12\nmeasure = "target"\nfraction = 0.01\n'
#: what the wrong files have right
RACE = 'experiment = "two.toml"\nbudget = 5\n'
SEARCH = TWO.replace('"adam"', '"lbfgs"').replace('objective = "rosenbrock"', 'objective = "rosenbrock"\nnoise = 0.01')


def test_what_a_file_leaves_out_is_filled_in(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, 'experiment = "two.toml"\nbudget = 50\n')
    assert (tuning.labels, tuning.trials, tuning.studies, tuning.seeds) == (("A", "B"), 16, 1, tuple(range(1000, 1010)))
    assert tuning.tuning_seeds == ((0,),)
    for axes, key in zip(tuning.spaces, ("sgd", "adam"), strict=True):
        param = next(p for p in optimizers.get(key).params if p.name == "learning_rate")
        assert [(axis.path, axis.low, axis.high, axis.log) for axis in axes] == [("learning_rate", *param.slider, True)]
    assert tuning.contests[0].box == ((-2.0, -1.0), (2.0, 3.0))


def test_ranges_are_the_params_and_each_lane_has_its_own(tmp_path: Path) -> None:
    text = (
        'experiment = "two.toml"\nbudget = 50\ntune = ["learning_rate", "beta1", "epsilon"]\n'
        '[spaces."A"]\nlearning_rate = { from = 0.001, to = 1.0, log = false }\n'
    )
    tuning = tuning_of(tmp_path, text)
    told = [[(axis.path, axis.low, axis.high, axis.log) for axis in axes] for axes in tuning.spaces]
    assert told[0] == [("learning_rate", 0.001, 1.0, False)]
    assert [name for name, *_ in told[1]] == ["learning_rate", "beta1", "epsilon"]
    assert [log for *_, log in told[1]] == [True, False, True]
    assert len(trials_of(tuning.spaces[1], "sobol", 16, 0)) == 16


def test_trials_fill_each_range_evenly_and_studies_have_others(tmp_path: Path) -> None:
    """Of 16 points each sixteenth of the decades has one; shifted by study, as many as before."""
    axes = tuning_of(tmp_path, 'experiment = "two.toml"\nbudget = 50\n').spaces[0]
    found = [np.array([t["learning_rate"] for t in trials_of(axes, "sobol", 16, study)]) for study in range(3)]
    for rates in found:
        share = (np.log(rates) - math.log(1e-5)) / math.log(1e7)
        assert ((share > 0) & (share < 1)).all()
        assert np.allclose(np.diff(np.sort(share)), 1 / 16)
    assert len(set(np.concatenate(found).tolist())) == 48


def test_the_grid_of_deepobs_has_36_rates_over_seven_decades(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, 'experiment = "two.toml"\npreset = "deepobs"\nbudget = 50\n')
    rates = [t["learning_rate"] for t in trials_of(tuning.spaces[0], tuning.design, tuning.trials, 0)]
    assert len(rates) == 36
    assert np.allclose(rates, np.logspace(-5, 2, 36), rtol=1e-12)
    assert (rates[0], rates[-1], len(tuning.seeds)) == (1e-5, 100.0, 10)


def test_problems_are_a_group_of_the_catalogue(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, 'experiment = "two.toml"\nbudget = 50\nobjectives = "valleys"\n')
    assert tuple(contest.name for contest in tuning.contests) == groups()["valleys"]
    assert "rosenbrock" in groups()["valleys"]
    assert {contest.labels if hasattr(contest, "labels") else tuning.labels for contest in tuning.contests} == {
        ("A", "B")
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("budget = 5\n", "`experiment` is missing: the file of an experiment"),
        ('experiment = "two.toml"\n', "`budget` is missing: the steps of a run"),
        ('experiment = "none.toml"\nbudget = 5\n', "none.toml: there is no such file"),
        ('experiment = "two.toml"\nbudgett = 5\n', '(did you mean "budget"?)'),
        (RACE + 'preset = "algoperv"\n', '(did you mean "algoperf"?)'),
        (RACE + "seeds = [3, 4]\ntuning_seeds = [2, 3]\n", "must not be those that tuned, got 3"),
        (RACE + "studies = 2\ntuning_seeds = [1, 2, 3]\n", "must be as many for each of the 2"),
        (RACE + 'tune = ["beta1"]\n', 'names nothing that "A" has'),
        (RACE + '[spaces."A"]\nbeta1 = { from = 0.1, to = 0.2 }\n', "is nothing to tune there"),
        (RACE + '[spaces."C"]\n', "is no lane; there are: A, B"),
        (RACE + '[spaces."A"]\nlearning_rate = { from = 2, to = 1 }\n', "is empty"),
        (RACE + '[spaces."A"]\nlearning_rate = { from = -2, to = 1 }\n', "must lie in [0, 1e6]"),
        (RACE + '[spaces."A"]\nlearning_rate = { from = 0, to = 1, log = true }\n', "above 0"),
        (RACE + 'measure = "loss"\n', "must be one of final, best, target"),
        (RACE + "target = 1.0\ntolerance = 1.0\n", "a race has one goal"),
        (RACE + "tolerance = 0\n", "`tolerance` must be above 0"),
        (RACE + 'objectives = ["rosenbrok"]\n', '(did you mean "rosenbrock"?)'),
        (RACE + 'objectives = "valley"\n', '(did you mean "valleys"?)'),
        (RACE + "trials = 10000\nseeds = 10000\ntuning_seeds = 10000\n", "at most 1000000 runs"),
        ('experiment = "two.toml"\nbudget = 10000\nlooks = 10000\ntrials = 10000\n', "`looks` must be fewer"),
        (RACE + 'design = "grid"\ntune = ["learning_rate", "beta1"]\n', "more than one setting"),
        (RACE + 'ranked = "studies"\n', 'must be "target" where studies are ranked'),
        ('experiment = ["two.toml", "other.toml"]\nbudget = 5\n', "must have the same lanes in all files"),
        ('experiment = "twice.toml"\nbudget = 5\n', 'has two lanes that are called "SGD"'),
        ('experiment = "fork.toml"\nbudget = 5\n', "cannot be had in a fair race, whose lanes begin at the start"),
        ('experiment = "newton.toml"\nbudget = 5\n', "which takes at most 400 parameters; this problem has 502"),
        ('experiment = "net.toml"\nbudget = 5\nquantity = "acuracy"\n', "`quantity` must be one of train_loss"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    lane = '[[lanes]]\noptimizer = "sgd"\n'
    head = 'format = 1\nsteps = 9\n[problem]\nkind = "objective"\nobjective = "beale"\n'
    others = {
        "two": TWO,
        "other": TWO.replace('"B"', '"C"'),
        "twice": head + lane + lane,
        "fork": head + lane + '[[lanes]]\nlabel = "F"\noptimizer = "adam"\nfrom = { lane = 0, step = 1 }\n',
        "net": NETWORK,
        "newton": NETWORK.replace("units = 4", "units = 100").replace('"adam"', '"newton"'),
    }
    with pytest.raises(ExperimentFileError) as error:
        tuning_of(tmp_path, text, **others)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("experiment", [TWO, SEARCH, NETWORK], ids=["objective", "line search", "network"])
def test_a_reported_run_is_that_of_the_race_which_its_file_opens(tmp_path: Path, experiment: str) -> None:
    """Every look of every reported run is what a race of `runs/` sees there, bit for bit."""
    text = SMALL if "network" not in experiment else SMALL.replace("fraction = 0.01", "factor = 1.2")
    tuning = tuning_of(tmp_path, text, two=experiment)
    results = carried_out(tuning, tmp_path / "out")
    runs, opened = results.report_runs(), dict(tables.run_files(results))
    assert len(opened) == len(tuning.seeds)
    for number, seed in enumerate(tuning.seeds):
        race = build.make_race(
            files.loads(opened[f"runs/{tuning.contests[0].name}/seed-{seed}.toml"].decode()), capacity=None
        )
        for k, step in enumerate(at for at in tuning.long_looks if at <= tuning.budget):
            race.advance(step - race.step)
            if "network" in experiment:
                race.evaluate_metrics()
                seen = race.metrics["train_loss"].astype(float)
            else:
                seen = race.loss - (tuning.contests[0].lowest or 0.0)
            alive = race.alive
            assert np.array_equal(runs.values[0, :, 0, number, k][alive], seen[alive])


def test_the_best_trial_is_the_one_that_a_loop_over_races_finds(tmp_path: Path) -> None:
    """Each trial run by hand as a race: the steps to the target, and the first of the fastest."""
    tuning = tuning_of(tmp_path, SMALL.replace("trials = 4", "trials = 8"))
    results = carried_out(tuning, tmp_path / "out")
    target = float(results.targets()[0])
    for lane in range(2):
        times, lowest = [], []
        for trial in results.trials[lane][0]:
            own = files.loads(TWO)
            lanes = tuple(
                type(each)(optimizer=each.optimizer, label=each.label, hyperparameters={**trial}, enabled=i == lane)
                for i, each in enumerate(own.lanes)
            )
            first = seeded(tuning.contests[0].tables, tuning.contests[0].box, 0, tuning.budget)
            race = build.make_race(type(first)(problem=first.problem, lanes=lanes, seed=0), capacity=None)
            race.advance(tuning.budget)
            losses = race.history.view(ended=True).values["loss"][:, 0]
            seen = [losses[at] if at < len(losses) else math.nan for at in tuning.looks]
            if race.diverged_at[0] >= 0:
                seen = [v if at < race.diverged_at[0] else math.nan for v, at in zip(seen, tuning.looks, strict=True)]
            times.append(next((at for v, at in zip(seen, tuning.looks, strict=True) if v <= target), math.inf))
            lowest.append(np.nanmin(seen))
        assert results.scores()[0, lane, 0].tolist() == times
        best = min(range(8), key=lambda i: (times[i], lowest[i], i))
        assert results.chosen()[0, lane, 0] == best


def test_a_budget_of_gradients_counts_what_a_line_search_tries(tmp_path: Path) -> None:
    text = SMALL + 'unit = "evaluations"\n'
    tuning = tuning_of(tmp_path, text, two=SEARCH)
    runs = carried_out(tuning, tmp_path / "out").report_runs()
    steps = np.array(tuning.long_looks, float)
    assert np.array_equal(np.broadcast_to(steps, runs.costs[0, 0].shape), runs.costs[0, 0])  # SGD: one a step
    assert (runs.costs[0, 1, ..., 1:] > steps[1:]).all()
    assert (runs.within(tuning.budget)[0, 1].sum(axis=-1) < runs.within(tuning.budget)[0, 0].sum(axis=-1)).all()


def test_targets_come_from_the_file_or_from_tuning_alone(tmp_path: Path) -> None:
    base = SMALL.replace("fraction = 0.01\n", "")
    found = {}
    for goal in ("tolerance = 0.5", "target = 0.25", "fraction = 0.01", "factor = 3.0"):
        tuning = tuning_of(tmp_path, f"{base}{goal}\n")
        results = carried_out(tuning, tmp_path / goal.partition(" ")[0])
        found[goal.partition(" ")[0]] = float(results.targets()[0])
    trials = results.trial_runs()
    assert found["tolerance"] == 0.5
    assert found["target"] == 0.25
    assert found["fraction"] == 0.01 * trials.values[0, 0, 0, 0, 0, 0]
    assert found["factor"] == pytest.approx(3.0 * np.nanmin(trials.values))


def test_what_fails_is_told_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane whose runs cannot be computed counts as missed, with its reason."""

    def broken(problem: Any, rule: Any, **given: Any) -> Swarm:
        if rule.optimizer == "adam":
            raise MemoryError("no room")
        return Swarm(problem, rule, **given)

    monkeypatch.setattr(tuning_tasks, "Swarm", broken)
    tuning = tuning_of(tmp_path, SMALL)
    results = carried_out(tuning, tmp_path / "out")
    report = report_of(results)
    rows = report.pages[0].rows
    assert [(row.failed, row.runs) for row in rows] == [(0, 3), (3, 3)]
    assert rows[0].reached > rows[1].reached == 0.0
    assert set(results.reasons.values()) == {"MemoryError: no room"}
    assert any(
        "runs could not be computed, and count as missed: MemoryError: no room" in w for w in warnings(results, report)
    )


def test_tables_have_a_row_a_run_and_read_back(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, SMALL)
    results = carried_out(tuning, tmp_path / "out")
    report = report_of(results)
    rows = list(csv.DictReader(io.StringIO(table(*tables.runs_csv(results)).decode())))
    assert len(rows) == tuning.runs == 2 * (4 + 3)
    assert {row["seed"] for row in rows if row["part"] == "report"} == {"1000", "1001", "1002"}
    assert {row["seed"] for row in rows if row["part"] == "tuning"} == {"0"}
    told = json.loads(tables.report_json(results, report))
    assert told["done"]["seeds"] == [1000, 1001, 1002]
    assert told["done"]["tuning_seeds"] == [0]
    assert told["done"]["trials_tried"]["A"][0][0]["learning_rate"] == results.trials[0][0][0]["learning_rate"]
    assert "reported seeds, none of them among these: 1000 to 1002" in tables.report_md(results, report).decode()


def test_the_work_of_a_task_is_plain_values(tmp_path: Path) -> None:
    """What an executor is handed and hands back can be pickled."""
    tuning = tuning_of(tmp_path, SMALL)
    results = Results(tuning)
    task = Tasks(tuning, tuning_pieces(tuning, results.trials, results.done), tuning.looks).take()
    assert task is not None
    away = pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(task)))))  # noqa: S301
    assert json.dumps(away.results) == json.dumps(work(task).results)
