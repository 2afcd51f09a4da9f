"""Interrupts, closed streams, full disks, no display: the program ends as it says, and keeps what is whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.surroundings import ROOT, call, command
from tests.experiments import NETWORK, VALLEY
from tests.many import times

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, file limits and shells are others there")
RESULTS = ["experiment.toml", "history.csv", "history.npz", "summary.json"]
#: variables that name a display or a platform
DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def begin(*arguments):
    """The program as a process of its own, without a display."""
    environ = {name: value for name, value in os.environ.items() if name not in DISPLAY}
    return subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ, cwd=ROOT
    )


def left_in(folder):
    """The files there, and in `pictures`; none is half written."""
    names = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert not [name for name in names if name.endswith(".part")]
    return names


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_interrupts_at_any_time_of_a_run_with_pictures(write, tmp_path):
    """Each ends with 130, or with 0 where it came too late, in silence; results are whole, with their pictures.

    One that comes while Python itself is starting is none of the program's, and tried again; `./run` shuts it out.
    """
    chance = random.Random(0)
    file, out = write(NETWORK), tmp_path / "out"
    arguments = ("run", file, "--steps", "300", "--out", str(out), "--pictures", "png,svg")
    began = time.monotonic()
    whole = begin(*arguments)
    whole.communicate()
    took = time.monotonic() - began
    drawn, codes, wanted = left_in(out), [], times(8, 100)
    for number in range(2 * wanted):
        process = begin(*arguments)
        time.sleep(chance.uniform(0.03, 0.7 * took))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if "init_import_site" in said or "<frozen site>" in said:
            continue
        assert process.returncode in {0, 130}, (number, said)
        assert said == "", number
        assert set(left_in(out)) <= set(drawn)
        codes.append(process.returncode)
        if len(codes) == wanted:
            break
    assert len(codes) == wanted
    assert codes.count(130) > wanted // 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_while_pictures_are_drawn_keeps_the_results(write, tmp_path, number):
    """The files are there before the first picture is; no further one is begun."""
    out = tmp_path / "out"
    process = begin("run", write(NETWORK), "--steps", "50", "--out", str(out), "--pictures", "png,svg,pdf")
    while not (out / "pictures").is_dir():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    names = left_in(out)
    assert set(RESULTS) <= set(names)
    assert len(names) < 20
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["steps"] == 50


def test_a_run_that_shall_outlive_its_terminal_does(write, tmp_path):
    """Under nohup the terminal that goes away is no interrupt."""
    out = tmp_path / "out"
    given = command("run", write(VALLEY), "--steps", "60000", "--every", "100", "--out", str(out))
    process = subprocess.Popen(["nohup", *given], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    while not out.is_dir():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 0
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["steps"] == 60_000


@pytest.mark.parametrize("arguments", [["list", "optimizers"], ["check"], ["run"], []], ids=str)
def test_an_interrupt_at_first_says_nothing(write, tmp_path, arguments):
    """While modules are imported an exception would come out of them. What Python does before is its own affair."""
    given = [*arguments, *([write(VALLEY)] if arguments != ["list", "optimizers"] else [])]
    given += ["--out", str(tmp_path / "out"), "--steps", "3"] if arguments == ["run"] else []
    silent = 0
    for wait in (0.02, 0.04, 0.06, 0.09, 0.12, 0.2, 0.3):
        process = begin(*given)
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if "main.py" not in said and "KeyboardInterrupt" in said:
            continue  # Python had not come to the program
        assert said == "" or (arguments == [] and process.returncode == 2), said
        assert process.returncode in {0, 130} or process.returncode in {2, -signal.SIGINT}
        silent += 1
    assert silent > 2


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_call_without_standard_streams_does_its_work(write, tmp_path, closed):
    """What would be said goes nowhere, and nothing of it into a file that took the stream's number."""
    file, out = write(VALLEY), tmp_path / "out"
    assert call("run", file, "--steps", "20", "--out", str(out), behind=closed).code == 0
    assert left_in(out) == RESULTS
    assert (out / "history.csv").read_text().startswith("lane,label,run,step,loss")
    assert len((out / "history.csv").read_text().splitlines()) == 1 + 2 * 21
    assert call("check", file, behind=closed).code == 0
    assert call("check", str(tmp_path / "none.toml"), behind=closed).code == 2


def test_a_reader_that_has_enough_is_no_fault(write):
    ended = call("list", "objectives", "--json", behind="| head -1")
    assert (ended.out.strip(), ended.err) == ("[", "")


def test_output_that_cannot_be_written_is_a_sentence(write):
    if os.path.exists("/dev/full"):  # noqa: PTH110
        ended = call("list", "optimizers", behind=">/dev/full")
        assert (ended.code, ended.err.count("\n")) == (1, 1)
        assert "No space left" in ended.err


@pytest.mark.parametrize(("blocks", "kept"), [(200, ["experiment.toml", "summary.json"]), (1100, RESULTS[:1])])
def test_a_full_disk_is_one_sentence_that_names_the_place(write, tmp_path, blocks, kept):
    """A limit on the size of files stands for it: what can be written is whole, the rest is told."""
    out = tmp_path / "out"
    given = command("run", write(VALLEY), "--steps", "12000", "--out", str(out))
    line = ["bash", "-c", f'ulimit -f {blocks}; "$@"', "bash", *given]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"--out {out}: history." in done.stderr
    assert set(kept) <= set(left_in(out)) < set(RESULTS)
    assert all(name in done.stderr for name in left_in(out))


def test_a_folder_that_cannot_be_written_is_said_before_the_race(write, tmp_path, capsys):
    """A race of a thousand million steps is not waited for."""
    began = time.monotonic()
    ended = call("run", write(VALLEY), "--steps", "1000000000", "--out", "/proc/nowhere")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "--out /proc/nowhere" in ended.err
    ended = call("run", write(VALLEY), "--steps", "1000000000", "--out", str(tmp_path / "x" / ("y" * 300)))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("platform", [{}, {"QT_QPA_PLATFORM": "xcb"}, {"DISPLAY": ":987"}, {"QT_QPA_PLATFORM": "none"}])
def test_without_a_display_the_window_says_so(platform):
    """One sentence and 2, in place of Qt's abort; a platform that is none, too."""
    ended = call(drop=[name for name in DISPLAY if name not in platform], **platform)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "no window can be opened" in ended.err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("platform", [{"QT_QPA_PLATFORM": "xcb"}, {"DISPLAY": ":987"}])
def test_pictures_need_no_display(write, tmp_path, platform):
    """Also where one is named that cannot be reached."""
    out = tmp_path / "out"
    given = ("run", write(VALLEY), "--steps", "5", "--out", str(out), "--pictures", "svg")
    ended = call(*given, drop=[name for name in DISPLAY if name not in platform], **platform)
    assert (ended.code, ended.err) == (0, "")
    assert "loss.svg" in left_in(out)
