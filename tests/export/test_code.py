"""Code of a lane: it says what the engine does, names nothing that is not there, and is refused in one sentence."""

from __future__ import annotations

import ast
import builtins
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.code_cases import (
    CASES,
    EVERY,
    MOONS,
    RATES,
    SCHEDULES,
    VALLEY,
    CodeCase,
    distance,
    fingerprint,
    lane,
    layers,
    own_losses,
    own_metrics,
    problem,
)
from tests.experiments import experiment as parsed
from tests.objective_formulas import OTHER_PARAMETERS
from workbench.engine.formula.formula import compiled
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.experiment import build
from workbench.experiment.experiment import NetworkSetup, Schedule, replace
from workbench.export.code import LIBRARIES, NoCode, find_lane, lane_code, refusal
from workbench.export.code.objectives import objective_lines
from workbench.export.code.optimizers import RULES
from workbench.export.code.rules import rule_lines

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "exported_code.json").read_text())["cases"]


def script(case: CodeCase) -> str:
    return lane_code(case.experiment, 0, case.library).script


def function(text: str, name: str, **names):
    """A function of a script, with those beside it, run with numpy in PyTorch's place: what is used is called alike."""
    tree = ast.parse(text)
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    import math

    space = {"torch": np, "np": np, "math": math, **names}
    exec(compile(tree, name, "exec"), space)  # noqa: S102 - text that the program wrote, of a catalogue and test formulas
    return space[name]


#: numpy's names of PyTorch's functions where they are others
NUMPYS = {
    "as_tensor": "np.asarray", "tensor": "np.asarray", "sigmoid": "(lambda u: 1 / (1 + np.exp(-u)))",
    "relu": "(lambda u: np.maximum(u, 0))",
    **{name: f"np.arc{name[1:]}" for name in ("atan2", "asinh", "acosh", "atanh")},
}  # fmt: skip


# What the scripts compute


@pytest.mark.parametrize("label", CASES)
def test_the_engine_goes_where_the_exported_script_went(label):
    """The libraries ran this very script (tests/record_code.py); the engine's losses are those that it printed.

    Keras rounds products and means to single precision within its layers and in Adafactor, whatever it is told; L-BFGS
    comes so near to zero that the loss is made of rounding.
    """
    case, recorded = CASES[label], RECORDED[label]
    assert fingerprint(script(case)) == recorded["script"], "the script is another: record it anew"
    network = isinstance(case.experiment.problem, NetworkSetup)
    rounds = case.library == "keras" and (network or "adafactor" in label)
    bound = 1e-6 if rounds or "lbfgs" in label else 1e-9
    mine = own_losses(case)
    theirs = recorded["losses"]
    assert distance(theirs, mine[::EVERY]) < bound
    assert recorded["apart"] < bound
    assert len(theirs) == len(mine[::EVERY])


@pytest.mark.parametrize(
    "label", [label for label, case in CASES.items() if isinstance(case.experiment.problem, NetworkSetup)]
)
def test_the_engine_judges_its_network_as_the_exported_script_did_in_the_end(label):
    """Losses and accuracies over all data, printed last. Keras averages variances of batches with another divisor."""
    case, recorded = CASES[label], RECORDED[label]
    normalised = any(layer.batch_norm for layer in case.experiment.problem.layers)
    if case.library == "keras" and normalised:
        assert "another divisor" in script(case)
        return
    bound = 1e-5 if "lbfgs" in label else 1e-6 if case.library == "keras" else 1e-9
    assert distance(recorded["judged"], own_metrics(case)) < bound


def test_every_rule_of_both_libraries_was_run():
    """What is recorded covers each optimizer that a library has, but Keras's that is refused."""
    for library, rules in RULES.items():
        for key in rules.keys() - {"schedule_free_adamw"}:
            assert f"{library} {key} moons" in RECORDED


@pytest.mark.parametrize("key", [entry.key for entry in objectives if entry.key != "formula"])
def test_an_objective_in_a_script_is_that_of_the_catalogue(key):
    """Its value at random points equals the engine's, in every number of dimensions tried, under two settings."""
    entry, random = objectives.get(key), np.random.default_rng(1)
    least, most = entry({}).dimensions
    for dimension in {least, max(least, min(2, most)), max(least, min(5, most))}:
        for given in ({}, OTHER_PARAMETERS.get(key, {})):
            objective = entry(given)
            parameters = {param.name: getattr(objective, param.name) for param in entry.params}
            written = function("\n".join(objective_lines(key, parameters, dimension)), "objective")
            low, high = np.array([entry.domain[i % len(entry.domain)] for i in range(dimension)]).T
            for point in random.uniform(low, high, (20, dimension)):
                assert written(point) == pytest.approx(float(objective.value(point)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "-x^2 + y",
        "(-x)^2 - -y",
        "x - (y - 3) - (2 - x)",
        "x / (y / 3) / 2",
        "2^-x^2 * y",
        "(x^2)^y",
        "-(x + y) * 3 - x * (y + -2)",
        "a*x - lambda*y",
        "min(x, y, 1) + max(x, 2) - atan2(x, 3) + atan2(2, y)",
        "sin(a)*x + sqrt(abs(y)) + sign(x) + floor(y) + ln(2 + x^2) + log10(4 + y^2)",
        "θ*x^2 + point*y + torch*y^2 + if*x",
        "power*x^0.5 + root*y^(1/3) + hypot(x, y) + cbrt(x)",
        "1/(1 + exp(-x)) + 0.3 xy + √|y| + softplus(x) + logaddexp(x, a y) + mod(x, 0.3)",
        "asinh(x) + atanh(x/3) + expm1(y) + log1p(y) + relu(x - 1) + acosh(1 + y)",
        "+".join(f"{i}*x^{i % 3}" for i in range(1, 90)),
    ],
)
def test_a_typed_formula_is_written_as_it_was_read(text):
    """Signs, powers and brackets come out so that Python computes what the program's own grammar says."""
    formula = compiled(text)
    parameters = {name: 0.3 + 0.2 * i for i, name in enumerate(formula.parameters)}
    lines = objective_lines("formula", {"text": text, **parameters}, 2)
    numpy = "\n".join(lines)
    for theirs, ours in NUMPYS.items():
        numpy = numpy.replace(f"torch.{theirs}(", f"{ours}(")
    written = function(numpy, "objective")
    for point in np.random.default_rng(2).uniform(0.1, 2.0, (10, 2)):
        assert written(point) == pytest.approx(float(formula.value(point, parameters)), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (
            "p = m; m = 0.9 m + g; m_before = 2; x = x − η (m − p) m_before",
            lambda x, g, m, h: (x - h * ((0.9 * m + g) - m) * 2, 0.9 * m + g),
        ),
        (
            "p = m; m = 0.9 m + m_before g; x = x − η (m − p)",
            lambda x, g, m, h: (x - h * ((0.9 * m + g) - m), 0.9 * m + g),
        ),
        (
            "y = x; x = x − η g; x_before = 3; x = x + 0.25 (x − y) x_before",
            lambda x, g, m, h: (x - h * g + 0.75 * (-h * g), m),
        ),
    ],
)
def test_a_name_that_ends_in_before_is_not_what_a_script_holds(text, step):
    """The script takes the steps that the lines say, though what it holds would have been called the same."""
    full = build.fill(lane(VALLEY, "rule", "pytorch", given={"learning_rate": 0.1, "text": text}))
    numpy = "\n".join(rule_lines(full.lanes[0])).replace("torch.tensor(", "np.asarray(")
    written = function(numpy, "rule")
    x, m, kept = np.array([0.7, -1.3]), np.zeros(2), {}
    mine = x
    for t in range(1, 6):
        g = np.sin(3.0 * x) + 0.2 * t
        x, m = step(x, g, m, 0.1)
        mine = written(mine, g, t, np.float64(0.1), kept)
        np.testing.assert_allclose(mine, x, rtol=1e-12, atol=1e-14)


def test_the_batches_of_a_script_are_those_of_the_race():
    """The order that the script draws with numpy gives the same samples at each step, start and draw."""
    experiment = CASES["pytorch two starts"].experiment
    made = build.make_problem(experiment)
    batch = function(script(CASES["pytorch two starts"]), "batch", x_train=made.x_train, y_train=made.y_train)
    for step in (0, 1, 2, 3, 17):
        x, y = made.batch(step)
        for start in range(2):
            mine = batch(start, step)
            assert np.array_equal(mine[0], x[start])
            assert np.array_equal(mine[1], y[start])


def test_the_noise_of_a_script_is_that_of_the_race():
    """The gradient at a point, the noise taken away, is the exact one."""
    experiment = CASES["pytorch noise"].experiment
    made = build.make_problem(experiment)
    noise = function(script(CASES["pytorch noise"]), "noise")
    exact = build.make_problem(problem(experiment, noise=0.0))
    theta, noisy, plain = made.initial(), np.empty((1, 2)), np.empty((1, 2))
    for step in (0, 1, 3000):
        made.loss_and_gradient(theta, step, noisy)
        exact.loss_and_gradient(theta, step, plain)
        assert noisy - noise(0, step) == pytest.approx(plain, rel=1e-12)


def test_the_data_beside_a_script_needs_no_pickles():
    """Samples and initial weights are plain arrays, one set of weights a start."""
    case = CASES["pytorch two starts"]
    made = build.make_problem(case.experiment)
    found = np.load(io.BytesIO(lane_code(case.experiment, 0, "pytorch").arrays), allow_pickle=False)
    assert np.array_equal(found["x_train"], made.x_train)
    assert np.array_equal(found["y_test"], made.y_test)
    theta = made.initial()
    assert np.array_equal(found["layer2/weight"], made.network.blocks[1].weight(theta))
    assert np.array_equal(found["output/bias"], made.network.blocks[2].bias(theta)[:, 0])


# What the scripts are


@pytest.mark.parametrize("label", CASES)
def test_a_script_names_nothing_that_is_not_there(label):
    """It is Python, and each name it reads is defined, imported, an argument or a builtin."""
    tree = ast.parse(script(CASES[label]))
    known = set(dir(builtins)) | {"__file__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            known.add(node.name)
        elif isinstance(node, ast.arg):
            known.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            known |= {alias.asname or alias.name for alias in node.names}
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert read <= known


@pytest.mark.parametrize("label", CASES)
def test_a_script_computes_nothing_that_a_person_would_not_write(label):
    """No loop over a point alone, no product with 0 or 1, no sum with 0."""
    assert not re.search(r"for \w+ in \[point\]|\b0\.0 [*+]|[*] 1\.0\b|\b1\.0 [*] ", script(CASES[label]))


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        ({}, ""),
        ({"clip_value": 1.0}, "clipvalue=1.0"),
        ({"clip_norm": 1.0}, "global_clipnorm=1.0"),
        ({"weight_decay": 0.1}, "weight_decay=0.1"),
        ({"l2": 0.1}, "no L2 on gradients"),
        ({"clip_value": 1.0, "clip_norm": 1.0}, "cuts or scales gradients, not both"),
    ],
)
def test_a_network_for_keras_is_compiled_and_fitted_or_the_head_says_why_not(gradient, words):
    """What Keras does itself is an argument of its optimizer; what it cannot do is a loop, with a reason."""
    text = lane_code(lane(MOONS, "sgd", "keras", gradient=gradient), 0, "keras").script
    head = " ".join(line.lstrip("# ") for line in text.split("\n\n")[0].splitlines())
    assert words in head + text
    assert ("model.fit(" in text) == ("written out" not in head)
    assert ("l2" in gradient or len(gradient) == 2) == ("written out" in head)


def test_a_script_tells_what_it_is_of():
    """Program, experiment, lane and convention stand in its head."""
    head = script(CASES["pytorch adam valley"]).split("\n\n")[0]
    for words in ("Gradient Workbench", "The valley", "Adam", "pytorch convention", "lane 1 of 1"):
        assert words in head


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        (lane(layers(MOONS, dropout=0.2), "adam", "pytorch"), "dropped"),
        (lane(MOONS, "muon", "pytorch"), "bfloat16"),
        (lane(problem(MOONS, dtype="float32"), "adam", "pytorch"), "single precision"),
        (lane(replace(VALLEY, steps=None), "adam", "pytorch"), "no end"),
        (lane(replace(VALLEY, tolerance=0.1), "adam", "pytorch"), "tolerance is not in the script"),
    ],
)
def test_a_script_tells_what_it_does_not_repeat(experiment, words):
    """Where PyTorch draws, rounds or ends by itself, its head says so."""
    text = lane_code(experiment, 0, "pytorch").script
    head = " ".join(line.lstrip("# ") for line in text.split("\n\n")[0].splitlines())
    assert words in head


def test_no_title_or_name_becomes_code():
    """Line ends, quotes and signs of any kind in what a person named stay in the comment."""
    bad = '"""\nimport os\r\nos.remove("x")\x0c\u2028print(1)\x00'
    plain = lane(VALLEY, "adam", "pytorch")
    named = replace(lane(replace(VALLEY, title=bad), "adam", "pytorch", label=bad[:60]))
    trees = [ast.dump(ast.parse(lane_code(each, 0, "pytorch").script)) for each in (plain, named)]
    assert trees[0] == trees[1]


def test_every_setting_of_a_rule_is_written_or_objected_to():
    """No hyperparameter of an optimizer is lost on the way: those without an argument have an objection or a place."""
    elsewhere = {
        ("pytorch", "lbfgs"): {"line_search_trials"},
        ("pytorch", "muon"): {"beta1", "beta2", "epsilon"},  # of the AdamW for what is no matrix
        ("keras", "momentum"): {"dampening"},
        ("keras", "adagrad"): {"learning_rate_decay"},
        ("keras", "nadam"): {"momentum_decay"},
    }
    for library, rules in RULES.items():
        for key, rule in rules.items():
            given = {name for ours in rule.arguments for name in (ours if isinstance(ours, tuple) else (ours,))}
            missing = {param.name for param in optimizers.get(key).params} - given
            assert missing == elsewhere.get((library, key), set()), (library, key)


# What is refused


@pytest.mark.parametrize("library", RULES)
@pytest.mark.parametrize("key", [entry.key for entry in optimizers])
def test_every_optimizer_has_code_or_one_sentence(key, library):
    """By its library's own convention, on a network: a script, or a sentence that names both."""
    experiment = lane(MOONS, key, library, given={"learning_rate": RATES.get(key, 0.01)})
    said = refusal(experiment, 0, library)
    if said:
        assert optimizers.get(key).title in said
        assert LIBRARIES[library] in said
        with pytest.raises(NoCode, match="cannot be exported"):
            lane_code(experiment, 0, library)
    else:
        ast.parse(lane_code(experiment, 0, library).script)
    assert bool(said) == (
        (key not in RULES[library] and key != "rule") or (library, key) == ("keras", "schedule_free_adamw")
    )


_CHANGE = "follows the pytorch convention.*change the lane's convention to keras"
_FALLING = Schedule(kind="step")


@pytest.mark.parametrize(
    ("experiment", "library", "words"),
    [
        (lane(VALLEY, "newton", "pytorch"), "pytorch", "PyTorch has no such optimizer"),
        (
            lane(VALLEY, "adam", "pytorch"),
            "keras",
            _CHANGE,
        ),
        (
            lane(VALLEY, "sgd", "pytorch", given={"weight_decay": 0.1}),
            "keras",
            _CHANGE,
        ),
        (lane(VALLEY, "momentum", "keras", schedule=_FALLING), "pytorch", "another under a schedule"),
        (lane(VALLEY, "momentum", "keras", given={"dampening": 0.1}), "keras", "no dampening"),
        (lane(VALLEY, "adagrad", "keras", given={"learning_rate_decay": 0.1}), "keras", "no decay of the rate"),
        (lane(VALLEY, "nadam", "keras", given={"momentum_decay": 0.1}), "keras", "momentum decay of 1 alone"),
        (lane(VALLEY, "lion", "keras", given={"beta1": 0.0}), "keras", "no beta1 of 0"),
        (lane(VALLEY, "lbfgs", "pytorch", given={"line_search_trials": 7}), "pytorch", "25 trials"),
        (lane(VALLEY, "lbfgs", "pytorch", given={"learning_rate": 0.0}), "pytorch", "divides by the rate"),
        (lane(VALLEY, "adafactor", "pytorch", given={"clip_threshold": 0.1}), "pytorch", "no clip_threshold below 1"),
        (
            lane(VALLEY, "momentum", "keras", schedule=SCHEDULES["constant behind a warm-up"]),
            "pytorch",
            "another under a schedule",
        ),
        (lane(VALLEY, "lbfgs", "pytorch", gradient={"l2": 0.1}), "pytorch", "together with"),
        (lane(VALLEY, "muon", "pytorch"), "pytorch", "takes matrices"),
        (
            lane(layers(problem(MOONS, batch_size=41), batch_norm=True), "adam", "pytorch"),
            "pytorch",
            "of a single sample",
        ),
    ],
)
def test_what_a_library_does_not_have_is_refused_in_a_sentence(experiment, library, words):
    """Nothing is written that would do something else."""
    with pytest.raises(NoCode, match=words) as refused:
        lane_code(experiment, 0, library)
    assert "\n" not in str(refused.value)


def test_a_rule_that_both_libraries_share_goes_to_either():
    """A step of SGD is one in both, and so is a velocity at a constant rate."""
    for key in ("sgd", "momentum", "nesterov", "adadelta"):
        for library, other in (("pytorch", "keras"), ("keras", "pytorch")):
            assert refusal(lane(VALLEY, key, library), 0, other) == ""


def test_lanes_are_found_by_name_and_number():
    """A name counts before a number, which counts from 0; one that several lanes have is asked about again."""
    one, two, three = (
        lane(VALLEY, key, "pytorch", label=label).lanes[0]
        for key, label in (("adam", "fast"), ("sgd", "1"), ("sgd", ""))
    )
    experiment = replace(VALLEY, lanes=(one, two, three, three))
    given = ("fast", "FAST", "0", "1", "2", "lanes[3]")
    assert [find_lane(experiment, text) for text in given] == [0, 0, 0, 1, 2, 3]
    for text in ("SGD", "7", "4", "lanes[4]", "slow"):
        with pytest.raises(NoCode, match="lane"):
            find_lane(experiment, text)


MATRIX = """
format = 1
steps = 20
[problem]
kind = "objective"
objective = "associative_memory"
[[lanes]]
optimizer = "{}"
"""


@pytest.mark.parametrize(
    ("optimizer", "library", "said"),
    [
        ("muon", "pytorch", "torch.tensor(STARTS[start]).reshape(8, 8).requires_grad_()"),
        ("adafactor", "pytorch", "torch.tensor(STARTS[start]).reshape(8, 8).requires_grad_()"),
        ("adam", "pytorch", "point = torch.tensor(STARTS[start], requires_grad=True)"),
        ("muon", "keras", "keras.Variable(np.reshape(STARTS[start], (8, 8))"),
        ("sgd", "keras", 'keras.Variable(STARTS[start], dtype="float64")'),
    ],
)
def test_a_matrix_is_one_to_the_rules_that_see_its_shape(optimizer, library, said):
    lane = replace(parsed(MATRIX.format(optimizer)).lanes[0], convention=library)
    given = replace(parsed(MATRIX.format(optimizer)), lanes=(lane,))
    text = lane_code(given, 0, library).script
    ast.parse(text)
    assert said in text
    assert ("torch.optim.Muon(" in text) == ((optimizer, library) == ("muon", "pytorch"))
    assert "model." not in text


def test_a_matrix_with_noise_is_refused_to_them_in_a_sentence():
    given = parsed(MATRIX.format("muon"))
    noisy = replace(given, problem=replace(given.problem, noise=0.1))
    assert "with noise" in refusal(noisy, 0, "pytorch")
    assert refusal(given, 0, "pytorch") == ""
