"""What is said of forks: where they begin, and of what."""

from __future__ import annotations

from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.words.health import run_label
from workbench.ui.words.text import grouped


def fork_words(info: RaceInfo, run: int) -> tuple[str, str, str]:
    """For a sentence on the run of a fork: its name, the step at which it begins, the name of its parent."""
    lane = info.lanes[run // info.starts]
    return run_label(info, run), grouped(lane.begins), info.lanes[lane.parent].label
