"""What happens to a gradient before an optimizer sees it: clipping and weight decay, each lane with its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param, Value
from workbench.engine.problem import Floats

#: What PyTorch adds to a gradient's norm before it divides by it.
_PYTORCH_NORM_EPSILON = 1e-6


def _option(name: str, symbol: str, doc: str, high: float = 1e12, title: str = "") -> Param:
    return Param(name=name, default=0.0, low=0, high=high, slider=(0, 10), symbol=symbol, doc=doc, title=title)


#: The options of a lane, in the order in which they act; 0 leaves each out.
GRADIENT_OPTIONS: tuple[Param, ...] = (
    _option("clip_value", "c", "Cuts every component of the gradient to [−c, c]; 0 does not."),
    _option("clip_norm", "C", "Scales the gradient down to this length where it is longer; 0 does not."),
    _option(
        "l2",
        "λ₂",
        "Adds λ₂ θ to the gradient, as a term ½ λ₂ ‖θ‖² of the loss would; a decay of the rule's own acts besides.",
        high=1e6,
        title="L2",
    ),
    _option(
        "weight_decay",
        "λ′",
        "Shrinks θ by the factor 1 − η λ′ before each step, whatever the rule; a decay of the rule's own acts besides.",
        high=1e6,
        title="extra decay (decoupled)",
    ),
)


class GradientOptions:
    """The options of R runs, as columns (R, 1); what no run asks for is never computed.

    The order is that of PyTorch's and Keras's training steps: clipping by value (c), then by the norm over all
    parameters (R. Pascanu, T. Mikolov, Y. Bengio, 2013), then L2, and the decoupled decay (I. Loshchilov, F. Hutter,
    2019) on theta itself. PyTorch divides by norm + 1e-6, Keras (its `global_clipnorm`; `clipnorm` takes each variable
    by itself) by the norm, and it takes one of the two clippings alone. The recorded loss and gradient stay those of
    the problem.
    """

    def __init__(
        self, options: Sequence[Mapping[str, Value]] | Mapping[str, NDArray[Any]], convention: str, dtype: Any
    ) -> None:
        """Take complete, checked options: one mapping for each of the R runs, or one of arrays (R,)."""
        columns = {
            param.name: np.array(
                options[param.name] if isinstance(options, Mapping) else [run[param.name] for run in options],
                dtype=np.float64,
            ).reshape(-1, 1)
            for param in GRADIENT_OPTIONS
        }
        off = {name: not column.any() for name, column in columns.items()}
        value, norm = (np.where(columns[name] > 0, columns[name], np.inf) for name in ("clip_value", "clip_norm"))
        self._clip_value = None if off["clip_value"] else value.astype(dtype)
        self._clip_norm = None if off["clip_norm"] else norm.astype(dtype)
        self._l2 = None if off["l2"] else columns["l2"].astype(dtype)
        self._decay = None if off["weight_decay"] else columns["weight_decay"]
        self._epsilon = 0.0 if convention == "keras" else _PYTORCH_NORM_EPSILON
        self._dtype = dtype
        #: whether the gradient is changed at all
        self.changes_gradient = not (off["clip_value"] and off["clip_norm"] and off["l2"])

    def apply(self, theta: Floats, gradient: Floats, out: Floats, rows: Any = slice(None)) -> Floats:
        """The gradient (K, P) that runs `rows` are given at theta (K, P); out, which may be `gradient`, takes it."""
        if self._clip_value is not None:
            bound = self._clip_value[rows]
            gradient = np.clip(gradient, -bound, bound, out=out)
        if self._clip_norm is not None:
            norm = np.sqrt(np.vecdot(gradient, gradient))[:, None]
            bound = self._clip_norm[rows]
            with np.errstate(divide="ignore", invalid="ignore"):  # a gradient of zero, an infinite bound
                scale = np.minimum(1.0, bound / (norm + self._epsilon))
            gradient = np.multiply(gradient, np.where(np.isnan(scale), 1.0, scale), out=out)
        if self._l2 is not None:
            gradient = np.add(gradient, self._l2[rows] * theta, out=out)
        if gradient is not out:
            np.copyto(out, gradient)
        return out

    def penalty(self, theta: Floats, rows: NDArray[np.intp]) -> Floats | float:
        """What L2 adds to the loss (K,) at theta (K, P)."""
        if self._l2 is None:
            return 0.0
        return np.asarray(0.5 * self._l2[rows][:, 0] * np.vecdot(theta, theta))

    def bend(self, hessian: Floats) -> Floats:
        """Add what L2 adds to the second derivatives (R, P, P), in place; clipping has none to speak of."""
        if self._l2 is not None:
            each = np.arange(hessian.shape[-1])
            hessian[:, each, each] += self._l2
        return hessian

    def decay(self, theta: Floats, rate: Floats) -> None:
        """Shrink theta (R, P), in place, for a step at `rate` (R, 1)."""
        if self._decay is not None:
            theta *= (1.0 - rate * self._decay).astype(self._dtype, copy=False)
