"""Rules that see a parameter vector as the matrices and biases that it is made of: Adafactor, LAMB, Muon.

On an objective, which has no matrices but for the associative memory, Adafactor and LAMB take the whole point as one
vector, and Muon takes it as a matrix of one column.
"""

from __future__ import annotations

import numpy as np

from workbench.engine.optimizers.adam_family import TwoAverages
from workbench.engine.optimizers.base import Floats, Optimizer, Stage, average, optimizers
from workbench.engine.optimizers.hyperparameters import (
    beta1,
    beta2,
    epsilon,
    learning_rate,
    momentum,
    switch,
    weight_decay,
)
from workbench.engine.params import Param
from workbench.engine.problem import TensorSlice
from workbench.engine.registry import Source

#: Coefficients of the quintic iteration (K. Jordan, 2024), chosen for the steepest slope at zero.
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
_NORM_FLOOR = 1e-7


def _norm(part: Floats) -> Floats:
    """The Euclidean length (R, 1) of each row of (R, n), each run summed by itself."""
    return np.asarray(np.sqrt(np.vecdot(part, part))[:, None])


def _mean_of_rows(matrix: Floats) -> Floats:
    # A product sums each run by itself: mean() would order its additions by R.
    n = matrix.shape[2]
    return np.asarray(matrix @ np.full((n, 1), 1.0 / n, matrix.dtype))


def _mean_of_columns(matrix: Floats) -> Floats:
    n = matrix.shape[1]
    return np.asarray(np.full((1, n), 1.0 / n, matrix.dtype) @ matrix)


@optimizers.register("adafactor")
class Adafactor(Optimizer):
    """Adam without momentum whose memory of a matrix of squared gradients is one row and one column.

    Steps are relative to the size of each matrix or bias. On an objective that has no matrix the whole point is one
    vector, whose squares are kept in full.
    """

    title = "Adafactor"
    formula = "V = r cᵀ / mean(r);  u = g / √V;  θ ← θ − max(ε₂, RMS θ) min(η, 1/√t) u / max(1, RMS(u)/d)"
    stages = (
        Stage("√V", "the root of the average squares, of a matrix by its rows and columns"),
        Stage("u", "the gradient over that root"),
        Stage("size", "what the step is relative to: the root mean square of θ, at least ε₂"),
        Stage("cut", "what u is divided by where its root mean square is beyond d"),
        Stage("decay", "weight decay", adds=True),
        Stage("Δ", "the step: −size min(η, 1/√t) u / cut", adds=True),
    )
    source = Source(
        "N. Shazeer, M. Stern, Adafactor: adaptive learning rates with sublinear memory cost, ICML",
        2018,
        "https://arxiv.org/abs/1804.04235",
    )
    params = (
        learning_rate(
            0.01, 0.001, "The largest relative step; from step 1/η² on, 1/√t is smaller and takes its place."
        ),
        Param(name="beta2_decay", default=-0.8, low=-5, high=0, symbol="c", doc="The new share of an average is t^c."),
        epsilon(0.0, 1e-30, "Keeps squared gradients from zero; 0 takes the precision's own epsilon, as PyTorch does."),
        Param(
            name="epsilon2",
            default=1e-3,
            low=0,
            high=1e3,
            scale="log",
            symbol="ε₂",
            doc="The least size that steps are relative to.",
        ),
        Param(
            name="clip_threshold",
            default=1.0,
            low=0,
            low_open=True,
            high=1e6,
            slider=(0.1, 10),
            symbol="d",
            doc="The root mean square of an update is cut to it.",
        ),
        weight_decay(doc="How much parameters shrink at each step, times the rate."),
    )
    spreads = False
    decays = {"pytorch": "itself", "keras": "decoupled"}
    conventions_note = (
        "PyTorch bounds the estimate of squares from below by the square of epsilon and takes the size of theta before "
        "the decay; Keras adds epsilon to each square and takes the size after it."
    )

    def prepare(self, theta: Floats) -> None:
        self._memory: list[tuple[TensorSlice, tuple[Floats, ...]]] = []
        for i, tensor in enumerate(self.tensors):
            shapes = (tensor.shape,) if len(tensor.shape) == 1 else ((tensor.shape[0], 1), (1, tensor.shape[1]))
            arrays = (self.add_state(f"squares{i}_{j}", (len(theta), *shape)) for j, shape in enumerate(shapes))
            self._memory.append((tensor, tuple(arrays)))

    def settle(self) -> None:
        least = np.finfo(self._dtype).eps
        self.least = self.cast(np.where(self.exact.epsilon == 0.0, least, self.exact.epsilon))
        self.shrinks = self.uses("weight_decay") and not self.keras

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        e, squares, u = self.exact, self.scratch(0), self.scratch(1)
        step = np.minimum(e.rate, t**-0.5)
        new = np.float64(t) ** e.beta2_decay
        np.multiply(gradient, gradient, out=squares)
        if self.keras:
            squares += self.least
        for tensor, memory in self._memory:
            part, root = slice(tensor.start, tensor.stop), tensor.size**0.5
            root_v = self._root(tensor.view(squares), memory, new)
            np.divide(gradient[:, part], root_v.reshape(len(theta), -1), out=u[:, part])
            size = np.maximum(e.epsilon2, _norm(theta[:, part]) / root)
            cut = np.maximum(1.0, _norm(u[:, part]) / (root * e.clip_threshold))
            u[:, part] *= self.cast(size * step / cut)
        if self.shrinks:
            theta *= self.cast(1.0 - e.rate * e.weight_decay)
        theta -= u

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        e, left = self.exact, self.shrunk(theta)
        found = {name: np.empty_like(theta) for name in ("√V", "u", "size", "cut")}
        for tensor, memory in self._memory:
            part, root = slice(tensor.start, tensor.stop), tensor.size**0.5
            found["√V"][:, part] = self._root_of(memory).reshape(len(theta), -1)
            found["u"][:, part] = gradient[:, part] / found["√V"][:, part]
            found["size"][:, part] = np.maximum(e.epsilon2, _norm(left[:, part]) / root)
            found["cut"][:, part] = np.maximum(1.0, _norm(found["u"][:, part]) / (root * e.clip_threshold))
        decay = -e.rate * e.weight_decay * theta if self.shrinks else left - theta
        step = -found["size"] * np.minimum(e.rate, t**-0.5) * found["u"] / found["cut"]
        return {**found, "decay": decay, "Δ": step}

    def _root(self, squares: Floats, memory: tuple[Floats, ...], new: Floats) -> Floats:
        """The root (R, *shape) of the average squares, the present ones taken into the memory."""
        axes = (1,) * (squares.ndim - 1)
        share, kept = (self.cast(x).reshape(-1, *axes) for x in (new, 1.0 - new))
        for i, mean in enumerate(memory):
            now = squares if len(memory) == 1 else (_mean_of_rows, _mean_of_columns)[i](squares)
            mean *= kept
            mean += share * now
        return self._root_of(memory)

    def _root_of(self, memory: tuple[Floats, ...]) -> Floats:
        """The root (R, *shape) of the average squares that are remembered."""
        least = self.least.reshape(-1, *(1,) * (memory[0].ndim - 1))
        if len(memory) == 1:
            root = np.sqrt(memory[0])
        else:
            rows, columns = memory
            middle = _mean_of_columns(rows)
            # Roots first: where a row and a column are both nearly zero, their product is zero in single precision.
            root = np.sqrt(rows / (middle if self.keras else np.maximum(middle, least))) * np.sqrt(columns)
        return root if self.keras else np.maximum(root, least)


@optimizers.register("lamb")
class LAMB(TwoAverages):
    """Adam's step in each matrix or bias, scaled to the length of the parameters there.

    On an objective that has no matrix the whole point is one vector.
    """

    title = "LAMB"
    formula = "u = m̂ / (√v̂ + ε) + λθ;  θ ← θ − η (‖θ‖ / ‖u‖) u for each matrix and bias"
    stages = (
        Stage("m", "the average gradient"),
        Stage("v", "the average squared gradient"),
        Stage("u", "Adam's direction m̂ / (√v̂ + ε), with weight decay where it is a part of it"),
        Stage("ratio", "the length of θ over that of u, for each matrix and bias"),
        Stage("decay", "weight decay", adds=True),
        Stage("Δ", "the step: −η ratio u", adds=True),
    )
    source = Source(
        "Y. You et al., Large batch optimization for deep learning: training BERT in 76 minutes, ICLR",
        2020,
        "https://arxiv.org/abs/1904.00962",
    )
    params = (
        learning_rate(0.001, 0.001),
        beta1(),
        beta2(),
        epsilon(1e-6, 1e-7),
        weight_decay(0.01, 0.0, "Pulls parameters to zero: within u in the paper, a shrinking of its own in Keras."),
    )
    spreads = False
    decays = {"pytorch": "itself", "keras": "decoupled"}
    conventions_note = (
        "PyTorch has no LAMB: its convention takes the paper's algorithm and its decay of 0.01 within the scaled step. "
        "Keras shrinks the parameters beforehand."
    )

    def settle(self) -> None:
        super().settle()
        self.shrinks = self.uses("weight_decay") and not self.keras

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        e, left = self.exact, self.shrunk(theta)
        u = self.m / (1.0 - e.beta1**t) / (np.sqrt(self.v / (1.0 - e.beta2**t)) + e.epsilon)
        if self.shrinks:
            u = u + e.weight_decay * left
        ratio = np.ones_like(u)
        for tensor in self.tensors:
            part = slice(tensor.start, tensor.stop)
            size, length = _norm(left[:, part]), _norm(u[:, part])
            np.divide(size, length, out=ratio[:, part], where=(size > 0) & (length > 0))
        return {
            "m": self.m.copy(),
            "v": self.v.copy(),
            "u": u,
            "ratio": ratio,
            "decay": left - theta,
            "Δ": -e.rate * ratio * u,
        }

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        self.remember(gradient)
        e, u, d = self.exact, self.scratch(0), self.scratch(1)
        np.divide(self.v, self.cast(1.0 - e.beta2**t), out=d)
        np.sqrt(d, out=d)
        d += self.epsilon
        np.divide(self.m, self.cast(1.0 - e.beta1**t), out=u)
        u /= d
        if self.shrinks:
            np.multiply(theta, self.weight_decay, out=d)
            u += d
        for tensor in self.tensors:
            part = slice(tensor.start, tensor.stop)
            size, length = _norm(theta[:, part]), _norm(u[:, part])
            ratio = np.ones_like(size)
            np.divide(size, length, out=ratio, where=(size > 0) & (length > 0))
            u[:, part] *= self.cast(ratio * e.rate)
        theta -= u


def orthogonalized(matrix: Floats, steps: int, *, keras: bool = False) -> Floats:
    """Nearly the nearest orthogonal matrix of each run: (R, m, n) -> (R, m, n), singular values in about [0.7, 1.2].

    The Newton-Schulz iteration of K. Jordan (2024). The two conventions keep the division by the norm finite
    differently.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[1] > matrix.shape[2]
    x = matrix.swapaxes(1, 2) if tall else matrix
    norm = _norm(np.ascontiguousarray(matrix).reshape(len(matrix), -1))[:, :, None]
    x = np.ascontiguousarray(x) / (norm + _NORM_FLOOR if keras else np.maximum(norm, _NORM_FLOOR))
    for _ in range(steps):
        gram = x @ x.swapaxes(1, 2)
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.swapaxes(1, 2) if tall else x


@optimizers.register("muon")
class Muon(Optimizer):
    """Momentum whose step in each weight matrix is made orthogonal; biases take AdamW steps.

    On an objective that has no matrix the whole point is a matrix of one column: its steps have nearly one length.
    """

    title = "Muon"
    formula = "m ← μm + g;  W ← (1 − ηλ) W − η s · orthogonal(g + μm);  biases by AdamW"
    stages = (
        Stage("m", "the momentum; of biases the average gradient"),
        Stage("M", "what is made orthogonal: the momentum, looking ahead where it is asked to"),
        Stage("O", "the nearly orthogonal matrix; of biases AdamW's direction"),
        Stage("decay", "weight decay", adds=True),
        Stage("Δ", "the step: −η s O", adds=True),
    )
    source = Source(
        "K. Jordan et al., Muon: an optimizer for hidden layers in neural networks",
        2024,
        "https://kellerjordan.github.io/posts/muon/",
    )
    params = (
        learning_rate(0.001, 0.001),
        momentum(0.95),
        Param(
            name="newton_schulz_steps",
            default=5,
            low=1,
            high=20,
            live=False,
            doc="Rounds of the iteration that makes a step orthogonal.",
        ),
        switch("nesterov", "Look ahead along the momentum.", default=True),
        beta1(),
        beta2(),
        epsilon(1e-8, 1e-7, "Keeps AdamW's division finite."),
        weight_decay(0.1, 0.004, "How much parameters shrink at each step, times the rate."),
    )
    state = ("m", "v")
    spreads = False
    decays = {"pytorch": "decoupled", "keras": "decoupled"}
    conventions_note = (
        "The scale s is √max(1, n_out/n_in) in PyTorch and 0.2 √max(n_in, n_out) in Keras; PyTorch averages (1 − μ) g "
        "into m. PyTorch rounds the orthogonal step to bfloat16, this program does not. Its Muon takes matrices alone, "
        "and leaves biases to AdamW with settings of one's choice; here they share rate and decay, as in Keras."
    )

    def prepare(self, theta: Floats) -> None:
        matrices = [tensor for tensor in self.tensors if len(tensor.shape) == 2]
        whole = TensorSlice("x", 0, (theta.shape[1], 1))
        self._matrices = tuple(matrices or [whole])
        self._vectors = tuple(tensor for tensor in self.tensors if len(tensor.shape) == 1) if matrices else ()

    def settle(self) -> None:
        e = self.exact
        self.new, self.new1, self.new2 = (self.cast(1.0 - x) for x in (e.momentum, e.beta1, e.beta2))

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        for tensor in self._matrices:
            part = slice(tensor.start, tensor.stop)
            g, m, s = gradient[:, part], self.m[:, part], self.scratch(0)[:, part]
            self._collect(m, g, s)
            n_in, n_out = tensor.shape
            scale = 0.2 * max(n_in, n_out) ** 0.5 if self.keras else max(1.0, n_out / n_in) ** 0.5
            direction = orthogonalized(s.reshape(-1, n_in, n_out), self.newton_schulz_steps, keras=self.keras)
            np.multiply(direction.reshape(len(theta), -1), self.cast(self.exact.rate * scale), out=s)
            theta[:, part] -= s
        for tensor in self._vectors:
            self._adam(slice(tensor.start, tensor.stop), theta, gradient, t)

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        e, looked, direction = self.exact, self.m.copy(), np.empty_like(theta)
        scales = np.ones_like(theta)
        if self.nesterov:
            looked = self.m * e.momentum + (gradient if self.keras else (1.0 - e.momentum) * gradient)
        for tensor in self._matrices:
            part, (n_in, n_out) = slice(tensor.start, tensor.stop), tensor.shape
            scales[:, part] = 0.2 * max(n_in, n_out) ** 0.5 if self.keras else max(1.0, n_out / n_in) ** 0.5
            whole = np.ascontiguousarray(looked[:, part]).reshape(-1, n_in, n_out)
            made = orthogonalized(whole, self.newton_schulz_steps, keras=self.keras)
            direction[:, part] = made.reshape(len(theta), -1)
        for tensor in self._vectors:
            part = slice(tensor.start, tensor.stop)
            looked[:, part], root = self.m[:, part], np.sqrt(1.0 - e.beta2**t)
            size = np.sqrt(self.v[:, part])
            size = (size + e.epsilon) / root if self.keras else size / root + e.epsilon
            direction[:, part] = self.m[:, part] / (1.0 - e.beta1**t) / size
        step = -e.rate * scales * direction
        return {"m": self.m.copy(), "M": looked, "O": direction, "decay": self.shrunk(theta) - theta, "Δ": step}

    def _collect(self, m: Floats, g: Floats, out: Floats) -> None:
        """Take the gradient into the momentum; out is what is made orthogonal."""
        if self.keras:
            m *= self.momentum
            m += g
        else:
            average(m, self.momentum, self.new, g, out)
        if not self.nesterov:
            np.copyto(out, m)
            return
        np.multiply(m, self.momentum, out=out)
        out += g if self.keras else self.new * g

    def _adam(self, part: slice, theta: Floats, gradient: Floats, t: int) -> None:
        m, v, e = self.m[:, part], self.v[:, part], self.exact
        s, d, g = self.scratch(0)[:, part], self.scratch(1)[:, part], gradient[:, part]
        average(m, self.beta1, self.new1, g, s)
        np.multiply(g, g, out=s)
        average(v, self.beta2, self.new2, s, s)
        step, root = e.rate / (1.0 - e.beta1**t), np.sqrt(1.0 - e.beta2**t)
        np.sqrt(v, out=d)
        if self.keras:
            d += self.epsilon
            step = step * root
        else:
            d /= self.cast(root)
            d += self.epsilon
        np.multiply(m, self.cast(step), out=s)
        s /= d
        theta[:, part] -= s
