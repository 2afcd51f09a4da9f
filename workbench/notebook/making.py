"""Where a race in Python begins: a file, an objective, or a network with its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.engine.objectives import objectives
from workbench.engine.params import RequestError, nearest, show
from workbench.experiment import files
from workbench.notebook.named import plain
from workbench.notebook.own_data import Data, data
from workbench.notebook.own_objective import Function, Gradient, own_objective
from workbench.notebook.race import Race
from workbench.resources import resource_root

#: keys of a file's hidden layer that all layers of `network` may share
_OF_LAYERS = ("activation", "initializer", "batch_norm", "dropout", "activation_parameters", "initializer_parameters")
#: keys of a file's network, besides its layers and data
_OF_NETWORK = ("features", "output_initializer", "output_initializer_parameters", "loss", "loss_parameters", "l1", "l2",
               "batch_size", "starts", "weights", "dtype")  # fmt: skip


def examples() -> tuple[str, ...]:
    """The names of the experiments that come with the program, which `load` takes."""
    return tuple(sorted(file.name for file in (resource_root() / "examples").glob("*.toml")))


def load(path: str | Path) -> Race:
    """The race of an experiment's file, or of an example that comes with the program, by its name.

    Raises:
        ExperimentFileError: there is none, or it is refused, in one sentence.
    """
    file, shipped = Path(path), resource_root() / "examples" / Path(path).name
    if not file.exists() and file.name == str(path) and shipped.is_file():
        file = shipped
    if not file.exists():
        raise files.ExperimentFileError(
            f"{path}: there is no such file, and no example{nearest(str(path), examples())}"
        )
    return Race(files.read(file))


def objective(
    function: str | Function,
    /,
    gradient: Gradient | str = None,
    *,
    dimension: int | None = None,
    start: ArrayLike | None = None,
    domain: Sequence[tuple[float, float]] | None = None,
    vectorized: bool = False,
    noise: float = 0.0,
    seed: int = 0,
    title: str = "",
    **parameters: Any,
) -> Race:
    """A race on an objective of the catalogue, by its name, or on a function of one's own.

    Args:
        function: the name, or a function that takes a point, an array (D,), and gives a number.
        gradient: of one's own function, a function that gives its gradient (D,), True where `function` gives both, or
            nothing: then differences give it. Of an objective of the catalogue, `exact` or `numerical`.
        dimension: D, where no start says it; of one's own function 2 unless said.
        start: where runs start: a point, or several as rows. Of one's own function (1, ..., 1) unless said.
        domain: low and high of the axes that a picture shows, of one's own function.
        vectorized: whether one's own function takes any number of points (K, D) at once and gives (K,), as does its
            gradient (K, D).
        noise: the standard deviation of the noise in gradients.
        seed: the seed of all that is random.
        title: what the experiment is called.
        parameters: of an objective of the catalogue.

    Raises:
        RequestError: something that there is not, in one sentence with what there is.
    """
    points = None if start is None else _points(start)
    if dimension is not None and points and any(len(point) != dimension for point in points):
        raise RequestError("start", f"must have {dimension} coordinates, as `dimension` says, got {len(points[0])}")
    problem: dict[str, Any] = {"kind": "objective", "noise": noise}
    if isinstance(function, str):
        if domain is not None or vectorized:
            name = "domain" if domain is not None else "vectorized"
            raise RequestError(name, "goes with a function of one's own; the catalogue's have theirs")
        if gradient is not None and not isinstance(gradient, str):
            raise RequestError("gradient", 'must be "exact" or "numerical" for an objective of the catalogue')
        problem |= {"objective": function, "parameters": parameters, "gradient": gradient or "exact"}
        if points is None and dimension is not None:
            points = [list(objectives.get(function, "objective").start_for(dimension))]
    else:
        points = _own_points(function, gradient, points, dimension, parameters)
        assert not isinstance(gradient, str)  # noqa: S101 - for the type checker
        problem["objective"] = own_objective(function, gradient, points[0], domain=domain, vectorized=vectorized)
    if points is not None:
        problem["start"] = points if len(points) > 1 else points[0]
    return Race.of({"title": title, "seed": seed, "problem": problem})


def _own_points(
    function: object,
    gradient: object,
    points: list[list[float]] | None,
    dimension: int | None,
    parameters: Mapping[str, Any],
) -> list[list[float]]:
    """Where runs on a function of one's own start."""
    if not callable(function):
        raise RequestError("objective", f"must be a name of the catalogue or a function, got {show(function)}")
    if parameters:
        raise RequestError(
            next(iter(parameters)), "goes with an objective of the catalogue, not with one's own function"
        )
    if isinstance(gradient, str):
        raise RequestError(
            "gradient", f"must be a function, True where the function gives both, or left out, got {show(gradient)}"
        )
    return points or [[1.0] * (2 if dimension is None else dimension)]


def _points(start: ArrayLike) -> list[list[float]]:
    """The starts, one a row."""
    try:
        array = np.asarray(start, np.float64)
    except (TypeError, ValueError):
        raise RequestError("start", "must be a point, or several of one length") from None
    if array.ndim not in (1, 2) or not array.size:
        raise RequestError("start", f"must be a point, or several as rows, got the shape {array.shape}")
    found: list[list[float]] = np.atleast_2d(array).tolist()
    return found


def network(
    source: str | Path | Data | tuple[ArrayLike, ArrayLike],
    /,
    layers: Sequence[int | Mapping[str, Any]] = (),
    *,
    test_fraction: float = 0.25,
    scaling: str = "none",
    target_scaling: str = "none",
    seed: int = 0,
    title: str = "",
    **settings: Any,
) -> Race:
    """A race that trains a network.

    Args:
        source: the name of a data set, a CSV file (a `Path`), arrays (x, y), or what `data` makes of them.
        layers: the hidden layers: how many units each has, or a table as in a file's `[[problem.layers]]`.
        test_fraction: the share of the samples that is set aside.
        scaling: of the inputs: `none`, `standard` or `range`.
        target_scaling: the same of values to be learned.
        seed: the seed of split, weights and batches.
        title: what the experiment is called.
        settings: of all layers (`activation`, `initializer`, `batch_norm`, `dropout`), of the network (`loss`,
            `batch_size`, `l1`, `l2`, `features`, `starts`, `dtype` and so on), and of the data (`samples`, `noise`; of
            a file `target`).

    Raises:
        RequestError: something that there is not, in one sentence with what there is.
    """
    shared = {name: settings.pop(name) for name in _OF_LAYERS if name in settings}
    problem = {name: settings.pop(name) for name in _OF_NETWORK if name in settings}
    problem |= {
        "kind": "network",
        "data": {
            **_source(source),
            "test_fraction": test_fraction,
            "scaling": scaling,
            "target_scaling": target_scaling,
            **settings,
        },
        "layers": [{**shared, **_layer(layer)} for layer in layers],
    }
    return Race.of({"title": title, "seed": seed, "problem": problem})


def _source(source: object) -> dict[str, Any]:
    """The key of a file's data that names the samples."""
    if isinstance(source, str):
        return {"name": source}
    if isinstance(source, Path):
        return {"file": str(source)}
    if isinstance(source, tuple) and len(source) == 2:
        source = data(*source)
    if isinstance(source, Data):
        return {"name": source.key}
    raise RequestError("problem.data", "must be the name of a data set, a Path of a CSV file, or arrays (x, y)")


def _layer(layer: int | Mapping[str, Any]) -> dict[str, Any]:
    return dict(layer) if isinstance(layer, Mapping) else {"units": plain(layer)}
