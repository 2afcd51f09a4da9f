"""A lane as one readable script that repeats what the lane does, and the arrays it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.engine.network.normalization import MOMENTUM
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.experiment import build
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, ObjectiveSetup
from workbench.experiment.files import write_bytes
from workbench.export.code import networks, numpy_script
from workbench.export.code.head import head_lines, import_lines, lane_title, race_head_lines
from workbench.export.code.keras_steps import FIT_PARTS, fit_lines, keras_loop, without_fit
from workbench.export.code.lanes import alone, with_own_network
from workbench.export.code.objectives import has_code, noise_lines, objective_lines
from workbench.export.code.optimizers import rule_of
from workbench.export.code.parts import LIBRARIES, NoCode, constants, indented, named
from workbench.export.code.rules import KERAS_CLASS, TORCH_CLASS, rule_lines
from workbench.export.code.schedules import rate_of
from workbench.export.code.steps import Problem, check_gradient, torch_loop

#: the rules that see a matrix in a matrix; to the others it is a vector
SHAPED = ("adafactor", "lamb", "muon")


@dataclass(frozen=True, slots=True)
class Code:
    """A script, and for a network the bytes of the .npz that has to lie beside it under the same name."""

    script: str
    arrays: bytes | None
    name: str


def refusal(experiment: Experiment, index: int, library: str) -> str:
    """Why a lane has no code in a library, in one sentence; empty where it has. Asks for no data.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    try:
        _check(with_own_network(alone(experiment, index)), library)
    except NoCode as objection:
        return str(objection)
    return ""


def lane_code(experiment: Experiment, index: int, library: str) -> Code:
    """The code of one lane of an experiment, whether or not it is enabled.

    Raises:
        NoCode: the library has not what the lane does, in one sentence.
        RequestError: a fault in the experiment, with its place.
    """
    single = alone(experiment, index)
    full = with_own_network(single)
    _check(full, library)
    problem = build.make_problem(single)
    arrays: bytes | None
    if library == "numpy":
        made, arrays = _numpy_parts(full, problem)
        parts = made.lines()
    elif isinstance(problem, NetworkProblem):
        networks.check_batches(problem, library)
        parts = _network_parts(full, problem, library)
        arrays = networks.archive(problem)
    elif isinstance(problem, ObjectiveProblem):
        parts, arrays = _objective_parts(full, problem, library), None
    else:  # pragma: no cover - there are no other problems
        raise TypeError(type(problem).__name__)
    text = (
        "\n".join(
            [*head_lines(experiment, full, index, library, parts), *import_lines(parts, library, full), "", *parts]
        )
        + "\n"
    )
    return Code(text, arrays, f"{_kind(full)}_{named(lane_title(full.lanes[0])) or 'lane'}")


def race_code(experiment: Experiment, library: str) -> Code:
    """The code of all lanes that take part in the race, in one script.

    Raises:
        NoCode: a lane has no code, or not together with the others, in one sentence.
        RequestError: a fault in the experiment, with its place.
    """
    if library != "numpy":
        raise NoCode(f"all lanes in one script cannot be exported for {LIBRARIES[library]}, but for NumPy alone")
    found, fulls = [], []
    for index, lane in enumerate(experiment.lanes):
        if not lane.enabled:
            continue
        try:
            single = alone(experiment, index)
            full = with_own_network(single)
            _check(full, library)
            found.append(_numpy_parts(full, build.make_problem(single)))
        except NoCode as objection:
            raise NoCode(f"lanes[{index}] ({lane_title(lane)}): {objection}") from None
        fulls.append(full)
    if not fulls:
        raise NoCode("no lane takes part in the race")
    titles = [lane_title(full.lanes[0]) for full in fulls]
    lines = numpy_script.race_lines([parts for parts, _ in found], titles)
    if any(arrays != found[0][1] for _, arrays in found):
        raise NoCode(
            "the lanes cannot be exported in one script: they begin with other weights; export them one by one"
        )
    text = [*race_head_lines(experiment, fulls), *import_lines(lines, library, fulls[0]), "", *lines]
    return Code("\n".join(text) + "\n", found[0][1], f"{_kind(fulls[0])}_race")


def _kind(full: Experiment) -> str:
    """What is minimised, as a part of a file's name."""
    setup = full.problem
    return named(setup.objective if isinstance(setup, ObjectiveSetup) else setup.data.name or "network")


def write(code: Code, path: Path) -> tuple[Path, ...]:
    """Write a script, and beside it under the same name the arrays that it reads; gives the files written.

    Raises:
        OSError: a file cannot be written.
    """
    written = [path]
    if code.arrays is not None:  # first: a script without its data is of no use
        written.append(path.with_suffix(".npz"))
        write_bytes(written[-1], code.arrays)
    write_bytes(path, code.script.encode("utf-8", "backslashreplace"))
    return tuple(written)


def _check(full: Experiment, library: str) -> None:
    lane, setup = full.lanes[0], full.problem
    if library == "numpy":
        check_gradient(lane)
        numpy_script.check(full)
        return
    rule_of(lane, library, matrices=isinstance(setup, NetworkSetup) or bool(_matrix(setup)))
    check_gradient(lane)
    shaped = bool(_matrix(setup)) and lane.optimizer in SHAPED
    if isinstance(setup, ObjectiveSetup) and shaped and (setup.noise or setup.gradient == "numerical"):
        raise NoCode("a matrix cannot be exported with noise or numerical gradients for a rule that sees its shape")
    if isinstance(setup, NetworkSetup):
        networks.check_layers(setup, library)
    elif not has_code(setup.objective):
        objective_lines(setup.objective, setup.parameters, len(setup.points[0]))


def _matrix(setup: ObjectiveSetup | NetworkSetup) -> tuple[int, ...]:
    """The shape of the matrix that a point of an objective is; () where it is none."""
    return objectives.get(setup.objective).shape if isinstance(setup, ObjectiveSetup) else ()


def _functions(*parts: Sequence[str]) -> list[str]:
    """Definitions with two empty lines before each."""
    return [line for part in parts if part for line in ("", "", *part)]


def _numpy_parts(full: Experiment, problem: Any) -> tuple[numpy_script.Parts, bytes | None]:
    """The script for NumPy alone behind its imports, and the arrays that it reads."""
    if isinstance(problem, NetworkProblem):
        rate = rate_of(full, "numpy", problem.steps_per_epoch)
        return numpy_script.network_parts(full, constants(full), rate, problem), networks.archive(problem)
    noise = noise_lines(full, problem)
    return numpy_script.objective_parts(full, constants(full), rate_of(full, "numpy", 0), noise), None


def _objective_parts(full: Experiment, problem: ObjectiveProblem, library: str) -> list[str]:
    setup, lane = full.problem, full.lanes[0]
    assert isinstance(setup, ObjectiveSetup)  # noqa: S101 - told to the type checker
    torch = library == "pytorch"
    matrix = _matrix(setup) if lane.optimizer in SHAPED else ()
    rule, rate = rule_of(lane, library, matrices=bool(matrix)), rate_of(full, library, 0)
    difference = setup.difference if setup.gradient == "numerical" else 0.0
    loss = "objective(point)" if torch else "objective(point.value)"
    told = Problem("[point]", loss, batches=False, difference=difference, noise=setup.noise > 0)
    if torch:
        made = f"torch.tensor(STARTS[start]).reshape{matrix!r}.requires_grad_()"
        made = made if matrix else "torch.tensor(STARTS[start], requires_grad=True)"
        run = [f"point = {made}", *torch_loop(lane, rule, rate, told)]
        last = "point.tolist()"
    else:
        made = f"np.reshape(STARTS[start], {matrix!r})" if matrix else "STARTS[start]"
        run = [f'point = keras.Variable({made}, dtype="float64")', *keras_loop(lane, rule, rate, told)]
        last = "keras.ops.convert_to_numpy(point).tolist()"
    return [
        *constants(full),
        "STARTS = [",
        *(f"    {list(point)!r}," for point in setup.points),
        "]",
        *_functions(
            objective_lines(setup.objective, setup.parameters, problem.size),
            _difference_lines(difference),
            noise_lines(full, problem),
            rate.lines,
            *_typed_rule(lane, library),
            ["def run(start):", *indented(run), f'    print("last point", {last})'],
        ),
        "",
        "",
        "for start in range(len(STARTS)):",
        "    run(start)",
    ]


def _typed_rule(lane: Lane, library: str) -> list[list[str]]:
    """The definitions of a rule that a person typed."""
    if lane.optimizer != "rule":
        return []
    return [rule_lines(lane), TORCH_CLASS if library == "pytorch" else KERAS_CLASS]


def _difference_lines(difference: float) -> list[str]:
    if not difference:
        return []
    return [
        "def gradient(point):",
        '    """Central differences, coordinate by coordinate, as the experiment asks for."""',
        f"    h = {difference!r}",
        "    moves = h * torch.eye(len(point))",
        "    slopes = [(objective(point + move) - objective(point - move)) / (2.0 * h) for move in moves]",
        "    return torch.stack(slopes)",
    ]


def _network_parts(full: Experiment, problem: NetworkProblem, library: str) -> list[str]:
    setup, lane = full.problem, full.lanes[0]
    assert isinstance(setup, NetworkSetup)  # noqa: S101 - told to the type checker
    torch = library == "pytorch"
    rule, rate = rule_of(lane, library, matrices=True), rate_of(full, library, problem.steps_per_epoch)
    penalty = networks.penalty_lines(setup, library)
    convert = "torch.from_numpy" if torch else "keras.ops.convert_to_tensor"
    names = networks.parameter_names(problem)
    shared = [
        *constants(full),
        f"STARTS = {setup.starts}",
        "PARAMETERS = [",
        *(f'    "{name}",' for name in names),
        "]",
        "",
        "# The data as the network sees it, scaled where that was asked for, and the initial weights",
        'data = np.load(Path(__file__).with_suffix(".npz"))',
        "x_train, y_train, x_test, y_test = (",
        f'    {convert}(data[name]) for name in ("x_train", "y_train", "x_test", "y_test")',
        ")",
        f"loss_function = {networks.loss_of(setup, library)}",
    ]
    if torch:
        loss = "loss_function(model(x), y)" + (" + penalty()" if penalty else "")
        told = Problem("list(model.parameters())", loss, batches=True, normalised=bool(problem.network.moments))
        functions = [
            _torch_begin(problem),
            _torch_follow(problem),
            networks.batch_lines(problem, full.seed, lane.draw),
            penalty,
        ]
        run = ["begin(start)", "model.train()", *torch_loop(lane, rule, rate, told)]
        shared += ["", *networks.model_lines(problem, setup, library)]
        functions.append(_torch_judge(problem, penalty=bool(penalty)))
    else:
        loss = "loss_function(y, model(x, training=True))" + (" + sum(model.losses)" if penalty else "")
        functions = [_keras_begin(problem), networks.batch_lines(problem, full.seed, lane.draw)]
        if without_fit(lane):
            run = [
                "begin(start)",
                *keras_loop(lane, rule, rate, Problem("model.trainable_weights", loss, batches=True)),
            ]
        else:
            functions += FIT_PARTS
            fitted = fit_lines(lane, rule, rate, loss=loss, normalised=bool(problem.network.moments))
            run = ["begin(start)", *fitted]
        shared += ["", *penalty, *networks.model_lines(problem, setup, library)]
        functions.append(_keras_judge(problem, penalty=bool(penalty)))
    ends = ['judge("training", x_train, y_train)', *(['judge("test", x_test, y_test)'] if len(problem.x_test) else [])]
    return [
        *shared,
        *_functions(*functions, rate.lines, *_typed_rule(lane, library), ["def run(start):", *indented([*run, *ends])]),
        "",
        "",
        "for start in range(STARTS):",
        "    run(start)",
    ]


def _torch_begin(problem: NetworkProblem) -> list[str]:
    averages = [
        "    for module in model:",
        "        if isinstance(module, nn.BatchNorm1d):",
        "            module.reset_running_stats()",
    ]
    return [
        "def begin(start):",
        '    """Give the model its initial parameters; PyTorch keeps matrices as (n_out, n_in)."""',
        *(averages if problem.network.moments else []),
        "    with torch.no_grad():",
        "        for parameter, name in zip(model.parameters(), PARAMETERS):",
        "            parameter.copy_(torch.from_numpy(data[name][start].T))",
    ]


def _torch_follow(problem: NetworkProblem) -> list[str]:
    """Whether running averages follow what is evaluated, a function of scripts with batch normalisation."""
    if not problem.network.moments:
        return []
    return [
        "def follow(batches):",
        '    """Whether the running averages of batch normalisation follow the batches that the model sees."""',
        "    for module in model:",
        "        if isinstance(module, nn.BatchNorm1d):",
        f"            module.momentum = {MOMENTUM!r} if batches else 0.0",
    ]


def _keras_begin(problem: NetworkProblem) -> list[str]:
    averages = [
        "    for weight in model.non_trainable_weights:",
        '        if weight.name in ("moving_mean", "moving_variance"):',
        '            weight.assign(np.full(weight.shape, float(weight.name == "moving_variance")))',
    ]
    return [
        "def begin(start):",
        '    """Give the model its initial parameters."""',
        "    for weight, name in zip(model.trainable_weights, PARAMETERS):",
        "        weight.assign(data[name][start])",
        *(averages if problem.network.moments else []),
    ]


def _right(problem: NetworkProblem, argmax: str) -> str:
    """Whether each sample is taken for what it is, as an expression of `output` and `y`; empty without classes."""
    if not problem.split.classes:
        return ""
    if problem.network.loss.binary:
        return "(output > 0) == (y > 0.5)"
    truth = "y" if problem.network.loss.takes_classes else f"{argmax.format('y')}"
    return f"{argmax.format('output')} == {truth}"


def _torch_judge(problem: NetworkProblem, *, penalty: bool) -> list[str]:
    right = _right(problem, "{}.argmax(dim=1)")
    return [
        "def judge(name, x, y):",
        '    """Loss, and accuracy where there are classes, over all samples of a split."""',
        "    model.eval()",
        "    with torch.no_grad():",
        "        output = model(x)",
        f"        loss = loss_function(output, y){' + penalty()' if penalty else ''}",
        '        print(f"{name} loss {loss.item()!r}")',
        *([f'        print(f"{{name}} accuracy {{({right}).double().mean().item()!r}}")'] if right else []),
    ]


def _keras_judge(problem: NetworkProblem, *, penalty: bool) -> list[str]:
    right = _right(problem, "keras.ops.argmax({}, axis=1)")
    return [
        "def judge(name, x, y):",
        '    """Loss, and accuracy where there are classes, over all samples of a split."""',
        "    output = model(x, training=False)",
        f"    loss = loss_function(y, output){' + sum(model.losses)' if penalty else ''}",
        '    print(f"{name} loss {loss.item()!r}")',
        *([f'    print(f"{{name}} accuracy {{({right}).double().mean().item()!r}}")'] if right else []),
    ]
