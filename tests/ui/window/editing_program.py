"""The program with somebody at it who edits without a rest: what `test_killed.py` ends and kills.

    python editing_program.py FILE FIRST

Edit number n gives the experiment the seed FIRST + n; before and after it a line says so, with the time.
"""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from workbench import app
from workbench.experiment.experiment import replace
from workbench.ui.window.main_window import MainWindow


class Somebody:
    """Edits the open experiment every 30 milliseconds once the window is up."""

    def __init__(self, first):
        self.number, self.timer = first, QTimer()
        self.timer.timeout.connect(self.edit)
        self.timer.start(30)

    def edit(self):
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if windows and windows[0].snapshot is not None and windows[0].unsaved._keeper is not None:
            document = windows[0].document
            self.number += 1
            document.replace(replace(document.experiment, seed=self.number))
            print(self.number, time.monotonic(), flush=True)


if __name__ == "__main__":
    app.make_application()
    somebody = Somebody(int(sys.argv[2]))
    raise SystemExit(app.run(sys.argv[1]))
