"""A person's own table through the dialog: its columns, its faults in a sentence, and the race that learns from it."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import choose
from workbench.engine.datasets.csv_peek import peek
from workbench.engine.params import RequestError
from workbench.experiment.experiment import NetworkSetup, replace
from workbench.ui.dialogs import files as dialogs
from workbench.ui.dialogs.csv.reading import Reading, Request
from workbench.ui.views.fit.scatter import sample_places

FLOWERS = "height,width,note,kind\n" + "".join(
    f"{1 + i % 7},{2.5 * (i % 3)},{'ab'[i % 2]},{'cat' if i % 3 else 'dog'}\n" for i in range(40)
)
#: what is wrong with a file, its bytes, and what the sentence must hold: line and column where there are such
HOSTILE = {
    "empty": (b"", ["empty"]),
    "blank": (b"\n \n\t\n", ["empty"]),
    "ragged": (b"a,b\n1,2\n3\n", ["line 3", "1 value"]),
    "encoding": (b"a,b\n1,\xff\xfe\xfa\n", ["line 2", "0xff", "UTF-8"]),
    "binary": (b"a,b\n1,\0\n", ["line 2", "zero byte"]),
    "one class": (b"a,kind\n1,x\n2,x\n", ["kind", "alone"]),
    "not a number": (b"a,b,kind\n1,2,x\n1,nan,y\n", ["line 3", '"b"', "missing"]),
    "infinite": (b"a,b,kind\n1,2,x\n1,inf,y\n", ["line 3", '"b"', "finite"]),
    "text later": (b"a,b,kind\n" + b"1,2,x\n1,3,y\n" * 20 + b"1,many,x\n", ["line 42", '"b"', "many"]),
    "commas and points": (b"a;b;kind\n1,5;2;x\n2,5;3.5;y\n", ["line 2", '"a"', "commas", "points", "line 3"]),
    "thousands": (b"a;b;kind\n1,500;2;x\n2,500;3;y\n", ["line 2", '"a"', "thousands"]),
    "one column": (b"a\n1\n2\n", ["one column"]),
    "names twice": (b"a,a,kind\n1,2,x\n", ["two columns", '"a"']),
    "no rows": (b"a,b\n", ["no rows"]),
    "open quote": (b'a,b\n1,"2\n3,4\n', ["line 2", "quotation mark"]),
    "million rows": (b"a,b\n" + b"1,2\n3,4\n" * 500_000, ["200,000 rows"]),
}


@pytest.fixture
def opened(open_window, qtbot, monkeypatch, tmp_path):
    """A window with a network, and a way to open bytes as a file through its menu."""
    window = open_window(experiment(NETWORK))

    def open_bytes(content, name="mine.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.setattr(dialogs, "ask_csv", lambda *_: path)
        window.menus.open_data.trigger()
        dialog = window.own_data.opening.dialog
        qtbot.waitUntil(lambda: answered(dialog), timeout=30_000)
        return dialog

    open_bytes.window = window
    return open_bytes


def answered(dialog):
    """Whether the dialog has nothing left to read."""
    return dialog._reading is None and not dialog._delay.isActive()


def test_a_table_becomes_the_data_of_the_race(opened, qtbot):
    """Types are guessed, the first rows are seen, and the race learns from the file; undo gives the old data back."""
    window = opened.window
    before = window.document.experiment
    dialog = opened(FLOWERS)
    assert dialog.rows.horizontalHeaderItem(0).text() == "height\nnumber"
    assert dialog.rows.horizontalHeaderItem(2).text() == "note\ntext"
    assert [dialog.rows.item(1, j).text() for j in range(4)] == ["2", "2.5", "b", "cat"]
    assert dialog.target.currentData() == "kind"
    assert "40 rows, 2 inputs, 2 classes: cat, dog" in dialog.status.text()
    dialog.use.click()
    data = window.document.experiment.problem.data
    assert (data.target, data.columns, data.scaling) == ("kind", ("height", "width"), "standard")
    qtbot.waitUntil(lambda: window.snapshot.info.data is not None and window.snapshot.info.data.classes[0] == "cat")
    assert "mine.csv" in window.problem_panel.network_form.data.note.text()
    window.menus.undo.trigger()
    assert window.document.experiment == before
    assert window.message.text == ""


def test_decimal_commas_are_read_and_said(opened, qtbot):
    """A file of semicolons and decimal commas is used like any other, and the dialog tells how it reads."""
    window = opened.window
    dialog = opened(FLOWERS.replace(",", ";").replace(".", ","))
    assert "40 rows, 2 inputs, 2 classes: cat, dog" in dialog.status.text()
    assert "Decimal commas: 0,5 is read as 0.5." in dialog.status.text()
    assert dialog.table.x[:3].tolist() == [[1, 0], [2, 2.5], [3, 5]]
    dialog.use.click()
    qtbot.waitUntil(lambda: window.snapshot.info.data is not None and window.snapshot.info.data.classes[0] == "cat")
    assert "Decimal" not in opened(FLOWERS).status.text()


@pytest.mark.parametrize("value", ["1e999", "inf", "1,500"])
def test_a_column_left_out_is_said_with_its_line(opened, value):
    """A column of numbers that holds one that is none is not lost in silence."""
    dialog = opened(f'a,b,kind\n1,2,x\n3,"{value}",y\n')
    assert dialog.use.isEnabled()
    assert dialog._columns() == ("a",)
    assert f'Left out: line 3, column "b": must be a finite number, got "{value}"' in dialog.status.text()
    assert 'line 3, column "b"' in dialog.inputs.item(1).toolTip()


def test_the_index_that_pandas_writes_is_left_unchecked_and_said(opened):
    """The column has no name and numbers the rows; a last column without any value is not taken for the target."""
    dialog = opened(",a,kind,\n0,1.5,x,\n1,2,y,\n")
    assert dialog.use.isEnabled()
    assert (dialog.target.currentData(), dialog._columns()) == ("kind", ("a",))
    assert "Left out: column 1, which has no name and numbers the rows." in dialog.status.text()


def test_no_column_to_learn_from_is_said_with_the_reason(opened):
    """Not only that one must be checked, but why none is."""
    said = opened('a,kind\n1,x\n"2,500",y\n').status.text()
    assert said.startswith("Check at least one column")
    assert 'Left out: line 3, column "a"' in said


def test_other_columns_of_the_same_file(opened, qtbot):
    """The panel's button opens the dialog with what was chosen; a target of numbers is a value."""
    window = opened.window
    opened(FLOWERS).use.click()
    window.problem_panel.network_form.data.file_button.click()
    dialog = window.own_data.opening.dialog
    qtbot.waitUntil(lambda: answered(dialog))
    assert dialog._columns() == ("height", "width")
    choose(dialog.target, "width")
    choose(dialog.kind, "values")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled())
    assert "the target is a value" in dialog.status.text()
    dialog.use.click()
    problem = window.document.experiment.problem
    assert (problem.data.target, problem.data.columns, problem.data.target_kind) == ("width", ("height",), "values")
    qtbot.waitUntil(lambda: window.snapshot.info.data.columns == ("height",))


def test_the_first_line_can_be_said_to_be_a_row(opened, qtbot):
    """The preview follows at once, and what was said goes into the experiment."""
    window = opened.window
    dialog = opened("a,k\n" + "c,d\ne,b\n" * 4)
    assert dialog.rows.rowCount() == 8
    assert "texts alone stand below it" in dialog.status.text()
    choose(dialog.format.header, "no")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.rows.rowCount() == 9)
    assert dialog.rows.horizontalHeaderItem(0).text() == "column 1\ntext"
    assert dialog.target.currentData() == "column 2"
    dialog.inputs.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled())
    assert "9 rows, 3 inputs, 3 classes: b, d, k." in dialog.status.text()
    assert 'Column "column 1" holds texts: 3 input(s) of 0 and 1 (a, c, e).' in dialog.status.text()
    dialog.use.click()
    data = window.document.experiment.problem.data
    assert (data.header, data.columns, data.target) == ("no", ("column 1",), "column 2")
    qtbot.waitUntil(lambda: window.snapshot.info.data is not None and len(window.snapshot.info.data.columns) == 3)


def test_a_mark_for_thousands_can_be_said(opened, qtbot):
    """What nothing in the file tells is refused until it is said; the numbers are then those meant."""
    dialog = opened('a,price\n1,"1,250"\n2,"2,500"\n3,"4,125"\n')
    assert not dialog.use.isEnabled()
    assert "before decimals or thousands" in dialog.status.text()
    choose(dialog.format.thousands, "comma")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled())
    assert dialog.table.y[:, 0].tolist() == [1250, 2500, 4125]
    assert '"1,250" in line 2 is read as 1250.' in dialog.status.text()
    choose(dialog.format.thousands, "guess")
    choose(dialog.format.decimal, "comma")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled())
    assert dialog.table.y[:, 0].tolist() == [1.25, 2.5, 4.125]


def test_missing_values_are_left_out_or_filled_and_counted(opened, qtbot):
    """Refused first, with the places; each other choice says how many rows or values it is about."""
    dialog = opened("a,b,kind\n1,5,x\n,6,y\n3,oops,x\n4,8,y\n".replace("oops", "NA"))
    assert "values are missing in line 3" in dialog.status.text()
    choose(dialog.missing, "leave_out")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled())
    assert dialog.table.x.tolist() == [[1, 5], [4, 8]]
    assert "2 of 4 rows are left out, as values are missing: line 3, line 4." in dialog.status.text()
    choose(dialog.missing, "mean")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled() and len(dialog.table.x) == 4)
    assert "2 missing value(s) are filled with the mean" in dialog.status.text()
    assert '1 in column "a", 1 in column "b"' in dialog.status.text()


def test_a_word_can_be_said_to_be_a_missing_value(opened, qtbot):
    """What is a class by itself is none where it was said to be a missing value."""
    dialog = opened("a,kind\n1,x\n2,lost\n3,y\n")
    assert "3 classes: lost, x, y" in dialog.status.text()
    qtbot.keyClicks(dialog.format.words.edit, "Lost")
    qtbot.waitUntil(lambda: answered(dialog) and "missing in line 3" in dialog.status.text())
    choose(dialog.missing, "leave_out")
    qtbot.waitUntil(lambda: answered(dialog) and dialog.use.isEnabled())
    assert "2 rows, 1 input, 2 classes: x, y." in dialog.status.text()
    assert dialog.setup.missing_words == ("Lost",)


def test_the_target_can_be_scaled_and_the_fit_keeps_its_unit(opened, qtbot):
    """Losses and the axes of the fit are in the file's own unit, with its names."""
    window = opened.window
    dialog = opened("area,price\n" + "".join(f"{50 + i},{200_000 + 3_000.5 * i}\n" for i in range(40)))
    choose(dialog.target_scaling, "standard")
    dialog.use.click()
    qtbot.waitUntil(lambda: window.snapshot.info.data is not None and window.snapshot.info.data.target == "price")
    assert window.document.experiment.problem.data.target_scaling == "standard"
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None and view._drawn.kind == "curves")
    left, bottom = (view.plot.axes[side] for side in ("left", "bottom"))
    assert (bottom.labelText, left.labelText) == ("area", "price")
    assert sample_places(view.snapshot.info.data, view._drawn, "curves", tested=False)[:, 1].min() >= 200_000
    # the squared error of a net that has learned nothing is of the order of the prices' variance, (3000 * 11.5)^2
    assert window.snapshot.loss[0] > 1e7


def test_the_panel_says_what_was_guessed_and_what_a_batch_of_one_means(opened, qtbot):
    """Below the data, as long as they are those; the target of values alone can be scaled there."""
    window = opened.window
    part = window.problem_panel.network_form.data
    opened("5.1,3.5,a\n4.9,3.0,b\n" * 20).use.click()
    assert 'The first line is read as a row, as it is like those below: header = "yes" makes names of it.' in (
        part.note.text()
    )
    assert (part.inputs, part.classes) == (2, 2)
    assert part.target_scaling.isHidden()
    opened("a,b\n" + "".join(f"{i},{i}.5\n" for i in range(41)), "other.csv").use.click()
    assert (part.inputs, part.classes) == (1, 0)
    assert not part.target_scaling.isHidden()
    problem = window.document.experiment.problem
    layer = replace(problem.layers[0], batch_norm=True)
    lonely = replace(problem, layers=(layer,), batch_size=15, data=replace(problem.data, test_fraction=0.25))
    window.document.replace(replace(window.document.experiment, problem=lonely))
    assert "The last batch of an epoch holds a single sample (31 training samples in batches of 15)" in part.note.text()
    window.document.replace(replace(window.document.experiment, problem=replace(lonely, batch_size=16)))
    assert "single sample" not in part.note.text()


def test_a_table_opens_beside_an_objective(open_window, qtbot, monkeypatch, tmp_path):
    """From an objective, too: the network shown last is the one that learns."""
    window = open_window(experiment(VALLEY))
    path = tmp_path / "mine.csv"
    path.write_text(FLOWERS)
    monkeypatch.setattr(dialogs, "ask_csv", lambda *_: path)
    window.menus.open_data.trigger()
    dialog = window.own_data.opening.dialog
    qtbot.waitUntil(dialog.use.isEnabled)
    dialog.use.click()
    assert isinstance(window.document.experiment.problem, NetworkSetup)
    qtbot.waitUntil(lambda: window.snapshot.info.kind == "network")


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence_and_nothing_is_lost(opened, fault, qtbot):
    """It says the line and the column; it cannot be used, and the open experiment stays."""
    content, words = HOSTILE[fault]
    window = opened.window
    before = window.document.experiment
    dialog = opened(content)
    # columns that look like text are no inputs unless one insists
    for i in range(dialog.inputs.count()):
        dialog.inputs.item(i).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: answered(dialog), timeout=20_000)
    said = dialog.status.text()
    assert all(word in said for word in words), said
    assert "\n" not in said
    assert not dialog.use.isEnabled()
    dialog.reject()
    assert window.document.experiment == before
    assert window.message.text == ""


def test_reading_a_large_file_is_ended_with_the_dialog(opened, tmp_path, monkeypatch, qtbot):
    """Cancelling waits for no more than a few thousand rows, while the window goes on."""
    window = opened.window
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b,kind\n" + b"1,2,x\n3,4,y\n" * 90_000)
    looked = threading.Event()
    watch = Reading._watch

    def wait_for_the_end(reading, done, total):
        """No reading ends before it is let go, however fast the machine is."""
        looked.set()
        while not reading.abandoned:
            time.sleep(0.001)
        watch(reading, done, total)

    monkeypatch.setattr(Reading, "_watch", wait_for_the_end)
    monkeypatch.setattr(dialogs, "ask_csv", lambda *_: path)
    window.menus.open_data.trigger()
    dialog = window.own_data.opening.dialog
    qtbot.waitUntil(looked.is_set, timeout=20_000)
    reading = dialog._reading
    assert reading.isRunning()
    dialog.reject()
    assert reading.isFinished()
    assert reading.table is None


@given(st.binary(max_size=200))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path, content):
    """What no one thought of: either the columns are known, or one sentence says why not."""
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        found = peek(path)
    except RequestError:
        found = None
    reading = Reading(Request(path))
    reading.run()
    assert (reading.peek is None) == (found is None) == bool(reading.fault)
    assert "\n" not in reading.fault
