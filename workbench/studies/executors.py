"""Who computes tasks: processes of this machine, a Dask cluster, or any executor of `concurrent.futures`' interface."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from workbench.engine.params import RequestError, nearest, show
from workbench.engine.pool import make_pool

#: Tasks that wait for each worker besides the one it has: what it takes next should be there already.
_WAITING = 1
#: Seconds in which a cluster's scheduler must answer.
_ANSWER_SECONDS = 20


class Executor(Protocol):
    """What is asked of an executor."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]: ...


class Workers:
    """An executor, how many tasks it is to have at a time, and how it ends. Made by `open_workers`.

    What was not built here is not shut down here, either: others may be at it.
    """

    def __init__(
        self,
        executor: Executor,
        count: int,
        *,
        renew: Callable[[], Executor] | None = None,
        close: Callable[[Any], None] | None = None,
    ) -> None:
        self.executor, self.count = executor, count
        self._renew, self._close = renew, close

    @property
    def at_a_time(self) -> int:
        """Tasks that the executor is to have."""
        return self.count * (1 + _WAITING)

    def renew(self) -> bool:
        """Take another executor for one that is broken; False where it is not this program's to make."""
        if self._renew is None:
            return False
        self.executor = self._renew()
        return True

    def close(self) -> None:
        """Let the workers end; they have nothing left to do, or what they are at is given up."""
        if self._close is not None:
            self._close(self.executor)


def open_workers(name: str, jobs: int | None) -> Workers:
    """The workers that a name says: `processes`, `dask`, `dask:ADDRESS`, or `module:name` of an executor that exists.

    Raises:
        RequestError: there are none of that name, in one sentence.
    """
    if name == "processes":
        return _processes(jobs or os.cpu_count() or 1)
    if name == "dask" or name.startswith("dask:"):
        return _dask(name[5:], jobs)
    module, colon, attribute = name.partition(":")
    if not colon or not all(part.isidentifier() for part in f"{module}.{attribute}".split(".")):
        known = ("processes", "dask")
        raise RequestError(
            "", f"must be processes, dask, dask:ADDRESS or module:name, got {show(name)}{nearest(name, known)}"
        )
    return _found(module, attribute, jobs)


def _processes(count: int) -> Workers:
    def close(pool: Any) -> None:
        # Without this the program would wait at its end for tasks that nobody wants any more.
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()
        pool.shutdown(wait=True)

    return Workers(make_pool(count), count, renew=lambda: make_pool(count), close=close)


def _dask(address: str, jobs: int | None) -> Workers:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise RequestError("", 'dask is not installed: pip install "gradient-workbench[dask]"') from None
    cluster = None
    try:
        if address:
            client = Client(address, timeout=_ANSWER_SECONDS)
        else:
            cluster = LocalCluster(n_workers=jobs or os.cpu_count() or 1, threads_per_worker=1, dashboard_address=None)
            client = Client(cluster)
    except (OSError, ValueError) as error:
        raise RequestError("", f"no Dask scheduler answers at {show(address)}: {error}") from None
    threads = sum(client.nthreads().values())

    def close(_executor: Any) -> None:
        client.close()
        if cluster is not None:
            cluster.close()

    # pure: two equal tasks would be one, and a result of an earlier call be taken for a new one
    return Workers(client.get_executor(pure=False), jobs or max(1, threads), close=close)


def _found(module: str, attribute: str, jobs: int | None) -> Workers:
    """An executor that a module of the person's own holds."""
    sys.path.append(os.getcwd())  # noqa: PTH109 - where Python looks for modules of a script, too
    try:
        found = getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        raise RequestError("", f"there is no module {show(module)} to import: {error}") from None
    except AttributeError:
        raise RequestError("", f"the module {show(module)} has no {show(attribute)}") from None
    finally:
        sys.path.pop()
    if isinstance(found, type) or not callable(getattr(found, "submit", None)):
        raise RequestError(
            "", f"{module}:{attribute} must be an executor that exists, with `submit`: not how to make one"
        )
    workers = getattr(found, "_max_workers", None)
    return Workers(found, jobs or (workers if isinstance(workers, int) and workers > 0 else os.cpu_count() or 1))
