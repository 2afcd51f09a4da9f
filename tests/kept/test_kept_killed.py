"""Processes that keep runs are killed at random moments, two at a time in one folder: nothing is half, nothing lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.experiments import MIXED, VALLEY
from tests.kept.keeping_program import PINNED
from tests.kept.races import run
from tests.many import times
from workbench.experiment.experiment import replace
from workbench.kept.record import record_of
from workbench.kept.store import Store

ROOT = Path(__file__).resolve().parents[2]
#: the folder holds so many runs; of these the newest must be there, but for some that processes keep at the moment
MOST, SPARE = 120, 8

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")


class Program:
    """A process that keeps runs in a folder."""

    def __init__(self, folder, first):
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        call = [sys.executable, str(Path(__file__).with_name("keeping_program.py")), str(folder), str(first), str(MOST)]
        self.process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
        self.first = self.process.stdout.readline()
        assert self.first, self.process.stderr.read()

    def kill(self):
        """Kill it, and give all that it has said it did: a line that was cut short says nothing."""
        self.process.send_signal(signal.SIGKILL)
        out, said = self.process.communicate(timeout=60)
        assert self.process.returncode == -signal.SIGKILL, said
        return [line.split() for line in [self.first, *out.splitlines(keepends=True)] if line.endswith("\n")]


def look_at(folder, said, races):
    """Hold the folder against all that was said of it, and every file in it against the race that it is of."""
    kept = Store(folder, most=MOST)
    listed = kept.listed()
    assert listed.damaged == ()
    there = {entry.id: entry for entry in listed.entries}
    seeds = {words[1]: int(words[2]) for words in said if words[0] == "kept"}
    notes = {words[1]: f"note {words[2]}" for words in said if words[0] == "noted"}
    deleted = {words[1] for words in said if words[0] == "deletes"}
    pinned = {id_ for id_, seed in seeds.items() if seed % PINNED == 0} - deleted
    assert pinned <= there.keys(), "what is pinned stays, however old"
    newest = sorted(seeds.keys() - pinned - deleted)[-(MOST - SPARE - len(pinned)) :]
    assert len(newest) > SPARE or len(said) < MOST
    assert [id_ for id_ in newest if id_ not in there] == []
    for id_, entry in there.items():
        given, snapshot = races[entry.seed % 2]
        assert kept.experiment(id_) == replace(given, seed=entry.seed)
        assert seeds.get(id_, entry.seed) == entry.seed
        found, expected = kept.record(id_), record_of(snapshot)
        np.testing.assert_array_equal(found.loss, expected.loss)
        for lane in entry.weights:
            assert len(kept.weights(id_, lane)) == entry.files[f"weights-{lane}.npz"]
        if id_ in notes:
            assert entry.note == notes[id_]
        assert set(entry.files) | {"about.json"} <= {path.name for path in (folder / id_).iterdir()}


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_of_runs_kept_by_processes_that_are_killed_none_is_half_and_none_is_lost(tmp_path):
    """Each round two of them, at random moments; the list opens after each, and in the end no part is left over."""
    chance, folder, rounds, said = random.Random(17), tmp_path / "runs", times(3, 25), []
    races = [run(VALLEY, 2000), run(MIXED, 30)]
    for round_ in range(rounds):
        programs = [Program(folder, 1_000_000 * (2 * round_ + each)) for each in (1, 2)]
        time.sleep(chance.uniform(0.0, 1.0))
        for program in programs:
            said += program.kill()
        look_at(folder, said, races)
    assert len(said) > 4 * rounds
    Store(folder).sweep()
    assert not [path for path in folder.iterdir() if path.name.startswith((".new-", ".gone-"))]
