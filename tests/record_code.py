"""Run the exported code of `tests/code_cases.py` with PyTorch and Keras, for `tests/export/test_code.py`.

Run once for new versions, or after the code that is written has changed, with the extra `[reference]` installed:
`python -m tests.record_code`; words behind it choose the cases whose labels have them, and record nothing. The tests
need neither library: they hold the engine to the losses in `tests/data/exported_code.json`, and the script to the
fingerprint of the one that gave them.

PyTorch's Muon rounds to bfloat16; as for the reference paths, it is run without that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.code_cases import CASES, EVERY, CodeCase, distance, fingerprint, own_losses, own_metrics
from workbench.export.code import NoCode, lane_code
from workbench.export.code.optimizers import RULES

FILE = Path(__file__).parent / "data" / "exported_code.json"
#: runs the scripts that it is named, one after the other, and prints a line before each; faults are printed too
_RUNNER = """
import contextlib, io, runpy, sys, traceback
import torch
torch.Tensor.bfloat16 = lambda self: self.clone()
for path in sys.argv[1:]:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(path, run_name="__main__")
    except Exception:
        said.write("fault " + repr(traceback.format_exc()[-700:]) + "\\n")
    print("script", path)
    print(said.getvalue(), end="", flush=True)
"""


def printed(cases: dict[str, CodeCase]) -> dict[str, list[str]]:
    """The lines that the scripts print, by label; run in one process of their own."""
    said: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for i, (label, case) in enumerate(cases.items()):
            path = Path(folder) / f"lane{i}.py"
            try:
                code = lane_code(case.experiment, 0, case.library)
            except NoCode as objection:
                said[label] = [f"fault {objection}"]
                continue
            paths[str(path)] = label
            path.write_text(code.script, encoding="utf-8")
            if code.arrays is not None:
                path.with_suffix(".npz").write_bytes(code.arrays)
        command = [sys.executable, "-c", _RUNNER, *paths]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    label = ""
    for line in done.stdout.splitlines():
        if line.startswith("script "):
            label = paths[line.removeprefix("script ")]
            said[label] = []
        else:
            said[label].append(line)
    return said


def compared(label: str, lines: list[str]) -> tuple[list[float], float, str]:
    """The losses printed, how far they are from the engine's relative to these, and what went wrong."""
    theirs = [float(line.split()[-1]) for line in lines if line.startswith("step ")]
    fault = next((line for line in lines if line.startswith("fault ")), "")
    mine = own_losses(CASES[label])
    if fault or len(mine) != len(theirs):
        return theirs, np.inf, fault or f"{len(theirs)} losses, {len(mine)} of the engine"
    return theirs, distance(theirs, mine), ""


def main() -> int:
    words = sys.argv[1:]
    chosen = [label for label in CASES if all(word in label for word in words)]
    kept, worst = {}, []
    said: dict[str, list[str]] = {}
    for library in RULES:
        said |= printed({label: CASES[label] for label in chosen if CASES[label].library == library})
    for label in chosen:
        losses, apart, fault = compared(label, said[label])
        print(f"{apart:9.1e}  {label}  {fault}", flush=True)
        worst.append((apart, label))
        case = CASES[label]
        if not fault:
            script = lane_code(case.experiment, 0, case.library).script
            kept[label] = {"script": fingerprint(script), "apart": apart, "losses": losses[::EVERY]}
            judged = [float(line.split()[-1]) for line in said[label] if line.startswith(("training ", "test "))]
            if judged:
                kept[label]["judged"] = judged
                print(f"{distance(judged, own_metrics(case)):9.1e}  {label}  judged", flush=True)
    print("worst:", *(f"\n{apart:9.1e}  {label}" for apart, label in sorted(worst, reverse=True)[:12]))
    if not words:
        lines = ",\n".join(f"{json.dumps(label)}: {json.dumps(case)}" for label, case in kept.items())
        versions = json.dumps({name: version(name) for name in ("torch", "keras", "numpy")})
        FILE.write_text(f'{{\n"versions": {versions},\n"cases": {{\n{lines}\n}}\n}}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
