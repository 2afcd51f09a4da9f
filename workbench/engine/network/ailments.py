"""The ailments of layers, the gravest first: how each is told, and what its chain of causes is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.engine.network.ailing import Ailment, Chain, LayerWarning, Link, ailments
from workbench.engine.network.looking import Look, Passage

#: a network begins badly where its signal shrinks or grows by more on its way through
_SPREAD = 30.0

_BACK = ("gradient in (RMS)", "mean slope", "‖W‖/√n", "gradient out (RMS)", "of weights (RMS)")
_FORTH = ("spread in", "‖W‖/√n", "size of z (RMS)", "mean slope", "spread out")


def _ledger(passages: Sequence[Passage], bad: int) -> Chain:
    """The gradient's way back, layer by layer from the output."""
    links = [
        Link(
            "layer",
            layer,
            (p.gradient_in, p.slope, p.gain_back, p.gradient_out, p.weight_gradient),
            bad=layer == bad,
        )
        for layer, p in reversed(tuple(enumerate(passages)))
    ]
    return Chain(_BACK, tuple(links), "Read downwards, as the gradient goes: what comes in, times slope and weights.")


def _signal(passages: Sequence[Passage], bad: int) -> Chain:
    """The signal's way forward, layer by layer."""
    links = [
        Link("layer", layer, (p.spread_in, p.gain, p.size, p.slope, p.spread_out), bad=layer == bad)
        for layer, p in enumerate(passages)
    ]
    return Chain(_FORTH, tuple(links), "Spread: how much values differ from sample to sample, which is all they tell.")


def _own(look: Look, warning: LayerWarning) -> int:
    """The layer's number among those of the run."""
    return look.part.columns.index(warning.layer) if warning.layer in look.part.columns else -1


@ailments.register("lost")
class Lost(Ailment):
    """A run whose numbers left the range that it can go on from."""

    title = "Numbers lost"
    why = (
        "A step was so large that the next loss or gradient was larger still, until no number could hold it. "
        "The run stands where that happened; the steps before it show how it grew."
    )
    remedies = ("rate", "clip", "scale_inputs", "scale_targets", "fit_initializer")
    of_diverged = True

    def find(self, look: Look) -> Sequence[LayerWarning]:
        lost = look.lost
        if lost is None:
            return ()
        layer = look.part.columns[lost.layer] if lost.layer >= 0 else -1
        step = int(look.race.diverged_at[look.run])
        return (LayerWarning("lost", look.run, layer, step, lost.largest, lost.quantity),)

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        loss, norm, ratio = (look.recorded(name) for name in ("loss", "gradient_norm", "update_ratio"))
        at = np.flatnonzero(look.steps <= warning.step)[-8:]
        worst = [np.nan if np.isnan(row).all() else float(np.nanmax(row)) for row in ratio[at]]
        links = [
            Link(
                "step", int(look.steps[i]), (float(loss[i]), float(norm[i]), w), bad=int(look.steps[i]) == warning.step
            )
            for i, w in zip(at, worst, strict=True)
        ]
        doc = "The last recorded steps: the loss, its gradient, and the largest update ratio of a layer."
        return Chain(("loss", "gradient norm", "update ratio"), tuple(links), doc)


@ailments.register("alone")
class Alone(Ailment):
    """Batch normalisation of a single sample."""

    title = "Batch of one under normalisation"
    why = (
        "Batch normalisation takes the mean of the batch away, and a batch of one sample is its own mean. "
        "Nothing of the sample is left behind that layer, so that nothing is learned from it."
    )
    remedies = ("batches", "without_norm")

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        problem = look.problem
        count, size = len(problem.x_train), problem.batch_size
        values = (float(count), float(size), float(count % size or size))
        doc = "The last batch of an epoch has what the others leave."
        links = (Link("layer", _own(look, warning), values, bad=True),)
        return Chain(("training samples", "batch", "last batch of an epoch"), links, doc)


@ailments.register("dead")
class Dead(Ailment):
    """Units whose slope is zero for every sample."""

    title = "Dead units"
    why = (
        "For every sample the sums of these units are negative, where the activation is flat: no gradient passes, and "
        "nothing can bring them back. Too large steps or biases push them there."
    )
    remedies = ("rate", "leak")

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        return _signal(look.passages, _own(look, warning))


@ailments.register("exploding")
class Exploding(Ailment):
    """A gradient that grows on its way back."""

    title = "Exploding gradient"
    why = (
        "On its way back each layer multiplies the gradient by its weights and the slopes of its activation. "
        "Where that product is above one in layer after layer, or the loss itself is huge, it grows beyond all measure."
    )
    remedies = ("fit_initializer", "clip", "rate", "scale_targets", "scale_inputs")

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        return _ledger(look.passages, _own(look, warning))


@ailments.register("vanishing")
class Vanishing(Ailment):
    """A gradient that shrinks on its way back."""

    title = "Vanishing gradient"
    why = (
        "On its way back each layer multiplies the gradient by its weights and the slopes of its activation. "
        "Where that product is below one in layer after layer, next to nothing arrives at the first ones."
    )
    remedies = ("rate", "rectify", "normalise", "fewer_layers", "fit_initializer")

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        return _ledger(look.passages, _own(look, warning))


@ailments.register("saturated")
class Saturated(Ailment):
    """Units that stand where their activation is flat."""

    title = "Saturated units"
    why = (
        "The sums of these units are so large that their activation is flat there, and lets hardly any gradient pass. "
        "Large inputs or large weights make them so."
    )
    remedies = ("rate", "fit_initializer", "scale_inputs", "normalise", "rectify")

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        return _signal(look.passages, _own(look, warning))


@ailments.register("poor_start")
class PoorStart(Ailment):
    """Initial weights through which neither signal nor gradient comes."""

    title = "Poor initial weights"
    why = (
        "With its initial weights the network hardly tells one sample from another, or tells them apart by far too "
        "much, before anything is learned. Weights fit where each layer keeps the size of what passes."
    )
    remedies = ("fit_initializer", "normalise")

    def find(self, look: Look) -> Sequence[LayerWarning]:
        if look.has_learned or not look.hidden:
            return ()
        passages = look.first_passages
        # of large inputs a bounded activation keeps no more than it can
        begin = min(max(passages[0].spread_in, 1e-300), 1.0)
        # a saturating activation cannot show how large its sums are: these tell
        for layer, p in enumerate(passages[:-1]):
            share = p.spread_out / begin
            growth = p.size / max(passages[0].spread_in, 1.0)
            if not share > 1.0 / _SPREAD or growth > _SPREAD:
                value = share if not share > 1.0 / _SPREAD else growth
                return (LayerWarning("poor_start", look.run, look.part.columns[layer], 0, value),)
        return ()

    def chain(self, look: Look, warning: LayerWarning) -> Chain:
        return _signal(look.first_passages, _own(look, warning))
