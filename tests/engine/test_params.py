"""Every setting of every catalogue entry, by loops over the registries: a new entry is tested without a new test."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

from workbench.engine.datasets import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS, Param, RequestError, complete, nearest, show
from workbench.engine.registry import Registry, Source
from workbench.engine.schedules import schedules

REGISTRIES: tuple[Registry[Any], ...] = (
    objectives,
    optimizers,
    schedules,
    datasets,
    activations,
    initializers,
    losses,
)
ENTRIES = [pytest.param(entry, id=f"{r.noun} {entry.key}") for r in REGISTRIES for entry in r]
PARAMS = [
    pytest.param(param, id=f"{r.noun} {entry.key} {param.name}")
    for r in REGISTRIES
    for entry in r
    for param in entry.params
]


def invalid_values(param: Param) -> list[tuple[object, str]]:
    """A value against each of the param's constraints, with how the sentence must show it."""
    wrong: list[tuple[object, str]] = [([1.0], "a list"), ({"a": 1}, "a table"), (None, "None")]
    if param.kind == "bool":
        return [*wrong, (1, "1"), ("yes", '"yes"')]
    if param.kind == "text":
        return [*wrong, (1, "1"), (True, "true")]
    if param.kind == "choice":
        return [*wrong, (1, "1"), (True, "true"), (param.choices[0] + "x", f'"{param.choices[0]}x"')]
    wrong += [(True, "true"), ("much", '"much"'), (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")]
    wrong.append((10**400, "a number of more than 40 digits"))
    if param.kind == "int":
        wrong.append((param.low + 0.5, show(param.low + 0.5)))
    for bound, is_open, outward in ((param.low, param.low_open, -1.0), (param.high, param.high_open, 1.0)):
        if math.isfinite(bound):
            beyond = bound + outward if param.kind == "int" else math.nextafter(bound, outward * math.inf)
            wrong += [(bound, show(bound))] * is_open + [(beyond, show(beyond))]
    return wrong


@pytest.mark.parametrize("param", PARAMS)
def test_every_param_refuses_what_breaks_its_constraints_in_one_sentence(param: Param) -> None:
    for value, shown in invalid_values(param):
        with pytest.raises(RequestError) as caught:
            param.check(value, "lanes[2].x")
        sentence = str(caught.value)
        assert sentence.startswith(f"`lanes[2].x` must {param.allowed}, got {shown}"), sentence
        assert "\n" not in sentence


@pytest.mark.parametrize("param", PARAMS)
def test_every_default_passes_its_own_check_and_keeps_its_type(param: Param) -> None:
    for convention in CONVENTIONS:
        default = param.default_for(convention)
        checked = param.check(default)
        assert checked == default
        assert type(checked) is {"float": float, "int": int, "bool": bool, "choice": str, "text": str}[param.kind]


@pytest.mark.parametrize("param", PARAMS)
def test_closed_bounds_are_allowed_and_the_slider_lies_within(param: Param) -> None:
    if math.isfinite(param.low) and not param.low_open:
        assert param.check(param.low) == param.low
    if math.isfinite(param.high) and not param.high_open:
        assert param.check(param.high) == param.high
    if param.slider is not None:
        low, high = param.slider
        assert param.low <= low < high <= param.high
        assert param.scale == "linear" or low > 0


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_says_what_a_person_needs_to_know(entry: Any) -> None:
    assert entry.title
    assert entry.formula
    assert isinstance(entry.source, Source)
    assert entry.source.text
    assert 1600 < entry.source.year < 2100
    assert entry.__doc__
    names = [param.name for param in entry.params]
    assert len(set(names)) == len(names)
    for param in entry.params:
        assert param.doc.endswith("."), f"{param.name}: the doc is a sentence"


def test_a_whole_number_may_be_written_as_a_float_but_not_with_a_fraction() -> None:
    param = Param(name="n", default=3, low=1, high=10, doc="A count.")
    assert param.check(4.0) == 4
    assert type(param.check(4.0)) is int
    with pytest.raises(RequestError, match=r"`n` must be a whole number in \[1, 10\], got 4.5"):
        param.check(4.5)


def test_a_setting_without_bounds_takes_any_number_but_infinity() -> None:
    param = Param(name="x", default=0.0, doc="Anything.")
    assert param.check(-1e300) == -1e300
    for value in (np.inf, -np.inf, np.nan):
        with pytest.raises(RequestError, match="`x` must be a number, got"):
            param.check(value)


def test_a_number_is_shown_with_all_its_digits_so_that_the_sentence_is_true() -> None:
    param = Param(name="beta1", default=0.9, low=0, high=1, high_open=True, doc="A decay.")
    with pytest.raises(RequestError, match=r"must lie in \[0, 1\), got 1.0000000001$"):
        param.check(1.0000000001)


def test_what_is_shown_of_a_hostile_value_stays_short_and_on_one_line() -> None:
    assert show("a\nb\x1b[31m") == '"a\\nb\\u001b[31m"'
    assert len(show("x" * 10_000)) < 60
    assert len(show(16**10_000)) < 60
    assert show("größer") == '"größer"'


def test_complete_fills_in_the_conventions_defaults() -> None:
    adam = optimizers.get("adam")
    filled = complete(adam.params, {"beta1": 0.5}, "keras")
    expected = {"learning_rate": 0.001, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-7}
    assert filled == {**expected, "amsgrad": False, "weight_decay": 0.0}


def test_complete_names_the_nearest_setting_for_an_unknown_one() -> None:
    with pytest.raises(RequestError) as caught:
        complete(optimizers.get("adam").params, {"beta_2": 0.9}, owner='the optimizer "adam"')
    assert str(caught.value) == (
        '`beta_2` is not a setting of the optimizer "adam"; there are: learning_rate, beta1, beta2, epsilon, '
        'weight_decay, amsgrad (did you mean "beta2"?)'
    )


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda r: r.noun)
def test_an_unknown_key_is_answered_with_the_keys_there_are_and_the_nearest(registry: Registry[Any]) -> None:
    key = registry.keys()[0]
    with pytest.raises(RequestError) as caught:
        registry.get(key + "q", "some.path")
    sentence = str(caught.value)
    assert sentence.startswith("`some.path` must name one of the ")
    named = all(name in sentence for name in registry.keys())  # noqa: SIM118 - iterating gives classes
    assert named or f"({len(registry)} of them, which `list " in sentence
    assert f'got "{key}q"' in sentence
    assert f'did you mean "{key}"?' in sentence


def test_a_key_is_declared_once() -> None:
    registry: Registry[Any] = Registry("thing")
    registry.register("a")(type("A", (), {}))
    with pytest.raises(ValueError, match="declared twice"):
        registry.register("a")(type("B", (), {}))


def test_an_error_seen_from_further_out_has_the_longer_path() -> None:
    assert RequestError("beta1", "x").under("lanes[0]").path == "lanes[0].beta1"
    assert RequestError("[0]", "x").under("problem.start").path == "problem.start[0]"
    assert RequestError("", "x").under("problem").path == "problem"


def test_no_hint_is_given_where_nothing_is_near() -> None:
    assert nearest("zzz", ("adam", "sgd")) == ""


def test_a_refusal_travels_between_processes():
    found = pickle.loads(pickle.dumps(RequestError("lanes[0].beta1", "must lie in [0, 1), got 2")))  # noqa: S301 - its own
    assert (found.path, found.problem) == ("lanes[0].beta1", "must lie in [0, 1), got 2")
    assert str(found) == "`lanes[0].beta1` must lie in [0, 1), got 2"
