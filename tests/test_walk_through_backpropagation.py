"""The example of docs/backpropagation.md: what is worked out there by hand, PyTorch's numbers, and the program's."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from workbench.engine.network.anatomy import dissect
from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.losses import losses
from workbench.engine.network.network import Network
from workbench.engine.network.worked import Numbers, Spot, readings
from workbench.ui.words.worked import plain, shown

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "backpropagation.md").read_text(encoding="utf-8")
EXAMPLE = TEXT[TEXT.index("## One example") :]


def numbers_in(text):
    return [float(part.replace("−", "-")) for part in text.split(",")]


GIVEN = {cells[0]: numbers_in(cells[1]) for cells in re.findall(r"^\| (\S+) \| ([^|]*) \|$", EXAMPLE, re.MULTILINE)}
ROWS = {
    sign: (hand, numbers_in(torch))
    for sign, hand, torch in re.findall(r"^\| (\S+) \| ([^|]* = [^|]*) \| ([^|]*) \|$", EXAMPLE, re.MULTILINE)
}


@pytest.fixture(scope="module")
def stages():
    """The program's stages of the example, by the sign of what they give."""
    network = Network(2, [LayerSpec(2, "tanh"), LayerSpec(2)], losses.get("softmax_cross_entropy")())
    theta = np.array([*GIVEN["W⁽¹⁾"], *GIVEN["b⁽¹⁾"], *GIVEN["W⁽²⁾"], *GIVEN["b⁽²⁾"]])
    found = dissect(network, theta, np.array([GIVEN["x"]]), np.array([0]))
    named = readings(network, found)
    made = [Numbers(stage, named[stage.layer], network) for stage in found]
    return {numbers.symbol(numbers.stage.role).text: numbers for numbers in made}


def test_the_document_has_every_stage(stages):
    assert set(ROWS) == set(stages) - {"x"}


@pytest.mark.parametrize("sign", ROWS)
def test_the_program_has_the_numbers_of_torch(stages, sign):
    """All numbers of the stage, to the last digit that is written there."""
    assert np.ravel(stages[sign].stage.value) == pytest.approx(ROWS[sign][1], abs=6e-11)


@pytest.mark.parametrize("sign", ROWS)
def test_what_is_worked_out_by_hand_is_the_first_number(sign):
    """Read as it stands, it comes to what it says, and that is torch's number to the digits written."""
    left, _, right = ROWS[sign][0].rpartition(" = ")
    text = left.replace("−", "-").replace("·", "*")
    functions = {"tanh": math.tanh, "exp": math.exp, "ln": math.log}
    assert re.fullmatch(r"(?:tanh|exp|ln|[-+*/() .\d])*", text)
    came = eval(text, {"__builtins__": {}}, functions)  # noqa: S307 - numbers and three functions, as checked above
    assert float(f"{came:.4g}") == float(right.replace("−", "-")) == float(f"{ROWS[sign][1][0]:.4g}")


@pytest.mark.parametrize("sign", ["z⁽²⁾", "∂L/∂W⁽²⁾", "∂L/∂a⁽¹⁾"])
def test_the_window_works_it_out_as_the_document_does(qapp, stages, sign):
    """The same factors with the same digits."""
    made = shown(stages[sign].worked(Spot(0, 0, 0)))
    assert f"{plain(made.numbers)} = {made.value}" == ROWS[sign][0]


def test_the_step_that_follows_is_torchs(stages):
    """Down the gradient by the rate."""
    after = GIVEN["W⁽²⁾"][0] - 0.1 * float(stages["∂L/∂W⁽²⁾"].stage.value[0, 0])
    assert f"gives {after:.10f}." in EXAMPLE
