"""What cannot be used is answered with one sentence, whatever a file may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.experiment.files_of_text import SMALL, network, objective
from workbench.engine.params import RequestError
from workbench.experiment.files import ExperimentFileError, dumps, loads, read
from workbench.experiment.filling import fill

#: Bad files, and the sentence after the file's name, as a regular expression.
FAULTS: dict[str, tuple[str, str]] = {
    "unknown key": (objective("sede = 1"), r"`sede` is not a key of this table; .*seed.*\(did you mean \"seed\"\?\)"),
    "unknown problem key": (objective(problem="nois = 1"), r"`problem.nois` is not a key .*did you mean \"noise\""),
    "unknown lane key": (objective(lane="colour = 'red'"), r"`lanes\[1\].colour` is not a key .*mean \"color\""),
    "unknown hyperparameter": (
        objective(lane="hyperparameters = {beta_1 = 0.5}"),
        r"`lanes\[1\].hyperparameters.beta_1` is not a setting of the optimizer \"adam\"; .*mean \"beta1\"",
    ),
    "unknown parameter": (
        objective(problem="parameters = {c = 1}"),
        r"`problem.parameters.c` is not a setting of the objective \"rosenbrock\"; there are: a, b",
    ),
    "unknown data setting": (
        network(data="sampels = 9"),
        r"`problem.data.sampels` is not a setting of the data set \"moons\"; .*did you mean \"samples\"",
    ),
    "misspelt key of the data table": (
        network(data="test_fracton = 0.5"),
        r"`problem.data.test_fracton` is not a setting .*test_fraction.*did you mean \"test_fraction\"",
    ),
    "unknown schedule setting": (
        objective(lane="schedule = {kind = 'cosine', flor = 1}"),
        r"`lanes\[1\].schedule.flor` is not a setting of the schedule \"cosine\"; .*mean \"floor\"",
    ),
    "unknown optimizer": (
        objective(optimizer="adm"),
        r"`lanes\[1\].optimizer` must name one of the optimizers .*got \"adm\" \(did you mean \"adam\"",
    ),
    "unknown objective": (
        objective().replace("rosenbrock", "rosenbrok"),
        r"`problem.objective` must name .*got \"rosenbrok\" \(did you mean \"rosenbrock\"",
    ),
    "unknown data set": (network(name="name = 'moon'"), r"`problem.data.name` must name .*got \"moon\" .*\"moons\""),
    "unknown activation": (
        network("layers = [{units = 3}, {activation = 'tan'}]"),
        r"`problem.layers\[1\].activation` must name .*got \"tan\" .*\"tanh\"",
    ),
    "unknown initializer": (
        network("layers = [{initializer = 'he'}]"),
        r"`problem.layers\[0\].initializer` must name one of the initializers .*got \"he\"",
    ),
    "unknown loss": (network("loss = 'softmax'"), r"`problem.loss` must name one of the losses .*got \"softmax\""),
    "unknown schedule": (
        objective(lane="schedule = {kind = 'cosin'}"),
        r"`lanes\[1\].schedule.kind` must name .*got \"cosin\" .*\"cosine\"",
    ),
    "loss that does not fit": (
        network("loss = 'softmax_cross_entropy'", name="name = 'linear'"),
        r"`problem.loss` must be a loss for values, .* got \"softmax_cross_entropy\"",
    ),
    "unknown kind": (
        objective().replace('"objective"', '"objectiv"'),
        r"`problem.kind` must be one of \"objective\", \"network\", got \"objectiv\" \(did you mean \"objective\"",
    ),
    "unknown convention": (
        objective(lane="convention = 'keas'"),
        r"`lanes\[1\].convention` must be one of \"pytorch\", \"keras\", got \"keas\" .*\"keras\"",
    ),
    "unknown dtype": (network("dtype = 'float16'"), r"`problem.dtype` must be one of .*got \"float16\""),
    "out of range": (
        objective(lane="hyperparameters = {beta1 = 1.2}"),
        r"`lanes\[1\].hyperparameters.beta1` must lie in \[0, 1\), got 1.2$",
    ),
    "negative steps": (objective("steps = -1"), r"`steps` must be a number >= 1, got -1$"),
    "seed out of range": (objective(f"seed = {10**30}"), r"`seed` must be a number <= 9007199254740992, got 1000"),
    "not a number": (objective(problem="noise = nan"), r"`problem.noise` must be a number >= 0, got nan$"),
    "infinite": (objective(problem="start = [inf, 1]"), r"`problem.start\[0\]` must be a number <= 1e\+12, got inf$"),
    "rate not a number": (
        objective(lane="hyperparameters = {learning_rate = nan}"),
        r"`lanes\[1\].hyperparameters.learning_rate` must lie in \[0, 1e6\], got nan$",
    ),
    "colour": (objective(lane="color = 'red'"), r"`lanes\[1\].color` must be a colour like \"#0072B2\", got \"red\"$"),
    "colour with a line break": (objective(lane=r'color = "#0072B2\n"'), r"`lanes\[1\].color` must be a colour like"),
    "text for a number": (objective("seed = 'a'"), r"`seed` must be a whole number, got \"a\"$"),
    "fraction": (objective("seed = 1.5"), r"`seed` must be a whole number, got 1.5$"),
    "number for a text": (objective("title = 3"), r"`title` must be a text, got 3$"),
    "number for a list": (objective(problem="start = 3"), r"`problem.start` must be a list, got 3$"),
    "text in a point": (
        objective(problem="start = [1, 'a']"),
        r"`problem.start\[1\]` must be a number or a list, got \"a\"$",
    ),
    "mixed points": (
        objective(problem="start = [1, [2, 3]]"),
        r"`problem.start` must be one point or a list of points",
    ),
    "wrong dimension": (
        objective(problem="start = [[1, 2], [1, 2, 3]]").replace("rosenbrock", "beale"),
        r"`problem.start\[1\]` must have 2 coordinates .*got 3$",
    ),
    "too few dimensions": (objective(problem="start = [1]"), r"`problem.start` must have 2 to 1000 coord.*got 1$"),
    "mixed dimensions": (
        objective(problem="start = [[1, 2], [1, 2, 3]]"),
        r"`problem.start\[1\]` must have as many coordinates as the first start, 2, got 3$",
    ),
    "formula that ends": (
        objective(problem="parameters = {text = 'x^2 +'}").replace("rosenbrock", "formula"),
        r"`problem.parameters.text` has a fault at column 6: the formula ends too early$",
    ),
    "formula without such a parameter": (
        objective(problem="parameters = {text = 'a*x^2', b = 1}").replace("rosenbrock", "formula"),
        r"`problem.parameters.b` is not a setting of the objective \"formula\"; there are: text, a",
    ),
    "number for a table": (objective(problem="parameters = 3"), r"`problem.parameters` must be a table, got 3$"),
    "list for a table": (objective(lane="schedule = [1]"), r"`lanes\[1\].schedule` must be a table, got a list$"),
    "true for a number": (objective(problem="noise = true"), r"`problem.noise` must be a number, got true$"),
    "date": (objective("seed = 2020-01-01"), r"`seed` must be a whole number, got 2020-01-01$"),
    "date in a table": (
        objective(problem="parameters = {a = 2020-01-01T10:00:00Z}"),
        r"`problem.parameters.a` must lie in \[-10, 10\], got 2020-01-01",
    ),
    "huge whole number": (
        objective(problem="parameters = {a = 0x" + "f" * 5000 + "}"),
        r"`problem.parameters.a` must lie in \[-10, 10\], got a number of more than 40 digits$",
    ),
    "long text": (objective(lane="label = '" + "x" * 99 + "'"), r"`lanes\[1\].label` must be a text of at most 80"),
    "negative draw": (objective(lane="draw = -1"), r"`lanes\[1\].draw` must be a number >= 0, got -1$"),
    "draw too large": (
        objective(lane="draw = 1000001"),
        r"`lanes\[1\].draw` must be a number <= 1000000, got 10000",
    ),
    "draw with a fraction": (
        objective(lane="draw = 1.5"),
        r"`lanes\[1\].draw` must be a whole number, got 1.5$",
    ),
    "draw as a text": (objective(lane="draw = 'own'"), r"`lanes\[1\].draw` must be a whole number, got \"own\"$"),
    "draw as a switch": (objective(lane="draw = true"), r"`lanes\[1\].draw` must be a whole number, got true$"),
    "misspelt draw": (objective(lane="draws = 1"), r"`lanes\[1\].draws` is not a key .*did you mean \"draw\""),
    "no lanes": ('format = 1\nlanes = []\n[problem]\nkind = "objective"\nobjective = "beale"', r"`lanes` must have at"),
    "all lanes disabled": (
        objective(lane="enabled = false").replace('"adam"\n[[', '"adam"\nenabled = false\n[['),
        r"`lanes` must have at least one lane that is enabled",
    ),
    "missing lanes": ('format = 1\n[problem]\nkind = "objective"\nobjective = "beale"', r"`lanes` is missing"),
    "missing problem": ("format = 1", r"`problem` is missing"),
    "missing optimizer": (objective().replace('optimizer = "adam"', ""), r"`lanes\[0\].optimizer` is missing"),
    "missing kind": (objective().replace('kind = "objective"', ""), r"`problem.kind` is missing"),
    "missing data": (
        'format = 1\n[problem]\nkind = "network"\n[[lanes]]\noptimizer = "sgd"',
        r"`problem.data` is miss",
    ),
    "missing name": (network(name=""), r"`problem.data.name` is missing"),
    "missing format": (objective().replace("format = 1", ""), r"`format` must be 1, but is missing"),
    "newer format": (objective().replace("format = 1", "format = 2"), r"`format` must be at most 1, got 2: .*newer"),
    "format as text": (objective().replace("format = 1", "format = '1'"), r"`format` must be a whole number, got \"1"),
    "format zero": (objective().replace("format = 1", "format = 0"), r"`format` must be a number >= 1, got 0"),
    "not TOML": ("{not: toml}", r"is not TOML: .*line 1, column 1"),
    "a key twice": ("format = 1\nformat = 1", r"is not TOML: cannot overwrite"),
    "empty": ("", r"`format` must be 1, but is missing"),
    "problem is a number": ("format = 1\nproblem = 3\nlanes = []", r"`problem` must be a table, got 3"),
    "lanes of numbers": (
        objective().split("[[")[0].replace("[problem]", "lanes = [1]\n[problem]"),
        r"`lanes\[0\]` must",
    ),
    "deep lists": ("a = " + "[" * 50_000, r"is not TOML: .*nested too deeply"),
    "deep tables": ("a = " + "{b = " * 50_000, r"is not TOML: .*nested too deeply"),
    "deep keys": (
        objective(problem="parameters" + ".a" * 5000 + " = 1"),
        r"is not an experiment: a key has more than 8 parts",
    ),
    "long number": (objective("seed = " + "9" * 5000), r"is not TOML: .*number"),
    "key with a line break": (objective(r'"a\nb" = 1'), r"`a\\nb` is not a key"),
    "key like a path": (objective('" - at `$.x" = 1'), r".*is not a key"),
    "long key": (objective("k" * 9999 + " = 1"), r"`k+\.\.\.` is not a key"),
    "control characters": ("a = \x00", r"is not TOML: "),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_file_is_answered_with_one_sentence(name: str, tmp_path: Path) -> None:
    """It names the file, the place, what was found and what is allowed, and the nearest name where there is one."""
    text, sentence = FAULTS[name]
    file = tmp_path / "bad.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ExperimentFileError) as caught:
        read(file)
    said = str(caught.value)
    assert said.startswith(f"{file}: ")
    assert re.match(sentence, said.removeprefix(f"{file}: ")), said
    assert said.isprintable()
    assert len(said) < 800


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00\x01", "is not TOML: byte 0 is not UTF-8 text"),
        ("title = 'größer'".encode("latin-1"), "is not TOML: byte 11 is not UTF-8 text"),
        ("format = 1".encode("utf-16"), "is not TOML: byte 0 is not UTF-8 text"),
        (b"\x00" * 4096, "is not TOML: "),
        (b"#" * (1 << 20) + b"#", "the file is larger than an experiment can be (1 MiB)"),
    ],
)
def test_a_file_of_other_bytes_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "bytes.toml"
    file.write_bytes(content)
    with pytest.raises(ExperimentFileError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: {sentence}")


def test_a_missing_file_a_folder_and_an_endless_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExperimentFileError, match="there is no such file"):
        read(tmp_path / "no.toml")
    with pytest.raises(ExperimentFileError, match="there is no such file"):
        read(tmp_path / "no folder" / "no.toml")
    with pytest.raises(ExperimentFileError, match="this is a folder, not an experiment file"):
        read(tmp_path)
    with pytest.raises(ExperimentFileError, match="cannot be read"):
        read(tmp_path / ("x" * 5000))
    with pytest.raises(ExperimentFileError, match="cannot be read"):
        read("a\0b.toml")
    endless = Path("/dev/zero")
    if endless.exists():
        with pytest.raises(ExperimentFileError, match="this is a pipe or a device, not an experiment file"):
            read(endless)
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ExperimentFileError, match="larger than an experiment can be"):
        read(tmp_path / "large.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf" + dumps(SMALL).replace("\n", "\r\n").encode())
    assert read(file) == SMALL


SOUND = (dumps(fill(SMALL)), network("layers = [{units = 3}]", "samples = 20"))
PIECES = st.sampled_from(
    [
        *("nan", "-inf", "1e400", "0x" + "f" * 999, "true", "1979-05-27", "07:32:00"),
        *("[", "]", "{", "}", "=", ".", '"', "'''", "\\", "\n", "\x7f", "é", "`", " - at `$"),
        *("[[lanes]]", "[problem]", "lanes", "kind", "parameters"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    text=st.sampled_from(SOUND),
    cuts=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 30), PIECES | st.text(max_size=5)), max_size=4),
)
@example(text="", cuts=[])
def test_no_mangled_file_raises_anything_but_a_request_error(text: str, cuts: list[tuple[int, int, str]]) -> None:
    for at, length, piece in cuts:
        text = text[:at] + piece + text[at + length :]
    try:
        loads(text)
    except RequestError as error:
        assert str(error).isprintable()  # noqa: PT017 - that nothing was raised is as good


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_file_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("bytes") / "any.toml"
    file.write_bytes(content)
    with pytest.raises(ExperimentFileError):
        read(file)
