"""Numbers on a logarithmic axis, as people write them."""

import math

import pytest

from workbench.ui.plotting import ValueAxis


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (350.0, "350"),
        (3500.0, "3500"),
        (35.0, "35"),
        (0.65, "0.65"),
        (0.0015, "0.0015"),
        (100.0, "10²"),
        (1e-3, "10⁻³"),
    ],
)
def test_a_number_between_two_powers_of_ten_is_written_out(qapp, value, text):
    """Within a single decade the numbers between are named, without an exponent beside the powers' own."""
    axis = ValueAxis(orientation="left")
    axis.is_log = True
    middle = math.log10(value)
    axis.setRange(middle - 0.4, middle + 0.4)
    assert axis.tickStrings([middle], 1.0, 0.1) == [text]
