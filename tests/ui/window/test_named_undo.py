"""Undo says what it takes back, whatever was edited."""

from __future__ import annotations

import msgspec
import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import write
from workbench.experiment.experiment import Lane, LayerSetup, Schedule, replace
from workbench.ui.window import edit_words

OBJECTIVE, TRAINING = experiment(VALLEY), experiment(NETWORK)


def other_problem(given, **fields):
    return replace(given, problem=replace(given.problem, **fields))


def other_lane(given, **fields):
    return replace(given, lanes=(replace(given.lanes[0], **fields), *given.lanes[1:]))


def other_data(**fields):
    return other_problem(TRAINING, data=replace(TRAINING.problem.data, **fields))


def other_layer(**fields):
    first, *rest = TRAINING.problem.layers
    return other_problem(TRAINING, layers=(replace(first, **fields), *rest))


#: an experiment, another one, and what must be said of what sets them apart
EDITS = [
    (OBJECTIVE, TRAINING, "objective or network"),
    (OBJECTIVE, other_problem(OBJECTIVE, objective="himmelblau", parameters={}), "choice of the objective"),
    (OBJECTIVE, other_problem(OBJECTIVE, start=(0.5, 0.5)), "move of the start"),
    (OBJECTIVE, other_problem(OBJECTIVE, start=((0.5, 0.5), (1.0, 1.0))), "added start"),
    (OBJECTIVE, other_problem(OBJECTIVE, gradient="numerical"), "kind of gradient"),
    (OBJECTIVE, other_problem(OBJECTIVE, noise=0.25), "noise of the gradient"),
    (OBJECTIVE, replace(OBJECTIVE, seed=99), "seed"),
    (OBJECTIVE, replace(OBJECTIVE, title="Another one"), "title"),
    (OBJECTIVE, replace(OBJECTIVE, notes="# Why"), "notes"),
    (OBJECTIVE, replace(OBJECTIVE, view={"loss": {"log_y": False}}), "view: log y"),
    (OBJECTIVE, other_lane(OBJECTIVE, color="#123456"), "colour of"),
    (OBJECTIVE, other_lane(OBJECTIVE, enabled=False), "switch of"),
    (OBJECTIVE, other_lane(OBJECTIVE, schedule=Schedule(kind="cosine")), "schedule of"),
    (OBJECTIVE, other_lane(OBJECTIVE, gradient={"clip_norm": 1.0}), "clip norm"),
    (OBJECTIVE, replace(OBJECTIVE, lanes=(*OBJECTIVE.lanes, Lane(optimizer="lion"))), "added lane Lion"),
    (OBJECTIVE, replace(OBJECTIVE, lanes=OBJECTIVE.lanes[:1]), "removed lane"),
    (OBJECTIVE, replace(OBJECTIVE, lanes=OBJECTIVE.lanes[::-1]), "order of the lanes"),
    (TRAINING, other_data(test_fraction=0.4), "test share"),
    (TRAINING, other_problem(TRAINING, batch_size=7), "batch size"),
    (TRAINING, other_problem(TRAINING, l2=0.25), "L2 penalty"),
    (TRAINING, other_problem(TRAINING, layers=(*TRAINING.problem.layers, LayerSetup())), "added layer"),
    (TRAINING, other_layer(units=5), "units of layer 1"),
    (TRAINING, other_layer(dropout=0.5), "dropout of layer 1"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "words"), EDITS, ids=[words for *_, words in EDITS])
def test_an_edit_is_called_by_what_it_changed(before, after, words):
    """In words that a person knows from the panels."""
    assert words.lower() in edit_words.edit(before, after).lower()


#: another value for each field of an experiment's values that has one of its kind
OTHER = {bool: lambda v: not v, int: lambda v: v + 1, float: lambda v: v + 0.125, str: lambda v: v + "x"}


@pytest.mark.parametrize("given", [OBJECTIVE, TRAINING], ids=["objective", "network"])
def test_no_field_of_an_experiment_is_without_a_name(given):
    """Each field changed by itself gives an edit with a name, those declared tomorrow, too."""
    named = 0
    for part, put in (
        (given, lambda value: value),
        (given.problem, lambda value: replace(given, problem=value)),
        (given.lanes[0], lambda value: replace(given, lanes=(value, *given.lanes[1:]))),
    ):
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            if type(value) in OTHER and field.name not in ("format", "optimizer", "objective"):
                changed = put(replace(part, **{field.name: OTHER[type(value)](value)}))
                assert edit_words.edit(given, changed), field.name
                named += 1
    assert named > 10


def test_the_menu_names_what_it_takes_back_and_again(window, qtbot):
    """A step a typed value: the newest in Undo, the one taken back in Redo; bare words where there is nothing."""
    menus = window.menus
    assert (menus.undo.text(), menus.undo.isEnabled()) == ("&Undo", False)
    rate = window.lanes_panel.cards[0].rate.edit
    name = window.lanes_panel.cards[0].optimizer.currentText()
    label = window.document.experiment.lanes[0].label or name
    write(qtbot, rate, "0.0007")
    assert menus.undo.text() == f"&Undo: learning rate of {label}"
    menus.undo.trigger()
    assert menus.redo.text() == f"&Redo: learning rate of {label}"
    assert (menus.undo.text(), menus.undo.isEnabled()) == ("&Undo", False)
