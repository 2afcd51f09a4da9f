"""PySide6 6.12.0 on Python 3.11 loses references to None and True and aborts after some painting: never again."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter

#: From Python 3.12 on None and True are immortal: their counts drift, mean nothing, and a lost one does no harm.
COUNTED = sys.version_info < (3, 12)


class Source(QObject):
    fired = Signal(bool)


@pytest.mark.usefixtures("qapp")
def test_painting_keeps_the_references_to_none():
    """300 calls that return nothing leave None with as many references as it had, give or take what others do."""
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(300):
        painter.drawLine(0, 0, 31, 31)
    after = sys.getrefcount(None)
    painter.end()
    assert not COUNTED or abs(after - before) < 30


@pytest.mark.usefixtures("qapp")
def test_emitting_keeps_the_references_to_true():
    """5,000 emits all arrive and leave True with as many references as it had."""
    source = Source()
    arrived = []
    source.fired.connect(arrived.append)
    spare = [True] * 10_000  # so that lost references fail this test and do not abort the process
    before = sys.getrefcount(True)
    for _ in range(5000):
        source.fired.emit(True)
    count = len(arrived)
    arrived.clear()
    after = sys.getrefcount(True)
    assert (count, len(spare)) == (5000, 10_000)
    assert not COUNTED or abs(after - before) < 30
