"""Memory that two processes share, as arrays.

A segment's name is only needed until both sides have attached; then it is taken back, and the memory is gone with the
last process that maps it, however that process ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from math import prod
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.history import Shape

#: What must stay free where the system keeps shared memory: writing beyond it would end the process, not raise.
_LEFT_FREE = 8 << 20
_ALIGNED = 64


class Segment:
    """One block of shared memory. It stays mapped as long as this object or an array of it is alive."""

    def __init__(self, name: str, size: int = 0) -> None:
        """Make a segment of `size` bytes, or attach to one where `size` is 0.

        Raises:
            OSError: there is none of this name, or no room for another one.
        """
        if size:
            _refuse_without_room(size)
        self._memory = SharedMemory(name=name, create=size > 0, size=size)
        self.name = name
        buffer: Any = self._memory.buf
        view = np.frombuffer(buffer, np.uint8)
        # Arrays hold this object and not the buffer, which could otherwise not be closed before the last of them.
        self.__array_interface__ = dict(view.__array_interface__)
        del view, buffer

    def forget_name(self) -> None:
        """Take the name back; on Windows it goes by itself with the last process."""
        self._memory.unlink()

    def arrays(self, fields: Sequence[tuple[Shape, Any]], offset: int = 0) -> list[NDArray[Any]]:
        """Arrays of these shapes and dtypes, one behind the other."""
        whole, found = np.asarray(self), []
        for shape, dtype in fields:
            size = prod(shape) * np.dtype(dtype).itemsize
            found.append(whole[offset : offset + size].view(dtype).reshape(shape))
            offset += _aligned(size)
        return found

    def __del__(self) -> None:
        if hasattr(self, "_memory"):
            self._memory.close()


def room(fields: Sequence[tuple[Shape, Any]]) -> int:
    """The bytes that arrays of these shapes and dtypes take."""
    return sum(_aligned(prod(shape) * np.dtype(dtype).itemsize) for shape, dtype in fields) or _ALIGNED


def discard(name: str) -> None:
    """Take back the name of a segment that may have been left by a process that is gone."""
    try:
        segment = Segment(name)
    except (OSError, ValueError):  # there is none, or it was not given its size any more
        return
    segment.forget_name()


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _refuse_without_room(size: int) -> None:
    if sys.platform == "linux":
        disk = os.statvfs("/dev/shm")  # noqa: S108 - where the system keeps shared memory
        if disk.f_bavail * disk.f_frsize < size + _LEFT_FREE:
            raise OSError(f"no room for {size} bytes of shared memory")
