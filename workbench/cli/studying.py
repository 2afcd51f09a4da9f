"""What the commands that carry out studies share: their options, the folder of results, and how far they are."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from workbench.cli.arguments import named, whole
from workbench.cli.ending import Failed, Wrong
from workbench.engine.params import RequestError, grouped

if TYPE_CHECKING:  # a command that is not asked for loads no numerics
    import numpy as np
    from numpy.typing import NDArray

    from workbench.studies.executors import Workers
    from workbench.studies.journal import Journal

_BAR = 30


class Results(Protocol):
    """What a study has come to so far, by the numbers of its runs."""

    status: NDArray[np.uint8]

    @property
    def done(self) -> NDArray[np.bool_]: ...


def add_study_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every study takes besides its file."""
    parser.add_argument(
        "--out", type=named, metavar="DIR", required=True, help="the folder of the results; what is done there stays"
    )
    parser.add_argument("--jobs", type=whole(1), metavar="N", help="tasks at a time (default: one a processor)")
    parser.add_argument(
        "--executor",
        default="processes",
        metavar="NAME",
        help="processes (default), dask, dask:ADDRESS, or module:name of an executor of concurrent.futures",
    )
    parser.add_argument("--plot", action="store_true", help="also draw the results, as PNG files")


def open_journal(out: Path, digest: str) -> Journal:
    """The journal of a study in a folder, which is made.

    Raises:
        Wrong: it is a file, cannot be written, or holds other results.
    """
    from workbench.studies.journal import Journal, JournalError

    if out.exists() and not out.is_dir():
        raise Wrong(f"--out {out}: this is a file, not a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
        return Journal(out, digest)
    except JournalError as error:
        raise Wrong(f"--out {error}") from None
    except OSError as error:
        raise Wrong(f"--out {out}: nothing can be written there: {error.strerror}") from None


def workers_of(options: argparse.Namespace) -> Workers:
    """The workers that the options name.

    Raises:
        Wrong: there are none of that name.
    """
    from workbench.studies.executors import open_workers

    try:
        return open_workers(options.executor, options.jobs)
    except RequestError as error:
        raise Wrong(f"--executor {options.executor}: {error}") from None


def conduct(
    tasks: Any, workers: Workers, results: Any, journal: Journal, stopped: Callable[[], bool], **compute: Any
) -> None:
    """Compute what is left; what comes stands in results and journal. `compute` may be given as `Conductor` takes it.

    Raises:
        Failed: it cannot be written down, or the executor is broken.
    """
    from concurrent.futures import BrokenExecutor

    from workbench.studies.conduct import Conductor

    show = Progress(results).show
    try:
        Conductor(tasks, workers, results, journal, **compute).carry_out(stopped, show)
    except OSError as error:
        raise Failed(f"--out {journal.folder}: {error.strerror or error}; what was done before is kept there") from None
    except BrokenExecutor as error:
        raise Failed(f"the executor takes no more tasks: {error}; what is done is kept in {journal.folder}") from None


def write_files(out: Path, contents: Mapping[str, Callable[[IO[bytes]], object]]) -> None:
    """Write files one by one, each whole or not at all, in folders of theirs where their names say so.

    Raises:
        Failed: one cannot be written, as on a full disk; the ones before it stay, and so does the journal.
    """
    from workbench.experiment.writing import whole_file

    for name, content in contents.items():
        try:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            # those in folders are very many, and follow from the others: the disk need not be waited for with each
            with whole_file(out / name, safe="/" not in name) as file:
                content(file)
        except OSError as error:
            raise Failed(f"--out {out}: {name} cannot be written: {error.strerror or error}") from None


def write_beside(out: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write what was asked for beside its results, so that their folder stands alone, also when it is half done.

    A file of such a name that is there stays: an earlier call has written it, or it is a person's own.

    Raises:
        Failed: one of them cannot be written.
    """
    contents = {name: content for name, content in files if not (out / name).exists()}
    write_files(out, {name: lambda file, content=content: file.write(content) for name, content in contents.items()})  # type: ignore[misc]


class Progress:
    """A bar on a terminal, with how many runs are done and how long the rest may take."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._began, self._before = time.monotonic(), int(results.done.sum())
        self._last = 0.0
        self._shows = sys.stderr.isatty()

    def show(self) -> None:
        """Draw it anew, a few times a second."""
        now = time.monotonic()
        total, tried = len(self._results.status), int((self._results.status != 0).sum())
        if not self._shows or (now - self._last < 0.2 and tried < total):
            return
        self._last = now
        done, seconds = int(self._results.done.sum()), now - self._began
        left = f", about {_span((total - tried) * seconds / (done - self._before))} left" if done > self._before else ""
        failed = f", {grouped(tried - done)} failed" if tried > done else ""
        bar = "#" * round(_BAR * tried / total)
        print(
            f"\r[{bar:<{_BAR}}] {grouped(done)} of {grouped(total)} runs{failed}{left}\x1b[K", end="", file=sys.stderr
        )
        if tried == total:
            print(file=sys.stderr)


def _span(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
