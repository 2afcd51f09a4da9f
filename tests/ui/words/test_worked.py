"""Formulas with their numbers: what is shown is read back as a person would, and multiplies out to what is shown."""

from __future__ import annotations

import html
import math
import re

import numpy as np
import pytest

from tests.engine.network.test_activations import FORMULAS as ACTIVATIONS
from workbench.engine.network.activations import activations
from workbench.engine.network.anatomy import dissect
from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.losses import losses
from workbench.engine.network.network import Network
from workbench.engine.network.worked import Numbers, Spot, formula_of, readings
from workbench.ui.words import worked
from workbench.ui.words.text import number, signed

pytestmark = pytest.mark.usefixtures("qapp")


def random_network(seed):
    """The numbers of all stages of a network drawn by its seed: any activation, any loss, one sample or several."""
    random = np.random.default_rng([14, seed])
    loss = losses.get(losses.keys()[seed % len(losses.keys())])()
    names = sorted(set(activations.keys()) & set(ACTIVATIONS))
    layers = [
        LayerSpec(
            int(random.integers(1, 13)),
            str(random.choice(names)),
            batch_norm=bool(random.random() < 0.25),
            dropout=0.3 if random.random() < 0.25 else 0.0,
        )
        for _ in range(int(random.integers(1, 4)))
    ]
    n_in, n_out, samples = int(random.integers(1, 9)), int(random.integers(2, 6)), int(random.choice([1, 1, 3, 20]))
    l1, l2 = (0.003, 0.02) if seed % 5 == 0 else (0.0, 0.0)
    network = Network(n_in, [*layers, LayerSpec(1 if loss.binary else n_out)], loss, l1=l1, l2=l2)
    theta, x = random.normal(0, 0.8, network.size), random.normal(0, 1, (samples, n_in))
    if loss.binary:
        y = random.integers(0, 2, (samples, 1)).astype(float)
    else:
        y = random.integers(0, n_out, samples) if loss.takes_classes else random.normal(0, 1, (samples, n_out))
    half, running = network.moments // 2, None
    if samples == 1 and half:
        running = np.concatenate([random.normal(size=half), random.uniform(0.5, 2, half)])
    masks = [
        (random.random((1, samples, spec.units)) >= spec.dropout) / (1 - spec.dropout) if spec.dropout else None
        for spec in network.layers
    ]
    stages = dissect(network, theta, x, y, masks=masks, running=running)
    named = readings(network, stages)
    return random, [Numbers(stage, named[stage.layer], network) for stage in stages]


#: what stands before a bracket, computed literally
KNOWN = {"exp": math.exp, "ln": math.log, "sign": lambda v: (v > 0) - (v < 0), "abs": abs}


def read(text):
    """What a line of numbers comes to, read from its text alone."""
    text = re.sub(r" \([\d,]+ more terms\)", "", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text).replace("−", "-").replace("·", "*").replace("^", "**")
    assert re.fullmatch(r"[-+*/() .,\w]*", text), text
    functions = {f"f_{name}": function for name, function in ACTIVATIONS.items()}
    text = re.sub(r"\b([a-z_]+)\(", lambda found: f"{'' if found[1] in KNOWN else 'f_'}{found[1]}(", text)
    return float(eval(text, {"__builtins__": {}}, KNOWN | functions))  # noqa: S307 - numbers and names checked above


@pytest.mark.parametrize("seed", range(50))
def test_what_is_shown_multiplies_out_to_what_is_shown(seed):
    """Of every stage of 50 random networks, at the largest number and at a random one, to the digits shown."""
    random, stages = random_network(seed)
    whole = 0
    for numbers in stages:
        for wanted in (Spot(), Spot(0, int(random.integers(0, 9)), int(random.integers(0, 9)))):
            found = numbers.worked(wanted)
            shown = worked.shown(found)
            if found.made is None:
                continue
            text, value = worked.plain(shown.numbers), worked.plain(shown.value)
            digits = next(d for d in (4, 3, 2, 1) if signed(number(found.value or 0.0, d)) == value)
            came = read(text)
            if shown.exact:
                assert signed(number(came or 0.0, digits)) == value, f"{text} is not {value}"
                whole += digits == 4
            else:  # nothing is left of a difference but its rounding
                assert abs(found.value) < 1e-12
                assert abs(came) < 1e-9
    assert whole > len(stages), "most of them to four digits"


@pytest.mark.parametrize("seed", range(0, 50, 3))
def test_every_sign_is_told_under_the_mouse(seed):
    """Of formulas, of what is worked out in signs, and of the names of tables; and nothing but signs stands bare."""
    _, stages = random_network(seed)
    for numbers in stages:
        roles = (*numbers.stage.factors, numbers.stage.role)
        symbols = {role: numbers.symbol(role) for role in roles}
        formula = worked.formula_html(formula_of(numbers.network, numbers.stage), symbols)
        shown = worked.shown(numbers.worked(Spot()))
        for made in (formula, shown.name, shown.signs):
            for sign in re.findall(r'<a href="([^"]*)">', made):
                assert worked.sign_words(html.unescape(sign)), f"{sign} in {worked.plain(made)}"
            bare = re.sub(r"<a [^>]*>.*?</a>", "", made)
            assert not re.search(r"[A-Za-zα-ωΑ-Ω∂Σᵀ⊙]", re.sub(r"</?sup>", "", bare)), f"{bare} is not told"
        for symbol in symbols.values():
            assert worked.sign_words(symbol.text)


def test_a_sign_says_its_layer_its_places_and_its_sample():
    """As a person reads them."""
    assert worked.sign_words("∂L/∂w⁽²⁾₂₁") == (
        "how the loss changes with: a weight of layer 2: its first number counts what the layer reads, "
        "the second its units; the one from 2 to 1"
    )
    assert worked.sign_words("a⁽¹⁾₁₂[3]") == "activations of layer 1: what its units give; number 12, sample 3"
    assert worked.sign_words("w⁽³⁾₁₂,₄").endswith("from 12 to 4")
    assert worked.sign_words("f′(z⁽¹²⁾₂)") == "the slope of layer 12's activation at each z; number 2"
    assert not worked.sign_words("?")


def test_numbers_that_need_more_digits_get_them():
    """1.0005 · 1.0005 is 1.001 to four digits, which 1 · 1 would not give."""
    from workbench.engine.network.expressions import Leaf, Op, product

    made = product(Leaf("a", 1.0005), Leaf("b", 1.0005))
    shown = worked.shown(worked.Worked(Spot(), "c", 1.0005**2, made))
    assert worked.plain(shown.numbers) == "1.0005 · 1.0005"
    assert shown.exact
    apart = Op("−", (Leaf("a", 0.1 + 0.2), Leaf("b", 0.3)))
    shown = worked.shown(worked.Worked(Spot(), "c", 1e-9, apart))
    assert not shown.exact
    assert "≈" in worked.plain(shown.line)


def test_brackets_stand_where_they_are_needed():
    """A negative number behind a minus, a power of one, a sum that is multiplied."""
    from workbench.engine.network.expressions import Leaf, Op, constant, product

    a, b = Leaf("a", -2.0), Leaf("b", 3.0)
    made = product(Op("+", (a, b)), Op("−", (b, a)))
    shown = worked.shown(worked.Worked(Spot(), "c", 5.0, made))
    assert worked.plain(shown.line) == "c = (a + b) · (b − a) = (−2 + 3) · (3 − (−2)) = 5"
    squared = worked.shown(worked.Worked(Spot(), "c", 4.0, Op("^", (a, constant(2.0)))))
    assert worked.plain(squared.line) == "c = a^(2) = (−2)^(2) = 4"
