"""What a script does at each step: loss, gradient, what happens to the gradient, the optimizer, the rate.

The loops of PyTorch; `keras_steps.py` has those of Keras.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.experiment.experiment import Lane
from workbench.export.code.optimizers import Rule, arguments_of
from workbench.export.code.parts import NoCode, call, indented
from workbench.export.code.rules import typed_decay_within
from workbench.export.code.schedules import Rate

#: what each loop says, and where it ends
LAST = "step == STEPS or not abs(loss.item()) <= 1e30"
TOLD = ["if step % PRINT_EVERY == 0 or step == STEPS:", '    print(f"step {step:6d}  loss {loss.item()!r}")']


@dataclass(frozen=True, slots=True)
class Problem:
    """What a loop needs to know of what it minimises.

    Attributes:
        parameters: the list of what is learned, as an expression.
        loss: the loss of a step, as an expression; with `x` and `y` where there are batches.
        batches: whether there are any.
        difference: the step of numerical gradients, 0 for exact ones.
        noise: whether gradients have noise.
        normalised: whether batches are normalised, so that running averages follow them.
    """

    parameters: str
    loss: str
    batches: bool
    difference: float = 0.0
    noise: bool = False
    normalised: bool = False

    def each(self, parameter: str, *lines: str) -> list[str]:
        """What is done to each thing that is learned, called `parameter`: a point alone needs no loop."""
        if not self.batches:
            return [line.replace(parameter, "point") for line in lines]
        return [f"for {parameter} in {self.parameters}:", *indented(lines)]


def check_gradient(lane: Lane) -> None:
    """Raises NoCode for what is asked of a gradient and cannot be had."""
    if lane.optimizer == "lbfgs" and lane.gradient.get("l2"):
        raise NoCode("L-BFGS cannot be exported together with the gradient's L2: write it as L2 of the network")
    if lane.optimizer == "rprop" and lane.gradient.get("weight_decay") and lane.schedule is not None:
        raise NoCode("Rprop cannot be exported with an extra decay and a schedule together")


# PyTorch


def torch_loop(lane: Lane, rule: Rule, rate: Rate, problem: Problem) -> list[str]:
    """The body of `run` behind the making of what is learned."""
    learned, muon = problem.parameters, lane.optimizer == "muon"
    by_hand = rate.remembers or (muon and not rate.constant)
    lines = _torch_optimizer(lane, rule, learned, alone=not problem.batches)
    if rate.remembers:
        lines.append("plateau = Plateau()")
    elif not rate.constant and not by_hand:
        made = rate.scheduler or "torch.optim.lr_scheduler.LambdaLR({}, factor)"
        lines.append(f"scheduler = {made.format('optimizer')}")
    lines += ["", "def evaluate(step):", *indented(_torch_evaluation(lane, problem)), ""]
    body = ["loss = evaluate(step)", *TOLD, f"if {LAST}:", "    break"]
    if problem.normalised:  # what is evaluated to be printed, or to find a step, is not what averages follow
        body = ["follow(step < STEPS)", *body, *(["follow(False)"] if lane.optimizer == "lbfgs" else [])]
    if by_hand:
        body += ["plateau.see(loss.item())"] if rate.remembers else []
        body.append(f"rate = {lane.hyperparameters['learning_rate']!r} * {rate.factor}")
        groups = ["for group in optimizer.param_groups:", '    group["lr"] = rate']
        body += ["for optimizer in optimizers:", *indented(groups)] if muon else groups
    if lane.gradient.get("weight_decay") and not typed_decay_within(lane):
        first = "optimizers[0]" if muon else "optimizer"
        force = f'{first}.param_groups[0]["lr"] * {lane.gradient["weight_decay"]!r}'
        body += ["with torch.no_grad():", *indented(problem.each("parameter", f"parameter *= 1.0 - {force}"))]
    if muon:
        body += ["for optimizer in optimizers:", "    optimizer.step()"]
    elif lane.optimizer == "lbfgs":
        body.append("optimizer.step(lambda: evaluate(step))")
    else:
        body.append("optimizer.step()")
    if not rate.constant and not by_hand:
        body.append("scheduler.step()")
    return [*lines, "for step in range(STEPS + 1):", *indented(body)]


def _torch_optimizer(lane: Lane, rule: Rule, learned: str, *, alone: bool) -> list[str]:
    """`optimizer = ...`, or `optimizers = ...` of Muon, which takes matrices, `alone` where nothing else is learned."""
    arguments = arguments_of(lane, "pytorch", rule)
    if lane.optimizer != "muon":
        return call(rule.called("torch.optim"), [learned, *arguments], "optimizer = ", 1)
    if alone:
        return [
            "optimizers = [",
            *indented(_with_comma(call("torch.optim.Muon", [learned, *arguments], levels=2))),
            "]",
        ]
    given = lane.hyperparameters
    shared = [
        f"lr={given['learning_rate']!r}",
        f"betas=({given['beta1']!r}, {given['beta2']!r})",
        f"eps={given['epsilon']!r}",
        f"weight_decay={given['weight_decay']!r}",
    ]
    return [
        "matrices = [parameter for parameter in model.parameters() if parameter.ndim == 2]",
        "others = [parameter for parameter in model.parameters() if parameter.ndim != 2]",
        "optimizers = [",
        *indented(_with_comma(call("torch.optim.Muon", ["matrices", *arguments], levels=2))),
        *indented(_with_comma(call("torch.optim.AdamW", ["others", *shared], levels=2))),
        "]",
    ]


def _with_comma(lines: list[str]) -> list[str]:
    return [*lines[:-1], f"{lines[-1]},"]


def _torch_evaluation(lane: Lane, problem: Problem) -> list[str]:
    lines = ['"""The loss that a step sees; its gradient is left in the parameters."""']
    if problem.batches:
        lines += ["x, y = batch(start, step)", "model.zero_grad()", f"loss = {problem.loss}", "loss.backward()"]
    elif problem.difference:
        lines += ["with torch.no_grad():", f"    loss = {problem.loss}", "    point.grad = gradient(point)"]
    else:
        lines += ["point.grad = None", f"loss = {problem.loss}", "loss.backward()"]
    if problem.noise:
        lines.append("point.grad += torch.from_numpy(noise(start, step))")
    return [*lines, *_torch_options(lane, problem), "return loss"]


def _torch_options(lane: Lane, problem: Problem) -> list[str]:
    """What happens to the gradient, in the order of the engine: cut, scaled, L2."""
    given, learned, lines = lane.gradient, problem.parameters if problem.batches else "point", []
    if given.get("clip_value"):
        lines.append(f"torch.nn.utils.clip_grad_value_({learned}, {given['clip_value']!r})")
    if given.get("clip_norm") and lane.convention == "pytorch":
        lines.append(f"torch.nn.utils.clip_grad_norm_({learned}, {given['clip_norm']!r})")
    elif given.get("clip_norm"):
        whole = f"torch.sqrt(sum((parameter.grad**2).sum() for parameter in {learned}))"
        lines.append(f"norm = {whole if problem.batches else 'torch.linalg.norm(point.grad)'}")
        lines += problem.each("parameter", f"parameter.grad *= min(1.0, {given['clip_norm']!r} / norm)")
    if given.get("l2"):
        lines += problem.each("parameter", f"parameter.grad += {given['l2']!r} * parameter.detach()")
    return lines
