"""Jobs are done one after the other beside the window, each told when it is done, and none is lost at the end."""

from __future__ import annotations

import threading

from workbench.kept.keeper import Keeper
from workbench.kept.store import KeptRunError


def keeper():
    told, failed = [], []
    return Keeper(lambda then: then(), failed.append), told, failed


def test_jobs_are_done_in_order_in_a_thread_of_their_own_and_finished_before_the_end():
    kept, told, failed = keeper()
    begin = threading.Event()
    kept.do(begin.wait, lambda _: told.append(threading.current_thread().name))
    for number in range(20):
        kept.do(lambda number=number: number * number, told.append)
    assert told == []
    begin.set()
    kept.close()
    assert told == ["kept runs", *(number * number for number in range(20))]
    assert failed == []
    kept.close()
    kept.do(lambda: 1, told.append)
    assert len(told) == 21, "after the end nothing is done"


def test_a_fault_is_a_sentence_and_the_next_job_is_done():
    kept, told, failed = keeper()

    def refuse():
        raise KeptRunError("this run is kept no more")

    def full():
        raise OSError(28, "No space left on device", "/somewhere/record.npz")

    def odd():
        return {}[1]

    for job in (refuse, full, odd):
        kept.do(job, told.append)
    kept.do(lambda: "done", told.append)
    kept.close()
    assert told == ["done"]
    assert failed == [
        "this run is kept no more", "No space left on device: /somewhere/record.npz",
        "KeyError: 1",
    ]  # fmt: skip
