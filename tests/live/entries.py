"""What a child process may begin with in a test, besides the program's own entry. Imported by children: no Qt."""

from __future__ import annotations

import os
import time

from workbench.engine.race import Race
from workbench.live.child import serve

#: The step after which the children of this module misbehave.
LAST_STEP = 700


def _at_step(action):
    """Let every race of this process do something else than a step, once it has come far enough."""
    take_step = Race._take_step

    def misbehave(self):
        if self.step >= LAST_STEP:
            action()
        take_step(self)

    Race._take_step = misbehave


def hangs(connection, control, names):
    """An evaluation that never returns."""
    _at_step(lambda: time.sleep(3600))
    serve(connection, control, names)


def runs_out_of_memory(connection, control, names):
    """A step that asks for more memory than there is."""

    def ask():
        raise MemoryError

    _at_step(ask)
    serve(connection, control, names)


def crashes(connection, control, names):
    """A step that ends the process at once, as a fault in a library would."""
    _at_step(os.abort)
    serve(connection, control, names)


def never_comes_up(connection, control, names):
    """A process that ends before it has said a word."""


def refuses(connection, control, names):
    """A process that cannot build the race."""
    from workbench.experiment import build

    def fail(*_, **__):
        raise OSError("no room")

    build.make_race = fail
    serve(connection, control, names)
