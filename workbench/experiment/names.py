"""Names that a person gives: one line of text, in which nothing is that a terminal or a picture would obey."""

from __future__ import annotations

import unicodedata

from workbench.engine.params import RequestError, show
from workbench.experiment.experiment import Experiment

#: control characters, halves of characters, and what breaks a line
_NOT_IN_NAMES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def without_controls(text: str) -> str:
    """The text without what a name cannot have."""
    return "".join(c for c in text if unicodedata.category(c) not in _NOT_IN_NAMES)


def check_names(experiment: Experiment) -> None:
    """Refuse an experiment with control characters in its title or a lane's label.

    A window shows them as they are; what is printed, a terminal would obey.

    Raises:
        RequestError: the first one.
    """
    labels = {f"lanes[{i}].label": lane.label for i, lane in enumerate(experiment.lanes)}
    for path, text in {"title": experiment.title, **labels}.items():
        if without_controls(text) != text:
            raise RequestError(path, f"must be one line of text without control characters, got {show(text)}")
