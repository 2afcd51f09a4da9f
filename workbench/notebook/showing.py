"""The program's window in a process of its own, so that a notebook needs no loop of Qt's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from workbench.engine.params import RequestError
from workbench.experiment import files
from workbench.experiment.experiment import Experiment

#: the windows that were opened: a process that nobody holds would be waited for in vain
_OPENED: list[subprocess.Popen[bytes]] = []


def show(experiment: Experiment) -> subprocess.Popen[bytes]:
    """Open a window with an experiment, from a file of its own in the system's folder of temporary ones.

    Raises:
        RequestError: there is no display, or the experiment cannot be written to a file.
    """
    files.dumps(experiment)  # refused before there is a folder for it
    if sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise RequestError("", "no window can be opened: there is no display; `result.plot()` draws without one")
    name = re.sub(r"[^\w-]+", "_", experiment.title).strip("_")[:60] or "race"
    file = Path(tempfile.mkdtemp(prefix="gradient-workbench-")) / f"{name}.toml"
    file.write_bytes(files.content(experiment, file.parent))
    package = str(Path(__file__).parents[2])
    before = os.environ.get("PYTHONPATH")
    environment = os.environ | {"PYTHONPATH": f"{package}{os.pathsep}{before}" if before else package}
    opened = subprocess.Popen(
        [sys.executable, "-m", "workbench", str(file)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it stays when the notebook ends, and does not hear its Ctrl+C
    )
    _OPENED[:] = [other for other in _OPENED if other.poll() is None] + [opened]
    return opened
