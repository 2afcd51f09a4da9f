"""Scripts for NumPy alone: they are run here, and go the way that the race goes."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.code_cases import (
    CASES,
    CENTRES,
    MOONS,
    RATES,
    VALLEY,
    CodeCase,
    distance,
    lane,
    layers,
    own_losses,
    own_metrics,
    problem,
)
from tests.objective_formulas import OTHER_PARAMETERS
from workbench.engine.formula.formula import compiled
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import typed_out
from workbench.engine.params import CONVENTIONS
from workbench.experiment import files
from workbench.experiment.experiment import Experiment, NetworkSetup, replace
from workbench.export.code import Code, NoCode, lane_code, race_code, refusal, write
from workbench.export.code.helpers import helper_lines
from workbench.export.code.numpy_objectives import numpy_objective
from workbench.export.code.numpy_rules import HELPERS
from workbench.resources import resource_root

#: by name, each read once
EXAMPLES = {path.stem: files.read(path) for path in sorted((resource_root() / "examples").glob("*.toml"))}
#: rules that are no lines, and that no example has
REFUSED = ("adafactor", "lamb", "lbfgs", "newton")


def ran(code: Code, folder: Path) -> str:
    """What a script prints, a line for each step; it runs in a namespace of its own."""
    script = re.sub(r"PRINT_EVERY = \d+", "PRINT_EVERY = 1", code.script)
    path = folder / "script.py"
    write(Code(script, code.arrays, code.name), path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.errstate():
        space = {"__file__": str(path), "__name__": "script"}
        exec(compile(script, str(path), "exec"), space)  # noqa: S102 - text that the program wrote, of its own examples
        if "data" in space:
            space["data"].close()
    return printed.getvalue()


def losses(text: str) -> list[float]:
    return [float(loss) for loss in re.findall(r"^step +\d+  loss (\S+)$", text, re.MULTILINE)]


def apart(theirs: list[float], mine: list[float]) -> float:
    """How far losses are apart, each relative to ours; at a loss of exactly 0 by themselves."""
    truth = np.array(mine)
    assert len(theirs) == len(truth)
    return float((np.abs(np.array(theirs) - truth) / np.where(truth == 0.0, 1.0, np.abs(truth))).max())


def alone(experiment: Experiment, index: int) -> CodeCase:
    return CodeCase(replace(experiment, lanes=(replace(experiment.lanes[index], enabled=True),)), "numpy")


# What the scripts compute


@pytest.mark.parametrize(
    ("name", "index"), [(name, index) for name, found in EXAMPLES.items() for index in range(len(found.lanes))]
)
def test_a_script_of_every_example_prints_the_losses_of_the_race(name, index, tmp_path):
    """Every step of every lane, to 1e-12 of the loss itself; at the end what it tells of all samples."""
    case = alone(EXAMPLES[name], index)
    text = ran(lane_code(EXAMPLES[name], index, "numpy"), tmp_path)
    assert apart(losses(text), own_losses(case)) < 1e-12
    judged = [float(value) for value in re.findall(r"^\w+ (?:loss|accuracy) (\S+)$", text, re.MULTILINE)]
    if judged:
        assert judged == pytest.approx(own_metrics(case), rel=1e-12)


@pytest.mark.parametrize("label", [label for label in CASES if not any(key in label.split() for key in REFUSED)])
def test_a_script_goes_where_the_race_goes(label, tmp_path):
    """All that scripts for the libraries are tried with: rules, options, schedules, activations, losses, tips."""
    case = CASES[label]
    text = ran(lane_code(case.experiment, 0, "numpy"), tmp_path)
    # at a tip the loss is 0, and what the formula gives there is rounding
    bound = 1e-9 if "centre" in label.split() else 1e-12
    assert distance(losses(text), own_losses(case)) < bound
    if isinstance(case.experiment.problem, NetworkSetup):
        judged = [float(value) for value in re.findall(r"^\w+ (?:loss|accuracy) (\S+)$", text, re.MULTILINE)]
        assert judged == pytest.approx(own_metrics(case), rel=1e-12)


_AVERAGED = "init m = x\nm = m + 0.1 (x - m)\nx = m - η g"


@pytest.mark.parametrize(
    ("key", "given"),
    [("schedule_free_adamw", {"learning_rate": 0.01}), ("rule", {"text": _AVERAGED, "learning_rate": 0.001})],
)
@pytest.mark.parametrize("base", [VALLEY, MOONS], ids=["objective", "network"])
def test_what_a_rule_begins_with_is_the_start_before_it_decays(base, key, given, tmp_path):
    case = CodeCase(lane(base, key, "keras", given=given, gradient={"weight_decay": 0.5}), "numpy")
    assert apart(losses(ran(lane_code(case.experiment, 0, "numpy"), tmp_path)), own_losses(case)) < 1e-12


@pytest.mark.parametrize("library", ["pytorch", "keras", "numpy"])
def test_a_typed_rule_that_begins_with_the_point_decays_by_itself(library):
    given = {"text": _AVERAGED, "learning_rate": 0.001}
    convention = "keras" if library == "keras" else "pytorch"
    typed = lane(VALLEY, "rule", convention, given=given, gradient={"weight_decay": 0.5})
    script = lane_code(typed, 0, library).script
    begins, decays = script.index('state["m"] = '), script.index("x = x * (1.0 - learning_rate * 0.5)")
    assert begins < decays < script.index('m = state["m"]')
    assert script.count("0.5)") == 1  # and nowhere else


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("key", [entry.key for entry in optimizers if entry.lines])
def test_every_rule_of_lines_takes_the_steps_of_the_engine(key, convention, tmp_path):
    """With its defaults in the banana valley over 50 steps, as it is and typed out as a rule of one's own."""
    steps = replace(VALLEY, steps=50)
    given = {"learning_rate": RATES[key]} if key in RATES else {}
    mine = lane(steps, key, convention, given=given)
    case = CodeCase(mine, "numpy")
    assert apart(losses(ran(lane_code(mine, 0, "numpy"), tmp_path)), own_losses(case)) < 1e-12
    settings = typed_out(optimizers.get(key), convention, optimizers.get(key).complete(given, convention))
    typed = lane(steps, "rule", convention, given=settings)
    assert apart(losses(ran(lane_code(typed, 0, "numpy"), tmp_path)), own_losses(CodeCase(typed, "numpy"))) < 1e-12


@pytest.mark.parametrize("key", ["adam", "momentum", "muon", "rule"])
def test_a_script_in_single_precision_goes_the_same_way(key, tmp_path):
    """To some six digits: rules compute in double there, and batches, weights and passes are in single."""
    single = lane(problem(layers(MOONS, batch_norm=True, dropout=0.2), dtype="float32"), key, "pytorch")
    text = ran(lane_code(single, 0, "numpy"), tmp_path)
    assert distance(losses(text), own_losses(CodeCase(single, "numpy"))) < 1e-5


def functions(lines: list[str]):
    """The functions `objective` and `gradient` of such lines."""
    import math

    space = {"np": np, "math": math}
    text = "\n".join([*helper_lines(lines, HELPERS), *lines])
    exec(compile(text, "objective", "exec"), space)  # noqa: S102 - text that the program wrote
    return space["objective"], space["gradient"]


@pytest.mark.parametrize("key", [entry.key for entry in objectives if entry.key != "formula"])
def test_value_and_gradient_in_a_script_are_those_of_the_catalogue(key):
    """At random points and at the tips of rings, in every number of dimensions tried, under two settings."""
    entry, random = objectives.get(key), np.random.default_rng(3)
    least, most = entry({}).dimensions
    for dimension in {least, max(least, min(2, most)), max(least, min(5, most))}:
        for given in ({}, OTHER_PARAMETERS.get(key, {})):
            objective = entry(given)
            parameters = {param.name: getattr(objective, param.name) for param in entry.params}
            value, gradient = functions(numpy_objective(key, parameters, dimension, numerical=False))
            low, high = np.array([entry.domain[i % len(entry.domain)] for i in range(dimension)]).T
            points = [*random.uniform(low, high, (20, dimension))]
            points += [np.array(CENTRES[key])] if dimension == len(CENTRES.get(key, ())) else []
            for point in points:
                exact = objective.gradient(point, np.empty(dimension))
                size = 1e-9 * max(1.0, float(np.abs(exact).max()))
                np.testing.assert_allclose(gradient(point), exact, rtol=1e-9, atol=size)
                assert float(value(point)) == pytest.approx(float(objective.value(point)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "-x^2 + y",
        "(x^2)^y",
        "a*x - lambda*y + u1*x^3*y + x^3*u1",
        "min(x, y, 1) + max(x, 2) - atan2(x, 3) + atan2(2, y)",
        "sin(a)*x + sqrt(abs(y)) + sign(x) + floor(y) + ln(2 + x^2) + log10(4 + y^2)",
        "power*x^0.5 + root*y^(1/3) + hypot(x, y) + cbrt(x) + sigmoid(x) + erf(y) * sigmoid2",
        "1/(1 + exp(-x)) + 0.3 xy + √|y| + softplus(x) + logaddexp(x, a y) + mod(x, 0.3)",
        "asinh(x) + atanh(x/3) + expm1(y) + log1p(y) + relu(x - 1) + acosh(1 + y)",
        "sqrt(x^2 + y^2) + (x^2 + y^2)^0.3",
        "3",
    ],
)
def test_a_typed_formula_and_its_gradient_are_written_as_they_were_read(text):
    """Values and exact derivatives of the graph, at random points and at the origin."""
    text = f"{text} + 0 x + 0 y"
    formula = compiled(text)
    parameters = {name: 0.3 + 0.2 * i for i, name in enumerate(formula.parameters)}
    lines = numpy_objective("formula", {"text": text, **parameters}, 2, numerical=False)
    value, gradient = functions(lines)
    points = [*np.random.default_rng(2).uniform(0.1, 2.0, (10, 2))]
    for point in points:
        assert float(value(point)) == pytest.approx(float(formula.value(point, parameters)), rel=1e-12)
        exact = formula.gradient(point, parameters, np.empty(2))
        np.testing.assert_allclose(gradient(point), exact, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_script_for_all_lanes_prints_what_their_own_print(name, tmp_path):
    """Lane by lane, number by number; the data beside it are those of each."""
    experiment = EXAMPLES[name]
    found = race_code(experiment, "numpy")
    own = [lane_code(experiment, index, "numpy") for index in range(len(experiment.lanes))]
    pieces = re.split(r"^lane .*\n", ran(found, tmp_path), flags=re.MULTILINE)[1:]
    assert pieces == [ran(each, tmp_path) for each in own]
    assert all(each.arrays == found.arrays for each in own)


def test_lanes_that_share_no_problem_are_refused_together():
    """Another draw, a rule without code, and the libraries, whose scripts have one lane."""
    two = replace(MOONS, lanes=(MOONS.lanes[0], replace(MOONS.lanes[0], draw=1, label="other")))
    with pytest.raises(NoCode, match="one by one"):
        race_code(two, "numpy")
    with pytest.raises(NoCode, match="but for NumPy alone"):
        race_code(VALLEY, "pytorch")
    with pytest.raises(NoCode, match=r"lanes\[0\] \(Newton \(damped\)\)"):
        race_code(lane(VALLEY, "newton", "pytorch"), "numpy")
    with pytest.raises(NoCode, match="no lane takes part"):
        race_code(lane(VALLEY, "adam", "pytorch", enabled=False), "numpy")


# What the scripts are


def test_a_script_needs_nothing_but_numpy(tmp_path):
    """Run by itself, apart from the program, it prints what it prints here; the lines of its first step are fixed."""
    code = lane_code(lane(MOONS, "adam", "pytorch"), 0, "numpy")
    write(code, tmp_path / "adam.py")
    found = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "adam.py")], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert losses(found.stdout)
    assert set(losses(found.stdout)) <= set(losses(ran(code, tmp_path)))
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(code.script))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= {"math", "pathlib", "numpy"}


@pytest.mark.parametrize("label", CASES)
def test_a_script_computes_nothing_that_a_person_would_not_write(label):
    """No product with 0 or 1, no sum with 0; what has no code is refused in one sentence."""
    experiment = CASES[label].experiment
    if refusal(experiment, 0, "numpy"):
        assert any(key in label.split() for key in REFUSED)
        return
    script = lane_code(experiment, 0, "numpy").script
    ast.parse(script)
    assert not re.search(r"\b(torch|keras)\.", script)
    assert not re.search(r"(?<!\()\b0\.0 [*+]|[*] 1\.0\b(?! -)", script)


def test_dropout_and_noise_are_told_as_repeated():
    """Both follow from the seed by NumPy's own generators, so that nothing is drawn anew."""
    dropped = lane_code(lane(layers(MOONS, dropout=0.2), "adam", "pytorch"), 0, "numpy").script
    noisy = lane_code(lane(problem(VALLEY, noise=0.5), "adam", "pytorch"), 0, "numpy").script
    assert "which units are dropped" in " ".join(line.lstrip("# ") for line in dropped.splitlines())
    assert "the noise on the gradients" in " ".join(line.lstrip("# ") for line in noisy.splitlines())


def test_no_title_or_name_becomes_code():
    """Line ends, quotes and signs of any kind in what a person named stay in comments and in quotes."""
    bad = '"""\nimport os\r\nos.remove("x")\x0c\u2028print(1)\x00'
    plain = lane(VALLEY, "adam", "pytorch")
    named = replace(lane(replace(VALLEY, title=bad), "adam", "pytorch", label=bad[:60]))
    trees = [ast.dump(ast.parse(lane_code(each, 0, "numpy").script)) for each in (plain, named)]
    assert trees[0] == trees[1]
    both = [ast.parse(race_code(each, "numpy").script) for each in (plain, named)]
    texts = [[node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)] for tree in both]
    assert [bad[:60] if text == "Adam" else text for text in texts[0]] == texts[1]
    assert len(list(ast.walk(both[0]))) == len(list(ast.walk(both[1])))


@pytest.mark.parametrize("key", REFUSED)
def test_a_rule_without_lines_is_refused_in_a_sentence(key):
    """Nothing is written that would do something else."""
    with pytest.raises(NoCode, match="cannot be exported for NumPy") as refused:
        lane_code(lane(VALLEY, key, "pytorch"), 0, "numpy")
    assert optimizers.get(key).title in str(refused.value)
    assert "\n" not in str(refused.value)
