"""Python's search for garbage, put off while the program is loaded and its window made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """Look for no garbage meanwhile, and later not among what is there in the end.

    What is loaded stays. To go through it again and again takes a twelfth of a start; later, each time longer than a
    frame.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searched:
            gc.enable()
