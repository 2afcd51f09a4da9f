"""Run once more, alone, the few tests of windows, threads and processes that have just failed in the crowd.

    python scripts/again.py

A test that waits for a thread, a process or a paint can fail because the machine gave it no time. What passes here is
told as unsteady: it is a fault to mend, in the test or in the program, but no reason to doubt the rest. What fails
twice has failed. Tests of the numerics depend on no machine's load, and have no second try; nor have more than a few.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
#: the rooms of tests that wait for others
WAITING = ("tests/ui/", "tests/live/", "tests/cli/", "tests/test_start.py", "tests/test_additions.py")
FEW = 5


def unsteady(failed: list[str]) -> bool:
    """Whether all of these tests may have a second try."""
    return 0 < len(failed) <= FEW and all(test.startswith(WAITING) for test in failed)


def main() -> int:
    """Run them; 0 where all pass."""
    failed = sorted(json.loads(LAST_FAILED.read_text("utf-8"))) if LAST_FAILED.exists() else []
    if not unsteady(failed):
        return 1
    print("\nOnce more, alone:", *failed, sep="\n    ", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *failed], cwd=ROOT, check=False).returncode
    if code == 0:
        print("\nUnsteady, to be mended (failed in the crowd, passed alone):", *failed, sep="\n    ", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
