"""What a child process may begin with in a test, besides the program's own entry. Imported by children: no Qt."""

from __future__ import annotations

import itertools
import os
import time

from workbench.engine.race.race import Race
from workbench.live.child import serve

#: How many steps the children of this module take before they misbehave.
GOOD_STEPS = 700


def _after_good_steps(action):
    """Let every race of this process do something else than a step, once it has taken some."""
    take_step, taken = Race._take_step, itertools.count()

    def misbehave(self):
        if next(taken) >= GOOD_STEPS:
            action()
        take_step(self)

    Race._take_step = misbehave


def hangs(connection):
    """An evaluation that never returns."""
    _after_good_steps(lambda: time.sleep(3600))
    serve(connection)


def runs_out_of_memory(connection):
    """A step that asks for more memory than there is."""

    def ask():
        raise MemoryError

    _after_good_steps(ask)
    serve(connection)


def crashes(connection):
    """A step that ends the process at once, as a fault in a library would."""
    _after_good_steps(os.abort)
    serve(connection)


def never_comes_up(connection):
    """A process that ends before it has said a word."""


def refuses(connection):
    """A process that cannot build the race."""
    from workbench.experiment import build

    def fail(*_, **__):
        raise OSError("no room")

    build.make_race = fail
    serve(connection)


def begins_slowly(connection):
    """A process that takes its time to build a race, as on a machine that is busy with other things."""
    from workbench.experiment import build

    make_race = build.make_race

    def make(*given, **settings):
        time.sleep(3.0)
        return make_race(*given, **settings)

    build.make_race = make
    serve(connection)
