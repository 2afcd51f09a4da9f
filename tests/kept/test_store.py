"""The folder of kept runs: what is kept is found again, bounded, whole, and nobody's undoing but a person's own."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.experiments import MIXED, VALLEY, experiment
from tests.kept.races import run
from workbench.engine.side_by_side import part_of
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.experiment.weights import read_start
from workbench.kept import making, store
from workbench.kept.record import record_of
from workbench.kept.store import KeptRunError, Store


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "runs")


@pytest.fixture(scope="module")
def race():
    return run(VALLEY, 60)


def seeded(race, seed):
    """The same race, told from others by its seed: what it is kept under follows from the experiment."""
    given, snapshot = race
    return replace(given, seed=seed), snapshot


def fill(kept, race, count):
    return [kept.keep(*seeded(race, 100 + number), "finished").entry for number in range(count)]


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def test_a_kept_run_is_found_with_all_that_is_said_of_it(kept, race):
    """Nothing is there before; then its settings and results, the experiment itself, and its record to the bit."""
    assert kept.listed() == store.Listed()
    given, snapshot = race
    given = replace(given, title="In the valley")
    before = time.time()
    done = kept.keep(given, snapshot, "finished")
    (entry,) = kept.listed().entries
    assert entry == done.entry
    assert (entry.title, entry.problem, entry.seed, entry.steps) == ("In the valley", "rosenbrock", 1, 60)
    assert (entry.seconds, entry.why, entry.pinned, entry.note) == (1.5, "finished", False, "")
    assert before <= entry.at <= time.time()
    assert [lane.label for lane in entry.lanes] == [lane.label for lane in snapshot.info.lanes]
    assert entry.final == snapshot.loss.min()
    assert entry.best == snapshot.history.values["loss"].min()
    assert kept.experiment(entry.id) == given
    found = kept.record(entry.id)
    expected = record_of(snapshot)
    for name in ("offsets", "step", "loss", "path", "theta", "final"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    steps, losses = entry.lanes[0].curve
    assert (steps[0], steps[-1]) == (0, 60)
    assert losses == tuple(float(f"{loss:.4g}") for loss in snapshot.history.values["loss"][list(steps), 0])


def test_the_trained_weights_are_kept_and_an_experiment_can_begin_with_them(kept, tmp_path):
    """Of each lane, in the form that File > Export > Weights writes: read as a start they are the parameters."""
    given, snapshot = run(MIXED, 20)
    entry = kept.keep(given, snapshot, "finished").entry
    assert entry.weights == (0, 1, 2, 3, 4)
    race = build.make_race(given)
    for place in range(len(snapshot.info.lanes)):
        path = tmp_path / "weights.npz"
        path.write_bytes(kept.weights(entry.id, place))
        network = part_of(race.problem, place * 2).problem.network
        theta, _ = read_start(str(path), network, "weights")
        np.testing.assert_array_equal(theta, snapshot.theta[place * 2 : place * 2 + 2, : network.size])


def test_weights_that_are_too_many_are_left_out_and_it_is_said(kept, monkeypatch):
    monkeypatch.setattr(making, "MOST_WEIGHTS", 100)
    entry = kept.keep(*run(MIXED, 5), "finished").entry
    assert entry.weights == ()
    assert entry.weights_left_out > 100
    with pytest.raises(KeptRunError, match="no weights"):
        kept.weights(entry.id, 0)


def test_a_race_of_equal_numbers_is_kept_once(kept, race):
    """The same experiment at the same step again is the run that is there; kept by hand, it is pinned."""
    first = kept.keep(*race, "finished")
    again = kept.keep(*race, "pinned")
    assert (first.was_there, again.was_there) == (False, True)
    assert again.entry.id == first.entry.id
    assert [entry.pinned for entry in kept.listed().entries] == [True]
    assert not kept.keep(*seeded(race, 2), "finished").was_there
    assert not kept.keep(*run(VALLEY, 61), "finished").was_there
    assert len(kept.listed().entries) == 3


def test_of_too_many_runs_the_oldest_go_that_are_not_pinned(tmp_path, race):
    """By their number and by their bytes; what went is told, and what is pinned stays."""
    kept = Store(tmp_path / "runs", most=4)
    oldest, *rest = fill(kept, race, 4)
    kept.pin(oldest.id, pinned=True)
    done = kept.keep(*seeded(race, 7), "finished")
    assert [entry.id for entry in done.dropped] == [rest[0].id]
    assert [entry.id for entry in kept.listed().entries] == [done.entry.id, rest[2].id, rest[1].id, oldest.id]
    small = Store(tmp_path / "runs", most_bytes=2 * oldest.size + 10)
    done = small.keep(*seeded(race, 8), "finished")
    assert [entry.id for entry in small.listed().entries] == [done.entry.id, oldest.id]
    assert len(done.dropped) == 3
    assert names(tmp_path / "runs") == sorted([done.entry.id, oldest.id])


def test_a_list_of_pinned_runs_takes_another_one(tmp_path, race):
    """Where nothing may go, all stay: what is pinned is a person's own affair."""
    kept = Store(tmp_path / "runs", most=2)
    for entry in fill(kept, race, 2):
        kept.pin(entry.id, pinned=True)
    done = kept.keep(*seeded(race, 7), "finished")
    assert done.dropped == ()
    assert len(kept.listed().entries) == 3


def test_notes_and_pins_are_files_of_their_own(kept, race):
    """Two windows that write a note and a pin of one run do not take anything from each other."""
    entry = kept.keep(*race, "finished").entry
    other = Store(kept.folder)
    other.note(entry.id, "β₁ was too small\nreally")
    kept.pin(entry.id, pinned=True)
    (found,) = kept.listed().entries
    assert (found.note, found.pinned) == ("β₁ was too small\nreally", True)
    kept.note(entry.id, "")
    kept.pin(entry.id, pinned=False)
    (found,) = other.listed().entries
    assert (found.note, found.pinned) == ("", False)
    other.note(entry.id, "x" * 5000)
    assert len(kept.listed().entries[0].note) == store.LONGEST_NOTE


def test_what_is_deleted_can_be_brought_back_until_it_is_forgotten(kept, race):
    """With its note; in the list of any window it is gone, and there again."""
    one, two = fill(kept, race, 2)
    kept.note(one.id, "mine")
    assert kept.delete([one.id, two.id, "20200101-000000-000000-00000000", "../elsewhere"]) == (one.id, two.id)
    assert Store(kept.folder).listed().entries == ()
    assert kept.bring_back([one.id]) == (one.id,)
    assert [(entry.id, entry.note) for entry in kept.listed().entries] == [(one.id, "mine")]
    kept.forget([two.id])
    assert kept.bring_back([two.id]) == ()
    assert [entry.id for entry in kept.listed().entries] == [one.id]


def test_what_was_deleted_long_ago_goes_by_itself(kept, race):
    one, two = fill(kept, race, 2)
    kept.delete([one.id, two.id])
    long_ago = time.time() - 2 * 86_400
    os.utime(kept.folder / ".deleted" / one.id, (long_ago, long_ago))
    kept.sweep()
    assert names(kept.folder / ".deleted") == [two.id]


@pytest.mark.parametrize("fault", ["half", "no record", "short record", "garbage", "list", "empty"])
def test_a_damaged_run_is_set_aside_and_its_neighbours_are_listed(kept, race, fault):
    """Whatever is wrong with it; what is left of it can be looked at."""
    bad, good = fill(kept, race, 2)
    place = kept.folder / bad.id
    about, record = place / "about.json", place / "record.npz"
    if fault == "half":
        about.write_bytes(about.read_bytes()[:100])
    elif fault == "no record":
        record.unlink()
    elif fault == "short record":
        record.write_bytes(record.read_bytes()[:-50])
    elif fault == "empty":
        for path in place.iterdir():
            path.unlink()
    else:
        about.write_text("\x00\x01" if fault == "garbage" else "[1, 2]")
    listed = kept.listed()
    assert [entry.id for entry in listed.entries] == [good.id]
    assert listed.damaged == (bad.id,)
    assert names(kept.aside) == [bad.id]
    assert kept.listed().damaged == (), "it is said once"


def test_a_record_that_turns_out_damaged_is_set_aside_when_it_is_asked_for(kept, race):
    """Of the right size, with other bytes: the list does not read it, and who does gets a sentence."""
    entry = kept.keep(*race, "finished").entry
    path = kept.folder / entry.id / "record.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert len(kept.listed().entries) == 1
    with pytest.raises(KeptRunError, match="damaged"):
        kept.record(entry.id)
    assert kept.listed().entries == ()
    with pytest.raises(KeptRunError, match="kept no more"):
        kept.record(entry.id)


def test_a_run_of_a_newer_version_is_left_alone(kept, race):
    """It is neither shown nor set aside: the newer program can use it."""
    entry = kept.keep(*race, "finished").entry
    path = kept.folder / entry.id / "about.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2, "lanes": "elsewhere"}))
    listed = kept.listed()
    assert (listed.entries, listed.damaged, listed.newer) == ((), (), 1)


def test_an_experiment_whose_data_are_gone_is_refused_in_a_sentence(kept, race):
    """The run stays in the list, with its curves."""
    entry = kept.keep(*race, "finished").entry
    path = kept.folder / entry.id / "experiment.toml"
    text = path.read_text().replace('objective = "rosenbrock"', 'objective = "rosenbrick"')
    path.write_text(text)
    with pytest.raises(KeptRunError, match=r"cannot be opened: .*rosenbrick"):
        kept.experiment(entry.id)
    assert len(kept.listed().entries) == 1


def test_what_a_killed_process_left_half_written_is_swept_and_what_another_writes_is_not(kept, race):
    """A hidden folder is somebody's for as long as they hold its lock."""
    fill(kept, race, 1)
    left = kept.folder / ".new-0123456789abcdef"
    left.mkdir()
    (left / "record.npz").write_bytes(b"half")
    with store._new_folder(kept.folder) as part:
        (part / "record.npz").write_bytes(b"half")
        Store(kept.folder).sweep()
        assert part.exists()
        assert not left.exists()
    assert not part.exists()


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_system(tmp_path, race):
    (tmp_path / "runs").touch()
    kept = Store(tmp_path / "runs")
    assert kept.listed().entries == ()
    with pytest.raises(OSError, match=r"\w"):
        kept.keep(*race, "finished")


def test_several_at_once_keep_delete_and_list_without_harm(kept, race):
    """Four at a time in one folder, of which each drops what is too many: no fault, no half run, no damage."""
    few, faults, seen = Store(kept.folder, most=6), [], []

    def work(number):
        try:
            for turn in range(12):
                done = few.keep(*seeded(race, 1000 * number + turn), "finished")
                few.note(done.entry.id, str(number)) if turn % 3 == 0 else None
                listed = few.listed()
                seen.append(listed.damaged)
                if turn % 4 == 0:
                    few.bring_back(few.delete([listed.entries[-1].id]))
        except KeptRunError as error:
            faults.append(error) if "kept no more" not in str(error) else None
        except FileNotFoundError:
            pass  # another one let the run go, and the note had no place any more
        except Exception as error:
            faults.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert set(seen) == {()}
    for entry in kept.listed().entries:
        assert kept.experiment(entry.id).seed == entry.seed
        kept.record(entry.id)
    assert not [name for name in names(kept.folder) if name.startswith((".new-", ".gone-"))]


def test_the_list_of_five_hundred_runs_reads_one_file_of_each(kept, race):
    """And no record: what it costs is counted in files and bytes, since seconds are those of a machine."""
    entry = kept.keep(*race, "finished").entry
    place = kept.folder / entry.id
    for number in range(499):
        copy = kept.folder / f"20200101-000000-{number:06d}-{number:08x}"
        copy.mkdir()
        for path in place.iterdir():
            os.link(path, copy / path.name)
    (kept.folder / copy.name / "note.txt").write_text("one")
    listed = kept.listed()
    assert len(listed.entries) == 500
    assert listed.reads == 501
    assert (place / "about.json").stat().st_size < 6_000


def test_keeping_makes_what_is_read_again_as_a_file_of_the_program(kept, race):
    """Any program that reads TOML and NPZ can use a kept run: the program's own readers do."""
    entry = kept.keep(*race, "finished").entry
    place = kept.folder / entry.id
    assert files.read(place / "experiment.toml") == race[0]
    with np.load(place / "record.npz", allow_pickle=False) as arrays:
        assert set(arrays) >= {"step", "loss", "path", "offsets"}
    assert experiment((place / "experiment.toml").read_text()) == race[0]
