"""Products of a network's Hessian with directions: exact, by a pass forward and one back for each.

B. A. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation, 1994: every quantity q of
backpropagation has a derivative R{q} along a direction of the parameters, and the rules of calculus carry it forward
and back beside q itself. At kinks, as of ReLU, the second derivative is taken to be 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.network import Network
from workbench.engine.network.normalization import inverse_deviation

Floats = NDArray[np.floating[Any]]

#: values of all units of a piece: it takes some milliseconds for each direction
_PIECE_NUMBERS = 1 << 17
#: pieces whose pass at the point itself is kept in memory, some 50 megabytes; of more it is repeated each time
_KEPT_PIECES = 8
#: values of all units that are taken together at most where batch normalisation couples the samples
_TOGETHER_NUMBERS = 1 << 21


@dataclass(slots=True)
class _Layer:
    """What the pass at the point itself leaves of a layer; all in double precision, without the runs axis.

    Attributes:
        weight: (n_in, n_out); below: what the layer reads (B, n_in).
        slope, bend: f' and f'' of the activation (B, n_out).
        mask: the factors of dropout (B, n_out), None without it.
        scale, normal, inverse: of batch normalisation: γ (n_out,), normalised values (B, n_out), 1/σ (n_out,).
        from_above: ∂L/∂a (B, n_out) behind dropout's factors; delta: ∂L/∂z; before: ∂L/∂(h W).
    """

    weight: Floats
    below: Floats
    slope: Floats
    bend: Floats
    mask: Floats | None
    scale: Floats | None = None
    normal: Floats | None = None
    inverse: Floats | None = None
    from_above: Floats | None = None
    delta: Floats | None = None
    before: Floats | None = None


class NetworkHessian:
    """The Hessian of a network's loss over some samples, at one parameter vector, as products with directions.

    The samples are taken together: batch normalisation normalises over all of them, and the loss is their mean. L2
    bends by a constant, L1 not at all.
    """

    def __init__(
        self, network: Network, theta: Floats, x: Floats, y: NDArray[Any], masks: list[Floats | None] | None = None
    ) -> None:
        """Stand at theta (P,) with samples x (B, n_in), targets as the loss wants them, and factors of dropout (B, n).

        All is computed in double precision, whatever that of the network.
        """
        self._network = network
        self._y = y[None] if y.dtype.kind in "iu" else y[None].astype(np.float64)
        with np.errstate(all="ignore"):
            self._output, self._layers = self._forward(np.asarray(theta, np.float64)[None], x.astype(np.float64), masks)
            self._backward()

    @property
    def size(self) -> int:
        """P."""
        return self._network.size

    def _forward(self, theta: Floats, h: Floats, masks: list[Floats | None] | None) -> tuple[Floats, list[_Layer]]:
        layers = []
        for i, (block, activation) in enumerate(zip(self._network.blocks, self._network.activations, strict=True)):
            weight, bias = block.weight(theta)[0], block.bias(theta)[0]
            z = h @ weight
            scale = normal = inverse = None
            if block.batch_norm:
                scale = block.scale(theta)[0, 0]
                inverse = inverse_deviation(z.var(axis=0)[None])[0, 0]
                normal = (z - z.mean(axis=0)) * inverse
                z = scale * normal
            z = z + bias
            a = np.empty_like(z)
            activation.forward(z, a)
            mask = None if masks is None else masks[i]
            layers.append(
                _Layer(
                    weight, h, activation.derivative(z), activation.second_derivative(z), mask, scale, normal, inverse
                )
            )
            h = a if mask is None else a * mask
        return h, layers

    def _backward(self) -> None:
        delta = np.empty((1, *self._output.shape))
        self._network.loss.value(self._output[None], self._y, delta)
        d = delta[0]
        for layer in reversed(self._layers):
            layer.from_above = d if layer.mask is None else d * layer.mask
            layer.delta = d = layer.from_above * layer.slope
            if layer.normal is not None and layer.inverse is not None and layer.scale is not None:
                d = d - d.mean(axis=0) - layer.normal * (d * layer.normal).mean(axis=0)
                d = layer.scale * layer.inverse * d
            layer.before = d
            d = d @ layer.weight.T

    def product(self, directions: Floats) -> Floats:
        """The Hessian times directions (K, P) -> (K, P)."""
        given = np.asarray(directions, np.float64)
        out = np.empty_like(given)
        with np.errstate(all="ignore"):
            reads, passed, output = self._along(given)
            self._back_along(given, reads, passed, self._network.loss.bend(self._output[None], self._y, output), out)
        if self._network.l2:
            for block in self._network.blocks:
                here = slice(block.start, block.bias_start)
                out[:, here] += 2.0 * self._network.l2 * given[:, here]
        return out

    def _along(self, given: Floats) -> tuple[list[Floats], list[tuple[Floats, ...]], Floats]:
        """The way forward: R of what each layer reads (K, B, n_in), of what is in it, and of the output.

        In a layer that is R{z} (K, B, n), and with batch normalisation R of the normalised values and of 1/σ.
        """
        moved = np.zeros((len(given), *self._layers[0].below.shape))
        reads, passed = [], []
        for block, layer in zip(self._network.blocks, self._layers, strict=True):
            reads.append(moved)
            z = layer.below @ block.weight(given)
            z += moved @ layer.weight
            if layer.normal is not None and layer.inverse is not None and layer.scale is not None:
                away = z - z.mean(axis=1, keepdims=True)
                # of 1/σ = (v + ε)^(−½) with v = mean c²: −(1/σ)³ mean(c R{c}), and c = σ times the normalised values
                inverse = -(layer.inverse**2) * (layer.normal * away).mean(axis=1, keepdims=True)
                normal = away * layer.inverse + layer.normal / layer.inverse * inverse
                z = block.scale(given) * layer.normal + layer.scale * normal
                parts: tuple[Floats, ...] = (normal, inverse)
            else:
                parts = ()
            z += block.bias(given)
            passed.append((z, *parts))
            moved = layer.slope * z
            if layer.mask is not None:
                moved *= layer.mask
        return reads, passed, moved

    def _back_along(
        self, given: Floats, reads: list[Floats], passed: list[tuple[Floats, ...]], d: Floats, out: Floats
    ) -> None:
        """The way back, from R{∂L/∂o} (K, B, n): R of each parameter's gradient into out (K, P)."""
        for i in range(len(self._layers) - 1, -1, -1):
            block, layer = self._network.blocks[i], self._layers[i]
            if layer.from_above is None or layer.delta is None or layer.before is None:
                raise RuntimeError("the way back at the point itself comes first")
            z, parts = passed[i][0], passed[i][1:]
            if layer.mask is not None:
                d = d * layer.mask
            d = d * layer.slope + layer.from_above * layer.bend * z
            block.bias(out)[:, 0] = d.sum(axis=1)
            if parts and layer.normal is not None and layer.inverse is not None and layer.scale is not None:
                d = self._normalised_back(layer, block.scale(given), parts, d, block.scale(out))
            block.weight(out)[:] = layer.below.T @ d
            block.weight(out)[:] += reads[i].swapaxes(1, 2) @ layer.before
            if i:
                d = d @ layer.weight.T + layer.before @ block.weight(given).swapaxes(1, 2)

    @staticmethod
    def _normalised_back(
        layer: _Layer, scale: Floats, parts: tuple[Floats, ...], d: Floats, scale_out: Floats
    ) -> Floats:
        """Through scale and normalisation, of which ∂L/∂s = γ/σ u, u = ∂L/∂z − mean − n mean(n ∂L/∂z)."""
        normal, inverse = parts
        n, delta, sigma, gamma = layer.normal, layer.delta, layer.inverse, layer.scale
        if n is None or delta is None or sigma is None or gamma is None:
            raise RuntimeError("the layer is not normalised")
        product = d * n + delta * normal
        scale_out[:, 0] = product.sum(axis=1)
        shared = (delta * n).mean(axis=0)
        u = delta - delta.mean(axis=0) - n * shared
        moved = d - d.mean(axis=1, keepdims=True) - normal * shared - n * product.mean(axis=1, keepdims=True)
        return np.asarray((scale * sigma + gamma * inverse) * u + gamma * sigma * moved)


class SampledHessian:
    """The Hessian over many samples, a part of them after the other, so that a product can be taken in pieces.

    With batch normalisation all samples are one piece.
    """

    def __init__(
        self,
        network: Network,
        theta: Floats,
        x: Floats,
        y: NDArray[Any],
        masks: list[Floats | None] | None = None,
        *,
        whole: bool,
    ) -> None:
        """As `NetworkHessian`; `whole` says whether these are all training samples."""
        self.size, self.whole = network.size, whole
        self._network, self._theta, self._x, self._y, self._masks = network, np.array(theta), x, y, masks
        at_once = len(x) if network.moments else max(1, _PIECE_NUMBERS // sum(block.n_out for block in network.blocks))
        self.pieces = -(-len(x) // at_once)
        self._cuts = [len(x) * i // self.pieces for i in range(self.pieces + 1)]
        self._kept: dict[int, NetworkHessian] = {}

    def product(self, directions: Floats, piece: int) -> Floats:
        here = slice(self._cuts[piece], self._cuts[piece + 1])
        made = self._kept.get(piece)
        if made is None:
            masks = None if self._masks is None else [None if mask is None else mask[here] for mask in self._masks]
            made = NetworkHessian(self._network, self._theta, self._x[here], self._y[here], masks)
            if self.pieces <= _KEPT_PIECES:
                self._kept[piece] = made
        return np.asarray(made.product(directions) * ((here.stop - here.start) / len(self._x)))


def takes_whole(network: Network, samples: int) -> bool:
    """Whether the Hessian over so many samples can be had: batch normalisation needs them all at once."""
    units = sum(block.n_out for block in network.blocks)
    return not network.moments or samples * units <= _TOGETHER_NUMBERS
