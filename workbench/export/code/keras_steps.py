"""What a script for Keras does: `compile` and `fit` where they take the program's steps, else a loop written out.

Gradients of the loop are those of the torch backend.
"""

from __future__ import annotations

from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Lane
from workbench.export.code.optimizers import Rule, arguments_of
from workbench.export.code.parts import call, indented
from workbench.export.code.rules import typed_decay_within
from workbench.export.code.schedules import Rate
from workbench.export.code.steps import LAST, TOLD, Problem

#: what PyTorch adds to a gradient's norm before it divides by it
_PYTORCH_NORM_EPSILON = 1e-6


def without_fit(lane: Lane) -> str:
    """Why `fit` cannot take the lane's steps on a network, in a sentence for the head; empty where it can."""
    given = lane.gradient
    if lane.optimizer == "rule" or given.get("l2"):
        whole = "the rule was typed in, and takes all that is learned as one vector"
        alone = "`fit` has no L2 on gradients that leaves the loss as it is"
        return f"The loop is written out: {whole if lane.optimizer == 'rule' else alone}."
    if given.get("clip_norm") and given.get("clip_value"):
        return "The loop is written out: an optimizer of Keras cuts or scales gradients, not both."
    if given.get("clip_norm") and lane.convention != "keras":
        return "The loop is written out: Keras has no clipping that divides by the norm and 1e-6, as PyTorch does."
    if given.get("weight_decay") and not _own_decay(lane):
        return "The loop is written out: the optimizer's own decay leaves no place for another one."
    if lane.schedule is not None and lane.schedule.kind == "reduce_on_plateau":
        return "The loop is written out: a callback of Keras sees a loss after its step, when the rate has acted."
    return ""


def _own_decay(lane: Lane) -> bool:
    """Whether the optimizer's weight decay can stand for that of the lane's gradient."""
    mine = bool(lane.hyperparameters.get("weight_decay"))
    return not mine and lane.optimizer != "muon" and optimizers.get(lane.optimizer).decays["keras"] == "decoupled"


def _optimizer(lane: Lane, rule: Rule, *, fitted: bool) -> list[str]:
    """`optimizer = ...`, with what Keras does to gradients itself where the numbers allow."""
    given, arguments = lane.gradient, arguments_of(lane, "keras", rule)
    if given.get("weight_decay") and _own_decay(lane):
        arguments = [argument for argument in arguments if not argument.startswith("weight_decay=")]
        arguments.append(f"weight_decay={given['weight_decay']!r}")
    if _cuts(lane):
        arguments.append(f"clipvalue={given['clip_value']!r}")
    if fitted and given.get("clip_norm"):
        arguments.append(f"global_clipnorm={given['clip_norm']!r}")
    return call(rule.called("keras.optimizers"), arguments, "optimizer = ", 1)


def _cuts(lane: Lane) -> bool:
    """Whether Keras cuts the gradients itself: it does so last, where nothing else happens to them."""
    given = lane.gradient
    if lane.optimizer == "rule":  # which is the script's own, and cuts nothing
        return False
    return bool(given.get("clip_value")) and not given.get("clip_norm") and not given.get("l2")


def fit_lines(lane: Lane, rule: Rule, rate: Rate, *, loss: str, normalised: bool) -> list[str]:
    """The body of `run` behind the making of a network: compiled and fitted, and the last loss printed.

    `loss` is that of a batch as an expression of `x` and `y`; `normalised`: whether evaluating it moves averages.
    """
    lines = _optimizer(lane, rule, fitted=True)
    lines.append("model.compile(optimizer=optimizer, loss=loss_function)")
    callbacks = ["Told()"]
    if not rate.constant:
        own = f"{lane.hyperparameters['learning_rate']!r} * {rate.factor}"
        lines += ["", "def rate(step, _rate):", f"    return {own}", ""]
        callbacks.insert(0, "keras.callbacks.LearningRateScheduler(rate)")
    lines += call(
        "model.fit",
        [
            "batches(start)",
            "steps_per_epoch=1",
            "epochs=STEPS",
            "shuffle=False",
            "verbose=0",
            f"callbacks=[{', '.join(callbacks)}]",
        ],
        levels=1,
    )
    last = ["x, y = batch(start, STEPS)", f"loss = {loss}", 'print(f"step {STEPS:6d}  loss {loss.item()!r}")']
    guarded = ["if not model.stop_training:", *indented(last)]
    return [*lines, *guarded] if not normalised else [*lines, *_with_averages_kept(guarded)]


def _with_averages_kept(lines: list[str]) -> list[str]:
    """The lines between two that keep the running averages: what is only printed must not move them."""
    return [
        "averages = [weight.numpy() for weight in model.non_trainable_weights]  # they follow steps alone",
        *lines,
        "for weight, kept in zip(model.non_trainable_weights, averages):",
        "    weight.assign(kept)",
    ]


#: what `fit` asks for: an epoch of its own for each step, so that the loss it tells is that of the step
FIT_PARTS: tuple[list[str], ...] = (
    [
        "def batches(start):",
        '    """What `fit` sees: a batch a step, without end, since it looks ahead."""',
        "    step = 0",
        "    while True:",
        "        yield batch(start, step)",
        "        step += 1",
    ],
    [
        "class Told(keras.callbacks.Callback):",
        '    """Prints step and loss; each step is an epoch to `fit`, so that the loss is that of its batch alone."""',
        "",
        "    def on_epoch_end(self, epoch, logs=None):",
        '        loss = logs["loss"]',
        "        if epoch % PRINT_EVERY == 0:",
        '            print(f"step {epoch:6d}  loss {loss!r}")',
        "        if not abs(loss) <= 1e30:",
        "            self.model.stop_training = True",
    ],
)


def keras_loop(lane: Lane, rule: Rule, rate: Rate, problem: Problem) -> list[str]:
    """The body of `run` behind the making of what is learned, every step written out."""
    learned, given = problem.parameters, lane.gradient
    lines = _optimizer(lane, rule, fitted=False)
    lines.append(f"optimizer.build({learned})")
    lines += ["plateau = Plateau()"] if rate.remembers else []
    body = ["x, y = batch(start, step)"] if problem.batches else []
    body += [f"loss = {problem.loss}", *TOLD, f"if {LAST}:", "    break"]
    if problem.difference:
        body.append("gradients = [gradient(point.value.detach())]")
    elif problem.batches:
        body.append(f"gradients = torch.autograd.grad(loss, [weight.value for weight in {learned}])")
    else:
        body.append("gradients = torch.autograd.grad(loss, [point.value])")
    if problem.noise:
        body.append("gradients = [gradients[0] + torch.from_numpy(noise(start, step))]")
    body += _options(lane, problem)
    body += ["plateau.see(loss.item())"] if rate.remembers else []
    own = f"{lane.hyperparameters['learning_rate']!r}"
    if not rate.constant:
        body.append(f"optimizer.learning_rate = {own} * {rate.factor}")
    if given.get("weight_decay") and not _own_decay(lane) and not typed_decay_within(lane):
        force = own if rate.constant else f"{own} * {rate.factor}"
        body += problem.each("weight", f"weight.assign(weight.value * (1.0 - {force} * {given['weight_decay']!r}))")
    body.append(f"optimizer.apply(gradients, {learned})")
    return [*lines, "for step in range(STEPS + 1):", *indented(body)]


def _options(lane: Lane, problem: Problem) -> list[str]:
    """What happens to the gradient, in the order of the engine, where Keras does not do it: cut, scaled, L2.

    Its own scaling rounds to single precision.
    """
    given, lines = lane.gradient, []
    if given.get("clip_value") and not _cuts(lane):
        lines.append(f"gradients = [g.clamp(-{given['clip_value']!r}, {given['clip_value']!r}) for g in gradients]")
    if given.get("clip_norm"):
        added = f" + {_PYTORCH_NORM_EPSILON!r}" if lane.convention == "pytorch" else ""
        lines += [
            "norm = torch.sqrt(sum((g**2).sum() for g in gradients))",
            f"gradients = [g * min(1.0, {given['clip_norm']!r} / (norm{added})) for g in gradients]",
        ]
    if given.get("l2") and problem.batches:
        pairs = f"zip(gradients, {problem.parameters})"
        lines.append(f"gradients = [g + {given['l2']!r} * weight.value.detach() for g, weight in {pairs}]")
    elif given.get("l2"):
        lines.append(f"gradients = [gradients[0] + {given['l2']!r} * point.value.detach()]")
    return lines
