"""The parts of a script for NumPy alone: what is minimised, the rule, the rate, and the loop around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, ObjectiveSetup
from workbench.export.code import networks
from workbench.export.code.helpers import helper_lines
from workbench.export.code.numpy_networks import Passes, check_network
from workbench.export.code.numpy_objectives import numpy_objective
from workbench.export.code.numpy_rules import HELPERS, check_rule, numpy_decay, numpy_rule
from workbench.export.code.parts import NoCode, comment, indented
from workbench.export.code.schedules import Rate

_PRINTED = '    print(f"step {step:6d}  loss {float(loss)!r}")'
_TOLD = [
    "if step % PRINT_EVERY == 0 or step == STEPS:",
    _PRINTED,
    "if step == STEPS or not abs(loss) <= 1e30:",
    "    break",
]


def check(full: Experiment) -> None:
    """Raises NoCode for a lane that has no script for NumPy."""
    check_rule(full.lanes[0])
    setup = full.problem
    if isinstance(setup, NetworkSetup):
        check_network(setup)
    else:
        numerical = setup.gradient == "numerical"
        numpy_objective(setup.objective, setup.parameters, len(setup.points[0]), numerical=numerical)


@dataclass(frozen=True, slots=True)
class Parts:
    """A script behind its head and imports.

    Attributes:
        constants: what it begins with.
        shared: the definitions of what is minimised, the same for all lanes on one problem.
        own: those of the lane: its rate and its rule.
        run: the body of what trains it from a start.
        starts: the number of starts, as an expression.
    """

    constants: list[str]
    shared: list[list[str]]
    own: list[list[str]]
    run: list[str]
    starts: str

    def lines(self) -> list[str]:
        """The script of the lane alone."""
        run = ["def run(start):", *indented(self.run)]
        last = ["", "", f"for start in range({self.starts}):", "    run(start)"]
        return [*self.constants, *_functions(*self.shared, *self.own, run), *last]


def race_lines(parts: Sequence[Parts], titles: Sequence[str]) -> list[str]:
    """One script for several lanes on one problem: what they share once, each lane a function with its own rule.

    Raises:
        NoCode: the lanes are not on one problem.
    """
    first = parts[0]
    for title, other in zip(titles, parts, strict=True):
        if (other.constants, other.shared) != (first.constants, first.shared):
            raise NoCode(
                f"{titles[0]} and {title} cannot be exported in one script: networks, initial weights or draws are "
                "others; export them one by one"
            )
    lanes = [
        [
            f"def lane_{i}(start):",
            f"    # {comment(title)[0].removeprefix('# ')}",
            *indented([line for lines in each.own if lines for line in (*lines, "")]),
            *indented(each.run),
        ]
        for i, (title, each) in enumerate(zip(titles, parts, strict=True))
    ]
    return [
        *first.constants,
        *_functions(*first.shared, *lanes),
        "",
        "",
        *(f"LANES = [{', '.join(f'lane_{i}' for i in range(len(parts)))}]",),
        f"TITLES = {list(titles)!r}",
        "",
        "for title, lane in zip(TITLES, LANES):",
        '    print("lane", title)',
        f"    for start in range({first.starts}):",
        "        lane(start)",
    ]


def objective_parts(full: Experiment, constants: Sequence[str], rate: Rate, noise: Sequence[str]) -> Parts:
    """The script of a lane on an objective."""
    setup, lane = full.problem, full.lanes[0]
    assert isinstance(setup, ObjectiveSetup)  # noqa: S101 - told to the type checker
    numerical = setup.gradient == "numerical"
    size = len(setup.points[0])
    evaluated = ["loss, g = objective(x), gradient(x)", *(["g = g + noise(start, step)"] if noise else [])]
    begun = ["x = np.array(STARTS[start])"]
    shape = objectives.get(setup.objective).shape or (size, 1)
    apart = [
        "def parts(vector):",
        '    """The point as a matrix: what is written to it is in the vector."""',
        f"    return [vector.reshape({shape!r})]",
    ]
    loop = _loop(lane, rate, "x", evaluated)
    return Parts(
        constants=[*constants, "STARTS = [", *(f"    {list(point)!r}," for point in setup.points), "]"],
        shared=[
            numpy_objective(setup.objective, setup.parameters, size, numerical=numerical),
            _differences(setup.difference) if numerical else [],
            list(noise),
        ],
        own=[rate.lines, apart if lane.optimizer == "muon" else [], numpy_rule(lane)],
        run=[*begun, *loop, 'print("last point", x.tolist())'],
        starts="len(STARTS)",
    )


def network_parts(full: Experiment, constants: Sequence[str], rate: Rate, problem: NetworkProblem) -> Parts:
    """The script of a lane on a network."""
    setup, lane = full.problem, full.lanes[0]
    assert isinstance(setup, NetworkSetup)  # noqa: S101 - told to the type checker
    if problem.averages is not None:
        raise NoCode("running averages that training begins with cannot be exported for NumPy")
    passes = Passes(problem, setup)
    given = "theta, x, y" + (", masks(start, step, len(x))" if passes.drops else "")
    found = "loss, g, moments" if passes.normalised else "loss, g"
    evaluated = ["x, y = batch(start, step)", f"{found} = loss_and_gradient({given})"]
    ends = [
        f'judge("{name}", theta, x_{part}, y_{part}{", averages" if passes.normalised else ""})'
        for name, part in (("training", "train"), *([("test", "test")] if len(problem.x_test) else []))
    ]
    followed = ["follow(averages, moments, len(x))"] if passes.normalised else []
    loop = _loop(lane, rate, "theta", evaluated, followed=followed, single=setup.dtype == "float32")
    return Parts(
        constants=[
            *constants,
            f"STARTS = {setup.starts}",
            "",
            "# The data as the network sees it, scaled where that was asked for, and the initial weights",
            'data = np.load(Path(__file__).with_suffix(".npz"))',
            "x_train, y_train, x_test, y_test = (",
            '    data[name] for name in ("x_train", "y_train", "x_test", "y_test")',
            ")",
            *passes.constants(),
        ],
        shared=[
            *passes.functions(full.seed, lane.draw),
            networks.batch_lines(problem, full.seed, lane.draw),
        ],
        own=[rate.lines, numpy_rule(lane)],
        run=["theta = begin(start)", *passes.averages(), *loop, *ends],
        starts="STARTS",
    )


def _functions(*parts: Sequence[str]) -> list[str]:
    """Definitions with two empty lines before each, behind those of what they call."""
    helpers = helper_lines([line for part in parts for line in part], HELPERS)
    before = ["", "", *helpers[:-2]] if helpers else []
    return [*before, *(line for part in parts if part for line in ("", "", *part))]


def _differences(difference: float) -> list[str]:
    return [
        "def gradient(point):",
        '    """Central differences, coordinate by coordinate, as the experiment asks for."""',
        f"    h = {difference!r}",
        "    moves = h * np.eye(len(point))",
        "    return np.array([(objective(point + move) - objective(point - move)) / (2.0 * h) for move in moves])",
    ]


def _loop(
    lane: Lane, rate: Rate, point: str, evaluated: list[str], *, followed: Sequence[str] = (), single: bool = False
) -> list[str]:
    """The steps of `run`: the loss and its gradient, what becomes of the gradient, the rate, the rule."""
    body = [*evaluated, *_TOLD, *followed, *_options(lane, point)]
    learning_rate = repr(lane.hyperparameters["learning_rate"])
    if rate.remembers:
        body.append("plateau.see(float(loss))")
    if not rate.constant:
        body.append(f"rate = {learning_rate} * {rate.factor}")
    taken = learning_rate if rate.constant else "rate"
    if decay := numpy_decay(lane):
        body.append(f"{point} = {point} * (1.0 - {taken} * {decay!r})")
    step = f"rule({point}, g, step + 1, {taken}, state)"
    body.append(f"{point} = {step}.astype(np.float32)" if single else f"{point} = {step}")
    return [
        "state = {}",
        *(["plateau = Plateau()"] if rate.remembers else []),
        "for step in range(STEPS + 1):",
        *indented(body),
    ]


def _options(lane: Lane, point: str) -> list[str]:
    """What happens to the gradient, in the order of the engine: cut, scaled, L2."""
    given, lines = lane.gradient, []
    if given.get("clip_value"):
        lines.append(f"g = np.clip(g, -{given['clip_value']!r}, {given['clip_value']!r})")
    if given.get("clip_norm"):
        length = "np.linalg.norm(g)" if lane.convention == "keras" else "(np.linalg.norm(g) + 1e-06)"
        lines.append(f"g = g * min(1.0, {given['clip_norm']!r} / {length})")
    if given.get("l2"):
        lines.append(f"g = g + {given['l2']!r} * {point}")
    return lines
