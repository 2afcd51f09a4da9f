"""Which number of a stage is worked out, from stage to stage."""

from __future__ import annotations

from workbench.engine.network.explain import ExplainedStage, Parameter
from workbench.engine.network.worked import Spot

#: the rules that work along the weights of a layer
ALONG_WEIGHTS = ("affine", "linear", "weight_gradient", "penalty_gradient", "input_gradient")
_NO_LAYER = -2


class Picked:
    """The spot that was picked, and the layer that it is in; nothing is, at first.

    What a person has not picked is the largest number. It stays picked while the race goes on.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Let go of what was picked."""
        self._spot, self._layer = Spot(), _NO_LAYER

    def pick(self, layer: int, spot: Spot) -> None:
        """A number was picked."""
        self._spot, self._layer = spot, layer

    def spot(self, stage: ExplainedStage) -> Spot:
        """The number of a stage that is worked out; along weights with the weight that was picked beside it."""
        wanted = self._spot if self._layer == stage.layer else Spot()
        found = stage.numbers.spot(wanted)
        if self._layer != stage.layer:
            self.pick(stage.layer, found)
        if stage.rule not in ALONG_WEIGHTS:
            return found
        block = stage.numbers.network.blocks[stage.layer]
        read = wanted.input if found.input is None else found.input
        unit = wanted.unit if found.unit is None else found.unit
        return Spot(found.sample, _within(read, block.n_in), _within(unit, block.n_out))

    def parameter(self, stage: ExplainedStage) -> Parameter | None:
        """The parameter whose next step is told: one whose gradient is worked out, or a weight that was picked."""
        spot = self.spot(stage)
        if stage.rule == "bias_gradient" and spot.unit is not None:
            return stage.layer, -1, spot.unit
        if stage.rule not in ALONG_WEIGHTS or spot.input is None or spot.unit is None:
            return None
        return stage.layer, spot.input, spot.unit

    def follow(self, stage: ExplainedStage) -> None:
        """Go on with the same unit in the next layer: what was a unit is read there, and the other way round."""
        if stage.layer == self._layer + 1 and self._layer != _NO_LAYER:
            read = self._spot.input if self._layer < 0 else self._spot.unit
            self.pick(stage.layer, Spot(self._spot.sample, read, None))
        elif stage.layer == self._layer - 1:
            self.pick(stage.layer, Spot(self._spot.sample, None, self._spot.input))


def _within(place: int | None, count: int) -> int | None:
    return place if place is not None and place < count else None
