"""What runs say where numbers are easily misread: by closed forms, and by what PyTorch does."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from workbench import cli


def rows(folder):
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary(folder):
    return json.loads((folder / "summary.json").read_text())["runs"][0]


OBJECTIVE = """
format = 1
steps = {steps}
[problem]
kind = "objective"
objective = "{key}"
{start}
{parameters}
[[lanes]]
optimizer = "{optimizer}"
[lanes.hyperparameters]
{given}
{more}
"""


def objective(key, optimizer="sgd", *, steps=3, start="", parameters="", given="learning_rate = 0.1", more=""):
    return OBJECTIVE.format(**locals())


def test_a_warm_up_goes_before_a_constant_rate_too(run):
    """On ½·2x² a step of rate η multiplies each coordinate by 1 − 2η; η rises as .025 .05 .075 .1 and stays."""
    text = objective(
        "quadratic", steps=8, start="start = [1.0, 2.0]", more='[lanes.schedule]\nkind = "constant"\nwarmup = 4'
    )
    found = [float(row["x0"]) for row in rows(run(text))]
    rates = [0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.1, 0.1]
    assert found == pytest.approx(np.cumprod([1.0, *(1 - 2 * rate for rate in rates)]), rel=1e-14)


def test_dampening_without_momentum_does_nothing(run):
    """torch.optim.SGD([x], lr=0.01, momentum=0.0, dampening=0.5), three steps from (1, 2), PyTorch 2.13."""
    given = "learning_rate = 0.01\nmomentum = 0.0\ndampening = 0.5"
    text = objective("booth", "momentum", start="start = [1.0, 2.0]", given=given)
    found = np.array([(float(row["x0"]), float(row["x1"])) for row in rows(run(text))[1:]])
    assert found == pytest.approx(np.array([(1.08, 2.1), (1.144, 2.1836), (1.194912, 2.25372)]), rel=1e-12)


def test_a_parameter_that_is_no_number_is_a_divergence_though_the_loss_does_not_see_it(run):
    """Adam without an epsilon divides 0 by 0 for the coordinate that the value does not depend on."""
    text = objective(
        "formula", "adam", steps=10, start="start = [1.0, 1.0]",
        parameters='[problem.parameters]\ntext = "x^2 + 0*y"', given="learning_rate = 0.01\nepsilon = 0.0",
    )  # fmt: skip
    found = summary(run(text))
    assert (found["status"], found["steps"]) == ("diverged", 1)


def test_the_distance_at_another_of_many_equal_minima_is_nought(run):
    """Qing's function at x_i = ±√i: any choice of signs is a minimum."""
    start = [-1.0, 2**0.5, 3**0.5, -2.0, 5**0.5]
    found = summary(run(objective("qing", start=f"start = {start}", given="learning_rate = 1e-9")))
    assert found["distance"] == pytest.approx(0.0, abs=1e-15)


NORMALISED = """
format = 1
steps = 7
[problem]
kind = "network"
batch_size = {batch_size}
starts = 2
[problem.data]
name = "moons"
samples = 33
test_fraction = {test_fraction}
[[problem.layers]]
units = 4
activation = "relu"
batch_norm = true
[[problem.layers]]
units = 3
activation = "tanh"
batch_norm = true
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.05
"""


@pytest.mark.parametrize(("batch_size", "said"), [(32, "the last batch"), (1, "each batch"), (31, ""), (0, "")])
def test_a_batch_of_one_sample_under_batch_normalisation_is_told(batch_size, said, run, capsys):
    """33 samples in batches of 32 leave one alone, whose normalised values are 0 whatever they were."""
    run(NORMALISED.format(batch_size=batch_size, test_fraction=0.0))
    noted = capsys.readouterr().err
    assert (said in noted) if said else not noted
    if said:
        assert "single sample" in noted
        assert noted.count("note:") == 1


def test_the_metrics_can_be_had_again_from_the_arrays_beside_them(run):
    """A network written out in numpy, with the weights and running averages of history.npz, gives the last metrics."""
    folder = run(NORMALISED.format(batch_size=8, test_fraction=0.4))
    found = np.load(folder / "history.npz", allow_pickle=False)
    for start, told in enumerate(json.loads((folder / "summary.json").read_text())["runs"]):

        def of(name, start=start):
            return found[f"final/{name}"][start]

        a = found["x_test"]
        for layer, activation in (("layer1", lambda z: np.maximum(z, 0.0)), ("layer2", np.tanh)):
            z = a @ of(f"{layer}/weight")
            normal = (z - of(f"{layer}/running_mean")) / np.sqrt(of(f"{layer}/running_variance") + 1e-5)
            a = activation(normal * of(f"{layer}/scale") + of(f"{layer}/bias"))
        z = a @ of("output/weight") + of("output/bias")
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        y = found["y_test"]
        assert -log_p[np.arange(len(y)), y].mean() == pytest.approx(told["test_loss"], rel=1e-12)
        assert (z.argmax(axis=1) == y).mean() == pytest.approx(told["test_accuracy"])


def test_a_plain_run_has_nothing_to_note(write, tmp_path, capsys):
    assert cli.main(["run", write(objective("booth")), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err == ""


def formula(text, start=""):
    return objective("formula", start=start, parameters=f"[problem.parameters]\ntext = '''{text}'''")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x² + k y²", ['"k" in the formula became a parameter, with the value 1']),
        ("x^2 + Y^2", ['"Y" in the formula became a parameter, with the value 1; did you mean y?']),
        ("x*y + 0.48 xy", ['"xy" in the formula is read as x*y']),
        ("20 + x^2 + y^2 - 10*(cos(2*PI*x) + cos(2*PI*y))", []),
    ],
)
def test_the_command_names_each_parameter_that_a_formula_made(text, said, run, capsys):
    run(formula(text))
    assert capsys.readouterr().err.splitlines() == [f"gradient-workbench: note: {each}" for each in said]


def test_a_parameter_that_the_file_gives_a_value_is_not_told(run, capsys):
    run(formula("x² + k xy").replace("[problem.parameters]", "[problem.parameters]\nk = 2.0\nxy = 1.5"))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("m = β1 m + g; x = x − η m", ['"β1" in the rule of lanes[0] became a hyperparameter, with the value 0.9']),
        ("x = x − k η g", ['"k" in the rule of lanes[0] became a hyperparameter, with the value 1']),
        (
            "speed = g; x = x − η sped",
            ['"sped" in the rule of lanes[0] became a hyperparameter, with the value 1; did you mean speed?'],
        ),
        (
            "m = g; x = x − η M",
            ['"M" in the rule of lanes[0] became a hyperparameter, with the value 1; did you mean m?'],
        ),
        ("w1 = 1; x = x − w2 η g", ['"w2" in the rule of lanes[0] became a hyperparameter, with the value 1']),
        ("x = x − c η g", []),
    ],
)
def test_the_command_names_each_hyperparameter_that_a_rule_made(text, said, run, capsys):
    """But not one that the file gives a value, as it does c, in whichever spelling."""
    lane = f'[[lanes]]\noptimizer = "rule"\n[lanes.hyperparameters]\nlearning_rate = 0.001\ntext = "{text}"\n'
    head = objective("booth").partition("[[lanes]]")[0]
    run(head + lane + ("c = 2.0\n" if "c η" in text else ""))
    assert capsys.readouterr().err.splitlines() == [f"gradient-workbench: note: {each}" for each in said]


def test_textbook_coordinates_are_two_and_the_usual_start_fits(run):
    """(1 − x₁)² + 100 (x₂ − x₁²)² at (−1.2, 1) is 24.2, with and without a start."""
    for start in ("start = [-1.2, 1.0]", ""):
        found = rows(run(formula("(1 - x1)^2 + 100*(x2 - x1^2)^2", start), out=f"out{len(start)}"))
        assert float(found[0]["loss"]) == pytest.approx(24.2)
        assert "x2" not in found[0]


def test_a_start_that_is_too_short_for_a_formula_is_refused_with_its_coordinates(write, tmp_path, capsys):
    path = write(formula("x0^2 + x2^2", "start = [1.0, 2.0]"))
    assert cli.main(["run", path, "--out", str(tmp_path / "out")]) == 2
    assert "names x0, x2 (counted from x0), got 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "start", "steps"),
    [("(x^2 + y^2)^0.5", "start = [0.0, 0.0]", 3), ("1/(1 + exp(-x)) + y^2", "start = [-800.0, 1.0]", 3)],
)
def test_a_finite_loss_with_a_slope_of_nought_is_no_divergence(text, start, steps, run):
    found = summary(run(formula(text, start)))
    assert (found["status"], found["steps"]) == ("finished", steps)
