"""What the first paint costs beside that of an empty plot.

    python tests/benchmarks/start.py [--rounds 5]

Either side is a fresh process, in turn: the window with the first example at 1400 x 900, and PySide6, pyqtgraph and a
plot of that size without anything in it. Medians of the time that the processor spent from Python's first line to the
end of the first paint, once compiled modules are there, and the number of modules loaded by then.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EMPTY = """
from PySide6.QtWidgets import QApplication
import pyqtgraph
application = QApplication([])
window = pyqtgraph.PlotWidget()
"""
WINDOW = """
from workbench.garbage import put_off
with put_off():  # as the program does
    from workbench import app
    from workbench.experiment import files
    from workbench.resources import resource
    from workbench.ui.window.main_window import MainWindow
    application = app.make_application()
    window = MainWindow(files.read(resource(app.FIRST_EXAMPLE)))
window.remembers_layout = window.files.asks_before_losing = False
"""
MEASURED = """
import time
began = time.process_time()
{made}
window.resize(1400, 900)
window.show()
application.processEvents()
print(time.process_time() - began, len(__import__("sys").modules))
window.close()
"""


def first_paint(made: str, compiled: str) -> tuple[float, int]:
    """Seconds and modules; `compiled` is the folder for compiled modules."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    code = MEASURED.format(made=made)
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    seconds, modules = run.stdout.split()
    return float(seconds), int(modules)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as compiled:
        pairs = [(first_paint(WINDOW, compiled), first_paint(EMPTY, compiled)) for _ in range(options.rounds + 1)][1:]
    own, empty = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(pair[0][0] / pair[1][0] for pair in pairs)
    print(f"first paint {own:.2f} s, {pairs[0][0][1]} modules; an empty plot {empty:.2f} s, {pairs[0][1][1]} modules")
    print(f"ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
