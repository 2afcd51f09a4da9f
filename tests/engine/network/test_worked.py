"""Single numbers of backpropagation, worked out: what they are made of gives them, and the signs say what they are."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.network_cases import architecture, dropout_masks
from workbench.engine.network.anatomy import dissect
from workbench.engine.network.expressions import Leaf, Op, constant, evaluated, leaves, product, total
from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.losses import losses
from workbench.engine.network.network import Network
from workbench.engine.network.notation import Reading, Symbol
from workbench.engine.network.worked import MOST_TERMS, Numbers, Spot, readings


def taken_apart(number, *, samples=None):
    """The stages of an architecture with their numbers."""
    network, theta, x, y = architecture(number)
    if samples is not None:
        x, y = x[:samples], y[:samples]
    running = None
    if samples == 1 and network.moments:
        half = network.moments // 2
        running = np.concatenate([np.linspace(-0.2, 0.3, half), np.linspace(0.5, 2.0, half)])
    masks = dropout_masks(network, number, len(x))
    stages = dissect(network, theta, x, y, masks=masks, running=running)
    named = readings(network, stages)
    return [Numbers(stage, named[stage.layer], network) for stage in stages]


@pytest.mark.parametrize("samples", [None, 1])
@pytest.mark.parametrize("number", range(20))
def test_what_a_number_is_made_of_gives_the_number(number, samples):
    """Every stage, at the largest number and at the first one: products and sums in double precision."""
    for numbers in taken_apart(number, samples=samples):
        for wanted in (Spot(), Spot(0, 0, 0)):
            found = numbers.worked(wanted)
            if found.made is None:
                assert numbers.stage.rule == "input"
                continue
            size = max(abs(leaf.value) for leaf in leaves(found.made))
            assert evaluated(found.made) == pytest.approx(found.value, rel=1e-9, abs=1e-13 * max(1.0, size))


def test_the_signs_are_those_of_the_layers():
    """What the second layer reads is the first one's activation, or what dropout leaves of it; indices count from 1."""
    plain = Reading(2, Symbol("a", 1), drops=False, normalises=False, penalised=False)
    assert plain.symbol("h").text == "a⁽¹⁾"
    assert plain.symbol("W").text == "W⁽²⁾"
    assert plain.symbol("W").at(1, 0) == "w⁽²⁾₂₁"
    assert plain.symbol("W").at(11, 2) == "w⁽²⁾₁₂,₃"
    assert plain.symbol("∂W").at(1, 0) == "∂L/∂w⁽²⁾₂₁"
    assert plain.symbol("∂z").at(0, sample=3) == "δ⁽²⁾₁[4]"
    assert plain.symbol("∂h").text == "∂L/∂a⁽¹⁾"
    assert plain.symbol("∂sum") == plain.symbol("∂z")
    assert plain.symbol("f′").at(0) == "f′(z⁽²⁾₁)"
    bent = Reading(12, Symbol("h", 11), drops=True, normalises=True, penalised=True)
    assert bent.symbol("h").text == "h⁽¹¹⁾"
    assert bent.symbol("out").text == "h⁽¹²⁾"
    assert bent.symbol("∂sum").text == "∂L/∂s⁽¹²⁾"
    assert bent.symbol("∂W of the data").text == "∂D/∂W⁽¹²⁾"
    assert bent.symbol("∂W").text == "∂L/∂W⁽¹²⁾"


def test_one_thing_has_one_name_through_all_stages():
    """Arrays that are equal and named alike are; a name never stands for two arrays of other numbers."""
    for number in range(20):
        named = {}
        for numbers in taken_apart(number):
            stage = numbers.stage
            for role, array in {**stage.factors, stage.role: stage.value}.items():
                text = numbers.symbol(role).text
                known = named.setdefault(text, array)
                assert np.array_equal(known, array), f"{text} of {stage.rule}"


def test_a_long_sum_names_its_largest_terms_and_keeps_the_others():
    """Four in their order, then the sum of the rest with its count; a short one is written whole."""
    terms = [product(Leaf("a", value), constant(2.0)) for value in (1.0, -9.0, 0.5, 7.0, 3.0, -4.0, 0.25)]
    made = total(terms, MOST_TERMS)
    assert [evaluated(part) for part in made.parts] == [-18.0, 14.0, 6.0, -8.0, 3.5]
    assert made.parts[-1].more == 3
    assert evaluated(made) == math.fsum(evaluated(term) for term in terms)
    assert len(total(terms[:5], MOST_TERMS).parts) == 5


def test_what_is_undefined_is_not_a_number():
    """No step of the expressions raises."""
    assert math.isnan(evaluated(Op("/", (constant(1.0), constant(0.0)))))
    assert math.isnan(evaluated(Op("^", (constant(1e200), constant(2.0)))))


@pytest.mark.parametrize("key", losses.keys())
def test_the_loss_is_opened(key):
    """Probabilities are softmax and sigmoid, differences o − y; δ is p − y, and 2 d / n, for one sample."""
    loss = losses.get(key)()
    network = Network(2, [LayerSpec(3, "tanh"), LayerSpec(1 if loss.binary else 3)], loss)
    theta = np.random.default_rng(5).normal(size=network.size)
    x = np.array([[0.4, -1.2]])
    y = np.array([[1.0]]) if loss.binary else np.array([2]) if loss.takes_classes else np.array([[0.3, -0.1, 2.0]])
    stages = {(s.layer, s.rule): s for s in dissect(network, theta, x, y)}
    z = stages[1, "affine"].value[0]
    opened = next(stages[place] for place in stages if place[1] in ("softmax", "logistic", "difference"))
    delta, value = stages[1, "loss_gradient"].value[0], float(stages[1, "loss"].value)
    if key == "softmax_cross_entropy":
        p = np.exp(z) / np.exp(z).sum()
        wanted, slope, expected = p, p - [0, 0, 1], -math.log(p[2])
    elif key == "binary_cross_entropy":
        p = 1 / (1 + np.exp(-z))
        wanted, slope, expected = p, p - 1, -math.log(p[0])
    else:
        d = z - y[0]
        wanted, slope, expected = d, 2 * d / 3, float((d * d).mean())
        if key == "huber":
            slope = np.clip(d, -1, 1) / 3
            expected = float(np.where(np.abs(d) <= 1, d * d / 2, np.abs(d) - 0.5).mean())
    assert opened.value[0] == pytest.approx(wanted, rel=1e-12)
    assert delta == pytest.approx(slope, rel=1e-12)
    assert value == pytest.approx(expected, rel=1e-12)


def test_a_spot_that_is_left_open_is_the_largest_number():
    """Of the row or column that is fixed; one beyond the end is left open; of samples the first is taken."""
    numbers = next(n for n in taken_apart(3) if n.stage.rule == "weight_gradient")
    value = np.abs(numbers.stage.value)
    rows, columns = value.shape
    found = numbers.spot(Spot())
    assert value[found.input, found.unit] == value.max()
    assert numbers.spot(Spot(unit=columns - 1)).input == value[:, -1].argmax()
    assert numbers.spot(Spot(input=0)).unit == value[0].argmax()
    assert numbers.spot(Spot(input=rows, unit=0)).input == value[:, 0].argmax()
    forward = next(n for n in taken_apart(3) if n.stage.rule == "activation")
    assert forward.spot(Spot()).sample == 0
