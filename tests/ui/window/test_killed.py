"""Programs that are ended and killed in the middle of edits, two at a time: each edit is offered at the next start."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.many import times
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.live.drafts import left_behind

ROOT = Path(__file__).resolve().parents[3]
SIGNALS = ("SIGTERM", "SIGHUP", "SIGKILL")
#: seconds that a draft may be older than the window, and what a busy machine takes to write it
OLD, BUSY = 2.0, 1.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")


class Program:
    """The real program, offscreen, in which somebody edits."""

    def __init__(self, file, first, home):
        self.file, self.lines = file, []
        environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(home)}
        call = [sys.executable, str(Path(__file__).with_name("editing_program.py")), str(file), str(first)]
        self.process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)

    def edit_for(self, seconds):
        """Let it come up and edit for a while."""
        first = self.process.stdout.readline()
        assert first, self.process.stderr.read()
        self.lines.append(first)
        time.sleep(seconds)

    def end(self, name):
        """Send the signal, and give the seeds that it had at least, and at most, to keep."""
        at = time.monotonic()
        self.process.send_signal(signal.Signals[name])
        out, said = self.process.communicate(timeout=60)
        number = signal.Signals[name].value
        assert self.process.returncode == (-number if name == "SIGKILL" else 128 + number), said
        assert "Traceback" not in said
        edits = [line.split() for line in [*self.lines, *out.splitlines()] if len(line.split()) == 2]
        seeds = [(int(seed), float(when)) for seed, when in edits]
        late = OLD + BUSY if name == "SIGKILL" else 0.0
        return max((seed for seed, when in seeds if when <= at - late), default=0), max(seed for seed, _ in seeds) + 1


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_programs_ended_and_killed_lose_no_edit(tmp_path):
    """What is found is whole, at most two seconds old after a kill, and the very last edit after SIGTERM and SIGHUP."""
    chance, home, rounds = random.Random(1), tmp_path / "home", times(6, 75)
    texts, kinds = (VALLEY, NETWORK), [SIGNALS[n % 3] for n in range(2 * rounds)]
    paths = [tmp_path / "valley.toml", tmp_path / "network.toml"]
    for path, text in zip(paths, texts, strict=True):
        files.write(experiment(text), path)
    for round_ in range(rounds):
        programs = [Program(path, 1000 * (round_ + 1), home) for path in paths]
        for program in programs:
            program.edit_for(chance.uniform(0.0, 2.0))
        time.sleep(OLD + BUSY if "SIGKILL" in kinds[2 * round_ : 2 * round_ + 2] else 0.0)
        for number, program in enumerate(programs):
            kind = kinds[2 * round_ + number]
            least, most = program.end(kind)
            assert least, "there is an edit that must be found"
            drafts = left_behind(next(home.rglob("drafts")))
            (found,) = [draft.experiment for _, draft in drafts if draft.path == str(program.file)]
            for claim, draft in drafts:
                claim.remove() if draft.path == str(program.file) else claim.release()
            assert least <= found.seed <= most, (round_, kind)
            assert found == replace(experiment(texts[number]), seed=found.seed)
