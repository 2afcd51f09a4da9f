"""A worker with its child as the tests of full speed ask it, and what it means that two races are the same."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.live.worker import TrainingWorker
from workbench.resources import resource

EXAMPLES = sorted(path.stem for path in Path(resource("examples")).glob("*.toml"))


def example(name, steps=None):
    return replace(files.read(resource(f"examples/{name}.toml")), steps=steps)


def wait_until(condition, seconds=20.0, every=0.002):
    """Wait without an event loop; gives the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come to pass"
        time.sleep(every)
    return time.monotonic() - began


class Driver:
    """A started worker, its sentences, and what it has shown."""

    def __init__(self, experiment, **settings):
        self.worker = TrainingWorker(**settings)
        self.failed, self.noted = [], []
        self.worker.failed.connect(self.failed.append, Qt.ConnectionType.DirectConnection)
        self.worker.noted.connect(self.noted.append, Qt.ConnectionType.DirectConnection)
        self.times_away = 0
        send = self.worker._full_speed.send

        def counted():
            gone = send()
            self.times_away += gone
            return gone

        self.worker._full_speed.send = counted
        self.worker.start()
        self.worker.submit(experiment)
        wait_until(lambda: self.worker.snapshot is not None)

    @property
    def race(self):
        """The worker's race; to be looked at while it stands still."""
        return self.worker._loop.race

    @property
    def away(self):
        return self.worker._full_speed.away

    def frame(self):
        """What the window does once a frame."""
        snapshot = self.worker.hold()
        self.worker.release()
        return snapshot

    def go(self):
        before = self.worker.snapshot
        self.worker.go()
        # a short race may have come to its end before anybody looked
        wait_until(lambda: self.worker.snapshot.running or self.worker.snapshot.step > before.step)

    def warm_up(self):
        """Have the child up, so that a short race does not end before it is."""
        self.worker.warm_up()
        wait_until(lambda: self.worker._full_speed._ready)

    def send_away(self):
        """Run at full speed until the race is away and has moved there."""
        self.go()
        wait_until(lambda: self.away or not self.worker.snapshot.running)
        first = self.worker.snapshot.step
        wait_until(lambda: self.frame().step > first or not self.worker.snapshot.running)

    def run_for(self, seconds):
        """Frames for a while; gives the last snapshot."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = self.frame()
            time.sleep(0.004)
        return shown

    def pause(self):
        """Pause and give the seconds until the worker stands still."""
        self.worker.pause()
        return self.settle()

    def settle(self):
        return wait_until(lambda: not self.worker.is_busy and not self.worker.snapshot.running and not self.away)

    def close(self):
        self.worker.close()
        self.worker.deleteLater()


def everything(race):
    """All that a race at rest consists of, as comparable values."""
    found = {"step": race.step, "metrics_step": race.metrics_step, "rules": sorted(race.rules)}
    found |= {"kept": race.checkpoints.steps, "spacing": race.checkpoints.spacing}
    found["recent"] = [c.step for c in race.checkpoints._recent]
    for name, values in race.metrics.items():
        found[f"metrics {name}"] = values
    for name in ("theta", "loss", "gradient", "gradient_norm", "squares", "alive", "diverged_at"):
        found[name] = getattr(race, name)
    states = [race.checkpoint(), *(race.checkpoints.nearest(step) for step in race.checkpoints.steps)]
    for state in states:
        found[f"theta {state.step}"] = state.theta
        for i, group in enumerate(state.optimizers):
            found |= {f"state {state.step} {i} {name}": array for name, array in group.items()}
    for title, record in (("rows", race.history), ("evaluations", race.evaluated.record)):
        if record is not None:
            rows = record.last // record.stride + 1
            found[f"{title} at"] = (record.stride, record.last, record.position.token, len(record._low))
            found |= {f"{title} {i}": array[:rows] for i, array in enumerate(record.arrays)}
            found |= {f"{title} first {name}": array for name, array in record.view().beginning.items()}
    return found


def differences(a, b):
    """The names of what two races differ in, bit for bit."""
    a, b = everything(a), everything(b)
    assert a.keys() == b.keys()
    return [name for name in a if not _same(a[name], b[name])]


def _same(x, y):
    if isinstance(x, np.ndarray):
        return x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()
    return x == y


def straight(experiment, steps):
    """A race that has never left home."""
    race = build.make_race(experiment)
    race.advance(steps)
    return race


def mapped(pid="self"):
    """The shared memory of the program that a process has, and all of it that has a name anywhere. Linux alone."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    ours = [line for line in lines if "memfd:gradient-workbench" in line]
    return len(ours), [line for line in lines if "/dev/shm" in line]  # noqa: S108 - where the system keeps named ones


def is_running(pid):
    """Whether a process exists and has not ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc").is_dir() or Path(f"/proc/{pid}").exists()
