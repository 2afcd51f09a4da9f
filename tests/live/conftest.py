"""A worker for a test, closed after it."""

from __future__ import annotations

import pytest

from workbench.live.worker import TrainingWorker


@pytest.fixture
def worker(qapp):
    """A started worker."""
    made = TrainingWorker()
    made.start()
    yield made
    made.close()
    made.deleteLater()
