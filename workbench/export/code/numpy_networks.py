"""A network as functions of a script for NumPy: the forward and the backward pass, written out layer by layer.

The sums and products are those of the engine, in its order, so that a training that makes rounding grow goes the same
way: sums over samples are products with ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engine.network.layers import Block, LayerSpec
from workbench.engine.network.normalization import EPSILON, MOMENTUM
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.streams import Purpose
from workbench.experiment.experiment import NetworkSetup
from workbench.export.code.parts import NoCode, indented

#: by activation what it gives, of z, and what it makes of d, the slope behind it, with z and a; {i} is the layer
_ACTIVATIONS: Mapping[str, tuple[str, str]] = {
    "identity": ("", ""),
    "sigmoid": ("sigmoid(z{i})", "d * ((1.0 - a{i}) * a{i})"),
    "tanh": ("np.tanh(z{i})", "d * (1.0 - a{i} * a{i})"),
    "relu": ("np.maximum(z{i}, 0.0)", "d * (z{i} > 0.0)"),
    "leaky_relu": ("np.maximum({slope!r} * z{i}, z{i})", "np.where(z{i} > 0.0, d, {slope!r} * d)"),
    "elu": (
        "np.where(z{i} > 0.0, z{i}, {alpha!r} * np.expm1(np.minimum(z{i}, 0.0)))",
        "np.where(z{i} > 0.0, d, d * (a{i} + {alpha!r}))",
    ),
    "selu": (
        "np.where(z{i} > 0.0, SCALE * z{i}, SCALE * ALPHA * np.expm1(np.minimum(z{i}, 0.0)))",
        "np.where(z{i} > 0.0, SCALE * d, d * (a{i} + SCALE * ALPHA))",
    ),
    "gelu": (
        "z{i} * normal_share(z{i})",
        "d * (normal_share(z{i}) + z{i} * np.exp(-0.5 * z{i} * z{i}) / math.sqrt(2.0 * math.pi))",
    ),
    "swish": ("z{i} * sigmoid(z{i})", "d * (a{i} + sigmoid(z{i}) * (1.0 - a{i}))"),
    "mish": (
        "z{i} * np.tanh(np.logaddexp(0.0, z{i}))",
        "d * (np.tanh(np.logaddexp(0.0, z{i})) + z{i} * sigmoid(z{i}) / np.cosh(np.logaddexp(0.0, z{i})) ** 2)",
    ),
    "softplus": ("np.logaddexp(0.0, z{i})", "d * sigmoid(z{i})"),
    "softsign": ("z{i} / (1.0 + np.abs(z{i}))", "d * (1.0 - np.abs(a{i})) ** 2"),
}
#: by loss its value, and d, its slope by the output o
_LOSSES: Mapping[str, tuple[list[str], list[str]]] = {
    "mean_squared_error": (
        ["difference = {o} - y", "loss = np.vdot(difference, difference) / difference.size"],
        ["d = difference * (2.0 / difference.size)"],
    ),
    "huber": (
        [
            "difference = {o} - y",
            "cut = np.clip(difference, -{delta!r}, {delta!r})",
            "loss = np.mean(cut * (difference - 0.5 * cut))",
        ],
        ["d = cut / cut.size"],
    ),
    "binary_cross_entropy": (
        ["loss = np.mean(np.logaddexp(0.0, {o}) - y * {o})"],
        [
            "sign = 1.0 - 2.0 * y  # d is sigmoid(o) - y without the difference",
            "d = sign * sigmoid(sign * {o}) / y.size",
        ],
    ),
    "softmax_cross_entropy": (
        [
            "shifted = {o} - {o}.max(axis=1, keepdims=True)",
            "sums = np.exp(shifted).sum(axis=1, keepdims=True)",
            "rows = np.arange(len(y))",
            "loss = np.mean(np.log(sums[:, 0]) - shifted[rows, y])",
        ],
        ["d = np.exp(shifted) / sums", "d[rows, y] -= 1.0", "d /= len(y)"],
    ),
}
_BALANCED = (
    [
        *_LOSSES["softmax_cross_entropy"][0][:-1],
        "weights = CLASS_WEIGHTS[y] / np.sum(CLASS_WEIGHTS[y])",
        "loss = np.sum(weights * (np.log(sums[:, 0]) - shifted[rows, y]))",
    ],
    ["d = np.exp(shifted) / sums", "d[rows, y] -= 1.0", "d *= weights[:, None]"],
)
_NORMAL_SHARE = [
    "def normal_share(z):",
    '    """The share of the standard normal distribution below z."""',
    "    return 0.5 * (1.0 + erf(z / math.sqrt(2.0)))",
]


def check_network(setup: NetworkSetup) -> None:
    """Raises NoCode where an activation or the loss is not written for NumPy."""
    for layer in setup.layers:
        if layer.activation not in _ACTIVATIONS:
            raise NoCode(f'the activation "{layer.activation}" cannot be exported as code: it is not written for that')
    if setup.loss and setup.loss not in _LOSSES:
        raise NoCode(f'the loss "{setup.loss}" cannot be exported as code: it is not written for that')


class Passes:
    """The parts of a script that have to do with the layers of one network."""

    def __init__(self, problem: NetworkProblem, setup: NetworkSetup) -> None:
        self._problem, self._setup = problem, setup
        self._layers: list[tuple[int, Block, LayerSpec]] = [
            (i, block, spec)
            for i, (block, spec) in enumerate(zip(problem.network.blocks, problem.network.layers, strict=True), start=1)
        ]
        self.drops = any(spec.dropout for _, _, spec in self._layers)
        self.normalised = bool(problem.network.moments)

    def constants(self) -> list[str]:
        """What the passes read beside their arguments."""
        found = ["SHAPES = {  # what is learned, in this order in one vector", *self._shapes(), "}"]
        if any(spec.activation == "selu" for _, _, spec in self._layers):
            found += ["SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772"]
        if self._setup.loss_parameters.get("class_weights", "none") != "none":
            classes = self._layers[-1][1].n_out
            found += [
                f"COUNTS = np.bincount(y_train, minlength={classes})",
                f"CLASS_WEIGHTS = np.where(COUNTS > 0, COUNTS.sum() / ({classes} * np.maximum(COUNTS, 1)), 0.0)",
            ]
        return found

    def functions(self, seed: int, draw: int) -> list[list[str]]:
        """The definitions: parameters taken apart, dropout, both passes, and the outputs of the whole network."""
        gelu = any(spec.activation == "gelu" for _, _, spec in self._layers)
        return [
            _BEGIN,
            _PARTS,
            _NORMAL_SHARE if gelu else [],
            self._masks(seed, draw),
            _FOLLOW if self.normalised else [],
            self._both_passes(),
            self._judge(),
        ]

    def _shapes(self) -> list[str]:
        found = []
        for i, block, spec in self._layers:
            begun = "".join(f", {name} {value!r}" for name, value in spec.initializer_parameters.items())
            shape = f"({block.n_in}, {block.n_out}),  # W{i}, drawn by {spec.initializer}{begun}"
            found += [f'    "{block.name}/weight": {shape}', f'    "{block.name}/bias": ({block.n_out},),']
            found += [f'    "{block.name}/scale": ({block.n_out},),'] if block.batch_norm else []
        return found

    def _taken_apart(self, what: str, vector: str) -> str:
        names = [f"W{i}, b{i}" + (f", c{i}" if block.batch_norm else "") for i, block, _ in self._layers]
        return f"{', '.join(names)} = {what}({vector})"

    def _masks(self, seed: int, draw: int) -> list[str]:
        if not self.drops:
            return []
        key = f"(start, {int(Purpose.DROPOUT)}, step" + (f", {draw})" if draw else ")")
        drawn = [
            f"random.random((samples, {block.n_out})) >= {spec.dropout!r}"
            for _, block, spec in self._layers
            if spec.dropout
        ]
        kept = [f"({text}) / {1.0 - spec.dropout!r}," for text, (_, _, spec) in zip(drawn, self._dropping, strict=True)]
        return [
            "def masks(start, step, samples):",
            '    """Which units a step leaves out, by 0, and what the others are multiplied with; from the seed."""',
            f"    sequence = np.random.SeedSequence({seed}, spawn_key={key})",
            "    random = np.random.default_rng(sequence)",
            "    return (",
            *indented(kept, 2),
            "    )",
        ]

    @property
    def _dropping(self) -> list[tuple[int, Block, LayerSpec]]:
        return [layer for layer in self._layers if layer[2].dropout]

    def _forward(self, *, training: bool) -> tuple[list[str], str]:
        """The lines of a forward pass, and the name of the output."""
        lines, below, dropped, folded = [], "x", 0, 0
        for i, block, spec in self._layers:
            if block.batch_norm:
                lines.append(f"u{i} = {below} @ W{i}")
                if training:
                    lines.append(f"mean{i} = ones @ u{i} / len(x)")
                    lines.append(f"variance{i} = ones @ (u{i} - mean{i}) ** 2 / len(x)")
                else:
                    lines.append(f"mean{i}, variance{i} = averages[{folded}]")
                folded += 1
                lines.append(f"s{i} = 1.0 / np.sqrt(variance{i} + {EPSILON!r})")
                lines.append(f"n{i} = (u{i} - mean{i}) * s{i}")
                lines.append(f"z{i} = n{i} * c{i} + b{i}")
            else:
                lines.append(f"z{i} = {below} @ W{i} + b{i}")
            below = f"z{i}"
            value = _ACTIVATIONS[spec.activation][0]
            if value:
                lines.append(f"a{i} = {value.format(i=i, **spec.activation_parameters)}")
                below = f"a{i}"
            if spec.dropout and training:
                lines.append(f"h{i} = {below} * dropped[{dropped}]")
                dropped, below = dropped + 1, f"h{i}"
        return lines, below

    def _value(self, output: str) -> tuple[list[str], list[str]]:
        """The lines of the loss and of its slope by the output."""
        name = self._problem.loss_name
        balanced = self._setup.loss_parameters.get("class_weights", "none") != "none"
        value, slope = _BALANCED if balanced else _LOSSES[name]
        given = {**self._setup.loss_parameters, "o": output}
        return [line.format(**given) for line in value], [line.format(**given) for line in slope]

    def _penalty(self) -> list[str]:
        terms = []
        if self._setup.l1:
            terms.append(f"{self._setup.l1!r} * np.abs(W).sum()")
        if self._setup.l2:
            terms.append(f"{self._setup.l2!r} * np.vdot(W, W)")
        names = ", ".join(f"W{i}" for i, _, _ in self._layers)
        comma = "," if len(self._layers) == 1 else ""
        return [f"loss += sum({' + '.join(terms)} for W in ({names}{comma}))"] if terms else []

    def _backward(self) -> list[str]:
        lines: list[str] = []
        outputs = ["x"]
        for i, _, spec in self._layers:
            outputs.append(f"h{i}" if spec.dropout else f"a{i}" if _ACTIVATIONS[spec.activation][0] else f"z{i}")
        dropped = len(self._dropping)
        for i, block, spec in reversed(self._layers):
            if spec.dropout:
                dropped -= 1
                lines.append(f"d = d * dropped[{dropped}]")
            slope = _ACTIVATIONS[spec.activation][1]
            if slope:
                lines.append(f"d = {slope.format(i=i, **spec.activation_parameters)}")
            lines.append(f"db{i} = ones @ d")
            if block.batch_norm:
                lines.append(f"dc{i} = ones @ (d * n{i})")
                lines.append(f"d = (d - n{i} * (dc{i} / len(x)) - ones @ d / len(x)) * (c{i} * s{i})")
            lines.append(f"dW{i} = {outputs[i - 1]}.T @ d")
            if self._setup.l1:
                lines.append(f"dW{i} += {self._setup.l1!r} * np.sign(W{i})")
            if self._setup.l2:
                lines.append(f"dW{i} += {2.0 * self._setup.l2!r} * W{i}")
            if i > 1:
                lines.append(f"d = d @ W{i}.T")
        return lines

    def _both_passes(self) -> list[str]:
        forward, output = self._forward(training=True)
        value, slope = self._value(output)
        names = [f"dW{i}, db{i}" + (f", dc{i}" if block.batch_norm else "") for i, block, _ in self._layers]
        moments = ", ".join(f"(mean{i}, variance{i})" for i, block, _ in self._layers if block.batch_norm)
        return [
            f"def loss_and_gradient(theta, x, y{', dropped' if self.drops else ''}):",
            '    """The loss of a batch, forward through the layers, and its gradient, back through them."""',
            *indented(
                [
                    self._taken_apart("parts", "theta"),
                    "ones = np.ones((1, len(x)), theta.dtype)",
                    *forward,
                    *value,
                    *self._penalty(),
                    "",
                    *slope,
                    *self._backward(),
                    f"slopes = ({', '.join(names)})",
                    "gradient = np.concatenate([slope.ravel() for slope in slopes])",
                    f"return loss, gradient, [{moments}]" if self.normalised else "return loss, gradient",
                ]
            ),
        ]

    def _judge(self) -> list[str]:
        forward, output = self._forward(training=False)
        value, _ = self._value(output)
        lines = [self._taken_apart("parts", "theta"), *forward, *value, *self._penalty()]
        lines.append('print(f"{name} loss {float(loss)!r}")')
        right = self._right(output)
        if right:
            lines.append(f'print(f"{{name}} accuracy {{float(({right}).mean())!r}}")')
        return [
            f"def judge(name, theta, x, y{', averages' if self.normalised else ''}):",
            '    """Loss, and accuracy where there are classes, over all samples of a split; nothing is dropped."""',
            *indented(lines),
        ]

    def _right(self, output: str) -> str:
        """Whether each sample is taken for what it is; empty without classes."""
        if not self._problem.split.classes:
            return ""
        if self._problem.network.loss.binary:
            return f"({output} > 0.0) == (y > 0.5)"
        truth = "y" if self._problem.network.loss.takes_classes else "y.argmax(axis=1)"
        return f"{output}.argmax(axis=1) == {truth}"

    def averages(self) -> list[str]:
        """The running averages before the first step."""
        if not self.normalised:
            return []
        units = [block.n_out for _, block, _ in self._layers if block.batch_norm]
        pairs = ", ".join(f"[np.zeros((1, {n})), np.ones((1, {n}))]" for n in units)
        return [f"averages = [{pairs}]  # means and variances of batches"]


_BEGIN = [
    "def begin(start):",
    '    """The initial parameters, one vector."""',
    "    return np.concatenate([data[name][start].ravel() for name in SHAPES])",
]
_PARTS = [
    "def parts(vector):",
    '    """A vector of all that is learned, taken apart: what is written to a part is in the vector."""',
    "    found, first = [], 0",
    "    for shape in SHAPES.values():",
    "        found.append(vector[first : first + math.prod(shape)].reshape(shape))",
    "        first += math.prod(shape)",
    "    return found",
]
_FOLLOW = [
    "def follow(averages, moments, samples):",
    '    """Move the running averages towards the means and variances of a batch."""',
    "    for average, (mean, variance) in zip(averages, moments):",
    f"        average[0] = {1.0 - MOMENTUM!r} * average[0] + {MOMENTUM!r} * mean",
    f"        spread = {MOMENTUM!r} * samples / max(1, samples - 1)",
    f"        average[1] = {1.0 - MOMENTUM!r} * average[1] + spread * variance",
]
