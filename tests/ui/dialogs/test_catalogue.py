"""The catalogue in the window: found by name, property or formula, chosen by keys alone, and explained."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import undone
from workbench.engine.objectives import objectives
from workbench.ui.dialogs import files
from workbench.ui.dialogs.catalogue import entries, page, pictures
from workbench.ui.dialogs.catalogue.help import chosen
from workbench.ui.forms.picking import OWN_FILE
from workbench.ui.style import theme as themes


@pytest.mark.parametrize("kind", entries.KINDS)
def test_every_entry_is_in_one_group(kind):
    """Those of the registry, each once, and each group with more than a word about it; beside data one's own file."""
    listed = [entry.key for entry in entries.entries(kind)]
    own = [OWN_FILE] if kind == "data set" else []
    assert sorted(listed) == sorted([*entries.registry(kind).keys(), *own])
    groups = [entry.group for entry in entries.entries(kind)]
    assert len(set(groups)) > 3
    assert all(groups)
    changes = sum(a != b for a, b in pairwise(groups))
    assert changes == len(set(groups)) - 1, "a group stands together"


@pytest.mark.parametrize(
    ("kind", "asked", "key"),
    [
        ("objective", "himmel", "himmelblau"), ("objective", "HIMMELBLAU", "himmelblau"),
        ("objective", "(x^2 + y - 11)^2", "himmelblau"), ("objective", "x²+y−11", "himmelblau"),
        ("optimizer", "sign(", "lion"),
        ("optimizer", "nesterov", "nesterov"), ("data set", "digits", "digits"),
    ],
)  # fmt: skip
def test_search_finds_by_name_property_and_formula(kind, asked, key):
    """Whatever the case, and however powers are written."""
    assert key in {entry.key for entry in entries.found(kind, asked)}
    assert len(entries.found(kind, asked)) < len(entries.entries(kind)) / 2


def test_search_finds_by_property():
    """All functions of one coordinate and none of two; words in any order where they do not stand together."""
    found = {entry.key for entry in entries.found("objective", "one coordinate")}
    assert found >= {entry.key for entry in objectives if entry().dimensions == (1, 1)}
    assert "himmelblau" not in found
    minima = {entry.key for entry in entries.found("objective", "minima several")}
    assert "himmelblau" in minima
    assert "rosenbrock" not in minima


def test_nothing_is_found_by_what_nothing_has():
    """And the whole catalogue by nothing."""
    assert entries.found("objective", "zzzz qqqq") == []
    assert len(entries.found("objective", "")) == len(objectives)


def press(key):
    QTest.keyClick(QApplication.focusWidget(), key)


def test_an_objective_is_chosen_by_keys_alone(window, qtbot):
    """Space on the field opens the picker, words find, Return chooses, and the keys are where they were."""
    before = window.document.experiment
    field = window.problem_panel.objective_form.objective
    field.setFocus()
    press(Qt.Key.Key_Space)
    picker = window.catalogue.picker
    qtbot.waitUntil(lambda: picker is not None and picker.isVisible() and picker.search.hasFocus())
    assert picker.current == "rosenbrock"
    qtbot.keyClicks(picker.search, "himmel")
    assert picker.current == "himmelblau"
    assert "Himmelblau" in picker.page.toPlainText()
    press(Qt.Key.Key_Return)
    assert not picker.isVisible()
    assert window.document.experiment.problem.objective == "himmelblau"
    undone(window, before)


def test_arrows_go_through_the_list_past_its_headings(window, qtbot):
    """From the search line, to the ends and no further; Escape leaves all as it was."""
    before = window.document.experiment
    window.lanes_panel.cards[0].optimizer.showPopup()
    picker = window.catalogue.picker
    qtbot.waitUntil(picker.search.hasFocus)
    keys = [entry.key for entry in entries.entries("optimizer")]
    at = keys.index("adam")
    assert picker.current == "adam"
    for step in (1, 2):
        qtbot.keyClick(picker.search, Qt.Key.Key_Down)
        assert picker.current == keys[at + step]
    for _ in keys:
        qtbot.keyClick(picker.search, Qt.Key.Key_Up)
    assert picker.current == keys[0]
    qtbot.keyClick(picker.search, Qt.Key.Key_Escape)
    assert not picker.isVisible()
    assert window.document.experiment == before


def test_what_is_not_found_cannot_be_chosen(window, qtbot):
    """The dialog says so, and Return leaves it open."""
    window.problem_panel.objective_form.objective.showPopup()
    picker = window.catalogue.picker
    qtbot.waitUntil(picker.search.hasFocus)
    qtbot.keyClicks(picker.search, "zzzz")
    assert picker.none.isVisible()
    assert not picker.ok.isEnabled()
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert picker.isVisible()


def test_data_are_chosen_by_their_pictures(open_window, qtbot):
    """From the button beside the list."""
    window = open_window(experiment(NETWORK))
    part = window.problem_panel.network_form.data
    part.browse.click()
    picker = window.catalogue.picker
    qtbot.waitUntil(picker.search.hasFocus)
    assert picker.current == "moons"
    qtbot.keyClicks(picker.search, "iris")
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert window.document.experiment.problem.data.name == "iris"


def test_a_file_of_ones_own_is_among_the_data(open_window, qtbot, monkeypatch):
    """Chosen in the picker as any other, it asks for the file; until one is chosen the data stay as they were."""
    asked = []
    monkeypatch.setattr(files, "ask_csv", lambda *_: asked.append("file"))
    window = open_window(experiment(NETWORK))
    before = window.document.experiment
    part = window.problem_panel.network_form.data
    part.browse.click()
    picker = window.catalogue.picker
    qtbot.waitUntil(picker.search.hasFocus)
    qtbot.keyClicks(picker.search, "own csv")
    assert picker.current == OWN_FILE
    assert "column" in picker.page.toPlainText()
    qtbot.waitUntil(lambda: ("data set", OWN_FILE, "light") in window.catalogue.pictures._kept)
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert asked == ["file"]
    assert window.document.experiment == before
    assert part.choice.currentData() == "moons"


def test_pictures_come_while_one_looks(window, qtbot):
    """The dialog is there at once; every entry has its picture in the end, the page too."""
    window.problem_panel.objective_form.objective.showPopup()
    picker = window.catalogue.picker
    kept = window.catalogue.pictures._kept
    names = [entry.key for entry in objectives]
    qtbot.waitUntil(lambda: len(kept) == len(names), timeout=30_000)
    drawn = [key for (_, key, _), image in kept.items() if not image.isNull()]
    assert len(drawn) == len(names)
    icons = [picker.list.item(row).icon() for row in range(picker.list.count()) if picker.list.item(row).data(256)]
    assert all(not icon.isNull() for icon in icons)


def darkest(image):
    """Where the strongest colour of a picture is, as shares of its width and height from the bottom left."""
    light = np.array(
        [[image.pixelColor(x, y).lightness() for x in range(image.width())] for y in range(image.height())]
    )
    y, x = np.unravel_index(light.argmin(), light.shape)
    return x / image.width(), 1 - y / image.height()


@pytest.mark.parametrize("key", ["sphere", "booth", "matyas", "himmelblau"])
def test_the_picture_of_an_objective_is_its_height_map(qapp, key):
    """Lowest where a known minimum is, within a band of heights."""
    entry = objectives.get(key)
    image = pictures.picture("objective", key, themes.LIGHT)
    share = np.array(darkest(image))
    low, high = np.array(entry.domain[:2]).T
    least = [np.array(minimum.point[:2]) for minimum in entry().minima(2)]
    assert min(np.abs((point - low) / (high - low) - share).max() for point in least) < 0.25


def test_pages_tell_all_that_the_registries_know(qapp):
    """Of every entry: title, formula, settings with their sentences, and where it comes from."""
    for kind in entries.KINDS:
        for entry in entries.registry(kind):
            view = page.PageView()
            view.show_pages([(kind, entry.key)], themes.DARK)
            text = " ".join(view.toPlainText().split())
            said = [entry.title, entry.formula, entry.source.text, str(entry.source.year)]
            said += [line.partition("#")[0] for line in getattr(entry, "lines", "").splitlines() if "[" not in line]
            said += [stage.words for stage in getattr(entry, "stages", ())]
            said += [word for param in entry.params for word in (param.words, param.doc)]
            for word in said:
                assert " ".join(word.split()) in text, (entry.key, word)


def test_pages_load_nothing_from_elsewhere(qapp, tmp_path):
    """Links are text, and pictures are those that the program made itself."""
    view = page.PageView()
    assert not view.openLinks()
    assert view.loadResource(2, (tmp_path / "x.png").as_uri()) is None


def test_help_is_of_what_is_chosen(window, qtbot):
    """The objective and the rules that race; the picked lane's rule first."""
    assert chosen(experiment(VALLEY)) == [("objective", "rosenbrock"), ("optimizer", "adam"), ("optimizer", "momentum")]
    assert chosen(experiment(VALLEY), 1)[0] == ("optimizer", "momentum")
    assert chosen(experiment(NETWORK))[0] == ("data set", "moons")
    window.menus.what_is_chosen.trigger()
    text = window.catalogue.help.page.toPlainText()
    assert "Rosenbrock" in text
    assert "Adam" in text
    assert window.catalogue.help.isVisible()
    window.catalogue.help.close()
