"""Under the paths: which known minimum a lane ends in from each place, a pale colour each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF

from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.plotting.cell_map import CellMap
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.minima import minimum_colors

if TYPE_CHECKING:  # loaded with the first map
    from workbench.studies.map_picture import MapPicture

#: how much the colours cover of the height map
_OPACITY = 72
_BELOW = -95.0  # contour lines and paths lie over it, the height map under it

Range = tuple[float, float]


class Basins:
    """Knows which basins are wanted, and shows them as they come."""

    def __init__(self, plot: Plot) -> None:
        self._cells = CellMap(hatched=False)
        self._cells.setZValue(_BELOW)
        self._cells.hide()
        plot.box.addItem(self._cells, ignoreBounds=True)
        #: (place of the lane among the experiment's, range of x, of y), None for no basins
        self.wanted: tuple[int, Range, Range] | None = None
        self._shown: tuple[Any, ...] = ()

    def want(self, info: RaceInfo, lane: int, ranges: tuple[Range, Range], *, shown: bool) -> bool:
        """Take what is to be shown; gives whether that is something else than before."""
        before = self.wanted
        several = info.kind == "objective" and info.minima is not None and len(info.minima) > 1
        place = info.lanes[lane if 0 <= lane < len(info.lanes) else 0].index
        (x0, x1), (y0, y1) = ranges
        self.wanted = (place, (float(x0), float(x1)), (float(y0), float(y1))) if shown and several else None
        if self.wanted is None:
            self._cells.hide()
        return self.wanted != before

    @property
    def is_whole(self) -> bool:
        """Whether the basins that are wanted lack nothing."""
        picture = self._shown[0] if self._shown else None
        return self.wanted is None or (picture is not None and picture.whole and self._is_of_view(picture))

    def _is_of_view(self, picture: MapPicture) -> bool:
        x, y = picture.request.x, picture.request.y
        return self.wanted is not None and self.wanted[1:] == ((x.low, x.high), (y.low, y.high))

    def show_picture(self, picture: MapPicture | None, theme: themes.Theme) -> None:
        """Show what is known of the basins."""
        if picture is None or self.wanted is None:
            self._cells.hide()
            return
        if (picture, theme) != self._shown:
            self._shown = (picture, theme)
            minimum = picture.values["minimum"]
            table = np.zeros((len(picture.minima) + 1, 4), np.uint8)
            for i, color in enumerate(minimum_colors(len(picture.minima), theme)):
                table[i + 1] = [*color, _OPACITY]
            x, y = picture.request.x, picture.request.y
            self._cells.set_cells(table[minimum + 1], QRectF(x.low, y.low, x.high - x.low, y.high - y.low), theme)
        self._cells.show()
