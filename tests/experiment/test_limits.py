"""Text that a reader of TOML takes hours over is refused at once, and no experiment is among it."""

from __future__ import annotations

import time
import tomllib

import pytest

from tests.experiments import BOWL, NETWORK
from workbench.engine.params import RequestError
from workbench.experiment import files
from workbench.experiment.limits import DEPTH, KEYS, PARTS, check_limits
from workbench.resources import resource

_MIB = 1 << 20
#: what is refused: the text, and words of the sentence
BEYOND = {
    "a dotted key": ("a." * (_MIB // 2) + "a = 1", f"{PARTS} parts"),
    "a dotted key of quoted parts": ("'a' . " * (_MIB // 6) + "a = 1", f"{PARTS} parts"),
    "a heading": (f"[{'a.' * (_MIB // 2)}a]", f"{PARTS} parts"),
    "a key within a table": (f"a = {{{'b.' * 5000}c = 1}}", f"{PARTS} parts"),
    "a key of one part": ("k" * _MIB + " = 1", "characters"),
    "lists": ("a = [[], " + "[" * _MIB, "nested too deeply"),
    "tables": ("a = " + "{b = " * 200_000, "nested too deeply"),
    "keys": ("".join(f"k{i} = 1\n" for i in range(100_000)), f"{KEYS} keys"),
    "headings": ("[[lanes]]\n" * 100_000, f"{KEYS} keys"),
}
#: what is passed on, and what takes long where a pattern is tried again and again from each sign
WITHIN = {
    "a text with dots": f'a = "{"a." * 100_000}"',
    "a text of several lines": 'a = """' + '""x.y.z\n' * 100_000 + '"""',
    "a text as it stands": "a = '''" + "[{\"a.b'\n" * 100_000 + "'''",
    "a comment": "# " + "a.b.[{" * 100_000,
    "a number": "a = " + "1" * _MIB + ".5",
    "a text without an end": 'a = "' + '\\"' * (_MIB // 2),
    "texts without an end": "\"'\n" * 300_000,
    "quotes": '"' * _MIB,
    "dots": "." * _MIB,
    "nothing": " \n" * (_MIB // 2),
}


@pytest.mark.parametrize("what", BEYOND)
def test_what_no_experiment_needs_is_refused_with_its_line(what):
    text, words = BEYOND[what]
    began = time.perf_counter()
    with pytest.raises(RequestError, match=rf"{words}.* \(in line \d+\)"):
        files.loads("format = 1\n" + text)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("what", WITHIN)
def test_what_only_looks_alike_is_passed_on_in_linear_time(what):
    """What stands in texts, comments and numbers is none of it; a MiB of anything takes well below seconds."""
    began = time.perf_counter()
    check_limits(WITHIN[what])
    assert time.perf_counter() - began < 2


def test_the_limits_hold_at_their_edges():
    """As many parts and levels as are allowed are read as TOML reads them; one more is refused."""
    key, deep = ".".join("a" * PARTS), "[" * DEPTH + "]" * DEPTH
    for text in (f"{key} = 1", f"a = {deep}"):
        check_limits(text)
        tomllib.loads(text)
    for text in (f"a.{key} = 1", f"a = [{deep}]"):
        with pytest.raises(RequestError):
            check_limits(text)


def test_experiments_are_within_the_limits():
    """The examples, and 10,000 painted points with every lane and layer there may be: on one line, and as written."""
    for file in sorted(resource("examples").glob("*.toml")):
        check_limits(file.read_text("utf-8"))
    points = [[(i % 997) / 99.7, (i % 89) / 8.9, i % 3] for i in range(10_000)]
    text = NETWORK.replace('name = "moons"', f'name = "points"\npoints = {points}', 1)
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("samples", "noise")))
    experiment = files.loads(text)
    assert len(experiment.problem.data.points) == 10_000
    check_limits(files.dumps(experiment))
    lanes = "".join(
        f'[[lanes]]\noptimizer = "sgd"\n[lanes.hyperparameters]\nlearning_rate = 0.0{i}\n' for i in range(1, 65)
    )
    assert len(files.loads(BOWL[: BOWL.index("[[lanes]]")] + lanes).lanes) == 64
