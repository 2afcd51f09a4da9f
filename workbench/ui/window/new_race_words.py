"""Why an edit begins a new race, in a sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.experiment import build
from workbench.experiment.experiment import Experiment, LayerSetup, NetworkSetup, ObjectiveSetup
from workbench.ui.window import edit_words

_CONTEXT = "Race"


def new_race(old: Experiment, new: Experiment) -> str:
    """What has changed, where the race of `old` cannot go on as one of `new`; empty where it can."""
    if build.same_race(old, new):
        return ""
    translate = QCoreApplication.translate
    return translate(_CONTEXT, "A new race, from step 0: {}.").format(_change(old, new))


def _change(old: Experiment, new: Experiment) -> str:
    translate = QCoreApplication.translate
    if (old.seed, old.tolerance) != (new.seed, new.tolerance):
        return translate(_CONTEXT, "another seed" if old.seed != new.seed else "another tolerance")
    if old.stop != new.stop:
        return translate(_CONTEXT, "another end by the test loss")
    before, after = old.problem, new.problem
    if isinstance(before, ObjectiveSetup) and isinstance(after, ObjectiveSetup) and before != after:
        return _objective_change(before, after)
    if isinstance(before, NetworkSetup) and isinstance(after, NetworkSetup) and before != after:
        return _network_change(before, after)
    if type(before) is not type(after):
        return translate(_CONTEXT, "another problem")
    return _lanes_change(old, new)


def _lanes_change(old: Experiment, new: Experiment) -> str:
    translate = QCoreApplication.translate
    if [i for i, _ in old.enabled_lanes] != [i for i, _ in new.enabled_lanes]:
        return translate(_CONTEXT, "other lanes take part")
    if edit_words.same_lanes(old.lanes, new.lanes):
        return translate(_CONTEXT, "the lanes stand in another order")
    pairs = zip(old.lanes, new.lanes, strict=False)
    if any(a.network != b.network for a, b in pairs):
        return translate(_CONTEXT, "the network of a lane has changed")
    return translate(_CONTEXT, "the optimizer, convention or draw of a lane has changed")


def _objective_change(before: ObjectiveSetup, after: ObjectiveSetup) -> str:
    translate = QCoreApplication.translate
    if before.objective != after.objective:
        return translate(_CONTEXT, "another objective")
    moved = before.start != after.start
    return translate(_CONTEXT, "another start") if moved else translate(_CONTEXT, "the objective has changed")


def _network_change(before: NetworkSetup, after: NetworkSetup) -> str:
    translate = QCoreApplication.translate
    if before.data != after.data:
        return translate(_CONTEXT, "the data have changed")
    if len(before.layers) != len(after.layers):
        return translate(_CONTEXT, "another number of layers")
    for number, (a, b) in enumerate(zip(before.layers, after.layers, strict=True), 1):
        if a != b:
            return _layer_change(a, b).format(number)
    if before.batch_size != after.batch_size:
        return translate(_CONTEXT, "the batch size has changed")
    if (before.loss, before.loss_parameters) != (after.loss, after.loss_parameters):
        return translate(_CONTEXT, "another loss")
    return translate(_CONTEXT, "the network has changed")


def _layer_change(a: LayerSetup, b: LayerSetup) -> str:
    translate = QCoreApplication.translate
    if a.dropout != b.dropout:
        return translate(_CONTEXT, "dropout changes layer {}")
    if a.batch_norm != b.batch_norm:
        return translate(_CONTEXT, "batch normalisation changes layer {}")
    return translate(_CONTEXT, "layer {} has changed")
