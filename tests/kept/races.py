"""Races that are kept in these tests, run by the engine itself."""

from __future__ import annotations

from tests.experiments import experiment
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import replace


def run(given, steps, **options):
    """An experiment, and what its race shows after some steps."""
    given = experiment(given) if isinstance(given, str) else given
    given = replace(given, steps=steps)
    race = build.make_race(given, **options)
    race.advance(steps)
    return given, take_snapshot(race, build.race_info(given, race), 1, seconds=1.5)
