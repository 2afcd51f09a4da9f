"""Forms made from Params: for every entry of the catalogues, what they show, take and refuse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from workbench.engine.datasets import datasets
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import Param, RequestError
from workbench.ui.forms.fields import ChoiceField, NumberField, SwitchField, TextField
from workbench.ui.forms.forms import ParamForm
from workbench.ui.forms.lines_field import LinesField
from workbench.ui.forms.number_edit import NumberEdit

ENTRIES = [entry for registry in (optimizers, objectives, datasets) for entry in registry if entry.params]
NUMBERS = [(e, p) for e in ENTRIES for p in e.params if p.kind in ("float", "int")]
Key = Qt.Key

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.key)
each_number = pytest.mark.parametrize(("entry", "param"), NUMBERS, ids=lambda x: getattr(x, "key", "") or x.name)


@pytest.fixture
def make_form(qtbot):
    """Makes a visible form for an entry, and collects what it tells of."""

    def make(entry):
        form = ParamForm(entry.params)
        qtbot.addWidget(form)
        form.edits = []
        form.edited.connect(lambda name, value: form.edits.append((name, value)))
        form.show()
        return form

    return make


def inside(param):
    """A number within the range, other than the default."""
    candidates = [1.0, 0.5, 2.0, 0.25, 10.0, 3.0, 7.0, param.low + 1, param.high - 1]
    for value in candidates:
        try:
            checked = param.check(value)
        except RequestError:
            continue
        if checked != param.default_for("pytorch"):
            return checked
    raise AssertionError(param)


def outside(param):
    """Texts that the Param refuses."""
    texts = ["word", "", "nan", "inf", "1e999"]
    if param.kind == "int":
        texts.append("1.5")
    if param.low > -1e300:
        texts.append(str(param.low - 1))
        if param.low_open:
            texts.append(str(param.low))
    if param.high < 1e300:
        texts.append(str(param.high * 2 + 1))
        if param.high_open:
            texts.append(str(param.high))
    return texts


def write(qtbot, edit, text):
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Key.Key_Delete)
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Key.Key_Return)


@each_entry
def test_a_form_shows_values_and_tells_of_nothing(entry, make_form):
    """A field for each Param shows the value it is given, to the last digit, without telling of an edit."""
    form = make_form(entry)
    assert list(form.fields) == [p.name for p in entry.params]
    for convention in ("pytorch", "keras"):
        values = {p.name: p.default_for(convention) for p in entry.params}
        form.show_values(values)
        for name, value in values.items():
            field = form.fields[name]
            if isinstance(field, NumberField):
                assert float(field.edit.text()) == value
            elif isinstance(field, SwitchField):
                assert field.isChecked() == value
            elif isinstance(field, TextField):
                assert field.edit.text() == value
            elif isinstance(field, LinesField):
                assert field.edit.toPlainText() == value
            else:
                assert field.currentData() == value
    assert form.edits == []


@each_entry
def test_every_field_explains_itself(entry, make_form):
    """Each field says in a tooltip what it does, and to a screen reader what it is."""
    form = make_form(entry)
    for param in entry.params:
        field = form.fields[param.name]
        parts = [field]
        if isinstance(field, NumberField):
            parts = [field.edit, field.slider]
        elif isinstance(field, (TextField, LinesField)):
            parts = [field.edit]
        for part in parts:
            if part is not None:
                assert param.doc.split(".", maxsplit=1)[0] in part.toolTip()
                assert part.accessibleName()


@each_number
def test_a_number_typed_is_checked_and_told(entry, param, make_form, qtbot):
    """A number within the range is told of once, in the Param's own type."""
    form = make_form(entry)
    field = form.fields[param.name]
    field.set_value(param.default_for("pytorch"))
    value = inside(param)
    write(qtbot, field.edit, f"{value!r}")
    assert form.edits == [(param.name, value)]
    assert type(form.edits[0][1]) is type(param.check(value))


@each_number
def test_what_is_out_of_range_is_said_beside_the_field(entry, param, make_form, qtbot):
    """Refused text shows the fault, tells of nothing, and Escape brings the value back."""
    form = make_form(entry)
    field = form.fields[param.name]
    field.set_value(param.default_for("pytorch"))
    shown = field.edit.text()
    for text in outside(param):
        write(qtbot, field.edit, text)
        assert form.edits == [], text
        assert not field._fault.isHidden(), text
        assert field._fault.text().startswith("must "), text
        qtbot.keyClick(field.edit, Key.Key_Escape)
        assert field.edit.text() == shown
        assert field._fault.isHidden()


@each_number
def test_up_and_down_change_a_number(entry, param, make_form, qtbot):
    """Up makes it larger and Down smaller, within the range; a value at its end stays."""
    form = make_form(entry)
    field = form.fields[param.name]
    start = inside(param)
    field.set_value(start)
    qtbot.keyClick(field.edit, Key.Key_Up)
    if form.edits:
        assert form.edits[-1][1] > start
    count, before = len(form.edits), float(field.edit.text())
    qtbot.keyClick(field.edit, Key.Key_Down)
    if len(form.edits) > count:
        assert form.edits[-1][1] < before
    assert form.edits
    for _, value in form.edits:
        assert param.check(value) == value


@each_number
def test_a_slider_gives_allowed_numbers_from_end_to_end(entry, param, make_form):
    """Wherever the slider stands, the number told of is one that the Param takes."""
    form = make_form(entry)
    field = form.fields[param.name]
    if field.slider is None:
        return
    field.set_value(inside(param))
    for place in range(0, field.slider.maximum() + 1, 20):
        field.slider.setValue(place)
    values = [value for _, value in form.edits]
    assert values
    assert all(param.check(value) == value for value in values)
    assert values == sorted(values)


@each_entry
def test_switches_and_choices_tell_of_clicks_alone(entry, make_form, qtbot):
    """A click on a switch, a word chosen: told of, with the Param's name."""
    form = make_form(entry)
    for param in entry.params:
        field = form.fields[param.name]
        form.edits.clear()
        if isinstance(field, SwitchField):
            before = field.isChecked()
            field.click()
            assert form.edits == [(param.name, not before)]
        elif isinstance(field, ChoiceField):
            last = len(param.choices) - 1
            field.setCurrentIndex(last)
            assert form.edits == []
            field.activated.emit(last)
            assert form.edits == [(param.name, param.choices[last])]


def test_a_value_shown_while_one_types_does_not_overwrite(qtbot):
    """The race's own news do not take the text from under the fingers."""
    edit = NumberEdit(Param(name="x", default=1.0, doc="A number."))
    qtbot.addWidget(edit)
    edit.set_value(1.0)
    edit.show()
    edit.activateWindow()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    edit.selectAll()
    qtbot.keyClicks(edit, "12")
    edit.set_value(5.0)
    assert edit.text() == "12"
    with qtbot.waitSignal(edit.edited) as told:
        qtbot.keyClick(edit, Key.Key_Return)
    assert told.args == [12.0]


@pytest.mark.parametrize(("text", "value"), [("0,5", 0.5), ("−3", -3.0), (" 1e-3 ", 0.001), ("+2", 2.0)])
def test_numbers_as_people_write_them(qtbot, text, value):
    """A decimal comma, a true minus sign and spaces are understood."""
    edit = NumberEdit(Param(name="x", default=1.0, doc="A number."))
    qtbot.addWidget(edit)
    edit.set_value(1.0)
    edit.setText(text)
    edit.setModified(True)
    with qtbot.waitSignal(edit.edited) as told:
        qtbot.keyClick(edit, Key.Key_Return)
    assert told.args == [value]
