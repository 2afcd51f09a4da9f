"""What a closed window leaves: nothing. (That no test leaves a thread or timer is seen to for all of them.)"""

from __future__ import annotations

import gc
import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.experiments import VALLEY, example, experiment
from workbench.ui.style import theme as themes
from workbench.ui.window.main_window import MainWindow


def gone():
    """Let closed windows go."""
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.alone
@pytest.mark.parametrize("name", ["banana_race", "digits"])
def test_closing_at_full_speed_takes_less_than_a_second(open_window, qtbot, name):
    """A window closed in the middle of the run ends its thread and its clock, and is quick about it."""
    window = open_window(example(name, steps=None))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running and window.snapshot.step > 20)
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 1.0
    assert window.worker.isFinished()
    assert not window.worker.isRunning()
    assert not any(timer.isActive() for timer in window.findChildren(QTimer))


def test_closing_before_anything_is_shown_is_clean(qtbot):
    """A window that never came to light ends as well."""
    window = MainWindow(experiment(VALLEY), theme=themes.LIGHT)
    window.files.asks_before_losing = window.remembers_layout = False
    window.close()
    window.deleteLater()
    gone()


def test_many_windows_leave_no_widget(qtbot):
    """Opened and closed ten times, there are as many widgets and objects of ours as before."""
    counts = []
    for number in range(10):
        window = MainWindow(experiment(VALLEY), theme=themes.LIGHT)
        window.files.asks_before_losing = window.remembers_layout = False
        if number % 5 == 0:
            window.show()
            QCoreApplication.processEvents()
        window.close()
        window.deleteLater()
        del window
        gone()
        if number in (0, 9):
            gc.collect()
            counts.append((len(QApplication.allWidgets()), sum(isinstance(o, MainWindow) for o in gc.get_objects())))
    assert counts[0] == counts[1]
    assert counts[1][1] == 0


def test_many_edits_leave_no_widget(open_window, qtbot):
    """Cards, forms and rows that are made anew take the place of the old ones."""
    window = open_window()
    counts = []
    for number in range(12):
        window.lanes_panel.add.click()
        window.problem_panel.network_button.click()
        window.problem_panel.objective_button.click()
        window.lanes_panel.cards[-1].remove.trigger()
        if number in (1, 11):
            gone()
            gc.collect()
            counts.append(len(QApplication.allWidgets()))
    assert counts[0] == counts[1]


def test_many_experiments_leave_no_widget_in_pythons_memory(open_window, qtbot):
    """Neither the program's own nor those that Qt has inside of them, as the list of a box to choose from."""
    window = open_window()
    counts = []
    for number in range(8):
        for name in ("digits", "banana_race"):
            window.document.open(example(name), None)
            qtbot.wait(20)
        if number in (1, 7):
            gone()
            gc.collect()
            counts.append(sum(isinstance(found, QWidget) for found in gc.get_objects()))
    assert counts[0] == counts[1]


def test_a_dock_that_is_closed_comes_back_up_to_date(open_window, qtbot):
    """A hidden view is not drawn; shown again, it shows the step that the race has reached."""
    window = open_window()
    window.docks["race"].close()
    window.worker.seek(33)
    qtbot.waitUntil(lambda: window.snapshot.step == 33)
    assert window.views["race"].snapshot.step == 0
    window.docks["race"].toggleViewAction().trigger()
    qtbot.waitUntil(lambda: window.views["race"].snapshot.step == 33)


def test_the_layout_is_remembered(open_window, qtbot):
    """What was closed stays closed in the next window; Restore layout brings it back."""
    window = open_window()
    window.docks["loss"].close()
    window.remembers_layout = True
    window.close()
    again = MainWindow(experiment(VALLEY), theme=themes.LIGHT)
    again.files.asks_before_losing = False
    again.show()
    qtbot.waitUntil(lambda: again.snapshot is not None)
    assert again.docks["loss"].isHidden()
    again.dock_layout.reset()
    assert again.docks["loss"].isVisible()
    again.remembers_layout = False
    again.close()
    again.deleteLater()
    gone()


def test_theme_and_size_of_text_are_remembered(open_window, qtbot):
    """The next window has them, unless it is given a theme; one that follows the system follows it again."""
    window = open_window()
    points = QApplication.font().pointSizeF()
    window.menus.theme_actions["dark"].trigger()
    window.looks.enlarge()
    window.looks.enlarge()
    window.remembers_layout = True
    window.close()
    themes.apply(QApplication.instance(), themes.LIGHT, points)
    again = open_window(theme=None, remembers=True)
    assert again.looks.theme.name == "dark"
    assert again.menus.theme_actions["dark"].isChecked()
    assert QApplication.font().pointSizeF() == points + 2
    again.menus.theme_actions["system"].trigger()
    again.close()
    third = open_window(theme=None, remembers=True)
    assert third.looks.follows_system
    third.looks.choose_points(points)


def test_broken_settings_are_no_reason_not_to_open(open_window):
    """What somebody wrote by hand is left out."""
    settings = QSettings()
    for key, value in (("theme", "purple"), ("points", "large"), ("layout", 3)):
        settings.setValue(key, value)
    window = open_window(theme=None, remembers=True)
    assert window.looks.follows_system
    assert not window.looks.font_chosen


def test_unsaved_changes_are_asked_for(open_window, qtbot, tmp_path):
    """A changed file is not lost by closing: Cancel keeps the window open, Save writes it, Discard lets it go."""
    path = tmp_path / "mine.toml"
    window = open_window()
    assert window.files.write(path)
    window.files.asks_before_losing = True
    window.lanes_panel.add.click()

    def answer(button):
        def click():
            box = QApplication.activeModalWidget()
            box.button(button).click()

        QTimer.singleShot(50, click)

    from PySide6.QtWidgets import QMessageBox

    answer(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.worker.isRunning()
    answer(QMessageBox.StandardButton.Save)
    assert window.close()
    assert path.read_text(encoding="utf-8").count("[[lanes]]") == 3
