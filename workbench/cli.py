"""The command line: everything the workbench does, from a file. Qt is imported only for windows and pictures."""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from workbench import __version__, cli_code
from workbench.engine.params import RequestError, nearest
from workbench.listing import catalogues, describe

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
COMMANDS = ("run", "list", "check", "code", "screenshot")
PICTURES = ("png", "svg", "pdf")
_SLICE_SECONDS = 0.1
#: what `check` says of a block; |exact| and |difference| are of the component where they are largest
_VERDICTS = {
    "agrees": "agrees",
    "kinks": "agrees, {} on a kink",
    "differs": "differs",
    "small": "too small to tell",
    "none": "no number",
    "waiting": "not compared",
}


class _Parser(argparse.ArgumentParser):
    """Says one sentence and where to read more, and exits with the code for a wrong request."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str]) -> int:
    """Carry out one call of the program and give its exit code."""
    arguments = list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # formulas have signs that some terminals cannot show
            stream.reconfigure(errors="replace")
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        return _window(arguments)
    parser = _make_parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    try:
        return int(options.action(options))
    except (RequestError, _files().ExperimentFileError, _Wrong) as error:
        print(f"gradient-workbench: {error}", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        sys.stderr.close()
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        print(f"gradient-workbench: {type(error).__name__}: {error}", file=sys.stderr)
        return FAILED


class _Wrong(Exception):  # noqa: N818 - it is a request that is wrong, and only ever seen as its sentence
    """A request that cannot be carried out, in one sentence."""


def _files() -> Any:
    from workbench.experiment import files

    return files


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gradient-workbench",
        description="See and understand gradient descent and backpropagation.",
        epilog="Without a command the window opens: gradient-workbench [FILE]",
    )
    parser.add_argument("--version", action="version", version=f"Gradient Workbench {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run an experiment without a window and write its results")
    run.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    run.add_argument("--out", type=_named, metavar="DIR", required=True, help="the folder that results are written to")
    run.add_argument("--steps", type=_whole(1), metavar="N", help="steps to run, in place of the file's")
    run.add_argument("--seed", type=_whole(0), metavar="S", help="the seed, in place of the file's")
    run.add_argument("--every", type=_whole(1), default=1, metavar="K", help="write every K-th step (default: 1)")
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="change one key of the file, as in lanes[0].hyperparameters.learning_rate=0.01",
    )
    run.add_argument(
        "--pictures",
        type=_formats,
        default=(),
        metavar="FORMATS",
        help="also write pictures of every view: png, svg, pdf, separated by commas",
    )
    run.set_defaults(action=_run)

    listing = commands.add_parser("list", help="list what there is to choose from")
    listing.add_argument("kind", metavar="KIND", help="one of: " + ", ".join(catalogues()))
    listing.add_argument("--json", action="store_true", help="everything known, as JSON")
    listing.set_defaults(action=_list)

    check = commands.add_parser("check", help="compare exact gradients with central differences")
    check.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    check.set_defaults(action=_check)

    cli_code.add_command(commands)

    shot = commands.add_parser("screenshot", help="a picture of the window with an experiment")
    shot.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    shot.add_argument("--out", type=_png, metavar="PNG", required=True, help="the picture to write")
    shot.add_argument("--steps", type=_whole(0), default=0, metavar="N", help="steps to run before (default: 0)")
    shot.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH", help="size (default: 1280x800)")
    shot.add_argument("--theme", choices=("light", "dark"), default="light", help="colours (default: light)")
    shot.set_defaults(action=_screenshot)
    return parser


def _named(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must be the name of a folder, got nothing")
    return text


def _png(text: str) -> str:
    if Path(text).suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"must be a file that ends in .png, got {text!r}")
    return text


def _whole(low: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= 10**9:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to 1000000000, got {text!r}")
        return number

    return parse


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT in pixels, like 1280x800, got {text!r}")
    return int(match[1]), int(match[2])


def _formats(text: str) -> tuple[str, ...]:
    formats = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for name in formats:
        if name not in PICTURES:
            raise argparse.ArgumentTypeError(f"must name some of {', '.join(PICTURES)}, got {name!r}")
    return formats


# run


def _run(options: argparse.Namespace) -> int:
    from workbench.engine.race.snapshot import take_snapshot
    from workbench.experiment import build
    from workbench.export import tables

    experiment = _with_changes(options)
    if experiment.steps is None:
        raise _Wrong(f"{options.file}: `steps` is missing: write it in the file or give --steps N")
    out = Path(options.out)
    _check_out(out, options.pictures)
    every = options.every
    race = build.make_race(experiment, record_every=every, capacity=None, evaluate_every=every)
    info = build.race_info(experiment, race)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _Wrong(f"--out {out}: the folder cannot be made: {error.strerror}") from None
    began = time.monotonic()
    interrupted = _advance(race, experiment.steps)
    if race.problem.metrics and race.metrics_step != race.step:
        race.evaluate_metrics()
    seconds = time.monotonic() - began
    snapshot = take_snapshot(race, info, 1, ended=True)
    write = _files().write_bytes
    _files().write(build.fill(experiment), out / "experiment.toml")
    write(out / "history.csv", tables.csv_bytes(snapshot))
    write(out / "history.npz", tables.npz_bytes(snapshot, race))
    write(out / "summary.json", tables.summary_bytes(snapshot, seconds))
    if options.pictures and not interrupted:
        from workbench import app

        app.write_pictures(snapshot, race, out / "pictures", options.pictures)
    print(_report(tables.summary(snapshot, seconds), out))
    return INTERRUPTED if interrupted else OK


_RESULTS = ("experiment.toml", "history.csv", "history.npz", "summary.json")


def _check_out(out: Path, pictures: Sequence[str]) -> None:
    """Find what is in the way of the results before the race is run for them."""
    if out.exists() and not out.is_dir():
        raise _Wrong(f"--out {out}: this is a file, not a folder")
    for name in _RESULTS:
        if (out / name).is_dir():
            raise _Wrong(f"--out {out}: {name} would be written there, but a folder has that name")
    if pictures and (out / "pictures").exists() and not (out / "pictures").is_dir():
        raise _Wrong(f"--out {out}: pictures would be a folder there, but a file has that name")


def _with_changes(options: argparse.Namespace) -> Any:
    """The experiment of a file with --set, --steps and --seed applied."""
    files = _files()
    if not options.changes:
        experiment = files.read(options.file)
    else:
        data = files.with_whole_paths(files.read_tables(options.file), Path(options.file).parent)
        for change in options.changes:
            _apply(data, change)
        try:
            experiment = files.parse(data)
        except RequestError as error:
            raise _Wrong(f"{options.file} with --set: {error}") from None
    given = {name: getattr(options, name) for name in ("steps", "seed") if getattr(options, name) is not None}
    from workbench.experiment.experiment import replace

    return _noted(replace(experiment, **given))


def _noted(experiment: Any) -> Any:
    """The same experiment; what of its data was guessed, left out or filled is told on stderr."""
    from workbench.experiment.data import notes

    for note in notes(experiment):
        print(f"gradient-workbench: note: {note}", file=sys.stderr)
    return experiment


def _apply(data: dict[str, Any], change: str) -> None:
    """Put one PATH=VALUE into a file's tables; tables on the way are made, items of lists are not."""
    path, equals, text = change.partition("=")
    parts = re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path)
    if not equals or not parts or not re.fullmatch(r"[A-Za-z_]\w*(\[\d+\])*(\.[A-Za-z_]\w*(\[\d+\])*)*", path):
        raise _Wrong(f"--set {change}: must be PATH=VALUE, like lanes[0].hyperparameters.learning_rate=0.01")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        value = text  # a bare word is a text, so that --set lanes[0].optimizer=adam needs no quotes
    place: Any = data
    keys: list[str | int] = [name or int(index) for name, index in parts]
    for i, key in enumerate(keys):
        last = i == len(keys) - 1
        try:
            if isinstance(key, str) and not isinstance(place, dict):
                raise TypeError
            if last:
                place[key] = value
            elif isinstance(key, str) and key not in place:
                place[key] = {}
            place = place[key]
        except (IndexError, TypeError, KeyError):
            raise _Wrong(f"--set {change}: the experiment has no `{path}`") from None


def _advance(race: Any, steps: int) -> bool:
    """Run to the end with a progress bar on a terminal; True where it was interrupted."""
    stop: list[int] = []
    # Ctrl-C, too, is looked at between steps: an exception in the middle of one would leave half of it in the results
    before = {n: signal.signal(n, lambda number, _: stop.append(number)) for n in (signal.SIGTERM, signal.SIGINT)}
    bar = sys.stderr.isatty()
    count = 1
    try:
        while not race.finished and not stop:
            began = time.monotonic()
            race.advance(count)
            took = time.monotonic() - began
            count = max(1, min(4 * count, round(count * _SLICE_SECONDS / max(took, 1e-6))))
            if bar:
                done = race.step / steps
                filled = "#" * round(40 * done)
                print(f"\r[{filled:<40}] step {race.step} of {steps}", end="", file=sys.stderr)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if bar:
            print(file=sys.stderr)
    return bool(stop)


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
        lines.append(line.rstrip())
    return "\n".join([*lines, f"written to {out}"])


# list, check, screenshot, window


def _list(options: argparse.Namespace) -> int:
    kinds = catalogues()
    if options.kind not in kinds:
        hint = nearest(options.kind, kinds)
        raise _Wrong(f"list: KIND must be one of {', '.join(kinds)}, got {options.kind!r}{hint}")
    entries = [describe(entry, options.kind) for entry in kinds[options.kind]()]
    if options.json:
        print(json.dumps(entries, indent=2, ensure_ascii=False))
        return OK
    width = max(len(entry["key"]) for entry in entries)
    for entry in entries:
        print(f"{entry['key']:<{width}}  {entry['title']:<24}  {entry.get('formula', entry['doc'])}".rstrip())
    return OK


def _check(options: argparse.Namespace) -> int:
    from workbench.engine.checks.gradient_check import CheckRequest, GradientCheck
    from workbench.experiment import build

    problem = build.make_problem(_noted(_files().read(options.file)))
    check = GradientCheck(problem, problem.initial(), 0, CheckRequest(most=0))
    report = check.work(0.0)
    while not report.done:
        report = check.work(_SLICE_SECONDS)
        if sys.stderr.isatty():
            print(f"\r{report.checked} of {report.chosen} compared", end="" if not report.done else "\r\x1b[K",
                  file=sys.stderr, flush=True)  # fmt: skip
    if report.fault:
        print(f"gradient-workbench: {report.fault}", file=sys.stderr)
        return FAILED
    print(f"{'block':<18} {'parameters':>10} {'|exact|':>12} {'|difference|':>13} {'relative':>9}  verdict")
    for row in report.blocks:
        print(
            f"{row.name:<18} {row.size:>10} {row.largest:>12.6g} {row.difference:>13.2e} {row.relative:>9.2e}  "
            + _VERDICTS[row.verdict].format(row.kinks)
        )
    return FAILED if any(row.verdict in ("differs", "none") for row in report.blocks) else OK


def _screenshot(options: argparse.Namespace) -> int:
    experiment = _noted(_files().read(options.file))
    from workbench import app

    return app.screenshot(
        experiment,
        Path(options.out),
        steps=options.steps,
        size=options.size,
        theme=options.theme,
        file=options.file,
    )


def _window(arguments: list[str]) -> int:
    if len(arguments) > 1:
        hint = "" if Path(arguments[0]).exists() else nearest(arguments[0], COMMANDS)
        print(
            f"gradient-workbench: one FILE at most can be opened, got {len(arguments)} arguments "
            f"(commands: {', '.join(COMMANDS)}){hint}",
            file=sys.stderr,
        )
        return WRONG
    if arguments and not Path(arguments[0]).exists():
        hint = nearest(arguments[0], COMMANDS)
        print(f"gradient-workbench: {arguments[0]}: there is no such file{hint}", file=sys.stderr)
        return WRONG
    if arguments:
        try:
            _files().read(arguments[0])
        except _files().ExperimentFileError as error:
            print(f"gradient-workbench: {error}", file=sys.stderr)
            return WRONG
    from workbench import app

    return app.run(arguments[0] if arguments else None)
