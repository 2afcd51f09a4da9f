"""How often what is left to chance is tried: some times in every run of the suite, as often as asked for by hand.

WORKBENCH_MANY=1 ./test tests/cli/test_surroundings.py tests/ui/window/test_killed.py tests/kept tests/live/full_speed \
    tests/engine/objectives/test_rates.py
"""

from __future__ import annotations

import os


def times(usual: int, many: int) -> int:
    """`usual`, or `many` where the environment asks for it."""
    return many if os.environ.get("WORKBENCH_MANY") else usual
