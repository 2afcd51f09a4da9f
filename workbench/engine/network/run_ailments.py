"""The ailments of runs as a whole: of their data, their rate, and of what they learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.engine.network.ailing import Ailment, Chain, LayerWarning, Link, ailments
from workbench.engine.network.looking import RATIOS, Look, rms

#: sizes of inputs and targets beyond which they are worth scaling, and how differently inputs may be spread
_LARGE, _SMALL, _UNEVEN = 10.0, 0.03, 30.0
#: how much more samples the largest class has than the smallest, from which on they are imbalanced
_IMBALANCE, _RECALL = 4.0, 0.5
#: how far the test loss may rise above its best, and evaluations that make a rise of a wiggle
_RISE, _WIGGLE = 1.1, 3
_OF_COLUMNS = ("mean", "deviation", "least", "largest")


def _column(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, ...]:
    """The numbers (N,) of an input or a target, as its chain has them."""
    return float(values.mean()), float(values.std()), float(values.min()), float(values.max())


@ailments.register("unscaled_targets")
class UnscaledTargets(Ailment):
    """Targets whose size is far from one."""

    title = "Unscaled targets"
    why = (
        "The targets are far larger or smaller than what a fresh network gives, so that its gradients are too large or "
        "small for any usual rate. Scaled to mean 0 and deviation 1 they fit; losses stay in their own unit."
    )
    remedies = ("scale_targets",)
    of_diverged = True

    def find(self, look: Look) -> Sequence[LayerWarning]:
        if look.problem.split.classes:
            return ()
        size = rms(look.problem.y_train)
        if size > _LARGE or 0 < size < _SMALL:
            return (LayerWarning("unscaled_targets", look.run, -1, 0, size),)
        return ()

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        y = np.asarray(look.problem.y_train, np.float64)
        links = tuple(Link("target", i, _column(values), bad=True) for i, values in enumerate(y.T))
        return Chain(_OF_COLUMNS, links, "Of the training samples, as the network sees them.")


@ailments.register("unscaled_inputs")
class UnscaledInputs(Ailment):
    """Inputs whose sizes are far from one, or from each other's."""

    title = "Unscaled inputs"
    why = (
        "Some inputs are far larger or smaller than others, or than one. The loss is then far steeper in some weights "
        "than in others, and no one rate fits them all."
    )
    remedies = ("scale_inputs",)
    of_diverged = True

    def find(self, look: Look) -> Sequence[LayerWarning]:
        x = np.asarray(look.problem.x_train, np.float64)
        sizes = np.sqrt(np.mean(x * x, axis=0))
        spreads = x.std(axis=0)
        told = spreads[spreads > 0]
        largest = float(sizes.max(initial=0.0))
        uneven = float(told.max() / told.min()) if len(told) and look.problem.split.image is None else 1.0
        if largest > _LARGE or 0 < largest < _SMALL:
            return (LayerWarning("unscaled_inputs", look.run, -1, 0, largest),)
        if uneven > _UNEVEN:
            return (LayerWarning("unscaled_inputs", look.run, -1, 0, uneven, "uneven"),)
        return ()

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        x = np.asarray(look.problem.x_train, np.float64)
        order = np.argsort(-np.sqrt(np.mean(x * x, axis=0)), kind="stable")
        chosen = order if len(order) <= 8 else [*order[:4], *order[-4:]]
        names = look.problem.features or look.problem.split.columns
        links = []
        for i in chosen:
            c = x[:, i]
            size = float(np.sqrt(np.mean(c * c)))
            name = names[i] if len(names) == x.shape[1] else f"x{i + 1}"
            bad = size > _LARGE or size < _SMALL or size > _UNEVEN * float(np.median(np.abs(x)) + 1e-300)
            links.append(
                Link("input", int(i), (float(c.mean()), float(c.std()), float(c.min()), float(c.max())), name, bad)
            )
        doc = "Of the training samples, as the network sees them: the largest first."
        return Chain(_OF_COLUMNS, tuple(links), doc)


@ailments.register("imbalance")
class Imbalance(Ailment):
    """A class with few samples, which the network does not learn."""

    title = "Class imbalance"
    why = (
        "One class has many times the samples of another, so that its samples make nearly all of the loss. "
        "Guessing it is right most often, and the rare class is not learned."
    )
    remedies = ("balance",)
    lasts = True

    def find(self, look: Look) -> Sequence[LayerWarning]:
        if not look.problem.split.classes or not look.steps_taken:
            return ()
        counts = np.bincount(look.problem.split.y_train, minlength=len(look.problem.split.classes))
        weights = look.problem.network.loss.weights_of(len(counts)) * counts
        weights = weights[counts > 0]
        if len(weights) < 2 or weights.max() < _IMBALANCE * weights.min():
            return ()
        rare = int(np.argmin(np.where(counts > 0, counts, counts.max() + 1)))
        if look.recalls[1][rare] >= _RECALL:  # which takes a pass over the samples
            return ()
        share = float(counts.max() / counts.sum())
        return (LayerWarning("imbalance", look.run, -1, look.race.step, share),)

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        counts, recalls = look.recalls
        order = np.argsort(-counts, kind="stable")
        names = look.problem.split.classes
        links = tuple(
            Link(
                "class",
                int(i),
                (float(counts[i]), float(counts[i] / counts.sum()), float(recalls[i])),
                names[i],
                bool(recalls[i] < _RECALL),
            )
            for i in order
        )
        return Chain(
            ("training samples", "share", "told right"), links, "Told right: the share of a class that is found."
        )


def _stands(look: Look) -> bool:
    """Whether nothing is learned, and nothing will be: of enough rows, and no batch of one sample to blame."""
    if not look.recent.stop or look.problem.normalised_alone or not np.isfinite(look.losses[1]):
        return False
    return not (look.has_learned or look.is_falling)


@ailments.register("ratio")
class Ratio(Ailment):
    """Steps that are far too small, or too large, for the weights."""

    title = "Update ratio out of its band"
    why = (
        "Each step changes the weights by far less, or far more, than the ten-thousandth to the hundredth of them that "
        "networks learn well with, and the loss is not falling. The learning rate is off by that factor."
    )
    remedies = ("rate",)
    lasts = True

    def find(self, look: Look) -> Sequence[LayerWarning]:
        if look.ratio_factor == 1.0 or not _stands(look):
            return ()
        value = look.largest_ratio if look.ratio_factor < 1.0 else look.recent_ratio
        return (LayerWarning("ratio", look.run, -1, int(look.steps[look.recent][0]), value),)

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        values = look.recorded("update_ratio")[look.recent]
        rates = look.recorded("rate")[look.recent]
        rows = look.recorded("gradient_rms")[look.recent]
        links = tuple(
            Link(
                "layer",
                layer,
                (float(np.median(rates)), float(np.median(rows[:, layer])), float(np.median(values[:, layer]))),
                bad=not RATIOS[0] <= float(np.median(values[:, layer])) <= RATIOS[1],
            )
            for layer in range(values.shape[1])
        )
        return Chain(
            ("learning rate", "gradient (RMS)", "update ratio"), links, "Medians over the last recorded steps."
        )


@ailments.register("stalled")
class Stalled(Ailment):
    """A loss that does not fall, though nothing is learned yet."""

    title = "Loss not falling"
    why = (
        "The loss is near that of a network which ignores its inputs, and has not fallen for a while. "
        "Its steps are too small or too large, or the network is too simple for the data."
    )
    remedies = ("rate", "rectify", "wider", "patience")
    lasts = True

    def find(self, look: Look) -> Sequence[LayerWarning]:
        if not _stands(look):
            return ()
        value = look.losses[1] / max(look.baseline, 1e-300)
        return (LayerWarning("stalled", look.run, -1, int(look.steps[look.recent][0]), value),)

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        before, after = look.losses
        steps = look.steps[look.recent]
        half = len(steps) // 2
        rate = float(look.recorded("rate")[-1])
        links = (
            Link("step", int(steps[0]), (before, look.baseline, look.recent_ratio, rate)),
            Link("step", int(steps[half]), (after, look.baseline, look.recent_ratio, rate), bad=True),
        )
        doc = "Mean losses from these steps on, beside that of a network that ignores its inputs."
        return Chain(("loss", "ignoring inputs", "update ratio", "learning rate"), links, doc)


@ailments.register("overfitting")
class Overfitting(Ailment):
    """A test loss that rises while the training loss falls."""

    title = "Overfitting"
    why = (
        "From this step on the network learns what is peculiar to its training samples: their loss falls on, and that "
        "of the test samples rises. It has more freedom than the samples can fix."
    )
    remedies = ("weight_penalty", "dropout", "fewer_units")

    def find(self, look: Look) -> Sequence[LayerWarning]:
        found = look.evaluations
        if found is None:
            return ()
        steps, train, test = found
        if len(steps) <= _WIGGLE or not np.isfinite(test).any():
            return ()
        best = int(np.nanargmin(test))
        if best >= len(steps) - _WIGGLE or not train[-1] < train[best]:
            return ()
        now = float(np.median(test[-_WIGGLE:]))
        if not now > _RISE * test[best] or now - test[best] < 0.1 * look.baseline:
            return ()
        return (LayerWarning("overfitting", look.run, -1, int(steps[best]), now / max(float(test[best]), 1e-300)),)

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        found = look.evaluations
        if found is None:
            return Chain((), ())
        steps, train, test = found
        best = int(np.searchsorted(steps, warning.step))
        marks = sorted({0, best // 2, best, (best + len(steps) - 1) // 2, len(steps) - 1})
        samples, weights = float(len(look.problem.x_train)), float(look.problem.size)
        links = tuple(
            Link("step", int(steps[i]), (float(train[i]), float(test[i]), samples, weights), bad=i > best)
            for i in marks
        )
        headings = ("training loss", "test loss", "training samples", "parameters")
        return Chain(headings, links, "The losses on all samples, before the best test loss and after it.")
