"""One number of a stage of backpropagation as the products and sums that it was made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.engine.network.anatomy import FORMULAS, Floats, Stage
from workbench.engine.network.expressions import Call, Leaf, Node, Op, constant, product, total
from workbench.engine.network.losses import Loss
from workbench.engine.network.network import Network
from workbench.engine.network.notation import Axis, Reading, Symbol, axes_of

#: products of a sum that are written one by one, the largest; the others as their sum
MOST_TERMS = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """A number of a stage, by its places on the axes that it has; None on one that is left open."""

    sample: int | None = None
    input: int | None = None
    unit: int | None = None

    def on(self, axis: Axis) -> int | None:
        """The place on an axis."""
        found: int | None = getattr(self, axis)
        return found


@dataclass(frozen=True, slots=True)
class Worked:
    """A number and what it was made of.

    Attributes:
        spot: which number it is; symbol: its sign; value: as the pass has it.
        made: of what, None where it is given.
    """

    spot: Spot
    symbol: str
    value: float
    made: Node | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one stage, in the terms of its layer."""

    stage: Stage
    reading: Reading
    network: Network

    @property
    def samples(self) -> int:
        """B, the number of samples that were passed."""
        found = self.stage.factors.get("y", self.stage.value)
        return len(found) if found.ndim == 2 else 1

    def symbol(self, role: str) -> Symbol:
        """The sign of one of its arrays."""
        return self.reading.symbol(role)

    def spot(self, wanted: Spot) -> Spot:
        """The number nearest to what is wanted: places left open, or beyond the end, go where the number is largest.

        Of samples, the first one is taken.
        """
        axes = axes_of(self.stage.role)
        if not axes or not self.stage.value.size:
            return Spot()
        sizes = np.nan_to_num(np.abs(self.stage.value), nan=0.0, posinf=np.inf)
        fixed = []
        for axis, count in zip(axes, sizes.shape, strict=True):
            place = 0 if axis == "sample" and wanted.sample is None else wanted.on(axis)
            fixed.append(place if place is not None and 0 <= place < count else None)
        inside = sizes[tuple(slice(None) if place is None else slice(place, place + 1) for place in fixed)]
        largest = np.unravel_index(int(inside.argmax()), inside.shape)
        found = {axis: int(largest[k]) if fixed[k] is None else fixed[k] for k, axis in enumerate(axes)}
        return Spot(found.get("sample"), found.get("input"), found.get("unit"))

    def at(self, role: str, spot: Spot) -> Leaf:
        """A number of one of its factors."""
        array = self.stage.factors[role]
        places = tuple(spot.on(axis) or 0 for axis in axes_of(role))
        return Leaf(self._name(role, spot), float(array[places] if places else array))

    def _name(self, role: str, spot: Spot) -> str:
        axes = axes_of(role)
        units = [spot.on(axis) or 0 for axis in axes if axis != "sample"]
        several = "sample" in axes and self._samples_of(role) > 1
        return self.symbol(role).at(*units, sample=(spot.sample or 0) if several else None)

    def _samples_of(self, role: str) -> int:
        array = self.stage.value if role == self.stage.role else self.stage.factors[role]
        return len(array) if array.ndim > 1 else 1

    def worked(self, wanted: Spot) -> Worked:
        """The number of the stage that is wanted, with what it was made of."""
        spot, role = self.spot(wanted), self.stage.role
        value = float(self.stage.value[tuple(spot.on(axis) or 0 for axis in axes_of(role))])
        rule = _RULES.get(self.stage.rule)
        made = rule(self, spot) if rule is not None else None
        return Worked(spot, self._name(role, spot), value, made)


def _affine(numbers: Numbers, spot: Spot) -> Node:
    count = numbers.stage.factors["W"].shape[0]
    here = [Spot(spot.sample, i, spot.unit) for i in range(count)]
    terms = total([product(numbers.at("h", at), numbers.at("W", at)) for at in here], MOST_TERMS)
    return Op("+", (*_parts(terms), numbers.at("b", spot))) if "b" in numbers.stage.factors else terms


def _parts(terms: Node) -> tuple[Node, ...]:
    return terms.parts if isinstance(terms, Op) and terms.sign == "+" else (terms,)


def _batch_norm(numbers: Numbers, spot: Spot) -> Node:
    apart = Op("−", (numbers.at("s", spot), numbers.at("μ", spot)))
    return Op("+", (product(numbers.at("γ", spot), Op("/", (apart, numbers.at("σ", spot)))), numbers.at("b", spot)))


def _activation(numbers: Numbers, spot: Spot) -> Node:
    layer = numbers.stage.layer
    activation = numbers.network.activations[layer]

    def f(z: float) -> float:
        out = np.empty(1)
        with np.errstate(all="ignore"):
            activation.forward(np.array([z]), out)
        return float(out[0])

    return Call("f", numbers.network.layers[layer].activation, f, numbers.at("z", spot))


def _elementwise(one: str, other: str) -> Callable[[Numbers, Spot], Node]:
    return lambda numbers, spot: product(numbers.at(one, spot), numbers.at(other, spot))


def _outputs(numbers: Numbers) -> str:
    """The role of what the loss reads."""
    return next(role for role in numbers.stage.factors if role != "y")


def _softmax(numbers: Numbers, spot: Spot) -> Node:
    """exp(z − max z) over the sum of these: what is subtracted changes nothing and keeps all within range."""
    role = _outputs(numbers)
    row = numbers.stage.factors[role][spot.sample or 0]
    highest = Leaf("max z", float(row.max()))

    def power(k: int) -> Node:
        apart = Op("−", (numbers.at(role, Spot(spot.sample, unit=k)), highest))
        return Call("exp", "exp", math.exp, apart)

    return Op("/", (power(spot.unit or 0), total([power(k) for k in range(len(row))], MOST_TERMS)))


def _logistic(numbers: Numbers, spot: Spot) -> Node:
    z = numbers.at(_outputs(numbers), spot)
    return Op("/", (constant(1.0), Op("+", (constant(1.0), Call("exp", "exp", math.exp, Op("−", (z,)))))))


def _difference(numbers: Numbers, spot: Spot) -> Node:
    return Op("−", (numbers.at(_outputs(numbers), spot), numbers.at("y", spot)))


def _loss(numbers: Numbers, spot: Spot) -> Node | None:  # noqa: ARG001 - it is one number
    loss, factors = numbers.network.loss, numbers.stage.factors
    if loss.opening is None:
        return None
    terms = [_term(numbers, loss, sample) for sample in range(numbers.samples)]
    made = total(terms, MOST_TERMS)
    if len(terms) > 1:
        made = Op("/", (made, constant(float(len(terms)))))
    return Op("+", (made, Leaf("R", float(factors["penalty"])))) if "penalty" in factors else made


def _term(numbers: Numbers, loss: Loss, sample: int) -> Node:
    assert loss.opening is not None  # noqa: S101 - for the type checker
    role = loss.opening.sign
    spots = [Spot(sample, unit=k) for k in range(numbers.stage.factors[role].shape[1])]
    return loss.term([numbers.at(role, at) for at in spots], [numbers.at("y", at) for at in spots])


def _loss_gradient(numbers: Numbers, spot: Spot) -> Node | None:
    loss, factors = numbers.network.loss, numbers.stage.factors
    if loss.opening is None:
        return None
    role = loss.opening.sign
    y = numbers.at("y", spot) if "y" in factors else constant(0.0)
    made = loss.slope(numbers.at(role, spot), y, factors[role].shape[1])
    count = len(factors[role])
    return Op("/", (made, constant(float(count)))) if count > 1 else made


def _bias_gradient(numbers: Numbers, spot: Spot) -> Node:
    rows = range(len(numbers.stage.factors["∂z"]))
    return total([numbers.at("∂z", Spot(sample, unit=spot.unit)) for sample in rows], MOST_TERMS)


def _batch_norm_back(numbers: Numbers, spot: Spot) -> Node:
    factors = numbers.stage.factors
    back: Node = numbers.at("∂z", spot)
    if "ŝ" in factors:
        column = spot.unit or 0
        delta, normal = factors["∂z"][:, column], factors["ŝ"][:, column]
        name = numbers.symbol("∂z").text
        mean = Leaf(f"mean {name}", float(np.mean(delta)))
        along = Leaf(f"mean({numbers.symbol('ŝ').text} ⊙ {name})", float(np.mean(delta * normal)))
        back = Op("−", (Op("−", (back, mean)), product(numbers.at("ŝ", spot), along)))
    return product(Op("/", (numbers.at("γ", spot), numbers.at("σ", spot))), back)


def _weight_gradient(numbers: Numbers, spot: Spot) -> Node:
    rows = range(len(numbers.stage.factors["h"]))
    here = [Spot(sample, spot.input, spot.unit) for sample in rows]
    return total([product(numbers.at("h", at), numbers.at("∂sum", at)) for at in here], MOST_TERMS)


def _penalty_gradient(numbers: Numbers, spot: Spot) -> Node:
    weight, network = numbers.at("W", spot), numbers.network
    terms: list[Node] = [numbers.at("∂W of the data", spot)]
    if network.l1:
        sign = Call("sign", "sign", lambda w: float(np.sign(w)), weight)
        terms.append(product(Leaf("l1", network.l1), sign))
    if network.l2:
        terms.append(product(constant(2.0), Leaf("l2", network.l2), weight))
    return Op("+", tuple(terms))


def _input_gradient(numbers: Numbers, spot: Spot) -> Node:
    count = numbers.stage.factors["W"].shape[1]
    here = [Spot(spot.sample, spot.input, j) for j in range(count)]
    return total([product(numbers.at("∂sum", at), numbers.at("W", at)) for at in here], MOST_TERMS)


_RULES: dict[str, Callable[[Numbers, Spot], Node | None]] = {
    "affine": _affine,
    "linear": _affine,
    "batch_norm": _batch_norm,
    "activation": _activation,
    "dropout": _elementwise("a", "m"),
    "softmax": _softmax,
    "logistic": _logistic,
    "difference": _difference,
    "loss": _loss,
    "loss_gradient": _loss_gradient,
    "dropout_back": _elementwise("∂out", "m"),
    "activation_back": _elementwise("∂a", "f′"),
    "bias_gradient": _bias_gradient,
    "batch_norm_back": _batch_norm_back,
    "weight_gradient": _weight_gradient,
    "penalty_gradient": _penalty_gradient,
    "input_gradient": _input_gradient,
}


def readings(network: Network, stages: tuple[Stage, ...]) -> dict[int, Reading]:
    """How the arrays of each layer are named in a pass, −1 being the input."""
    dropped = {stage.layer for stage in stages if stage.rule == "dropout"}
    penalised = bool(network.l1 or network.l2)
    below = Symbol("x")
    found = {-1: Reading(0, below, drops=False, normalises=False, penalised=False)}
    for i, spec in enumerate(network.layers):
        found[i] = Reading(i + 1, below, i in dropped, spec.batch_norm, penalised)
        below = Symbol("h" if i in dropped else "a", i + 1)
    return found


def formula_of(network: Network, stage: Stage) -> str:
    """The rule of a stage with roles and signs in braces; a loss's own where it is taken apart."""
    opening, several = network.loss.opening, stage.factors and len(next(iter(stage.factors.values()))) > 1
    if opening is None or stage.rule not in ("loss", "loss_gradient"):
        formula = FORMULAS[stage.rule]
        if stage.rule in ("softmax", "logistic", "difference", "loss") and "z" not in stage.factors:
            formula = formula.replace("{z}", "{a}")
        if stage.rule == "batch_norm_back" and "ŝ" not in stage.factors:  # averages are constants on the way back
            return "{∂sum} = {γ} / {σ} {⊙} {∂z}"
        return f"{{{stage.role}}}" if stage.rule == "loss_gradient" else formula
    if stage.rule == "loss":
        made = f"{{mean}}({opening.term})" if several else opening.term
        return f"{{loss}} = {made}" + (" + {penalty}" if "penalty" in stage.factors else "")
    made = f"({opening.slope}) / {{B}}" if several else opening.slope
    return f"{{{stage.role}}} = {made}"


def array(stage: Stage, role: str) -> Floats:
    """One of a stage's arrays by its role."""
    return stage.value if role == stage.role else stage.factors[role]
