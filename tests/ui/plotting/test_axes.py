"""Numbers on a logarithmic axis, as people write them."""

import math

import pytest

from workbench.ui.plotting.axes import ValueAxis


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


@pytest.mark.parametrize(
    ("values", "spacing", "texts"),
    [
        ([-5e-5, 0.0, 5e-5], 5e-5, ["−5e−5", "0", "5e−5"]),
        ([1.5e-7], 5e-8, ["1.5e−7"]),
        ([-0.001, 0.0005], 0.0005, ["−0.001", "0.0005"]),
        ([0.0, 5000.0, 10_000.0], 5000.0, ["0", "5 k", "10 k"]),
        ([12_345_678.0, 12_345_680.0], 2.0, ["12.345678 M", "12.34568 M"]),
        ([-20_000.0, 12_500.0], 2500.0, ["−20 k", "12.5 k"]),
        ([0.0, 5e10, 2e11], 5e10, ["0", "0.5·10¹¹", "2·10¹¹"]),
        ([-2.5e9, 2.5e9], 2.5e9, ["−2.5·10⁹", "2.5·10⁹"]),
    ],
)
def test_numbers_on_a_plain_axis_are_short_and_differ(qapp, values, spacing, texts):
    """No nought before a short exponent, and as many digits of a large number as tell it from its neighbour."""
    axis = ValueAxis(orientation="bottom")
    assert axis.tickStrings(values, 1.0, spacing) == texts


@pytest.mark.parametrize(
    ("low", "high"), [(0.66, 0.70), (0.98, 1.05), (1234.0, 1236.0), (2.1e-7, 2.2e-7), (3e11, 3.3e11)]
)
def test_numbers_that_differ_little_are_told_apart_on_a_logarithmic_axis(qapp, low, high):
    """Within a part of a decade there are several numbers, no two written alike, and each stands where it says."""
    axis = ValueAxis(orientation="left")
    axis.is_log = True
    axis.setRange(math.log10(low), math.log10(high))
    ((spacing, places),) = axis.tickValues(math.log10(low), math.log10(high), 160.0)
    texts = axis.tickStrings(places, 1.0, spacing)
    assert len(texts) >= 3
    assert len(set(texts)) == len(texts)
    said = [float(text.replace("−", "-")) if "10" not in text or "e" in text else None for text in texts]
    for place, number in zip(places, said, strict=True):
        if number is not None:
            assert math.log10(number) == pytest.approx(place, abs=0.1 * (places[1] - places[0]))
