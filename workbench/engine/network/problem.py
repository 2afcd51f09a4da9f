"""A network with data as a problem: P is the number of its weights and biases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets import Split
from workbench.engine.network.batches import Batches
from workbench.engine.network.cost import epochs_between_evaluations
from workbench.engine.network.features import check_features, expand
from workbench.engine.network.hessian import SampledHessian, takes_whole
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec, Masks, Network, Workspace
from workbench.engine.network.normalization import fold
from workbench.engine.network.one_run import Bound
from workbench.engine.params import RequestError
from workbench.engine.problem import Floats, HessianProducts, LayerSlice, Problem
from workbench.engine.streams import Streams

#: numbers in all buffers of an evaluation of many parameter vectors: what a processor keeps near is fastest
_EVALUATED_NUMBERS = 2_000_000
OVERLARGE = 1e15  # values whose squares leave the range that a run can go on from


def default_loss(split: Split) -> str:
    """The loss that follows from the data."""
    return "softmax_cross_entropy" if split.classes else "mean_squared_error"


def targets(y: NDArray[Any], split: Split, *, takes_classes: bool, binary: bool = False) -> NDArray[Any]:
    """What the loss compares with: class numbers (N,), or values (N, n), classes then as zeros and a one.

    A binary loss compares with 0 and 1 in a single column (N, 1).
    """
    if binary:
        return y[:, None].astype(np.float64)
    if not split.classes or takes_classes:
        return y
    return np.asarray(np.eye(len(split.classes))[y])


class NetworkProblem:
    """R runs of one network on one data set, S starts a lane, each with its own initial weights and batches.

    Lanes share those of a start, unless their draws differ.

    Dropout and the batches' own statistics are part of what a step sees (`loss_and_gradient`); evaluations drop
    nothing, and take the running averages of batch normalisation. After k steps these have seen the batches of
    steps 0 to k − 1, as in PyTorch.
    """

    exact_hessian = None
    measure = "loss"
    known_minima = None

    def __init__(
        self,
        split: Split,
        hidden: Sequence[LayerSpec],
        *,
        loss: str = "",
        loss_parameters: Mapping[str, object] | None = None,
        lanes: int = 1,
        draws: Sequence[int] = (),
        starts: int = 1,
        seed: int = 0,
        batch_size: int = 0,
        dtype: str = "float64",
        output_initializer: str = "xavier_uniform",
        output_initializer_parameters: Mapping[str, Any] | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        features: Sequence[str] = (),
        like: Network | None = None,
    ) -> None:
        """`batch_size` 0 takes the whole training set at each step; `draws` are the lanes', all 0 where left out.

        Where a layer of `like` draws its weights alike, the same layer begins with those.

        Raises:
            RequestError: the loss or the features do not fit the data.
        """
        self.split = split
        self.loss_name = loss or default_loss(split)
        chosen = losses.get(self.loss_name, "loss")(loss_parameters)
        if chosen.takes_classes and not split.classes:
            raise RequestError("loss", f'"{self.loss_name}" needs data with classes; this data set has values')
        if chosen.binary and len(split.classes) != 2:
            raise RequestError("loss", f'"{self.loss_name}" needs two classes; this data set has {len(split.classes)}')
        if chosen.takes_classes:
            chosen.see_classes(np.bincount(split.y_train, minlength=len(split.classes)))
        check_features(features, split.x_train.shape[1])
        self.features = tuple(features)
        n_out = 1 if chosen.binary else len(split.classes) or split.y_train.shape[1]
        output = LayerSpec(
            n_out, "identity", output_initializer, initializer_parameters=output_initializer_parameters or {}
        )
        n_in = len(features) or split.x_train.shape[1]
        self.network = Network(n_in, [*hidden, output], chosen, dtype, l1=l1, l2=l2)
        self._like = like
        #: the running averages (K, 2 M) that K starts begin with, over and over; None where they begin with none
        self.averages: Floats | None = None
        #: back from scaled values to their own unit, where all have the same
        self.loss_unit = _unit(split) ** chosen.power
        self.size = self.network.size
        self.dtype = kind = self.network.dtype
        self.layers = tuple(LayerSlice(b.name, b.start, b.stop) for b in self.network.blocks)
        self.tensors = tuple(tensor for b in self.network.blocks for tensor in b.tensors)
        self._output, self._loss_parameters = output, loss_parameters
        self.x_train = expand(split.x_train, features).astype(kind)
        self.x_test = expand(split.x_test, features).astype(kind)
        takes, binary = chosen.takes_classes, chosen.binary
        self.y_train = _in_precision(targets(split.y_train, split, takes_classes=takes, binary=binary), kind)
        self.y_test = _in_precision(targets(split.y_test, split, takes_classes=takes, binary=binary), kind)
        count = len(self.x_train)
        self.batch_size = min(batch_size, count) or count
        self.steps_per_epoch = -(-count // self.batch_size)
        self.metrics = tuple(self._metric_names())
        blocks = self.network.blocks
        self.metrics_every = self.steps_per_epoch * epochs_between_evaluations(
            layers=len(blocks),
            units=sum(b.n_out for b in blocks),
            products=sum(b.n_in * b.n_out for b in blocks),
            parameters=self.size,
            samples=count + len(self.x_test),
            passes=2 if len(self.x_test) else 1,
            batch=self.batch_size,
            steps=self.steps_per_epoch,
        )
        self._drops = any(spec.dropout for spec in self.network.layers)
        self._begin(Streams(seed, lanes, starts, draws), starts)

    def _begin(self, streams: Streams, starts: int) -> None:
        """Stand before step 0 of the runs of these streams."""
        self.streams, self.starts, self.runs = streams, starts, len(streams.of)
        self._workspaces: dict[tuple[int, int], Workspace] = {}
        self._batches = Batches(self.x_train, self.y_train, self.batch_size, self.network.layers, streams)
        self._seen: tuple[Floats, Floats, Bound] | None = None
        self.running = np.zeros((self.runs, self.network.moments), self.dtype)
        self.running[:, self.network.moments // 2 :] = 1.0
        if self.averages is not None:
            self.running[:] = self.averages[streams.starts % len(self.averages)]
        self._pending: Floats | None = None
        self._pending_step = -1
        self._pending_count = 0

    def begin_with(self, theta: Floats | None, averages: Floats | None) -> None:
        """Begin with these parameters (K, P), drawn ones where None, and running averages (K, 2 M) of K starts."""
        self.network.begun = theta
        self.averages = averages if self.network.moments else None
        self._begin(self.streams, self.starts)

    def _metric_names(self) -> list[str]:
        names = ["train_loss"]
        if len(self.x_test):
            names.append("test_loss")
        if self.split.classes:
            names.append("accuracy")
            if len(self.x_test):
                names.append("test_accuracy")
        return names

    @property
    def drops(self) -> bool:
        """Whether any layer leaves outputs out at random."""
        return self._drops

    @property
    def normalised_alone(self) -> tuple[int, ...]:
        """The layers that normalise a batch of a single sample, which leaves nothing of it."""
        smallest = len(self.x_train) % self.batch_size or self.batch_size
        specs = enumerate(self.network.layers)
        return tuple(i for i, spec in specs if spec.batch_norm) if min(smallest, self.batch_size) == 1 else ()

    @property
    def normalised(self) -> tuple[tuple[str, int, int], ...]:
        """Of each normalised layer its name, and where its means lie among the running averages."""
        places = zip(self.network.blocks, self.network.normalised, strict=True)
        return tuple((block.name, place.start, place.stop) for block, place in places if place is not None)

    @property
    def numbers_a_point(self) -> int:
        return 3 * self.size + 4 * self.batch_size * sum(spec.units for spec in self.network.layers)

    def initial(self) -> Floats:
        seed = self.streams.seed
        drawn = np.stack([self.network.initial(seed, start, draw, self._like) for draw, start in self.streams.keys])
        return np.asarray(drawn[self.streams.of])

    def batch(self, step: int) -> tuple[Floats, NDArray[Any]]:
        """The batch that a step sees: inputs (R, B, n_in) and targets; a first axis of 1 where all runs share it."""
        return self._batches.batch(step)

    def masks(self, step: int, samples: int) -> Masks | None:
        """The factors of dropout that a step sees, by layer; None where no layer drops anything."""
        return self._batches.masks(step, samples)

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        x, y = self.batch(step)
        masks = self.masks(step, x.shape[1])
        if runs is not None and len(x) > 1:
            x, y = x[runs], y[runs]
        if runs is not None and masks is not None:
            masks = [mask if mask is None or len(mask) == 1 else mask[runs] for mask in masks]
        work = self._workspace(len(theta), x.shape[1])
        bound = self._bound_to(theta, out) if runs is None else None
        value = self.network.loss_and_gradient(theta, x, y, work, out, masks=masks, bound=bound)
        # only the first evaluation of a step is the one that running averages follow
        if self.network.moments and step != self._pending_step:
            if self._pending is not None and step == self._pending_step + 1:
                fold(self.running, self._pending, self._pending_count)
            self._pending, self._pending_step, self._pending_count = work.moments.copy(), step, x.shape[1]
        return value

    def _bound_to(self, theta: Floats, out: Floats) -> Bound:
        """The views of the buffers that a race hands in at every step (8 µs a step for three layers)."""
        if self._seen is None or self._seen[0] is not theta or self._seen[1] is not out:
            self._seen = theta, out, self.network.bound(theta, out)
        return self._seen[2]

    def step_losses(self, theta: Floats, step: int, run: int) -> Floats:
        x, y, masks = self._seen_by(step, run)
        output = self.network.forward(theta, x, self._workspace(len(theta), x.shape[1]), masks=masks)
        loss = self.network.loss.value(output, y)
        return loss + self.network.penalty(theta) if self.network.l1 or self.network.l2 else loss

    def _seen_by(self, step: int, run: int) -> tuple[Floats, NDArray[Any], Masks | None]:
        """The batch that a step shows one run, and its dropout, each with a first axis of 1."""
        x, y = self.batch(step)
        masks = self.masks(step, x.shape[1])
        if len(x) > 1:
            x, y = x[run : run + 1], y[run : run + 1]
        if masks is not None:
            masks = [mask[run : run + 1] if mask is not None and len(mask) > 1 else mask for mask in masks]
        return x, y, masks

    def hessian_products(self, theta: Floats, step: int, run: int, *, whole: bool) -> HessianProducts:
        if whole and takes_whole(self.network, len(self.x_train)):
            return SampledHessian(self.network, theta, self.x_train, self.y_train, whole=True)
        x, y, masks = self._seen_by(step, run)
        dropped = None if masks is None else [None if mask is None else mask[0] for mask in masks]
        return SampledHessian(self.network, theta, x[0], y[0], dropped, whole=False)

    def precise(self, run: int) -> NetworkProblem:
        return NetworkProblem(
            self.split,
            self.network.layers[:-1],
            loss=self.loss_name,
            loss_parameters=self._loss_parameters,
            starts=self.starts,
            seed=self.streams.seed,
            draws=(self.streams.draw_of(run),),
            batch_size=self.batch_size,
            output_initializer=self._output.initializer,
            output_initializer_parameters=self._output.initializer_parameters,
            l1=self.network.l1,
            l2=self.network.l2,
            features=self.features,
            like=self._like,
        )

    def of_runs(self, starts: NDArray[np.intp], draws: NDArray[np.intp]) -> NetworkProblem:
        other = copy(self)
        other._begin(Streams.of_runs(self.streams.seed, starts, draws), len(starts))
        return other

    def save(self) -> dict[str, Floats]:
        """Copies of what changes from step to step beside the parameters: running averages."""
        return {"running": self.running.copy()} if self.network.moments else {}

    def load(self, saved: Mapping[str, Floats]) -> None:
        """Go back to what `save` gave; the next evaluation is of the step that was saved."""
        if self.network.moments:
            np.copyto(self.running, saved["running"])
            self._pending, self._pending_step = None, -1

    def copy_runs(self, to: slice, of: slice, other: Problem | None = None) -> None:
        source = other if isinstance(other, NetworkProblem) else self
        self.running[to] = source.running[of]
        if self._pending is not None and source._pending is not None:
            self._pending[to] = source._pending[of]

    def draw_of(self, run: int) -> int:
        return self.streams.draw_of(run)

    def losses(self, theta: Floats) -> Floats:
        """As of any problem; batch normalisation takes the statistics of the training set under each vector."""
        return self._own(self._over(theta, self.x_train, self.y_train, None, accuracy=False)[0])

    def evaluate(self, theta: Floats, saved: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        wants = bool(self.split.classes)
        running: Floats | None = None
        if self.network.moments:
            running = self.running if saved is None else saved["running"]
        found: dict[str, Floats] = {}
        loss, accuracy = self._over(theta, self.x_train, self.y_train, running, accuracy=wants)
        found["train_loss"] = self._own(loss)
        if wants:
            found["accuracy"] = accuracy
        if len(self.x_test):
            loss, accuracy = self._over(theta, self.x_test, self.y_test, running, accuracy=wants)
            found["test_loss"] = self._own(loss)
            if wants:
                found["test_accuracy"] = accuracy
        return found

    def shortfall(self, theta: Floats, step: int, loss: Floats, gradient_norm: Floats) -> Floats | None:
        """The training loss, as it is evaluated once an epoch; where a step sees all of it, that of each step."""
        if step % self.steps_per_epoch:
            return None
        if self.steps_per_epoch == 1 and not self._drops and not self.network.moments:
            return loss
        running = self.running if self.network.moments else None
        return self._over(theta, self.x_train, self.y_train, running, accuracy=False)[0]

    def _own(self, loss: Floats) -> Floats:
        """A loss in the data's own unit."""
        return loss if self.loss_unit == 1.0 else np.asarray(loss * self.loss_unit)

    def distance(self, theta: Floats) -> Floats | None:
        return None

    def diverged_layer(self, theta: Floats, gradient: Floats) -> NDArray[np.int64]:
        """The layer (R,) in which the state last evaluated, theta (R, P), went astray, given its gradient (R, P).

        The first layer, seen from the input, with a parameter or a value that is no number or overlarge; where there is
        none, the layer with the largest RMS gradient, one that is no number counting as the largest.
        """
        found = np.full(len(gradient), -1, np.int64)
        sizes = np.empty((len(gradient), len(self.layers)))
        work = self._last
        for i, part in enumerate(self.layers):
            fine = (np.abs(work.a[i]) <= OVERLARGE).all(axis=(1, 2))
            fine &= (np.abs(theta[:, part.start : part.stop]) <= OVERLARGE).all(axis=1)
            found[~fine & (found < 0)] = i
            g = gradient[:, part.start : part.stop].astype(np.float64)
            sizes[:, i] = np.sqrt((g * g).mean(axis=1))
        sizes[np.isnan(sizes)] = np.inf
        # from the output, as the backward pass goes: the first to be out of range is where it began
        last = len(self.layers) - 1 - sizes[:, ::-1].argmax(axis=1)
        return np.where(found < 0, last, found)

    def outputs(self, theta: Floats, x: NDArray[Any], runs: Sequence[int] | NDArray[Any] | None = None) -> Floats:
        """The network's outputs (K, N, n_out) for parameter vectors (K, P) at samples (N, n_in) as in `split`.

        Features are computed here. With batch normalisation `runs` says whose running averages each vector goes
        with; left out, the K vectors are those of the R runs in order.
        """
        inputs = expand(x, self.features).astype(self.dtype, copy=False)
        running = None
        if self.network.moments:
            running = self.running if runs is None else self.running[np.asarray(runs)]
        work = self.network.workspace(len(theta), len(x))
        return self.network.forward(theta, inputs[None], work, running=running).copy()

    def predicted(self, output: Floats) -> NDArray[np.int64]:
        """The class numbers (K, N) that outputs (K, N, n_out) stand for."""
        if self.network.loss.binary:
            return np.asarray(output[:, :, 0] > 0, dtype=np.int64)
        return np.asarray(output.argmax(axis=2), dtype=np.int64)

    def at_once(self, samples: int) -> int:
        """How many parameter vectors an evaluation over so many samples takes at once."""
        return max(1, _EVALUATED_NUMBERS // (3 * samples * sum(spec.units for spec in self.network.layers)))

    def _over(
        self, theta: Floats, x: Floats, y: NDArray[Any], running: Floats | None, *, accuracy: bool
    ) -> tuple[Floats, Floats]:
        """Loss and, where asked for, accuracy (K,) over all of x, in pieces of a bounded size."""
        at_once = self.at_once(len(x))
        loss = np.empty(len(theta), self.dtype)
        right = np.empty(len(theta), self.dtype)
        truth = (y if y.ndim == 1 else y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)) if accuracy else None
        for first in range(0, len(theta), at_once):
            here = slice(first, first + at_once)
            part, averages = theta[here], None if running is None else running[here]
            work = self._workspace(len(part), len(x))
            output = self.network.forward(part, x[None], work, running=averages)
            loss[here] = self.network.loss.value(output, y[None])
            if accuracy:
                right[here] = (self.predicted(output) == truth).mean(axis=1)
        if self.network.l1 or self.network.l2:
            loss += self.network.penalty(theta)
        return loss, right

    def _workspace(self, runs: int, samples: int) -> Workspace:
        """Buffers kept for the few shapes that come back at every step: batches, their remainder, evaluations."""
        key = (runs, samples)
        if key not in self._workspaces:
            if len(self._workspaces) >= 6:
                self._workspaces.clear()
            self._workspaces[key] = self.network.workspace(runs, samples)
        self._last = self._workspaces[key]
        return self._last


def _in_precision(y: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    return y if y.dtype.kind == "i" else y.astype(dtype)


def _unit(split: Split) -> float:
    """What scaled targets are multiplied with to be in their own unit; 1 where they have several."""
    scales = set(split.y_scale) or {1.0}
    return scales.pop() if len(scales) == 1 else 1.0
