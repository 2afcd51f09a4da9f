"""What each step sees of the training set: its batch, and which outputs dropout leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.network import LayerSpec, Masks
from workbench.engine.problem import Floats
from workbench.engine.streams import Purpose, Streams

#: numbers in the samples of an epoch, laid out in its order for each run, beyond which batches are gathered one by one
_GATHERED_NUMBERS = 1 << 20


class Batches:
    """The batches and masks of runs, each drawn from the streams of its run for its epoch or step alone."""

    def __init__(
        self, x: Floats, y: NDArray[Any], batch_size: int, layers: Sequence[LayerSpec], streams: Streams
    ) -> None:
        """`x` (N, n_in) and `y` are the training set; a last batch of an epoch may be smaller than `batch_size`."""
        self._x, self._y, self._size, self._layers, self._streams = x, y, batch_size, layers, streams
        self._per_epoch = -(-len(x) // batch_size)
        self._drops = any(spec.dropout for spec in layers)
        self._epoch = -1
        self._gathered: tuple[Floats, NDArray[Any]] | None = None
        self._masks: Masks | None = None
        self._masks_of = (-1, 0)

    def batch(self, step: int) -> tuple[Floats, NDArray[Any]]:
        """The batch that a step sees: inputs (R, B, n_in) and targets; a first axis of 1 where all runs share it."""
        if self._per_epoch == 1:
            return self._x[None], self._y[None]
        epoch, number = divmod(step, self._per_epoch)
        if epoch != self._epoch:
            self._shuffle(epoch)
        here = slice(number * self._size, (number + 1) * self._size)
        if self._gathered is not None:
            x, y = self._gathered
            return x[:, here], y[:, here]
        rows = self._orders[:, here]
        # gathered before it is handed to the runs: copying costs less
        return self._streams.for_runs(self._x[rows]), self._streams.for_runs(self._y[rows])

    def _shuffle(self, epoch: int) -> None:
        """Draw the order of an epoch's samples, and lay them out in it for every run where there is room."""
        count = len(self._x)
        orders = [random.permutation(count) for random in self._streams.generators(Purpose.BATCHES, epoch)]
        self._orders, self._epoch, self._gathered = np.stack(orders), epoch, None
        if self._streams.copies(len(orders)) * self._x.size <= _GATHERED_NUMBERS:
            # a sixth of the time of an index in brackets
            x, y = (np.take(part, self._orders, axis=0) for part in (self._x, self._y))
            self._gathered = self._streams.for_runs(x), self._streams.for_runs(y)

    def masks(self, step: int, samples: int) -> Masks | None:
        """The factors of dropout that a step sees, 0 or 1 / (1 − p) by layer; None where no layer drops anything."""
        if not self._drops:
            return None
        if self._masks_of != (step, samples):
            streams = self._streams.generators(Purpose.DROPOUT, step)
            masks: list[Floats | None] = []
            for spec in self._layers:
                if not spec.dropout:
                    masks.append(None)
                    continue
                drawn = np.stack([random.random((samples, spec.units)) for random in streams])
                mask = (drawn >= spec.dropout).astype(self._x.dtype)
                mask /= 1.0 - spec.dropout
                masks.append(self._streams.for_runs(mask))
            self._masks, self._masks_of = masks, (step, samples)
        return self._masks
