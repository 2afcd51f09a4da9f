"""The document: undo is a list of values, and only another value is a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments import BOWL, experiment, with_rate
from workbench.experiment.experiment import replace
from workbench.live import document as documents
from workbench.live.document import Document

FIRST = experiment(BOWL)


def seeded(seed):
    return replace(FIRST, seed=seed)


@pytest.fixture
def document(qapp):
    made = Document(FIRST)
    yield made
    made.deleteLater()


@pytest.fixture
def seen(document):
    """The values that the document told of."""
    values = []
    document.changed.connect(values.append)
    return values


def test_undo_and_redo_go_through_the_very_values(document, seen):
    """Undo and redo give back each earlier value, and tell of it."""
    values = [seeded(seed) for seed in (10, 11, 12)]
    for value in values:
        document.replace(value)
    for value in [values[1], values[0], FIRST]:
        document.undo()
        assert document.experiment == value
    assert not document.can_undo
    for value in values:
        document.redo()
        assert document.experiment == value
    assert not document.can_redo
    assert seen == [*values, values[1], values[0], FIRST, *values]


def test_an_equal_value_changes_nothing(document, seen):
    """An equal value makes no signal and no step of undo, and keeps what can be done again."""
    document.replace(seeded(10))
    document.undo()
    document.replace(experiment(BOWL))
    assert (seen, document.can_undo, document.can_redo) == ([seeded(10), FIRST], False, True)


def test_undo_with_nothing_to_undo_does_nothing(document, seen):
    """Undo and redo at the ends of the list are no faults."""
    document.undo()
    document.redo()
    assert (seen, document.experiment) == ([], FIRST)


def test_a_new_edit_forgets_what_could_be_done_again(document):
    """After an undo, an edit begins another future."""
    document.replace(seeded(10))
    document.undo()
    document.replace(seeded(20))
    assert not document.can_redo
    document.undo()
    assert document.experiment == FIRST


def test_a_drag_to_and_fro_leaves_no_step_of_undo(document):
    """What came back to where it began is no edit: the one before is undone next, and what follows is its own step."""
    document.replace(seeded(10))
    for rate in (0.02, 0.03, FIRST.lanes[0].hyperparameters["learning_rate"]):
        document.replace(with_rate(seeded(10), 0, rate), "lane.0.learning_rate")
    assert document.experiment == seeded(10)
    document.replace(with_rate(seeded(10), 0, 0.04), "lane.0.learning_rate")
    document.undo()
    assert document.experiment == seeded(10)
    document.undo()
    assert document.experiment == FIRST
    assert not document.can_undo


def test_a_dragged_slider_is_one_step_of_undo(document):
    """Edits of one key in quick succession merge; another key, or none, begins a new step."""
    for rate in (0.02, 0.03, 0.04):
        document.replace(with_rate(FIRST, 0, rate), "lane.0.learning_rate")
    document.replace(with_rate(FIRST, 1, 0.5), "lane.1.learning_rate")
    document.undo()
    assert document.experiment == with_rate(FIRST, 0, 0.04)
    document.undo()
    assert document.experiment == FIRST


def test_edits_of_one_key_far_apart_in_time_do_not_merge(document, monkeypatch):
    """Coming back to a slider later is another edit."""
    now = [100.0]
    monkeypatch.setattr(documents.time, "monotonic", lambda: now[0])
    document.replace(seeded(10), "seed")
    now[0] += 60.0
    document.replace(seeded(11), "seed")
    document.undo()
    assert document.experiment == seeded(10)


def test_edits_without_a_key_never_merge(document):
    """Two clicks of the same button are two steps of undo."""
    document.replace(seeded(10))
    document.replace(seeded(11))
    document.undo()
    assert document.experiment == seeded(10)


def test_after_an_undo_the_same_key_begins_a_new_step(document):
    """An edit that follows an undo does not melt into what was there before."""
    document.replace(seeded(10), "seed")
    document.replace(with_rate(FIRST, 0, 0.5), "rate")
    document.undo()
    document.replace(seeded(12), "seed")
    document.undo()
    assert document.experiment == seeded(10)


def test_modified_says_whether_there_is_something_to_save(document):
    """Saved is what the file holds: going back to it by undo counts as saved, too."""
    assert not document.is_modified
    document.replace(seeded(10))
    assert document.is_modified
    document.mark_saved(Path("some.toml"))
    assert (document.is_modified, document.path) == (False, Path("some.toml"))
    document.undo()
    assert document.is_modified
    document.redo()
    assert not document.is_modified


def test_opening_begins_with_nothing_to_undo(document, seen):
    """The undo list belongs to the open file."""
    document.replace(seeded(10))
    document.open(seeded(99), Path("other.toml"))
    assert (document.can_undo, document.can_redo, document.is_modified) == (False, False, False)
    assert seen[-1] == seeded(99)


def test_the_undo_list_is_bounded(document):
    """Hours of editing do not fill the memory: the oldest steps go first."""
    for seed in range(10, 400):
        document.replace(seeded(seed))
    steps = 0
    while document.can_undo:
        document.undo()
        steps += 1
    assert steps == 200
