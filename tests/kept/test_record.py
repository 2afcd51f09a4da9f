"""What is kept of a race's record: points that were recorded and nothing else, bounded in number, and whole again."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from tests.experiments import BOWL, MIXED, VALLEY, experiment
from tests.kept.races import run
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.kept import record as records
from workbench.kept.entry import Entry, KeptLane
from workbench.kept.record import Record, ghosts, read_record, record_bytes, record_of


@pytest.mark.parametrize("text", [VALLEY, MIXED])
def test_a_short_race_is_kept_whole(text):
    """Every row of every run, to the bit, and read again from the archive as it was."""
    _, snapshot = run(text, 60)
    kept = read_record(record_bytes(record_of(snapshot)))
    history = snapshot.history
    for place in range(snapshot.info.runs):
        own = kept.run(place)
        np.testing.assert_array_equal(kept.step[own], history.steps)
        np.testing.assert_array_equal(kept.loss[own], history.values["loss"][:, place])
        np.testing.assert_array_equal(kept.gradient_norm[own], history.values["gradient_norm"][:, place])
        if snapshot.info.kind == "network":
            np.testing.assert_array_equal(kept.gradient_rms[own], history.values["gradient_rms"][:, place])
        if snapshot.info.size == 2:
            np.testing.assert_array_equal(kept.path[own], history.values["path"][:, place])
    np.testing.assert_array_equal(kept.final, snapshot.loss)
    np.testing.assert_array_equal(kept.best, history.values["loss"].min(axis=0))


def test_of_a_long_race_a_bounded_number_of_points_is_kept_and_each_was_recorded():
    """A race of 20,000 noisy steps, whose own record has dropped rows: its ends and extremes stay."""
    _, snapshot = run(VALLEY, 20_000)
    history = snapshot.history
    assert history.stride > 1
    kept = record_of(snapshot)
    rows = {int(step): row for row, step in enumerate(history.steps)}
    for place in range(snapshot.info.runs):
        own = kept.run(place)
        assert 200 < own.stop - own.start <= records.MOST_ROWS
        steps, losses = kept.step[own], kept.loss[own]
        assert (np.diff(steps) > 0).all()
        assert (steps[0], steps[-1]) == (0, 20_000)
        assert losses[-1] == snapshot.loss[place]
        dense, ways = history.densely("loss", place)[0], history.densely("path", place)[1]
        places = np.searchsorted(dense, steps[:-1])
        np.testing.assert_array_equal(dense[places], steps[:-1])
        np.testing.assert_array_equal(losses[:-1], history.densely("loss", place)[1][places])
        np.testing.assert_array_equal(kept.path[own][:-1], ways[places])
        norms = kept.gradient_norm[own][:-1]
        recorded = np.array([rows.get(step, -1) for step in steps[:-1].tolist()])
        np.testing.assert_array_equal(np.isnan(norms), recorded < 0)  # of other first steps loss and path are known
        np.testing.assert_array_equal(
            norms[recorded >= 0], history.values["gradient_norm"][recorded, place][recorded >= 0]
        )
        assert losses.max() == history.values["loss"][:, place].max()
        assert losses.min() == min(history.values["loss"][:, place].min(), snapshot.loss[place])
    np.testing.assert_array_equal(kept.best, np.minimum(history.low["loss"].min(axis=0), snapshot.loss))


def test_the_first_steps_of_a_long_race_are_kept_as_a_logarithmic_axis_shows_them():
    """Each of the first rows: on an axis by the logarithm they take as much room as all that come after."""
    _, snapshot = run(VALLEY, 8000)
    kept = record_of(snapshot)
    assert kept.step[kept.run(0)][:64].tolist() == list(range(64))
    assert kept.rows <= records.MOST_ROWS


@pytest.mark.parametrize("steps", [9000, 20_000, 300_000])
def test_of_a_long_race_every_one_of_the_first_steps_is_kept(steps):
    """A path goes its longest way there; all the same no run has more points than it may have."""
    _, snapshot = run(VALLEY, steps)
    assert snapshot.history.stride > 1
    kept = read_record(record_bytes(record_of(snapshot)))
    for place in range(snapshot.info.runs):
        own = kept.run(place)
        assert kept.step[own][:512].tolist() == list(range(512))
        np.testing.assert_array_equal(kept.path[own][:512], snapshot.history.beginning["path"][:512, place])
    assert kept.rows <= records.MOST_ROWS
    lanes = tuple(KeptLane(label=lane.label, color=lane.color, index=lane.index) for lane in snapshot.info.lanes)
    for ghost in ghosts(kept, Entry(lanes=lanes), "before", path=True):
        assert ghost.steps[:256].tolist() == list(range(256))
        assert len(ghost.steps) < 1300


def test_a_race_that_was_stepped_back_keeps_no_first_steps_beyond():
    given = replace(experiment(VALLEY), steps=9000)
    race = build.make_race(given)
    race.advance(9000)
    race.approach(100)
    assert 0 < race.step <= 100
    kept = record_of(take_snapshot(race, build.race_info(given, race), 1))
    assert kept.step[kept.run(0)].tolist() == list(range(race.step + 1))


def test_gradients_of_layers_that_are_too_many_are_left_out(monkeypatch):
    monkeypatch.setattr(records, "_MOST_BY_LAYER", 100)
    _, snapshot = run(MIXED, 20)
    kept = read_record(record_bytes(record_of(snapshot)))
    assert kept.gradient_rms.shape == (len(kept.step), 0)


def test_very_many_starts_are_bounded_too(monkeypatch):
    """Of a thousand starts a lane those curves are kept that there is room for, of each lane as many."""
    monkeypatch.setattr(records, "MOST_RUNS", 40)
    monkeypatch.setattr(records, "MOST_POINTS", 1200)
    given = experiment(BOWL)
    points = tuple((0.1 * k, 1.0) for k in range(51))
    given = replace(given, problem=replace(given.problem, start=points))
    _, snapshot = run(given, 300)
    kept = record_of(snapshot)
    assert (snapshot.info.starts, kept.starts) == (51, 20)
    assert len(kept.step) <= 1200 + 40
    own = kept.run(20)  # the first start of the second lane
    assert kept.loss[own][0] == snapshot.history.values["loss"][0, 51]


def test_a_run_that_diverged_is_kept_up_to_there():
    """Its numbers end where they stop being any; the other lane has all of its steps."""
    _, snapshot = run(BOWL, 400)
    kept = record_of(snapshot)
    gone = int(snapshot.diverged_at[1])
    assert 0 < gone < 400
    assert kept.step[kept.run(1)][-1] <= gone
    assert kept.step[kept.run(0)][-1] == 400
    assert np.isnan(kept.final[1])
    assert np.isfinite(kept.best).all()


def test_what_is_shown_of_a_race_that_was_stepped_back_is_what_is_kept():
    """The rows beyond the step that is shown are not part of it."""
    given, _ = run(VALLEY, 50)
    from workbench.engine.race.snapshot import take_snapshot
    from workbench.experiment import build

    race = build.make_race(given)
    race.advance(50)
    race.approach(20)
    race.advance(20 - race.step)
    snapshot = take_snapshot(race, build.race_info(given, race), 1)
    kept = record_of(snapshot)
    assert snapshot.recorded == 50
    assert kept.step[kept.run(0)][-1] == 20
    assert kept.loss[kept.run(0)][-1] == snapshot.loss[0]


def test_ghosts_of_a_record_are_its_curves():
    """What pictures are given to show pale is what was recorded, with the lane's name and colour."""
    from workbench.kept.entry import Entry, KeptLane

    _, snapshot = run(VALLEY, 40)
    lanes = tuple(KeptLane(label=lane.label, color=lane.color, index=lane.index) for lane in snapshot.info.lanes)
    first, second = ghosts(record_of(snapshot), Entry(lanes=lanes), "before", path=True)
    assert [first.label, second.label] == [lane.label for lane in snapshot.info.lanes]
    assert {first.of, second.of} == {"before"}
    np.testing.assert_array_equal(second.loss, snapshot.history.values["loss"][:, 1])
    np.testing.assert_array_equal(second.path, snapshot.history.values["path"][:, 1])
    assert all(ghost.path.shape == (41, 0) for ghost in ghosts(record_of(snapshot), Entry(lanes=lanes), "", path=False))


def _without(content, name):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
    return out.getvalue()


@pytest.mark.parametrize("fault", ["empty", "half", "flipped", "missing", "pickled", "short"])
def test_an_archive_that_is_no_record_is_refused(fault):
    """Cut short, altered, of other arrays or of objects: never more than a sentence, and never a pickle."""
    _, snapshot = run(VALLEY, 40)
    whole = record_of(snapshot)
    content = record_bytes(whole)
    arrays = {name: getattr(whole, name) for name in Record.__slots__ if name != "starts"}
    file = io.BytesIO()
    if fault == "pickled":
        np.savez(file, starts=np.array(1), **(arrays | {"loss": np.array([object()])}))
    elif fault == "short":
        np.savez(file, starts=np.array(1), **(arrays | {"loss": whole.loss[:-1]}))
    bad = {
        "empty": b"", "half": content[: len(content) // 2], "missing": _without(content, "best.npy"),
        "flipped": content[:900] + bytes([content[900] ^ 1]) + content[901:], "pickled": file.getvalue(),
        "short": file.getvalue(),
    }[fault]  # fmt: skip
    with pytest.raises(ValueError, match=r"\w"):
        read_record(bad)
