"""What the views of networks show, as tables: one observation a row, numbers in full precision. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets import Split
from workbench.engine.network.diagram import Diagram
from workbench.engine.network.explain import Explanation, Extract
from workbench.engine.network.fit import SAMPLES, Confusion, Fit, Judged
from workbench.engine.network.report import LayersReport
from workbench.engine.network.survey import PlanePicture
from workbench.engine.network.why import Why
from workbench.engine.race.snapshot import Snapshot
from workbench.export.cells import Cells, label_of, table

#: recorded rows up to the present: steps (T,), update ratios and RMS gradients (T, L)
Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


# What the networks have learned


def fits_csv(snapshot: Snapshot, fits: Sequence[Fit]) -> bytes:
    """The fits of some runs, and the samples beside them.

    A row of part `map` is a point of the plane with the class or value given there and how sure the network is, one of
    part `curve` a point of a run's curve, one of part `sample` a sample with what it should be and what it is taken
    for; beside the maps of several lanes they stand alone. Inputs and values are as they were before scaling. Samples
    are the first 1,200 of each split, as the view shows them.
    """
    data, kind = snapshot.info.data, fits[0].kind
    if data is None:
        return b""
    inputs = {"map": ("x1", "x2"), "curves": ("x",)}.get(kind, ())
    header = ["part", "lane", "run", "split", "index", *inputs, "target", "prediction", "margin", "loss"]
    rows = (row for fit in fits for row in _fit_rows(snapshot, data, fit))
    return table(header, rows if fits[0].train is not None else chain(rows, _bare_samples(data, len(inputs))))


def _fit_rows(snapshot: Snapshot, data: Split, fit: Fit) -> Iterator[Cells]:
    info = snapshot.info
    if fit.kind == "curves":
        for run in range(info.runs):
            for x, y in zip(fit.x, fit.outputs[run, :, 0], strict=True):
                yield "curve", label_of(info, run), run, None, None, x, None, y, None, None
    elif fit.kind == "map":
        across, up = fit.x
        for j, y in enumerate(up):
            for i, x in enumerate(across):
                margin = None if fit.margin is None or not data.classes else fit.margin[j, i]
                given = _named(data, fit.outputs[j, i])
                yield "map", label_of(info, fit.run), fit.run, None, None, x, y, None, given, margin, None
    columns = {"map": 2, "curves": 1}.get(fit.kind, 0)
    for (split, inputs, targets), judged in zip(_samples(data), (fit.train, fit.test), strict=True):
        if judged is not None:
            for index in range(min(len(judged.losses), len(inputs))):
                place = inputs[index, :columns]
                yield (
                    "sample", label_of(info, fit.run), fit.run, split, index, *place,
                    *_judgement(data, judged, targets, index), judged.losses[index],
                )  # fmt: skip


def _samples(data: Split) -> tuple[tuple[str, NDArray[Any], NDArray[Any]], ...]:
    """The first samples of training and of testing, as they were before any scaling."""
    sides = (("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test))
    return tuple((name, data.unscaled(x[:SAMPLES]), data.unscaled_values(y[:SAMPLES])) for name, x, y in sides)


def _bare_samples(data: Split, columns: int) -> Iterator[Cells]:
    """The samples where several networks are shown beside them."""
    for split, inputs, targets in _samples(data):
        for index, (x, y) in enumerate(zip(inputs, targets, strict=True)):
            target = _named(data, y if data.classes else np.ravel(y)[0])
            yield "sample", None, None, split, index, *x[:columns], target, None, None, None


def _judgement(data: Split, judged: Judged, targets: NDArray[Any], index: int) -> tuple[object, object, object]:
    """What a sample should be, what it is taken for, and how sure the network is."""
    if not data.classes:
        return float(np.ravel(targets[index])[0]), float(judged.values[index, 0]), None
    best = int(judged.values[index].argmax())
    return _named(data, targets[index]), _named(data, best), judged.values[index, best]


def _named(data: Split, value: Any) -> object:
    return data.classes[int(value)] if data.classes else float(value)


def confusion_csv(snapshot: Snapshot, found: Confusion) -> bytes:
    """A row a cell of the confusion matrix: how many samples of a class were taken for a class."""
    data = snapshot.info.data
    classes = () if data is None else data.classes
    split = "test" if found.tested else "train"
    return table(
        ["lane", "run", "split", "class", "prediction", "count"],
        ([label_of(snapshot.info, found.run), found.run, split, classes[i], classes[j], int(count)]
         for (i, j), count in np.ndenumerate(found.counts)),
    )  # fmt: skip


# The network drawn


def diagram_csv(snapshot: Snapshot, found: Diagram) -> bytes:
    """A row a connection drawn with its weight and gradient; a bias is one from `bias`. Units are counted from 1."""
    info = snapshot.info

    def rows() -> Iterator[Cells]:
        names: Sequence[object] = found.inputs
        for layer, weights in enumerate(found.weights):
            head = [label_of(info, found.run), found.run, found.step, info.network_of(found.run).layers[layer]]
            units = [place + 1 for place in found.shown[layer + 1]]
            for j, unit in enumerate(units):
                for i, name in enumerate(names):
                    yield *head, name, unit, weights[i, j], found.gradients[layer][i, j]
                yield *head, "bias", unit, found.biases[layer][j], found.bias_gradients[layer][j]
            names = units

    return table(["lane", "run", "step", "layer", "from", "to", "weight", "gradient"], rows())


# Backpropagation


def backpropagation_csv(snapshot: Snapshot, found: Explanation) -> bytes:
    """Every stage in its order, a row a number that the view shows of it.

    `name` is what the number belongs to: the `value` that the rule gives, the `local` derivative, or what it gives
    besides. `number` is an `element` at a row and column, counted from 1, or the `least`, the `largest`, the `rms` or
    the share of `zeros` of the whole, of which elements are the corner shown.
    """
    index = None if found.source == "batch" else found.index
    head = [label_of(snapshot.info, found.run), found.run, found.step, found.source, index]

    def rows() -> Iterator[Cells]:
        for place, stage in enumerate(found.stages, start=1):
            layer = "input" if stage.layer < 0 else found.layers[stage.layer]
            about = [*head, place, stage.direction, layer, stage.rule]
            parts = {"value": stage.value, "local": stage.local, **stage.extra}
            for name, extract in parts.items():
                if extract is not None:
                    yield from ([*about, name, *cells] for cells in _numbers(extract))

    header = ["lane", "run", "step", "source", "index", "stage", "direction", "layer", "rule", "name"]
    return table([*header, "number", "row", "column", "value"], rows())


def _numbers(extract: Extract) -> Iterator[Cells]:
    if extract.shape:
        for name in ("low", "high", "rms", "zeros"):
            yield {"low": "least", "high": "largest"}.get(name, name), None, None, getattr(extract, name)
    for (i, j), value in np.ndenumerate(extract.corner):
        yield "element", i + 1, j + 1, value


# Layers


def layers_csv(snapshot: Snapshot, run: int, rows: Rows, report: LayersReport | None) -> bytes:
    """Update ratio and RMS gradient by step, the activations now, and the histograms, a row a number.

    A row of a histogram is a bin from `low` to `high` with its count.
    """
    info = snapshot.info
    layers = info.network_of(run).layers

    def made() -> Iterator[Cells]:
        head = [label_of(info, run), run]
        steps, ratios, rms = rows
        for quantity, values in (("update_ratio", ratios), ("gradient_rms", rms)):
            for i, layer in enumerate(layers):
                for step, value in zip(steps, values[:, i], strict=True):
                    yield *head, quantity, layer, int(step), None, None, value
        if report is None or report.run != run:
            return
        found = report.statistics
        for quantity in ("mean", "deviation", "dead", "saturated"):
            for layer, value in zip(layers, getattr(found, quantity)[run, info.columns_of(run)], strict=True):
                yield *head, quantity, layer, report.step, None, None, value
        for name, histogram in report.histograms.items():
            for low, high, count in zip(histogram.edges, histogram.edges[1:], histogram.counts[0], strict=False):
                yield *head, f"histogram_{name}", info.layers[report.layer], report.step, low, high, int(count)

    return table(["lane", "run", "quantity", "layer", "step", "low", "high", "value"], made())


# Why a network does not learn


def why_csv(snapshot: Snapshot, found: Why) -> bytes:
    """The chain of causes of a warning: a row a number of a layer, a step, a class, an input or a target."""
    info, warning = snapshot.info, found.warning
    layers = info.network_of(warning.run).layers
    head = [label_of(info, warning.run), warning.run, found.step, warning.key]

    def rows() -> Iterator[Cells]:
        for link in found.chain.links:
            name = layers[link.place] if link.kind == "layer" else link.name or link.place
            for quantity, value in zip(found.chain.headings, link.values, strict=True):
                yield *head, link.kind, name, quantity, value

    return table(["lane", "run", "step", "warning", "of", "name", "quantity", "value"], rows())


# The plane through the parameters


def plane_csv(snapshot: Snapshot, picture: PlanePicture) -> bytes:
    """The losses of the plane's grid, the runs' paths over it, and where each run stands with its true loss."""
    grid, info = picture.grid, snapshot.info

    def rows() -> Iterator[Cells]:
        for j, v in enumerate(grid.v):
            for i, u in enumerate(grid.u):
                yield "plane", None, None, grid.step, u, v, grid.losses[j, i]
        now = picture.coordinates(snapshot.theta)
        for run in range(info.runs):
            lane = label_of(info, run)
            for step, (u, v) in zip(picture.path_steps, picture.paths[:, run], strict=True):
                if step <= snapshot.step and np.isfinite([u, v]).all():
                    yield "path", lane, run, int(step), u, v, None
            loss = picture.loss[run] if picture.step == snapshot.step else None
            if np.isfinite(now[run]).all():
                yield "present", lane, run, snapshot.step, *now[run], loss

    return table(["part", "lane", "run", "step", "u", "v", "loss"], rows())
