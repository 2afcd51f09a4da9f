"""A multilayer perceptron over R runs: forward, loss and backpropagation in one flat parameter buffer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network import normalization
from workbench.engine.network.activations import Activation, Identity, activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.layers import Block, LayerSpec, Views, Workspace
from workbench.engine.network.losses import Loss
from workbench.engine.network.one_run import Bound
from workbench.engine.streams import Purpose, stream

__all__ = ["Block", "Floats", "LayerSpec", "Masks", "Network", "Views", "Workspace"]

Floats = NDArray[np.floating[Any]]
#: for each layer the factors of dropout, (1 or R, B, n), or None where it has none
Masks = Sequence[Floats | None]


class Network:
    """Affine layers with activations; the loss is applied to the last layer's activation.

    Attributes:
        blocks: where each layer's parameters lie in the flat buffer.
        size: P, the number of parameters.
        normalised: for each layer, where its statistics lie in the first half of the moments, None without any.
        moments: 2 M, the number of statistics of batch normalisation: M means, then M variances.
        begun: the parameters (K, P) that K starts begin with, over and over, in the place of drawn ones; else None.
    """

    def __init__(
        self,
        n_in: int,
        layers: Sequence[LayerSpec],
        loss: Loss,
        dtype: Any = np.float64,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        """`l1` and `l2` weigh the penalties Σ|w| and Σw² over all weights, biases and scales left out (as in Keras)."""
        self.layers = tuple(layers)
        self.loss = loss
        self.dtype = np.dtype(dtype)
        self.l1, self.l2 = l1, l2
        self.activations: list[Activation] = [
            activations.get(spec.activation)(spec.activation_parameters) for spec in layers
        ]
        blocks: list[Block] = []
        normalised: list[slice | None] = []
        units = 0
        for i, spec in enumerate(layers):
            name = "output" if i == len(layers) - 1 else f"layer{i + 1}"
            blocks.append(Block(name, n_in, spec.units, blocks[-1].stop if blocks else 0, spec.batch_norm))
            normalised.append(slice(units, units + spec.units) if spec.batch_norm else None)
            units += spec.units * spec.batch_norm
            n_in = spec.units
        self.blocks = tuple(blocks)
        self.normalised = tuple(normalised)
        self.size = blocks[-1].stop
        self.moments = 2 * units
        self.begun: Floats | None = None

    def initial(self, seed: int, start: int, draw: int = 0, like: Network | None = None) -> Floats:
        """The initial parameters (P,) of a start: weights and biases by each layer's initializer, scales one.

        Layers begin with the weights that the same layer of `like` draws, where shape and initializer are the same;
        with all its parameters where those are `begun`.
        """
        if self.begun is not None:
            return np.asarray(self.begun[start % len(self.begun)].copy(), self.dtype)
        random = stream(seed, Purpose.WEIGHTS, start, draw=draw)
        theta = np.zeros((1, self.size))
        for spec, block in zip(self.layers, self.blocks, strict=True):
            initializer = initializers.get(spec.initializer)(spec.initializer_parameters)
            block.weight(theta)[0] = initializer.draw(random, block.n_in, block.n_out)
            block.bias(theta)[:] = initializer.bias
            block.scale(theta)[:] = 1.0
        if like is not None:
            theirs = like.initial(seed, start, draw)[None]
            known = {block.name: (spec, block) for spec, block in zip(like.layers, like.blocks, strict=True)}
            for spec, block in zip(self.layers, self.blocks, strict=True):
                other, place = known.get(block.name, (None, block))
                same = (block.n_in, block.n_out) == (place.n_in, place.n_out)
                if other is None or not same:
                    continue
                if like.begun is not None and block.batch_norm == place.batch_norm:
                    theta[:, block.start : block.stop] = theirs[:, place.start : place.stop]
                elif like.begun is not None or _drawn_alike(spec, other):
                    block.weight(theta)[:] = place.weight(theirs)
        return np.asarray(theta[0], self.dtype)

    def workspace(self, runs: int, samples: int) -> Workspace:
        """Buffers for `runs` parameter vectors and `samples` samples."""

        def buffer(spec: LayerSpec) -> Floats:
            return np.empty((runs, samples, spec.units), self.dtype)

        z = [buffer(spec) for spec in self.layers]
        # an identity changes nothing: one buffer serves before and behind it
        a = [
            z[i] if isinstance(f, Identity) else buffer(spec)
            for i, (f, spec) in enumerate(zip(self.activations, self.layers, strict=True))
        ]
        return Workspace(
            z=z,
            a=a,
            h=list(a),
            delta=[buffer(spec) for spec in self.layers],
            dropped=[buffer(spec) if spec.dropout else None for spec in self.layers],
            normal=[buffer(spec) if spec.batch_norm else None for spec in self.layers],
            inverse=[None] * len(self.layers),
            moments=np.empty((runs, self.moments), self.dtype),
            ones=np.ones((1, 1, samples), self.dtype),
        )

    def forward(
        self, theta: Floats, x: Floats, work: Workspace, *, masks: Masks | None = None, running: Floats | None = None
    ) -> Floats:
        """The outputs (R, B, n_out) for inputs x, (1, B, n_in) shared or (R, B, n_in): a view into `work`.

        Without `masks` nothing is dropped. Batch normalisation takes the statistics of the batch itself, or the
        averages `running` (R, 2 M).
        """
        return self._forward(Views(self.blocks, theta), x, work, masks, running)

    def _forward(
        self, own: Views, x: Floats, work: Workspace, masks: Masks | None, running: Floats | None = None
    ) -> Floats:
        h = x
        for i, activation in enumerate(self.activations):
            z, a = work.z[i], work.a[i]
            np.matmul(h, own.weights[i], z)  # named, `out` takes 60 ns longer
            if self.normalised[i] is not None:
                self._normalise(i, z, work, running)
                z *= own.scales[i]
            z += own.biases[i]
            if a is not z:
                activation.forward(z, a)
            h = a
            if masks is not None:
                mask, dropped = masks[i], work.dropped[i]
                if mask is not None and dropped is not None:
                    h = np.multiply(a, mask, out=dropped)
            work.h[i] = h
        return h

    def loss_and_gradient(
        self,
        theta: Floats,
        x: Floats,
        y: NDArray[Any],
        work: Workspace,
        out: Floats,
        *,
        masks: Masks | None = None,
        bound: Bound | None = None,
    ) -> Floats:
        """The loss (R,) of a batch, penalties included; its gradient is written to out (R, P).

        `bound` holds the views of theta and out, where they are there already.
        """
        # of a single sample `dot` gives another zero where a product is −0
        if bound is not None and len(theta) == 1 < x.shape[1] and masks is None and not self.moments:
            once = bound.one_run(work, x.shape[1])
            value = self.loss.value(once.forward(x[0]), y, work.delta[-1])
            once.backward(x[0])
        else:
            bound = bound or self.bound(theta, out)
            output = self._forward(bound.own, x, work, masks)
            value = self.loss.value(output, y, work.delta[-1])
            self._backward(bound.own, x, work, bound.slopes, masks)
        if self.l1 or self.l2:
            value = value + self.penalty(theta, out)
        return value

    def bound(self, theta: Floats, out: Floats) -> Bound:
        """The views of parameters (R, P) and of their gradient (R, P), for all passes over these two buffers."""
        return Bound(self.activations, Views(self.blocks, theta), Views(self.blocks, out))

    def backward(self, theta: Floats, x: Floats, work: Workspace, out: Floats, *, masks: Masks | None = None) -> None:
        """From the gradient with respect to the output in `work.delta[-1]` to that of the parameters, in out (R, P)."""
        self._backward(Views(self.blocks, theta), x, work, Views(self.blocks, out), masks)

    def _backward(self, own: Views, x: Floats, work: Workspace, slopes: Views, masks: Masks | None) -> None:
        for i in range(len(self.blocks) - 1, -1, -1):
            delta = work.delta[i]
            if masks is not None and (mask := masks[i]) is not None:
                delta *= mask
            self.activations[i].backward(work.z[i], work.a[i], delta)
            # A product with ones sums each run by itself: sum() would order its additions by R.
            np.matmul(work.ones, delta, slopes.biases[i])
            normal, inverse = work.normal[i], work.inverse[i]
            if normal is not None and inverse is not None:
                normalization.backward(
                    delta,
                    work.ones,
                    normal=normal,
                    inverse=inverse,
                    scale=own.scales[i],
                    scale_out=slopes.scales[i],
                    scratch=work.z[i],
                )
            below = work.h[i - 1] if i else x
            np.matmul(below.swapaxes(1, 2), delta, slopes.weights[i])
            if i:
                np.matmul(delta, own.transposed[i], work.delta[i - 1])

    def penalty(self, theta: Floats, out: Floats | None = None) -> Floats:
        """l1 Σ|w| + l2 Σw² over the weights (K,); where `out` (K, P) is given, the gradient is added to it."""
        total = np.zeros(len(theta), self.dtype)
        for block in self.blocks:
            w = theta[:, block.start : block.bias_start]
            if self.l1:
                total += self.l1 * np.abs(w).sum(axis=1)
            if self.l2:
                total += self.l2 * np.vecdot(w, w)
            if out is not None:
                gradient = out[:, block.start : block.bias_start]
                if self.l1:
                    gradient += self.l1 * np.sign(w)
                if self.l2:
                    gradient += (2.0 * self.l2) * w
        return total

    def _normalise(self, i: int, z: Floats, work: Workspace, running: Floats | None) -> None:
        """Overwrite z (R, B, n) with its normalised values and keep what a backward pass needs of them."""
        place, normal, half = self.normalised[i], work.normal[i], self.moments // 2
        if place is None or normal is None:
            return
        spread = slice(place.start + half, place.stop + half)
        if running is None:
            mean, variance = work.moments[:, place], work.moments[:, spread]
            work.inverse[i] = normalization.normalise(
                z, work.ones, mean=mean, variance=variance, normal=normal, scratch=work.delta[i]
            )
        else:
            inverse = normalization.inverse_deviation(running[:, spread])
            np.subtract(z, running[:, None, place], out=normal)
            normal *= inverse
            work.inverse[i] = inverse
        np.copyto(z, normal)


def _drawn_alike(a: LayerSpec, b: LayerSpec) -> bool:
    """Whether two layers draw weights by one initializer."""
    return (a.initializer, dict(a.initializer_parameters)) == (b.initializer, dict(b.initializer_parameters))
