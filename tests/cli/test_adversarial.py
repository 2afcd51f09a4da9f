"""Names, arguments, keys and encodings that were made to break something: 0 or 2, one sentence, and soon."""

from __future__ import annotations

import io
import os
import sys
import time
import tomllib

import pytest

from tests.cli.surroundings import call
from tests.experiments import NETWORK, VALLEY
from workbench import cli

_LONG, _MIB = "x" * 5000, 1 << 20
_ESCAPE = "\x1b]0;owned\x07\x1b[2J"

#: what stands behind `run FILE --steps 2 --out OUT`, and the exit codes that it may have
ARGUMENTS = {
    "a long value": (["--set", f"title={_LONG}"], {2}),
    "a long path": (["--set", f"{'a.' * 2500}b=1"], {2}),
    "a long word": (["--set", _LONG], {2}),
    "a long key": (["--set", f"{_LONG}=1"], {2}),
    "a long index": (["--set", f"lanes[{'9' * 5000}].draw=1"], {2}),
    "an index beyond": (["--set", "lanes[2].draw=1"], {2}),
    "a negative index": (["--set", "lanes[-1].draw=1"], {2}),
    "an index of nothing": (["--set", "lanes[].draw=1"], {2}),
    "two lines": (["--set", "seed=1\nsteps=3"], {2}),
    "two lines of a word": (["--set", "title=one\ntwo"], {2}),
    "a heading": (["--set", "seed=1\n[[lanes]]"], {2}),
    "a line break in a path": (["--set", "se\ned=1"], {2}),
    "a deep value": (["--set", f"title={'[' * 5000}"], {0, 2}),
    "a deep dotted value": (["--set", f"problem.parameters={{{'a.' * 2000}b = 1}}"], {0, 2}),
    "a long number": (["--set", f"seed={'9' * 5000}"], {2}),
    "a hexadecimal number": (["--set", f"seed=0x{'f' * 5000}"], {2}),
    "a table for a number": (["--set", "seed={a=1}"], {2}),
    "a path through a number": (["--set", "seed.a.b=1"], {2}),
    "an infinite rate": (["--set", "lanes[0].hyperparameters.learning_rate=inf"], {2}),
    "no number for a rate": (["--set", "lanes[0].hyperparameters.learning_rate=nan"], {2}),
    "an escape in a label": (["--set", f"lanes[0].label={_ESCAPE}"], {2}),
    "an escape in quotes": (["--set", 'lanes[0].label="\\u001b[2J"'], {2}),
    "an escape in the title": (["--set", 'title="\\u0007"'], {2}),
    "an escape in a path": (["--set", f"{_ESCAPE}=1"], {2}),
    "an escape in an optimizer": (["--set", f"lanes[0].optimizer={_ESCAPE}"], {2}),
    "half a character": (["--set", "lanes[0].label=\udcff"], {2}),
    "half a character as a file": (["--set", "problem.objective=\udcff"], {2}),
    "a line that turns": (["--set", "lanes[0].label=\u202egnp.exe"], {0, 2}),
    "steps in letters": (["--steps", _LONG], {2}),
    "steps of many digits": (["--steps", "9" * 5000], {2}),
    "a seed below nothing": (["--seed", "-" + "9" * 5000], {2}),
    "a format": (["--pictures", _ESCAPE], {2}),
    "many formats": (["--pictures", "png," * 2000 + "gif"], {2}),
    "an unknown option": ([f"--{_LONG}"], {2}),
    "an option with escapes": ([f"--{_ESCAPE}"], {2}),
    "another file": ([_LONG], {2}),
    "a number for every": (["--every", "0x10"], {2}),
}

#: what stands in FILE, as bytes
FILES = {
    "nothing": b"",
    "zeros": bytes(4096),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "UTF-16": VALLEY.encode("utf-16"),
    "Latin-1": 'title = "Gefälle"\n'.encode("latin-1") + VALLEY.encode(),
    "an overlong encoding": b'title = "\xc0\xaf"\n',
    "a half character": b'title = "\xed\xa0\x80"\n',
    "a dotted key of 40 KiB": f"format = 1\n{'a.' * 20_000}b = 1\n".encode(),
    "a dotted key of 1 MiB": f"{'a.' * (_MIB // 2 - 10)}b = 1\n".encode(),
    "a heading of 1 MiB": f"[{'a.' * (_MIB // 2 - 10)}b]\n".encode(),
    "keys of 1 MiB": "".join(f"k{i} = 1\n" for i in range(90_000)).encode(),
    "headings of 1 MiB": b"[[lanes]]\n" * 100_000,
    "dotted keys under headings": (
        f"[{'a.' * 7}b]\n" + "".join(f"{'a.' * 7}b{i} = 1\n" for i in range(9_900))
    ).encode(),
    "lists": b"a = " + b"[" * 500_000,
    "tables": b"a = " + b"{a = " * 200_000,
    "a line of 1 MiB": b'title = "' + b"x" * (_MIB - 100) + b'"',
    "a comment of 1 MiB": b"#" * (_MIB - 1),
    "escaped quotes": b'title = "' + b'\\"' * (_MIB // 2 - 100),
    "more than 1 MiB": b"# \n" * _MIB,
    "a number of 10,000 digits": VALLEY.replace("seed = 1", "seed = " + "9" * 10_000).encode(),
    "a hexadecimal number": VALLEY.replace("seed = 1", "seed = 0x" + "f" * 10_000).encode(),
    "a float of 100,000 digits": VALLEY.replace("[-1.2, 1.0]", f"[{'1' * 100_000}.0, 1.0]").encode(),
    "an impossible date": VALLEY.replace("seed = 1", "seed = 2024-02-30").encode(),
    "escapes in a label": VALLEY.replace("[[lanes]]", '[[lanes]]\nlabel = "\\u001b[31mred"', 1).encode(),
    "escapes in a key": VALLEY.replace("seed = 1", '"\\u001b[2J" = 1', 1).encode(),
    "a line break in a key": VALLEY.replace("seed = 1", '"a\\nb" = 1', 1).encode(),
    "a formula of 500 kB": (
        'format = 1\n[problem]\nkind = "objective"\nobjective = "formula"\n'
        f'[problem.parameters]\ntext = "{"(" * 250_000}x{")" * 250_000}"\n[[lanes]]\noptimizer = "sgd"\n'
    ).encode(),
    "a data file of a strange name": NETWORK.replace(
        'name = "moons"\nsamples = 100', 'file = "\\u001b[2J.csv"'
    ).encode(),
    "a data file that is a device": NETWORK.replace('name = "moons"\nsamples = 100', 'file = "/dev/zero"').encode(),
}


pytestmark = pytest.mark.timeout(30)


def soon_and_in_a_sentence(capsys, arguments, codes):
    """Carry out a call, and hold its end to what a person can bear."""
    began = time.perf_counter()
    code = cli.main(arguments)
    seconds = time.perf_counter() - began
    printed, said = capsys.readouterr()
    assert code in codes, said
    assert seconds < 2
    assert code == 0 or (printed == "" and said.count("\n") == 1 and said.endswith("\n"))
    for text in (printed, said):
        assert all(c.isprintable() or c == "\n" for c in text), repr(text)
        assert len(text) < 1200
        assert "Error:" not in text
        assert "Traceback" not in text


@pytest.mark.parametrize("what", ARGUMENTS)
def test_arguments_of_any_kind_are_answered(write, tmp_path, capsys, what):
    """Of any length, over several lines, with what a terminal would obey: nothing is printed as it was given."""
    arguments, codes = ARGUMENTS[what]
    call_ = ["run", write(VALLEY), "--steps", "2", "--out", str(tmp_path / "out"), *arguments]
    soon_and_in_a_sentence(capsys, call_, codes)


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("command", ["run", "check", "code", "window"])
def test_files_of_any_kind_are_answered(tmp_path, capsys, what, command):
    """By each command that reads one, the window among them."""
    file = tmp_path / "experiment.toml"
    file.write_bytes(FILES[what])
    arguments = {"run": ["run", str(file), "--steps", "2", "--out", str(tmp_path / "out")], "window": [str(file)]}
    if command == "window" and what == "escapes in a label":
        return  # a window shows a label as it is, and obeys nothing in it
    soon_and_in_a_sentence(capsys, arguments.get(command, [command, str(file)]), {2})
    assert [path.name for path in tmp_path.iterdir()] == ["experiment.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names there")
@pytest.mark.parametrize("name", [b"\xff\xfe.toml", b"\x1b[2J.toml", b"a\nb.toml", "名".encode() * 80, b"x" * 300])
def test_names_of_any_kind_are_answered(tmp_path, capsys, name):
    """Names that are no UTF-8, hold escapes, or are too long for a file system; of no file, a file, a folder."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    out = str(tmp_path / "out")
    for arguments in (
        ["run", path, "--out", out],
        ["check", path],
        ["code", path],
        [path],
        [path, path],
        [os.fsdecode(name)],
    ):
        soon_and_in_a_sentence(capsys, arguments, {2})
    if len(name) < 255:
        os.mkdir(path)  # noqa: PTH102 - a name of bytes
        soon_and_in_a_sentence(capsys, ["check", path], {2})
        os.rmdir(path)  # noqa: PTH106
        with open(os.fsencode(path), "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(VALLEY)
        soon_and_in_a_sentence(capsys, ["check", path], {0})
        soon_and_in_a_sentence(capsys, ["run", path, "--steps", "2", "--out", path + ".out"], {0})
        assert max(os.listdir(path + ".out")) == "summary.json"  # noqa: PTH208


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files there")
def test_pipes_and_devices_are_answered(tmp_path, capsys):
    """A pipe that nobody writes to is not waited for; a device without an end is not read."""
    os.mkfifo(tmp_path / "pipe.toml")
    for path in (str(tmp_path / "pipe.toml"), "/dev/zero", "/dev/null", "/dev/random"):
        for arguments in (["run", path, "--out", str(tmp_path / "out")], ["check", path], ["code", path], [path]):
            soon_and_in_a_sentence(capsys, arguments, {2})
    assert [path.name for path in tmp_path.iterdir()] == ["pipe.toml"]


@pytest.mark.parametrize(
    "arguments",
    [[_LONG], [_ESCAPE], ["list", _LONG], ["list", _ESCAPE], [_LONG, "x"], ["\udcff"], ["", ""], [""], ["run", ""]],
    ids=lambda arguments: repr(arguments)[:30],
)
def test_calls_that_are_none_are_answered(capsys, arguments):
    soon_and_in_a_sentence(capsys, arguments, {2})


def test_a_data_file_whose_name_no_file_can_hold_is_refused_before_the_race(tmp_path, capsys):
    """experiment.toml is UTF-8, and could not say where the data are."""
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    os.mkdir(folder)  # noqa: PTH102
    with open(os.path.join(folder, "data.csv"), "w", encoding="utf-8") as file:  # noqa: PTH118, PTH123
        file.write("a,b,c\n" + "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(40)))
    text = NETWORK.replace('name = "moons"\nsamples = 100', 'file = "data.csv"\ntarget = "c"')
    path = os.path.join(folder, "experiment.toml")  # noqa: PTH118
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    soon_and_in_a_sentence(capsys, ["run", path, "--steps", "2", "--out", str(tmp_path / "out")], {2})
    assert not (tmp_path / "out").exists()


def test_the_kinds_are_what_they_say():
    """Those that are TOML are TOML, so that it is not their grammar that is refused."""
    for what in ("a line of 1 MiB", "a hexadecimal number", "escapes in a label", "escapes in a key"):
        assert tomllib.load(io.BytesIO(FILES[what]))


def test_the_process_answers_as_the_call_does(tmp_path):
    """From outside, with names as bytes: a sentence, 2, and no trace of the program's own affairs."""
    for arguments in ([b"check", b"\xff\xfe"], ["check", _ESCAPE], ["run", _LONG, "--out", "x"]):
        ended = call(*arguments)
        assert ended.code == 2
        assert ended.out == ""
        assert ended.err.count("\n") == 1
        assert ended.err.removesuffix("\n").isprintable()
