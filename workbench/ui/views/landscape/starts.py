"""The starting points of a race as rings that one drags, numbered where there are several."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.plotting.handle import Handle, HandleOwner
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes


class Starts:
    """A ring at each starting point; what is done to one is told to the owner."""

    def __init__(self, plot: Plot, owner: HandleOwner, tip: str) -> None:
        self._plot, self._owner, self._tip = plot, owner, tip
        self.handles: list[Handle] = []

    def place(self, points: NDArray[Any], theme: themes.Theme) -> None:
        """Put a ring at each point (S, 2)."""
        while len(self.handles) > len(points):
            self._plot.box.removeItem(self.handles.pop())
        while len(self.handles) < len(points):
            handle = Handle(self._owner)
            handle.index = len(self.handles)
            handle.setToolTip(self._tip)
            self._plot.box.addItem(handle, ignoreBounds=True)
            self.handles.append(handle)
        for handle, (x, y) in zip(self.handles, points, strict=True):
            handle.setPos(float(x), float(y))
            handle.set_color(theme.text)
            handle.set_number(str(handle.index + 1) if len(points) > 1 else "")

    @property
    def points(self) -> NDArray[Any]:
        """Where the rings are (S, 2)."""
        return np.array([(handle.pos().x(), handle.pos().y()) for handle in self.handles]).reshape(-1, 2)
