"""How the learning rate changes: PyTorch's own scheduler where it is the same, else a factor written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.engine.optimizers import optimizers
from workbench.engine.schedules import schedules
from workbench.experiment.experiment import Experiment, Schedule
from workbench.export.code.parts import steps_of

_PLATEAU = '''
class Plateau:
    """The factor on the learning rate: it falls when the loss has not become better for a while."""

    def __init__(self):
        self.factor, self.best = 1.0, math.inf
        self.losses, self.bad, self.resting = [], 0, 0

    def see(self, loss):
        self.losses.append(loss)
        if len(self.losses) < {window}:
            return
        mean = sum(self.losses) / len(self.losses)
        self.losses = []
        known = abs(self.best) if math.isfinite(self.best) else 0.0
        better = mean < self.best - {threshold} * known
        if better:
            self.best = mean
        self.bad = 0 if better or self.resting > 0 else self.bad + 1
        self.resting = max(0, self.resting - 1)
        if self.bad > {patience}:
            self.factor = max({floor}, self.factor * {gamma})
            self.resting, self.bad = {cooldown}, 0
'''


class Rate:
    """The schedule of a lane as parts of a script.

    Attributes:
        lines: what is defined for it, empty where the rate is constant or a scheduler is enough.
        scheduler: the name and arguments of PyTorch's own scheduler, empty where there is none.
        factor: the factor of a step as an expression of `step`, empty where the rate is constant.
        remembers: whether the factor follows from the losses, by a `Plateau`.
    """

    def __init__(self, schedule: Schedule | None, *, steps: int | None, run: int, epoch: int, scheduler: bool) -> None:
        """`steps` are the experiment's, `run` those of the script, `epoch` the steps to an epoch (0: none).

        `scheduler`: whether there is one optimizer of PyTorch's, to which a scheduler of PyTorch's can be given.
        """
        self.lines: list[str] = []
        self.scheduler = self.factor = ""
        self.remembers = False
        if schedule is None:
            return
        rule: Any = schedules.get(schedule.kind)(schedule.parameters, total=steps or 0)
        if rule.is_level:
            return
        own = "" if rule.warmup or not scheduler else _torch_scheduler(rule, run)
        if own:
            self.scheduler = f"torch.optim.lr_scheduler.{own}"
            return
        self.factor, self.remembers = "factor(step)", rule.remembers
        shape = _shape(rule)
        self.lines = [f"# The factor on the learning rate at a step, counted from 0: {rule.title}"]
        if rule.key == "constant":
            self.lines += ["def factor(step):", f"    return min(1.0, (step + 1) / {rule.warmup})"]
        elif rule.warmup:
            self.lines += [
                "def factor(step):",
                f"    warmup = {rule.warmup}",
                "    return (step + 1) / warmup * shape(0) if step < warmup else shape(step - warmup)",
                "",
                "",
                "def shape(k):",
                *(f"    {line}" for line in shape),
            ]
        else:
            self.lines += ["def factor(k):", *(f"    {line}" for line in shape)]
        if rule.remembers:
            self.factor += " * plateau.factor"
            values = {**schedule.parameters, "window": rule.window or epoch or 1}
            self.lines += ["", "", *_PLATEAU.format(**values).strip("\n").split("\n")]

    @property
    def constant(self) -> bool:
        return not (self.scheduler or self.factor)


def _torch_scheduler(rule: Any, run: int) -> str:
    """PyTorch's scheduler that gives the same rates in `run` steps, with {} for the optimizer; empty for none."""
    return _SCHEDULERS[rule.key](rule, run) if rule.key in _SCHEDULERS else ""


def _shape(rule: Any) -> list[str]:
    """The body of the factor k steps after the warm-up."""
    return _SHAPES[rule.key](rule) if rule.key in _SHAPES else ["return 1.0"]


def _linear_scheduler(rule: Any, _run: int) -> str:
    if rule.floor >= 1.0:
        return ""
    return f"LinearLR({{}}, start_factor=1.0, end_factor={rule.floor!r}, total_iters={rule.spread(rule.period)})"


def _polynomial_scheduler(rule: Any, _run: int) -> str:
    if rule.floor != 0.0:
        return ""
    return f"PolynomialLR({{}}, total_iters={rule.spread(rule.period)}, power={rule.power!r})"


def _cosine_scheduler(rule: Any, run: int) -> str:
    period = rule.spread(rule.period)
    return f"CosineAnnealingLR({{}}, T_max={period})" if rule.floor == 0.0 and run <= period else ""


def _restarting_scheduler(rule: Any, _run: int) -> str:
    return f"CosineAnnealingWarmRestarts({{}}, T_0={rule.every}, T_mult={rule.growth})" if rule.floor == 0.0 else ""


#: PyTorch's schedulers by schedule: what makes one for a rule and so many steps, or nothing where they would differ
_SCHEDULERS: Mapping[str, Callable[[Any, int], str]] = {
    "step": lambda rule, _run: f"StepLR({{}}, step_size={rule.every}, gamma={rule.gamma!r})",
    "exponential": lambda rule, _run: f"ExponentialLR({{}}, gamma={rule.gamma!r})",
    "linear": _linear_scheduler,
    "polynomial": _polynomial_scheduler,
    "cosine": _cosine_scheduler,
    "cosine_restarts": _restarting_scheduler,
}


def _linear(rule: Any) -> list[str]:
    n = rule.spread(rule.period)
    return [f"return 1.0 - {_span(rule.floor)}min(k, {n}) / {n}"]


def _polynomial(rule: Any) -> list[str]:
    n = rule.spread(rule.period)
    return [f"return {_above(rule.floor)}(1.0 - min(k, {n}) / {n}) ** {rule.power!r}"]


def _cosine(rule: Any) -> list[str]:
    n = rule.spread(rule.period)
    return [f"half = 0.5 * (1.0 + math.cos(math.pi * min(k, {n}) / {n}))", f"return {_above(rule.floor)}half"]


def _cosine_restarts(rule: Any) -> list[str]:
    return [
        f"n = {rule.every}",
        *(["k %= n"] if rule.growth == 1 else ["while k >= n:", f"    k, n = k - n, n * {rule.growth}"]),
        f"return {_above(rule.floor)}0.5 * (1.0 + math.cos(math.pi * k / n))",
    ]


def _one_cycle(rule: Any) -> list[str]:
    last, top = rule.turning_points()
    low, end = 1.0 / rule.begin_divisor, 1.0 / (rule.begin_divisor * rule.end_divisor)
    rise = [
        f"if k < {top!r}:",
        f"    return 1.0 - {1.0 - low!r} * 0.5 * (1.0 + math.cos(math.pi * k / {top!r}))",
    ]
    done = f"(k - {top!r}) / {last - top!r}" if top else f"k / {last}"
    return [
        f"k = min(k, {last})",
        *(rise if top else []),
        f"return {end!r} + {1.0 - end!r} * 0.5 * (1.0 + math.cos(math.pi * {done}))",
    ]


def _times(factor: float) -> str:
    """The factor as written before what it multiplies; nothing for 1."""
    return "" if factor == 1.0 else f"{factor!r} * "


def _span(floor: float) -> str:
    """The factor that leaves the floor out, as written before what it multiplies; nothing where there is no floor."""
    return f"(1.0 - {floor!r}) * " if floor else ""


def _above(floor: float) -> str:
    """The floor and the factor that leaves it out, as written before what they go with."""
    return f"{floor!r} + {_span(floor)}" if floor else ""


#: the schedules whose factor is not 1 all along
_SHAPES: Mapping[str, Callable[[Any], list[str]]] = {
    "step": lambda rule: [f"return {rule.gamma!r} ** (k // {rule.every})"],
    "exponential": lambda rule: [f"return {rule.gamma!r} ** k"],
    "inverse_time": lambda rule: [f"return 1.0 / (1.0 + {_times(rule.gamma)}k / {rule.every})"],
    "inverse_sqrt": lambda rule: [f"return math.sqrt({rule.every} / ({rule.every} + k))"],
    "linear": _linear,
    "polynomial": _polynomial,
    "cosine": _cosine,
    "cosine_restarts": _cosine_restarts,
    "one_cycle": _one_cycle,
}


def rate_of(full: Experiment, library: str, epoch: int) -> Rate:
    """The schedule of a lane alone, with so many steps to an epoch (0: none)."""
    lane = full.lanes[0]
    # Rprop's rate is where its step sizes start: there is nothing that a schedule could act on
    schedule = None if optimizers.get(lane.optimizer).rate_is == "start" else lane.schedule
    one = library == "pytorch" and lane.optimizer != "muon"  # which is two, one for matrices and one for the rest
    return Rate(schedule, steps=full.steps, run=steps_of(full), epoch=epoch, scheduler=one)
