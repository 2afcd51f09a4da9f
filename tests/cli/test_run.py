"""`run` as other programs meet it: the files that it writes, and its exit codes."""

from __future__ import annotations

import csv
import json
import math
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.experiments import BOWL, DRAWS, NETWORK, VALLEY
from workbench import cli
from workbench.engine.optimizers import optimizers
from workbench.experiment import build, files
from workbench.resources import resource

ROOT = Path(__file__).resolve().parents[2]
FILES = ["experiment.toml", "history.csv", "history.npz", "summary.json"]


def rows(folder):
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def arrays(folder):
    return np.load(folder / "history.npz", allow_pickle=False)


def program(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_first_descent_follows_the_closed_form(tmp_path):
    """Step k of the shipped example is (1 - 0.8^k, 2 (1 - 0.8^k)) to 1e-9."""
    file = str(resource("examples/first_descent.toml"))
    assert cli.main(["run", file, "--out", str(tmp_path / "out")]) == 0
    found = rows(tmp_path / "out")
    assert [int(row["step"]) for row in found] == list(range(21))
    for k, row in enumerate(found):
        assert abs(float(row["x0"]) - (1 - 0.8**k)) < 1e-9
        assert abs(float(row["x1"]) - 2 * (1 - 0.8**k)) < 1e-9
        assert abs(float(row["loss"]) - 5 * 0.8 ** (2 * k)) < 1e-8


@pytest.mark.parametrize("text", [BOWL, NETWORK], ids=["objective", "network"])
def test_lines_of_json_say_what_the_table_says(write, tmp_path, text):
    """An object a row, with the same keys and numbers; null where the table has none or an infinite one."""
    out = tmp_path / "out"
    assert cli.main(["run", write(text), "--out", str(out), "--steps", "700" if text is BOWL else "30", "--jsonl"]) == 0
    table = rows(out)
    lines = (out / "history.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    said = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert len(said) == len(table)
    for found, row in zip(said, table, strict=True):
        assert list(found) == list(row)
        assert found.pop("label") == row.pop("label")
        for name, cell in row.items():
            number = float(cell or "nan")
            assert found[name] == (number if math.isfinite(number) else None)


def test_lines_of_json_are_written_when_asked_for(write, tmp_path, capsys):
    """And what is in their way is said before the race is run."""
    out = tmp_path / "out"
    (out / "history.jsonl").mkdir(parents=True)
    assert cli.main(["run", write(BOWL), "--out", str(out), "--steps", "5"]) == 0
    assert cli.main(["run", write(BOWL), "--out", str(out), "--steps", "5", "--jsonl"]) == 2
    assert "history.jsonl would be written there" in capsys.readouterr().err


def test_an_objectives_files(run):
    """All four files are there and nothing else; columns, shapes and numbers agree, floats read back exactly."""
    folder = run(VALLEY, "--steps", "30")
    assert sorted(p.name for p in folder.iterdir()) == FILES
    found, npz = rows(folder), arrays(folder)
    assert list(found[0]) == ["lane", "label", "run", "step", "loss", "gradient_norm", "x0", "x1"]
    assert sorted(npz.files) == ["gradient_norm", "loss", "path", "steps"]
    assert npz["steps"].shape == (31,)
    assert npz["loss"].shape == npz["gradient_norm"].shape == (31, 2)
    assert npz["path"].shape == (31, 2, 2)
    race = build.make_race(files.loads(VALLEY))
    for k in range(31):
        for r in range(2):
            row = found[31 * r + k]
            assert (int(row["run"]), int(row["step"])) == (r, k)
            assert float(row["loss"]) == npz["loss"][k, r] == race.loss[r]
            assert float(row["gradient_norm"]) == npz["gradient_norm"][k, r] == race.gradient_norm[r]
            assert [float(row["x0"]), float(row["x1"])] == npz["path"][k, r].tolist() == race.theta[r].tolist()
        race.advance()


def test_a_networks_files(run):
    """Metrics, layers, weights and data are there under the names and in the shapes that the format promises."""
    folder = run(NETWORK, "--steps", "12")
    npz, layers = arrays(folder), ["layer1", "output"]
    expected = ["lane", "label", "run", "step", "loss", "gradient_norm", "epoch"]
    expected += ["test_loss", "accuracy", "test_accuracy"]
    expected += [f"gradient_rms.{layer}" for layer in layers] + [f"update_ratio.{layer}" for layer in layers]
    header = list(rows(folder)[0])
    assert [name for name in header if name != "train_loss"] == expected
    for name in ("loss", "test_loss", "accuracy", "test_accuracy", "gradient_rms/layer1", "update_ratio/output"):
        assert npz[name].shape == (13, 3), name
    assert npz["initial/layer1/weight"].shape == npz["final/layer1/weight"].shape == (3, 2, 4)
    assert npz["initial/layer1/bias"].shape == (3, 4)
    assert npz["final/output/weight"].shape == (3, 4, 2)
    assert len(npz["x_train"]) + len(npz["x_test"]) == 100
    assert len(npz["x_train"]) == len(npz["y_train"])
    first = npz["initial/layer1/weight"]
    assert (first == first[:1]).all(), "every lane starts from the same weights"
    assert float(rows(folder)[12]["epoch"]) == 12 / math.ceil(len(npz["x_train"]) / 16)


def test_the_summary(run):
    """A row a run: how it ended, where, and how good."""
    summary = json.loads((run(VALLEY, "--steps", "30") / "summary.json").read_text(encoding="utf-8"))
    assert len(summary["runs"]) == 2
    for row in summary["runs"]:
        assert (row["status"], row["steps"]) == ("finished", 30)
        assert row["best_loss"] <= row["final_loss"]
        assert row["distance"] > 0
        assert row["seconds"] >= 0


@pytest.mark.parametrize("lane", range(3))
def test_a_lane_with_a_draw_of_its_own_writes_what_it_writes_alone(run, lane):
    """Rows, weights and summary of a lane are those of the file with the others switched off; the draw is told."""
    whole = run(DRAWS, "--steps", "20", out="whole")
    off = [f"--set=lanes[{other}].enabled=false" for other in range(3) if other != lane]
    alone = run(DRAWS, "--steps", "20", *off, out="alone")

    def numbers(folder):
        return [{k: v for k, v in row.items() if k != "run"} for row in rows(folder) if row["lane"] == str(lane)]

    assert numbers(whole) == numbers(alone)
    a, b = arrays(whole), arrays(alone)
    for name in ("initial/layer1/weight", "final/layer1/weight", "final/output/bias"):
        assert np.array_equal(a[name][2 * lane : 2 * lane + 2], b[name])
    told = json.loads((whole / "summary.json").read_text(encoding="utf-8"))["runs"]
    assert [row["draw"] for row in told] == [0, 0, 3, 3, 0, 0]
    assert [written["draw"] for written in tomllib.loads((alone / "experiment.toml").read_text())["lanes"]] == [0, 3, 0]


@pytest.mark.parametrize("text", [VALLEY, NETWORK, DRAWS], ids=["objective", "network", "draws"])
def test_the_written_experiment_gives_the_same_bytes(run, tmp_path, text):
    """experiment.toml has every default in it, and running it again repeats history.csv byte by byte."""
    folder = run(text, "--steps", "25")
    again = tmp_path / "again"
    assert cli.main(["run", str(folder / "experiment.toml"), "--out", str(again)]) == 0
    assert (again / "history.csv").read_bytes() == (folder / "history.csv").read_bytes()
    assert (again / "experiment.toml").read_bytes() == (folder / "experiment.toml").read_bytes()
    written = tomllib.loads((folder / "experiment.toml").read_text(encoding="utf-8"))
    assert written["steps"] == 25
    assert set(written["lanes"][1]["hyperparameters"]) == {
        p.name for p in optimizers.get(written["lanes"][1]["optimizer"]).params
    }


def test_steps_seed_and_set_change_the_experiment(run):
    """The options stand above the file, and the written experiment holds what was run."""
    options = ["--steps", "9", "--seed", "5", "--set", "lanes[1].hyperparameters.learning_rate=0.0002"]
    options += ["--set", "problem.start=[0.5, 0.5]", "--set", 'title="Mine"']
    folder = run(VALLEY, *options)
    written = files.read(folder / "experiment.toml")
    assert (written.steps, written.seed, written.title) == (9, 5, "Mine")
    assert written.lanes[1].hyperparameters["learning_rate"] == 0.0002
    assert [float(rows(folder)[0][x]) for x in ("x0", "x1")] == [0.5, 0.5]


def test_a_path_that_is_set_is_seen_from_the_experiments_folder(tmp_path, monkeypatch):
    """As one in the file is, wherever the program is called; the written experiment says the whole path."""
    folder, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    for name in ("first.csv", "second.csv"):
        lines = "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(40))
        (folder / name).write_text("a,b,c\n" + lines, "utf-8")
    text = NETWORK.replace('name = "moons"\nsamples = 100', 'file = "first.csv"\ntarget = "c"')
    (folder / "experiment.toml").write_text(text, "utf-8")
    monkeypatch.chdir(elsewhere)
    call = ["run", "../mine/experiment.toml", "--steps", "2", "--set", "problem.data.file=second.csv", "--out", "out"]
    assert cli.main(call) == 0
    written = files.read(elsewhere / "out" / "experiment.toml")
    assert Path(written.problem.data.file).resolve() == (folder / "second.csv").resolve()


def test_every_k_th_step_and_the_last(run):
    """--every thins the rows; start and end stay, and the rows kept are those of the full run."""
    full, thin = rows(run(VALLEY, "--steps", "25", out="full")), rows(run(VALLEY, "--steps", "25", "--every", "10"))
    assert [int(row["step"]) for row in thin if row["run"] == "0"] == [0, 10, 20, 25]
    by_step = {(row["run"], row["step"]): row for row in full}
    assert all(row == by_step[row["run"], row["step"]] for row in thin)


def test_several_starts_are_runs_of_each_lane(run):
    """Runs are numbered lane by lane, start by start."""
    folder = run(VALLEY.replace("[-1.2, 1.0]", "[[-1.2, 1.0], [0.0, 0.0], [1.5, 2.0]]"), "--steps", "4")
    found = [row for row in rows(folder) if row["step"] == "0"]
    assert [(row["lane"], row["run"], float(row["x0"])) for row in found] == [
        (str(r // 3), str(r), [-1.2, 0.0, 1.5][r % 3]) for r in range(6)
    ]


def test_a_diverged_lane_is_a_result(run):
    """Exit code 0, the step in the summary; its rows end there, and the other lane goes on."""
    folder = run(BOWL, "--steps", "300")
    fine, wild = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["runs"]
    assert (fine["status"], fine["steps"], wild["status"]) == ("finished", 300, "diverged")
    steps = [int(row["step"]) for row in rows(folder) if row["run"] == "1"]
    assert steps == list(range(wild["steps"] + 1))
    assert len([row for row in rows(folder) if row["run"] == "0"]) == 301


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_pictures_of_every_view(run, text):
    """A file for each view that the problem has, and each format asked for."""
    folder = run(text, "--steps", "40", "--pictures", "png,svg,pdf") / "pictures"
    own = ["landscape"] if text == VALLEY else ["fit", "diagram", "layers", "why", "plane", "backpropagation"]
    views = ["loss", "gradients", "race", "step", "surface", "curvature", *own]
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"{v}.{k}" for v in views for k in ("png", "svg", "pdf"))
    for view in views:
        assert (folder / f"{view}.png").read_bytes().startswith(b"\x89PNG")
        assert (folder / f"{view}.svg").read_bytes().startswith(b"<?xml")
        assert (folder / f"{view}.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_a_picture_stands_alone(run, text):
    """It has no buttons of the window in it, says which colour is which, and all that it draws is computed."""
    folder = run(text, "--steps", "40", "--pictures", "svg") / "pictures"
    drawn = {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    for name, content in drawn.items():
        for control in ("log y", "smooth", "reset view", "lock scale", "all steps", "through the paths"):
            assert f">{control}<" not in content, name
    labels = ["Adam", "SGD", "Momentum"] if text == NETWORK else ["Adam", "Momentum"]
    for label in labels:
        assert f">{label}<" in drawn["loss"]
    if text == NETWORK:
        assert f">{labels[0]}: layer 1<" in drawn["gradients"]
        assert "of its losses are known" not in drawn["plane"]
    else:
        assert f">{labels[0]}<" in drawn["gradients"]


MAP = '[view.map]\nx = "learning_rate"\ny = "start.0"\ncells = "64"\nsteps = "50"\nthrough = "start.1 0.5"\n'


@pytest.mark.alone  # its processes give way to all others
def test_a_map_that_a_file_has_chosen_is_among_the_pictures(run):
    """Computed for its picture, with the third setting written beside it; without a table of it there is none."""
    folder = run(VALLEY + MAP, "--steps", "20", "--pictures", "svg,png") / "pictures"
    drawn = (folder / "map.svg").read_text(encoding="utf-8")
    assert "start x₁" in drawn
    assert "start x₂ 0.5" in drawn
    assert ">f − f*<" in drawn
    for control in ("back", "look", "no third setting"):
        assert f">{control}<" not in drawn
    assert (folder / "map.png").read_bytes().startswith(b"\x89PNG")


def test_a_map_at_its_defaults_is_no_choice(run):
    """As they stand in a file with every default written out, which `run` writes."""
    folder = run(VALLEY + "[view.map]\nstrips = true\n", "--steps", "5", "--pictures", "png") / "pictures"
    assert (folder / "loss.png").exists()
    assert not (folder / "map.png").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_keeps_what_it_has(write, tmp_path, number):
    """The signal ends the run with 130; whole files hold the steps so far, which are right."""
    folder = tmp_path / "out"
    process = program("run", write(VALLEY), "--steps", "1000000000", "--every", "1000", "--out", str(folder))
    while not folder.is_dir():
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert said == ""
    assert sorted(p.name for p in folder.iterdir()) == FILES
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    steps = summary["steps"]
    assert 0 < steps < 1_000_000_000
    assert {row["status"] for row in summary["runs"]} == {"stopped"}
    race = build.make_race(files.loads(VALLEY), record_every=1000)
    race.advance(steps)
    last = [row for row in rows(folder) if int(row["step"]) == steps]
    assert [float(row["x0"]) for row in last] == race.theta[:, 0].tolist()


def test_a_run_without_pictures_needs_no_qt(write, tmp_path):
    """Neither PySide6 nor pyqtgraph is imported by a run that draws nothing."""
    code = (
        "import sys; from workbench import cli; code = cli.main(sys.argv[1:]); "
        "print([m for m in ('PySide6', 'pyqtgraph', 'sympy') if m in sys.modules]); sys.exit(code)"
    )
    call = [sys.executable, "-c", code, "run", write(NETWORK), "--out", str(tmp_path / "out"), "--steps", "3"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""
