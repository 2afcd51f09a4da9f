"""Memory that two processes share, as arrays.

A segment has no name that could be left behind: it is an open file without one, which is handed through the pipe
between the two processes, and gone with the last of them, however they end. Windows has names for such memory; there
the system itself takes them back with the last process.
"""

from __future__ import annotations

import mmap
import os
import secrets
import socket
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from math import prod
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.history import Shape

#: What must stay free on a disk that stands in for memory: writing beyond it would end the process, not raise.
_LEFT_FREE = 8 << 20
_ALIGNED = 64
#: What tools call the memory of such a file.
_LABEL = "gradient-workbench"


class Segment:
    """One block of shared memory. It stays mapped as long as an array of it is alive.

    Attributes:
        bytes: all of it (size,).
    """

    def __init__(self, size: int) -> None:
        """Make a segment, to be sent once to the other process.

        Raises:
            OSError: there is no room for another one.
        """
        self._handle: Any = _make(size)
        self.bytes = _mapped(self._handle)

    @classmethod
    def receive(cls, connection: Connection) -> Segment:
        """The segment that the other process has sent; waits for it.

        Raises:
            EOFError: the other process is gone.
            OSError: it cannot be attached to.
        """
        segment = cls.__new__(cls)
        segment._handle = _receive(connection)
        segment.bytes = _mapped(segment._handle)
        segment._close()
        return segment

    def send(self, connection: Connection) -> None:
        """Share the segment with the process at the other end, which receives it next. Raises OSError."""
        _send(self._handle, connection)
        self._close()

    def arrays(self, fields: Sequence[tuple[Shape, Any]], offset: int = 0) -> list[NDArray[Any]]:
        """Arrays of these shapes and dtypes, one behind the other."""
        found = []
        for shape, dtype in fields:
            size = prod(shape) * np.dtype(dtype).itemsize
            found.append(self.bytes[offset : offset + size].view(dtype).reshape(shape))
            offset += _aligned(size)
        return found

    def _close(self) -> None:
        """Let go of what the memory is shared by; the mapping stays, with an open file of its own."""
        handle, self._handle = self._handle, None
        if isinstance(handle, int):
            os.close(handle)

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            self._close()


def room(fields: Sequence[tuple[Shape, Any]]) -> int:
    """The bytes that arrays of these shapes and dtypes take."""
    return sum(_aligned(prod(shape) * np.dtype(dtype).itemsize) for shape, dtype in fields) or _ALIGNED


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


if sys.platform == "win32":
    #: A name lives as long as somebody has it open: the sender of a short-lived segment waits for its reader so.
    _sent_lately: deque[Any] = deque(maxlen=16)

    def _make(size: int) -> tuple[str, int]:
        return f"{_LABEL}-{secrets.token_hex(8)}", size

    def _mapped(handle: tuple[str, int]) -> NDArray[np.uint8]:
        name, size = handle
        return np.frombuffer(mmap.mmap(-1, size, tagname=name), np.uint8)

    def _send(handle: tuple[str, int], connection: Connection) -> None:
        _sent_lately.append(_mapped(handle))
        connection.send(handle)

    def _receive(connection: Connection) -> tuple[str, int]:
        return connection.recv()

else:

    def _make(size: int) -> int:
        """An open file without a name: in memory where the system has such files, else on disk."""
        file = _memory_file() if sys.platform == "linux" else None
        try:
            if file is None:
                file = _temporary_file(size)
            os.ftruncate(file, size)
        except BaseException:
            if file is not None:
                os.close(file)
            raise
        return file

    def _memory_file() -> int | None:
        """None where the system does not allow one."""
        try:
            return os.memfd_create(_LABEL)
        except OSError:
            return None

    def _temporary_file(size: int) -> int:
        with tempfile.TemporaryFile() as temporary:
            file = os.dup(temporary.fileno())
        disk = os.fstatvfs(file)
        if disk.f_bavail * disk.f_frsize < size + _LEFT_FREE:
            os.close(file)
            raise OSError(f"no room for {size} bytes of shared memory")
        return file

    def _mapped(file: int) -> NDArray[np.uint8]:
        return np.frombuffer(mmap.mmap(file, os.fstat(file).st_size), np.uint8)

    def _send(file: int, connection: Connection) -> None:
        with socket.socket(fileno=os.dup(connection.fileno())) as pipe:
            socket.send_fds(pipe, [b"F"], [file])

    def _receive(connection: Connection) -> int:
        with socket.socket(fileno=os.dup(connection.fileno())) as pipe:
            said, files, _, _ = socket.recv_fds(pipe, 1, 1)
        if not said:
            raise EOFError
        if not files:
            raise OSError("a segment of shared memory was not handed over")
        return files[0]
