"""The command `run`: an experiment without a window, and its results in a folder."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from workbench.cli.arguments import formats, named, whole
from workbench.cli.changes import with_changes
from workbench.cli.ending import INTERRUPTED, OK, Failed, Wrong, visible
from workbench.cli.interrupts import Interrupts
from workbench.cli.notes import tell
from workbench.export.formats import FORMATS

if TYPE_CHECKING:  # a command that is not asked for loads no numerics
    from workbench.engine.race.race import Race
    from workbench.engine.race.snapshot import Snapshot
    from workbench.experiment.experiment import Experiment
    from workbench.export.recording import Recording

HELP = "run an experiment without a window and write its results"
_RESULTS = ("experiment.toml", "history.csv", "history.npz", "summary.json")
_JSON_LINES = "history.jsonl"
_SLICE_SECONDS = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    parser.add_argument(
        "--out", type=named, metavar="DIR", required=True, help="the folder that results are written to"
    )
    parser.add_argument("--steps", type=whole(1), metavar="N", help="steps to run, in place of the file's")
    parser.add_argument("--seed", type=whole(0), metavar="S", help="the seed, in place of the file's")
    parser.add_argument("--every", type=whole(1), default=1, metavar="K", help="write every K-th step (default: 1)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="change one key of the file, as in lanes[0].hyperparameters.learning_rate=0.01",
    )
    parser.add_argument("--state-dict", action="store_true", dest="state_dict",
                        help="also write the trained weights as PyTorch's state_dict; needs torch")  # fmt: skip
    parser.add_argument("--jsonl", action="store_true", help="also write history.jsonl: the rows as lines of JSON")
    parser.add_argument(
        "--pictures",
        type=formats,
        default=(),
        metavar="FORMATS",
        help=f"also write pictures of every view: {', '.join(FORMATS)}, separated by commas",
    )


def carry_out(options: argparse.Namespace) -> int:
    """Run the race, write its results and say how it ended."""
    from workbench.engine.race.snapshot import take_snapshot
    from workbench.experiment import build, files
    from workbench.experiment.filling import fill
    from workbench.experiment.notes import notes
    from workbench.export import results
    from workbench.export.recording import Recording

    experiment = with_changes(options)
    steps, out = _steps(options, experiment), Path(options.out)
    _check_out(out, options.pictures, jsonl=options.jsonl)
    race = build.make_race(experiment, record_every=options.every, capacity=None, evaluate_every=options.every)
    info = build.race_info(experiment, race)
    tell(notes(experiment, race.problem))
    with Interrupts() as interrupts:
        text = files.content(fill(experiment), out)
        try:
            out.mkdir(parents=True, exist_ok=True)
            recording = Recording(race, info, out)
        except OSError as error:
            raise Wrong(f"--out {out}: nothing can be written there: {error.strerror}") from None
        with contextlib.closing(recording):
            began = time.monotonic()
            _advance(race, steps, lambda: interrupts.asked() or recording.fault is not None)
            recording.end()
            if race.problem.metrics and race.metrics_step != race.step:
                race.evaluate_metrics()
            seconds = time.monotonic() - began
            snapshot = take_snapshot(race, info, 1, ended=True)
            more = _wished(options, snapshot, race, recording)
            _write(out, text, snapshot, race, recording=recording, seconds=seconds, more=more)
        if options.pictures and not interrupts.asked():
            from workbench import app

            folder = out / "pictures"
            try:
                app.write_pictures(experiment, snapshot, race, folder, options.pictures, stopped=interrupts.asked)
            except OSError as error:
                raise Failed(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from None
        print(_report(results.summary(snapshot, seconds), out))
    return INTERRUPTED if interrupts.asked() else OK


def _check_out(out: Path, pictures: Sequence[str], *, jsonl: bool) -> None:
    """Find what is in the way of the results before the race is run for them."""
    if out.exists() and not out.is_dir():
        raise Wrong(f"--out {out}: this is a file, not a folder")
    for name in (*_RESULTS, *((_JSON_LINES,) if jsonl else ())):
        if (out / name).is_dir():
            raise Wrong(f"--out {out}: {name} would be written there, but a folder has that name")
    if (out / "weights").exists() and not (out / "weights").is_dir():
        raise Wrong(f"--out {out}: weights would be a folder there, but a file has that name")
    if pictures and (out / "pictures").exists() and not (out / "pictures").is_dir():
        raise Wrong(f"--out {out}: pictures would be a folder there, but a file has that name")


def _steps(options: argparse.Namespace, experiment: Experiment) -> int:
    """How long the race is; what is asked for of its results is held against it before it is run."""
    if options.state_dict:
        _check_state_dict(experiment)
    if experiment.steps is None:
        raise Wrong(f"{options.file}: `steps` is missing: write it in the file or give --steps N")
    return experiment.steps


def _check_state_dict(experiment: Experiment) -> None:
    """Find that there are no weights, or nothing to write them with."""
    from workbench.experiment.experiment import NetworkSetup
    from workbench.export.state_dict import missing

    if not isinstance(experiment.problem, NetworkSetup):
        raise Wrong("--state-dict: only a network has weights, and this problem is an objective")
    if lack := missing():
        raise Wrong(f"--state-dict: {lack}")


def _wished(
    options: argparse.Namespace, snapshot: Snapshot, race: Race, recording: Recording
) -> dict[str, Callable[[IO[bytes]], object]]:
    """Files that are written when they are asked for."""
    from workbench.export import results

    found: dict[str, Callable[[IO[bytes]], object]] = {}
    if options.state_dict:  # a file a lane, or a lane and start where there are several
        from workbench.export.state_dict import state_dict_arrays, write_state_dict

        for place, lane in enumerate(snapshot.info.lanes):
            for start, arrays in enumerate(state_dict_arrays(snapshot, race, place)):
                name = f"lane{lane.index}" + (f"_start{start}" if snapshot.info.starts > 1 else "")
                found[f"weights/{name}.pt"] = partial(write_state_dict, arrays)
    if options.jsonl:
        found[_JSON_LINES] = lambda file: results.write_json_lines(file, snapshot, recording)
    return found


def _advance(race: Race, steps: int, stopped: Callable[[], bool]) -> None:
    """Run to the end, or until it is stopped, with a progress bar on a terminal."""
    bar = sys.stderr.isatty()
    count = 1
    while not race.finished and not stopped():
        began = time.monotonic()
        race.advance(count)
        took = time.monotonic() - began
        count = max(1, min(4 * count, round(count * _SLICE_SECONDS / max(took, 1e-6))))
        if bar:
            filled = "#" * round(40 * race.step / steps)
            print(f"\r[{filled:<40}] step {race.step} of {steps}", end="", file=sys.stderr)
    if bar:
        print(file=sys.stderr)


def _write(
    out: Path,
    text: bytes,
    snapshot: Snapshot,
    race: Race,
    *,
    recording: Recording,
    seconds: float,
    more: Mapping[str, Callable[[IO[bytes]], object]],
) -> None:
    """Write the results one by one, each whole or not at all.

    Raises:
        Failed: one cannot be written, as on a full disk; the ones before it stay.
    """
    from workbench.experiment.writing import whole_file
    from workbench.export import results

    contents: dict[str, Callable[[IO[bytes]], object]] = {
        "experiment.toml": lambda file: file.write(text),
        "summary.json": lambda file: file.write(results.summary_bytes(snapshot, seconds)),
        **{
            f"weights/lane{lane.index}.npz": partial(_write_weights, snapshot, place)
            for place, lane in enumerate(snapshot.info.lanes if snapshot.info.kind == "network" else ())
        },
        "history.npz": lambda file: results.write_npz(file, snapshot, race, recording),
        "history.csv": lambda file: results.write_csv(file, snapshot, recording),
    }
    contents |= more
    fault, lost = recording.fault, ""
    if fault is not None:
        recording.close()  # gives back the room that the rest needs
        lost = "history.npz"
        contents = {name: content for name, content in contents.items() if not name.startswith("history")}
    else:
        recording.complete(snapshot)
    whole: list[str] = []
    for name, content in contents.items():
        try:
            (out / name).parent.mkdir(exist_ok=True)
            with whole_file(out / name) as file:
                content(file)
        except OSError as error:
            fault, lost = error, name
            break
        whole.append(name)
    if fault is not None:
        rest = ", ".join(whole) or "nothing"
        raise Failed(f"--out {out}: {lost} cannot be written: {fault.strerror or fault} (whole there: {rest})")


def _write_weights(snapshot: Snapshot, lane: int, file: IO[bytes]) -> None:
    """Write the trained weights of a lane, from which an experiment can begin."""
    from workbench.export.weights import weights_bytes

    file.write(weights_bytes(snapshot, lane))


def _report(summary: dict[str, Any], out: Path) -> str:
    """What a person wants to know at once: a line a run."""
    lines = []
    for run in summary["runs"]:
        loss = "-" if run["final_loss"] is None else f"{run['final_loss']:.4g}"
        line = f"{run['label']:<20} {run['status']:<9} step {run['steps']:<8} loss {loss:<10}"
        if run["distance"] is not None:
            line += f" distance {run['distance']:.4g}"
        if "test_accuracy" in run and run["test_accuracy"] is not None:
            line += f" test accuracy {run['test_accuracy']:.2%}"
        lines.append(visible(line.rstrip()))
    return "\n".join([*lines, visible(f"written to {out}")])
