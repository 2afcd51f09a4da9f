"""What was changed while a race ran, as exported tables and the summary tell it."""

from __future__ import annotations

import csv
import io

from tests.experiments import VALLEY, experiment
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import Experiment, replace
from workbench.export import results


def with_rate(given: Experiment, rate: float) -> Experiment:
    first = replace(given.lanes[0], hyperparameters={"learning_rate": rate})
    changed: Experiment = replace(given, lanes=(first, *given.lanes[1:]))
    return changed


def edited(*edits):
    """A snapshot at step 60 of a race whose first lane got other rates at the given steps."""
    given = experiment(VALLEY)
    race = build.make_race(given)
    for step, rate in edits:
        race.advance(step - race.step)
        race.set_rules(build.lane_rules(with_rate(given, rate)))
    race.advance(60 - race.step)
    return race, take_snapshot(race, build.race_info(given, race), 1, ended=True)


def rows(snapshot):
    return list(csv.DictReader(io.StringIO(results.csv_bytes(snapshot).decode())))


def test_an_edit_and_its_undo_stand_in_the_rows_of_their_steps():
    _, snapshot = edited((20, 0.5), (40, 0.01))
    told = {(row["lane"], row["step"]): row["change"] for row in rows(snapshot) if row["change"]}
    assert told == {("0", "20"): "learning_rate: 0.01 -> 0.5", ("0", "40"): "learning_rate: 0.5 -> 0.01"}


def test_the_summary_lists_both():
    _, snapshot = edited((20, 0.5), (40, 0.01))
    found = results.summary(snapshot, 1.0)["changes"]
    assert [(c["step"], c["lane"], c["setting"], c["before"], c["after"]) for c in found] == [
        (20, 0, "learning_rate", 0.01, 0.5),
        (40, 0, "learning_rate", 0.5, 0.01),
    ]


def test_a_table_of_a_race_that_nobody_touched_has_no_such_column():
    _, snapshot = edited()
    assert "change" not in rows(snapshot)[0]
    assert results.summary(snapshot, 1.0)["changes"] == []


def test_a_change_after_the_step_shown_is_not_told():
    """Back at step 30, what was changed at 40 has no part in what is shown."""
    race, _ = edited((20, 0.5), (40, 0.01))
    race.seek(30)
    snapshot = take_snapshot(race, build.race_info(experiment(VALLEY), race), 1)
    assert {row["change"] for row in rows(snapshot)} == {"", "learning_rate: 0.01 -> 0.5"}
    assert [c["step"] for c in results.summary(snapshot, 1.0)["changes"]] == [20]
