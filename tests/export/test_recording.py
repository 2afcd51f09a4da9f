"""Rows that were streamed to disk are those that a race keeps in memory, bit for bit; their memory is bounded."""

from __future__ import annotations

import contextlib
import csv
import io

import numpy as np
import pytest

from tests.experiments import BOWL, NETWORK, VALLEY
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build, files
from workbench.export import recording as recordings
from workbench.export import results
from workbench.export.recording import Recording

STEPS = 700
BATCH_NORM = NETWORK.replace("units = 4", "units = 4\nbatch_norm = true")
CASES = {
    "objective": (VALLEY, 1),
    "objective, every third step": (VALLEY, 3),
    "a lane diverges": (BOWL, 1),
    "network": (NETWORK, 1),
    "network, every seventh step": (BATCH_NORM, 7),
}


def race_of(text, every, *, capacity=None):
    experiment = files.loads(text)
    race = build.make_race(experiment, record_every=every, capacity=capacity, evaluate_every=every)
    race.limit = STEPS
    return race, build.race_info(experiment, race)


def ended(race, info):
    race.advance(STEPS)
    if race.problem.metrics and race.metrics_step != race.step:
        race.evaluate_metrics()
    return take_snapshot(race, info, 1, ended=True)


@pytest.fixture(params=[16, 8192], ids=["many pieces", "one piece"])
def streamed(request, monkeypatch, tmp_path):
    """Runs a race whose rows go to disk, so many at a time, and gives it with its snapshot and recording."""
    monkeypatch.setattr(recordings, "_WAITING", request.param)
    monkeypatch.setattr(recordings, "_PICTURE", 256)
    with contextlib.ExitStack() as stack:

        def run(text, every):
            race, info = race_of(text, every)
            recording = Recording(race, info, tmp_path)
            stack.enter_context(contextlib.closing(recording))
            assert [path.name for path in tmp_path.iterdir()] == [], "the rows' file has no name to be left behind"
            race.advance(STEPS)
            recording.end()
            if race.problem.metrics and race.metrics_step != race.step:
                race.evaluate_metrics()
            snapshot = take_snapshot(race, info, 1, ended=True)
            recording.complete(snapshot)
            return race, snapshot, recording

        yield run


def plain_csv(snapshot):
    """The rows of a snapshot, written by the standard library's own writer, number by number."""
    arrays, info = results.history_arrays(snapshot), snapshot.info
    names = ["loss", "gradient_norm"]
    if info.kind == "network":
        names += ["epoch", *(n for n in ("test_loss", "accuracy", "test_accuracy", "train_loss") if n in arrays)]
        names += [f"{n}/{layer}" for n in ("gradient_rms", "update_ratio") for layer in info.layers]
        arrays["epoch"] = np.repeat((arrays["steps"] / info.steps_per_epoch)[:, None], info.runs, axis=1)
    else:
        names += [f"x{i}" for i in range(info.size)]
        arrays |= {f"x{i}": arrays["path"][:, :, i] for i in range(info.size)}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["lane", "label", "run", "step", *(n.replace("/", ".") for n in names)])
    for run in range(info.runs):
        lane = info.lanes[run // info.starts]
        for t, step in enumerate(arrays["steps"].tolist()):
            if 0 <= snapshot.diverged_at[run] < step:
                break
            cells = [float(arrays[n][t, run]) for n in names]
            writer.writerow([lane.index, lane.label, run, step, *("" if np.isnan(c) else repr(c) for c in cells)])
    return out.getvalue().encode()


@pytest.mark.parametrize("case", CASES)
def test_streamed_files_are_those_of_rows_in_memory(streamed, case):
    """history.csv byte by byte as the standard library writes the rows, history.npz array by array as NumPy does."""
    text, every = CASES[case]
    race, info = race_of(text, every)
    kept = ended(race, info)
    other, snapshot, recording = streamed(text, every)
    written = io.BytesIO()
    results.write_csv(written, snapshot, recording)
    assert written.getvalue() == plain_csv(kept)
    assert results.csv_bytes(kept) == plain_csv(kept)
    archive, expected = io.BytesIO(), io.BytesIO()
    results.write_npz(archive, snapshot, other, recording)
    arrays = results.history_arrays(kept) | results.fixed_arrays(kept, race)
    if info.kind == "network":
        arrays.pop("path", None)
    np.savez_compressed(expected, allow_pickle=False, **arrays)
    for file in (archive, expected):
        file.seek(0)
    found, wanted = np.load(archive, allow_pickle=False), np.load(expected, allow_pickle=False)
    assert found.files == wanted.files
    for name in wanted.files:
        assert found[name].dtype == wanted[name].dtype
        assert found[name].tobytes() == wanted[name].tobytes(), name
        assert found[name].shape == wanted[name].shape


@pytest.mark.parametrize("case", CASES)
def test_pictures_and_summary_see_what_a_windows_record_has(streamed, case):
    """The rows left to draw from, their extremes and the best loss are those of a record bounded while it ran."""
    text, every = CASES[case]
    race, info = race_of(text, every, capacity=256)
    kept = ended(race, info)
    _, snapshot, _ = streamed(text, every)
    assert snapshot.history.stride == kept.history.stride
    assert np.array_equal(snapshot.history.steps, kept.history.steps)
    for own, theirs in zip(
        (snapshot.history.values, snapshot.history.low, snapshot.history.high),
        (kept.history.values, kept.history.low, kept.history.high),
        strict=True,
    ):
        assert own.keys() == theirs.keys()
        for name in own:
            assert np.array_equal(own[name], theirs[name], equal_nan=True), name
    begun, kept_begun = snapshot.history.beginning, kept.history.beginning
    assert begun.keys() == kept_begun.keys()
    assert bool(begun) == (every == 1)
    for name, rows in kept_begun.items():
        assert np.array_equal(begun[name][: len(rows)], rows, equal_nan=True), name
    summaries = [results.summary(found, 1.0) for found in (snapshot, kept)]
    assert summaries[0] == summaries[1]


def test_a_disk_that_fills_up_stops_nothing_but_the_rows(streamed, monkeypatch, tmp_path):
    """What cannot be written is held, so that the race can end at its next whole step, and is all there."""
    race, info = race_of(VALLEY, 1)
    monkeypatch.setattr(recordings, "_WAITING", 16)
    with contextlib.closing(Recording(race, info, tmp_path)) as recording:
        race.advance(100)
        assert recording.fault is None
        spill = recording._streams[0].spill
        spill._file.close()
        spill._file = open("/dev/full", "r+b", buffering=0)  # noqa: SIM115, PTH123 - closed with the recording
        while recording.fault is None:
            race.advance(1)
        assert recording.fault.strerror
        assert race.step < 120


def test_the_memory_of_rows_is_bounded(tmp_path):
    """A record that went on for a hundred times its piece holds one piece."""
    race, info = race_of(VALLEY, 1)
    with contextlib.closing(Recording(race, info, tmp_path)) as recording:
        size = sum(array.nbytes for array in race.history.arrays)
        race.limit = None
        race.advance(20_000)
        assert sum(array.nbytes for array in race.history.arrays) == size < 1 << 24
        assert recording._streams[0].spill.rows >= 8192
