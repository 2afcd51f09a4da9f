"""How one lane of a race moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from workbench.engine.optimizers import optimizers
from workbench.engine.params import Param, Value
from workbench.engine.schedules import Schedule


@dataclass(frozen=True, slots=True)
class LaneRule:
    """How one lane moves: complete, checked hyperparameters, the schedule of its learning rate, gradient options."""

    optimizer: str
    convention: str
    hyperparameters: Mapping[str, Value]
    schedule: Schedule | None = None
    gradient: Mapping[str, Value] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # read-only mappings do not travel between processes
        values = (getattr(self, field.name) for field in fields(self))
        return LaneRule, tuple(dict(value) if isinstance(value, Mapping) else value for value in values)

    def param(self, name: str) -> Param | None:
        """The setting of that name that the rule has; None where it has none."""
        return next((p for p in optimizers.get(self.optimizer).params if p.name == name), None)

    @property
    def group(self) -> tuple[Any, ...]:
        """Lanes with the same group are computed in one call: same rule, same switches."""
        params = optimizers.get(self.optimizer).params
        switches = tuple(self.hyperparameters[p.name] for p in params if p.switch)
        return (self.optimizer, self.convention, *switches)

    @property
    def fixed(self) -> tuple[Any, ...]:
        """All that cannot change while a race runs."""
        params = optimizers.get(self.optimizer).settings(self.hyperparameters, self.convention)
        return (*self.group, *(self.hyperparameters[p.name] for p in params if not p.live))
