"""Messages between the two processes: through the pipe, with large arrays beside them in shared memory.

The state of a network with millions of parameters is hundreds of megabytes. A pipe gives some hundred kilobytes at a
time, and each piece waits for its turn at Python's lock while the window paints: a message of that length would take
many seconds, in which the race stands still. In shared memory it takes as long as copying it once.
"""

from __future__ import annotations

import pickle
import struct
import sys
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from workbench.live.segments import Segment, room

#: Bytes from which an array travels beside its message. On Windows none does: there whole messages are read at once.
_BESIDE_FROM = (64 << 10) if sys.platform != "win32" else 1 << 62
_COUNT, _SIZE = struct.Struct("!I"), struct.Struct("!Q")


def send(connection: Connection, message: Any) -> None:
    """Send a message, copied: its arrays may be overwritten at once.

    Raises:
        OSError: the other side is gone (ConnectionError), or there is no room for a segment.
    """
    beside: list[memoryview] = []

    def inside(buffer: pickle.PickleBuffer) -> bool:
        content = buffer.raw()
        if content.nbytes < _BESIDE_FROM:
            return True
        beside.append(content)
        return False

    content = pickle.dumps(message, protocol=5, buffer_callback=inside)
    sizes = [one.nbytes for one in beside]
    segment = None
    if beside:
        fields = _fields(sizes)
        segment = Segment(room(fields))
        for array, one in zip(segment.arrays(fields), beside, strict=True):
            array[:] = one
    connection.send_bytes(b"".join((_COUNT.pack(len(sizes)), *map(_SIZE.pack, sizes), content)))
    if segment is not None:
        segment.send(connection)


def receive(connection: Connection) -> Any:
    """The next message; its large arrays stay in the shared memory that they came in, for this side alone.

    Raises:
        EOFError: the other end is closed.
        OSError: a segment cannot be attached to.
    """
    content = memoryview(connection.recv_bytes())
    (count,) = _COUNT.unpack_from(content)
    behind = _COUNT.size + count * _SIZE.size
    sizes = [size for (size,) in _SIZE.iter_unpack(content[_COUNT.size : behind])]
    arrays = Segment.receive(connection).arrays(_fields(sizes)) if sizes else []
    return pickle.loads(content[behind:], buffers=arrays)  # noqa: S301 - the two processes are one program


def _fields(sizes: list[int]) -> list[tuple[tuple[int, ...], Any]]:
    return [((size,), np.uint8) for size in sizes]
