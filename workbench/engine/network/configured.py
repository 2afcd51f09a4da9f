"""What activations, initializers and losses share: settings declared once that become attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.engine.params import Param, complete
from workbench.engine.registry import Source


class Configured:
    """A catalogue entry with settings of its own, checked when it is made."""

    noun: ClassVar[str]
    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()

    def __init__(self, parameters: Mapping[str, object] | None = None) -> None:
        """Raises RequestError for a setting that it does not have or a value out of range."""
        for name, value in complete(self.params, parameters or {}, owner=f'the {self.noun} "{self.key}"').items():
            setattr(self, name, value)
