"""Any experiment that the catalogues allow, for tests that must hold for all of them."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from workbench.engine.datasets import SCALINGS, datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS, Param
from workbench.engine.schedules import schedules
from workbench.experiment.experiment import (
    DataSetup,
    Experiment,
    Lane,
    LaneNetwork,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Schedule,
    replace,
)
from workbench.experiment.view_options import GENERAL, VIEW_OPTIONS


def values(param: Param) -> st.SearchStrategy[Any]:
    """Every value that the param allows, numbers also as whole numbers."""
    if param.kind == "bool":
        return st.booleans()
    if param.kind == "text":
        return st.just(param.default)
    if param.kind == "choice":
        return st.sampled_from(param.choices)
    low = -(10.0**12) if math.isinf(param.low) else param.low
    high = 10.0**12 if math.isinf(param.high) else param.high
    whole = st.integers(math.ceil(low) + param.low_open, math.floor(high) - param.high_open)
    if param.kind == "int":
        return whole
    numbers = st.floats(low, high, exclude_min=param.low_open, exclude_max=param.high_open)
    return numbers if math.ceil(low) + param.low_open > math.floor(high) - param.high_open else numbers | whole


def some_settings(params: tuple[Param, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={param.name: values(param) for param in params})


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    key = draw(st.sampled_from(optimizers.keys()))
    schedule = None
    if draw(st.booleans()):
        kind = draw(st.sampled_from(schedules.keys()))
        schedule = Schedule(kind=kind, parameters=draw(some_settings(schedules.get(kind).params)))
    return Lane(
        label=draw(st.text(max_size=80)),
        color=draw(st.sampled_from(["", "#0072B2", "#abcdef"])),
        enabled=draw(st.booleans()),
        optimizer=key,
        convention=draw(st.sampled_from(CONVENTIONS)),
        hyperparameters=draw(some_settings(optimizers.get(key).params)),
        schedule=schedule,
        draw=draw(st.integers(0, 1_000_000)),
    )


COORDINATES = st.floats(-1e12, 1e12)


@st.composite
def objective_setups(draw: st.DrawFn) -> ObjectiveSetup:
    key = draw(st.sampled_from(objectives.keys()))
    least, most = objectives.get(key)().dimensions
    dimension = draw(st.integers(least, max(least, min(most, 4))))
    point = st.tuples(*[COORDINATES] * dimension)
    return ObjectiveSetup(
        objective=key,
        start=draw(st.just(()) | point | st.lists(point, min_size=1, max_size=4).map(tuple)),
        gradient=draw(st.sampled_from(["exact", "numerical"])),
        difference=draw(st.floats(0, 1, exclude_min=True)),
        noise=draw(st.floats(0, 1e6)),
        parameters=draw(some_settings(objectives.get(key).params)),
    )


LAYERS = st.lists(
    st.builds(
        LayerSetup,
        units=st.integers(1, 1024),
        activation=st.sampled_from(activations.keys()),
        initializer=st.sampled_from(initializers.keys()),
    ),
    max_size=3,
).map(tuple)


@st.composite
def lane_networks(draw: st.DrawFn) -> LaneNetwork:
    """What may differ of a lane's network, whatever the problem's is."""
    return LaneNetwork(
        layers=draw(st.none() | LAYERS),
        activation=draw(st.none() | st.sampled_from(activations.keys())),
        initializer=draw(st.none() | st.sampled_from(initializers.keys())),
        batch_norm=draw(st.none() | st.booleans()),
        dropout=draw(st.none() | st.floats(0, 1, exclude_max=True)),
        features=draw(st.sampled_from([None, ()])),
        output_initializer=draw(st.none() | st.sampled_from(initializers.keys())),
        loss=draw(st.sampled_from([None, ""])),
        loss_parameters=draw(st.sampled_from([None, {}])),
        l1=draw(st.none() | st.floats(0, 1e6)),
        batch_size=draw(st.none() | st.integers(0, 100_000)),
        scaling=draw(st.none() | st.sampled_from(SCALINGS)),
    )


@st.composite
def network_setups(draw: st.DrawFn) -> NetworkSetup:
    name = draw(st.sampled_from(datasets.keys()))
    classes = datasets.get(name).n_classes
    fitting = [
        entry.key
        for entry in losses
        if (classes or not entry.takes_classes) and (name in ("moons", "spirals") or not entry.binary)
    ]
    return NetworkSetup(
        data=DataSetup(
            name=name,
            test_fraction=draw(st.floats(0, 1, exclude_max=True)),
            scaling=draw(st.sampled_from(SCALINGS)),
            parameters=draw(some_settings(datasets.get(name).params)),
        ),
        layers=draw(LAYERS),
        output_initializer=draw(st.sampled_from(initializers.keys())),
        loss=draw(st.sampled_from(["", *fitting])),
        batch_size=draw(st.integers(0, 100_000)),
        starts=draw(st.integers(1, 64)),
        dtype=draw(st.sampled_from(["float64", "float32"])),
    )


@st.composite
def views(draw: st.DrawFn) -> dict[str, Any]:
    """A table `[view]`: some options of the window and of some views."""
    tables = {key: draw(some_settings(params)) for key, params in VIEW_OPTIONS.items() if draw(st.booleans())}
    return dict(draw(some_settings(GENERAL))) | {key: table for key, table in tables.items() if table}


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    chosen = draw(st.lists(lanes(), min_size=1, max_size=4))
    if not any(lane.enabled for lane in chosen):
        chosen.append(Lane(optimizer="sgd"))
    problem = draw(objective_setups() | network_setups())
    if isinstance(problem, NetworkSetup):
        chosen = [replace(lane, network=draw(st.none() | lane_networks())) for lane in chosen]
    return Experiment(
        title=draw(st.text(max_size=200)),
        seed=draw(st.integers(0, 2**53)),
        steps=draw(st.none() | st.integers(1, 10**9)),
        tolerance=draw(st.none() | st.floats(1e-300, 1e30, allow_nan=False)),
        problem=problem,
        lanes=tuple(chosen),
        view=draw(views()),
    )
