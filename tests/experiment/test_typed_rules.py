"""A typed rule in an experiment: read and written, faults with their place, and a race like any other."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.experiments import experiment
from workbench import cli
from workbench.engine.params import RequestError
from workbench.experiment import build, files
from workbench.experiment.experiment import replace

RACE = """
format = 1
seed = 4
[problem]
kind = "objective"
objective = "rosenbrock"
start = [[-1.2, 1.0], [0.3, 0.7]]
noise = 0.2
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.0005
[[lanes]]
optimizer = "rule"
label = "typed"
[lanes.hyperparameters]
learning_rate = 0.02
"β1" = 0.8
text = '''
m = β1 m + (1 − β1) g
init u = W0
u = max(ρ u, |g|)      # as Adamax has it
n = n + norm(g)
x = x − η m / (u + ε) − 1e-9 n g
'''
[lanes.schedule]
kind = "cosine"
period = 300
[lanes.gradient]
clip_norm = 4.0
weight_decay = 0.01
[[lanes]]
optimizer = "rule"
[lanes.hyperparameters]
learning_rate = 0.01
text = "x = x − η sign(g)"
[[lanes]]
optimizer = "rule"
[lanes.hyperparameters]
learning_rate = 0.03
text = "x = x − η sign(g)"
"""


def test_what_is_written_is_read_again_and_the_lines_stay_lines() -> None:
    given = experiment(RACE)
    text = files.dumps(given)
    assert "\nu = max(ρ u, |g|)      # as Adamax has it\n" in text
    assert files.loads(text) == given


@pytest.mark.parametrize("ends", ["x = x\r\nm = g\r\n", 'x = x − η g # "', "x = x # \\", "x = x\n\n\n", '# """\nx = g'])
def test_texts_of_any_kind_come_back_as_they_were(ends: str) -> None:
    given = experiment(RACE)
    lanes = (*given.lanes[:2], replace(given.lanes[2], hyperparameters={"text": ends}))
    changed = replace(given, lanes=lanes)
    assert files.loads(files.dumps(changed)) == changed


def test_a_fault_is_told_with_the_lane_the_line_and_the_column(tmp_path, capsys) -> None:
    bad = RACE.replace("|g|)", "|g|")
    with pytest.raises(RequestError, match=r"lanes\[1\]\.hyperparameters\.text` has a fault in line 3, column \d+: "):
        experiment(bad)
    (tmp_path / "bad.toml").write_text(bad, encoding="utf-8")
    assert cli.main(["run", str(tmp_path / "bad.toml"), "--out", str(tmp_path / "out")]) == 2
    assert "in line 3, column" in capsys.readouterr().err
    with pytest.raises(RequestError, match=r"lanes\[1\]\.hyperparameters\.gamma` is not a setting of .*beta1"):
        experiment(RACE.replace('"β1" = 0.8', "gamma = 0.8"))


def test_a_lane_alone_takes_the_steps_that_it_takes_in_the_race_bit_for_bit() -> None:
    given = experiment(RACE)
    race = build.make_race(given)
    race.advance(250)
    for i, lane in enumerate(given.lanes):
        alone = build.make_race(replace(given, lanes=(lane,)))
        alone.advance(250)
        assert np.array_equal(alone.theta, race.theta[2 * i : 2 * i + 2])


def test_stepping_back_and_a_change_on_the_way_are_exact() -> None:
    """Back from step 200 to 77 and on again, through a hyperparameter that was changed at step 120."""
    given = experiment(RACE)
    faster = {**given.lanes[1].hyperparameters, "β1": 0.5}
    changed = replace(given, lanes=(given.lanes[0], replace(given.lanes[1], hyperparameters=faster), *given.lanes[2:]))
    assert build.same_race(given, changed)
    race = build.make_race(given)
    race.seek(77)
    early = race.theta.copy()
    race.seek(120)
    race.set_rules(build.lane_rules(changed))
    race.seek(200)
    late = race.theta.copy()
    race.seek(77)
    assert np.array_equal(race.theta, early)
    race.seek(200)
    assert np.array_equal(race.theta, late)
    plain = build.make_race(given)
    plain.seek(200)
    assert not np.array_equal(plain.theta[2:4], late[2:4])
    assert np.array_equal(plain.theta[4:], late[4:])


def test_other_lines_are_another_race() -> None:
    given = experiment(RACE)
    text = {**given.lanes[2].hyperparameters, "text": "x = x − 2 η sign(g)"}
    changed = replace(given, lanes=(*given.lanes[:2], replace(given.lanes[2], hyperparameters=text), given.lanes[3]))
    assert not build.same_race(given, changed)


def test_rules_travel_between_processes() -> None:
    rules = build.lane_rules(experiment(RACE))
    assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301 - made here


def test_a_race_goes_on_with_what_no_init_line_reads_and_begins_anew_with_what_one_does() -> None:
    """In RACE `init u = W0` reads W0; β₁ is read by a line alone."""
    old = experiment(RACE)

    def changed(**given: float):
        lane = replace(old.lanes[1], hyperparameters={**old.lanes[1].hyperparameters, **given})
        return replace(old, lanes=(old.lanes[0], lane, *old.lanes[2:]))

    assert build.same_race(old, changed(β1=0.7, learning_rate=0.05))
    assert not build.same_race(old, changed(W0=0.5))
