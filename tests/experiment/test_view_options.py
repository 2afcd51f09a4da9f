"""The table `[view]`: read, written, checked, and without a say in any number."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import VALLEY, experiment
from workbench.engine.params import RequestError
from workbench.experiment import build, files, view_options
from workbench.experiment.experiment import replace


def test_an_option_is_read_and_written_and_means_the_same() -> None:
    shown = replace(experiment(VALLEY), view={"loss": {"log_y": False}})
    text = files.dumps(shown)
    assert "[view.loss]\nlog_y = false" in text
    assert files.loads(text) == shown
    assert view_options.options(files.loads(text).view, "loss")["log_y"] is False


def test_what_is_left_out_is_the_default_and_an_old_file_has_all_of_them() -> None:
    given = experiment(VALLEY)
    for key, params in view_options.VIEW_OPTIONS.items():
        assert view_options.options(given.view, key) == {p.name: p.default for p in params}
    assert view_options.options(build.fill(given).view, "loss") == view_options.options(given.view, "loss")


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (
            {"loss": {"log_z": True}},
            '`view.loss.log_z` is not a setting of the view loss; there are: .*did you mean "log_',
        ),
        ({"loss": {"log_y": 3}}, "`view.loss.log_y` must be true or false, got 3"),
        ({"loss": 3}, "`view.loss` must be a table"),
        ({"lots": {}}, "`view.lots` is not a setting of the window"),
    ],
)
def test_what_is_not_known_is_said_in_a_sentence(view, sentence) -> None:
    with pytest.raises(RequestError, match=sentence):
        build.validate(replace(experiment(VALLEY), view=view))


def test_an_edit_keeps_the_table_short() -> None:
    """An option that is put back to its default leaves no trace, so that the experiment is as it was."""
    changed = view_options.edited({}, "loss", "log_y", False)
    assert changed == {"loss": {"log_y": False}}
    assert view_options.edited(changed, "loss", "log_y", True) == {}
    with pytest.raises(RequestError, match="has no option"):
        view_options.edited({}, "loss", "nothing", 1)


def test_looks_change_no_number_and_begin_no_new_race() -> None:
    given = experiment(VALLEY)
    shown = replace(given, view={"loss": {"log_y": False}})
    assert build.same_race(given, shown)
    races = [build.make_race(each) for each in (given, shown)]
    for race in races:
        race.advance(20)
    assert np.array_equal(races[0].theta, races[1].theta)
