"""What the document on Python and its tutorial promise holds: every example gives what stands below it."""

from __future__ import annotations

import doctest
import json
import os
import subprocess
import sys
from pathlib import Path

from workbench.notebook import race, sweeping

ROOT = Path(__file__).resolve().parents[2]
FLAGS = doctest.ELLIPSIS
SHOWN = """
import ast
import sys
from pathlib import Path
import json
names = {}
for cell in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] != "code":
        continue
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        png = getattr(value, "_repr_png_", None)
        print("picture" if png and png()[0][:4] == b"\\x89PNG" else "value")
"""


def test_the_document_gives_what_it_says():
    failed, tried = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False, optionflags=FLAGS)
    assert tried > 15
    assert failed == 0


def test_the_docstrings_give_what_they_say():
    for module in (race, sweeping):
        failed, tried = doctest.testmod(module, optionflags=FLAGS)
        assert tried
        assert failed == 0


def test_the_tutorial_runs_from_its_first_cell_to_its_last(tmp_path):
    """As a notebook runs it: what the last line of a cell gives is shown, pictures as such."""
    notebook = ROOT / "docs" / "tutorial.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    assert (content["nbformat"], all(cell["id"] for cell in content["cells"])) == (4, True)
    assert not any(cell.get("outputs") for cell in content["cells"])
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SHOWN, str(notebook)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["picture", "value", "picture", "value", "picture", "picture", "picture"]
