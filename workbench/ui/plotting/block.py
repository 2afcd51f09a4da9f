"""A surface as a block in space, ready to be looked at: its heights, colours and contour lines, point by point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.landscape import Surface
from workbench.engine.objectives.levels import Level, Scale
from workbench.ui.plotting.rays import NOTHING, SIDE_X, SIDE_Y, Seen, Singles, between
from workbench.ui.plotting.space import TALL, Floats, Sight
from workbench.ui.style.colors import mixed, parse
from workbench.ui.style.theme import RELIEFS, Theme

#: points a side that pictures are made from, and quads a side of one made of vectors
FINE, QUADS = 640, 80
_RELIEF = 4.2  # times the shading of the flat map: in space it tells the form
#: from where the light comes, in the block's own directions: it stays where one turns
_LIGHT = np.array([-0.55, 0.45, 0.70])
_EDGE = 0.07  # how much farther away a neighbour is than where the surface goes on
_LINES = (0.55, 1.0)  # pixels that contour lines and stronger ones are wide


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A surface over the foot from -1 to 1, row j at y[j].

    Attributes:
        z: heights (N, N), 0 to `TALL`.
        values: the surface's own (G, G), and `x`, `y` (G,) where they are.
        colors: of each point as 0xAARRGGBB (N * N + 3,), behind them those of sides and nothing, under their indices.
        bands: between which contour lines each point lies (N, N), counted from below, with the share of the way from
            one to the next; empty where there are none, not-a-number where no value is known.
        strong: whether each line is a stronger one (L,).
        line_colors: of lines and of stronger ones.
    """

    z: Singles
    x: Floats
    y: Floats
    values: Floats
    colors: NDArray[np.uint32]
    bands: Singles
    strong: NDArray[np.bool_]
    line_colors: tuple[int, int]

    def on_foot(self, points: Floats) -> Floats:
        """Points (K, 2) of the plane as places on the foot (K, 2)."""
        low, high = np.array([self.x[0], self.y[0]]), np.array([self.x[-1], self.y[-1]])
        return np.asarray(2 * (points - low) / (high - low) - 1)


def block(
    surface: Surface,
    scale: Scale,
    theme: Theme,
    *,
    palette: str,
    shading: bool,
    lines: bool,
    heights: str,
) -> Block:
    """A surface as a block, in the colours of a scale; `heights` says what goes upwards (`height_of`)."""
    values = np.asarray(surface.values, np.float64)
    known = np.isfinite(values)
    z = np.where(known, np.nan_to_num(height_of(values, scale, heights)), 0.0)
    shade = np.where(known, np.nan_to_num(scale.shade(values)), 0.0)
    lit = _lit(z) if shading else np.zeros_like(z)
    fine_z, fine_shade, fine_lit, fine_known = (_finely(part) for part in (z, shade, lit, known.astype(np.float64)))
    table = _packed(replace(theme, relief=_RELIEF * theme.relief).relief_colors(palette))
    tone = np.clip(np.rint((fine_lit + 1.0) / 2 * (RELIEFS - 1)), 0, RELIEFS - 1).astype(np.intp)
    colors = table[np.clip(255 * fine_shade, 0, 255).astype(np.intp), tone].reshape(-1)
    colors[fine_known.reshape(-1) < 1.0] = _one(mixed(theme.line, theme.plot, 0.6))
    levels = scale.levels if lines else ()
    bands = _bands(values, levels, known)
    dark, light = mixed(theme.line, theme.panel, 0.85), mixed(theme.line, theme.panel, 0.55)
    beside = np.zeros(3, np.uint32)
    beside[[SIDE_X, SIDE_Y, NOTHING]] = _one(dark), _one(light), 0
    return Block(
        (TALL * fine_z).astype(np.float32),
        surface.x,
        surface.y,
        values,
        np.concatenate([colors, beside]),
        bands,
        np.array([level.strong for level in levels], bool),
        (_one(theme.contour), _one(theme.strong_contour)),
    )


def height_of(values: NDArray[np.floating], scale: Scale, heights: str) -> Floats:
    """How high values of any shape stand, 0 to 1: by their logarithm where the scale is one, else as they are.

    Ranks, which the colours may follow by themselves, are heights only where `heights` asks for them by name.
    """
    values = np.asarray(values, np.float64)
    if not scale.top > scale.bottom:
        return np.zeros_like(values)
    if heights == "rank" or scale.kind == "log":
        return scale.shade(values)
    return np.asarray(np.clip((values - scale.bottom) / (scale.top - scale.bottom), 0.0, 1.0))


def _finely(part: Floats) -> Floats:
    """A grid (G, G) between its points (FINE, FINE)."""
    for _ in range(2):  # along one axis, and along the other
        at = np.linspace(0, len(part) - 1, FINE)
        low = np.minimum(at.astype(np.intp), len(part) - 2)
        share = (at - low)[:, None]
        part = (part[low] * (1.0 - share) + part[low + 1] * share).T
    return np.ascontiguousarray(part)


def _lit(z: Floats) -> Floats:
    """How much each point of heights (G, G), 0 to 1, is turned to the light, -1 to 1, against one that is level."""
    step = 2.0 / (len(z) - 1)
    up, along = np.gradient(TALL * z, step)
    normal = np.stack([-along, -up, np.ones_like(z)])
    normal /= np.sqrt((normal**2).sum(axis=0))
    light = _LIGHT / np.linalg.norm(_LIGHT)
    towards = np.tensordot(light, normal, 1)
    return np.asarray(np.clip((towards - light[2]) / 0.62, -1.0, 1.0))


def _bands(values: Floats, levels: Sequence[Level], known: NDArray[np.bool_]) -> Singles:
    """Between which levels each of the fine points lies, evenly from point to point of the grid.

    None where a point of the grid beside it is unknown: the cliff down to it is no slope, and would be all lines.
    """
    if len(levels) < 2:
        return np.zeros((0, 0), np.float32)
    at = np.array([level.value for level in levels])
    # beyond the ends it goes on as it does between the outermost two, so that lines there stand where they belong
    inner = np.interp(values, at, np.arange(1.0, len(at) + 1))
    below = np.minimum(0.0, (values - at[0]) / (at[1] - at[0]))
    above = np.maximum(0.0, (values - at[-1]) / (at[-1] - at[-2]))
    place = np.where(known, np.clip(inner + below + above, 0.0, len(at) + 1.0), np.nan)
    return _finely(place).astype(np.float32)


def _packed(colors: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Colours (..., 3) as 0xAARRGGBB."""
    red, green, blue = (colors[..., i].astype(np.uint32) for i in range(3))
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue)


def _one(color: str) -> int:
    red, green, blue = (round(255 * part) for part in parse(color))
    return 0xFF000000 | red << 16 | green << 8 | blue


def painted(made: Block, seen: Seen) -> NDArray[np.uint32]:
    """The picture of what is seen (W, H) with the contour lines on it, columns from the left, each from the bottom."""
    colors = made.colors[seen.index]
    if made.bands.size:
        if seen.spots is None:
            bands = made.bands.reshape(-1)[np.maximum(seen.index, 0)]
        else:
            bands = between(made.bands, seen.spots)
        whole = np.where(np.isnan(bands) | (seen.index < 0), -1, bands).astype(np.int16)
        for axis in (0, 1):
            _add_lines(made, seen, whole, colors, axis)
    return colors


def _add_lines(made: Block, seen: Seen, bands: NDArray[np.int16], colors: NDArray[np.uint32], axis: int) -> None:
    """Paint the points whose neighbour along an axis lies in another band, but not where one is behind the other."""
    one, other = (slice(None, -1), slice(None)), (slice(1, None), slice(None))
    if axis:
        one, other = one[::-1], other[::-1]
    rows, columns = np.nonzero(bands[one] != bands[other])
    first, second = bands[one][rows, columns], bands[other][rows, columns]
    with np.errstate(invalid="ignore"):
        near = np.abs(seen.away[one][rows, columns] - seen.away[other][rows, columns]) < _EDGE
    near &= (first >= 0) & (second >= 0)
    rows, columns, level = rows[near], columns[near], np.maximum(first, second)[near] - 1
    strong = made.strong[np.clip(level, 0, len(made.strong) - 1)]
    for is_strong, color, width in zip((False, True), made.line_colors, _LINES, strict=True):
        at = (rows[strong == is_strong], columns[strong == is_strong])
        points = max(1, round(width * seen.density))
        for by in range(points):
            place = np.clip(at[axis] + by - (points - 1) // 2, 0, colors.shape[axis] - 1)
            colors[(place, at[1]) if axis == 0 else (at[0], place)] = color


@dataclass(frozen=True, slots=True, eq=False)
class Quads:
    """The block as flat pieces in the order in which they are painted, the farthest first.

    Attributes:
        corners: in pixels from the lower left (K, 4, 2).
        colors: 0xAARRGGBB (K,).
        lines: contour lines as strokes (M, 2, 2), with the piece that each lies on (M,) and whether it is a stronger
            one (M,): it is painted right behind its piece.
    """

    corners: Floats
    colors: NDArray[np.uint32]
    lines: Floats
    on: NDArray[np.intp]
    strong: NDArray[np.bool_]


def quads(made: Block, sight: Sight) -> Quads:
    """The block in pieces, for pictures of vectors: its surface, `QUADS` a side, behind the two sides that are seen."""
    at = np.rint(np.linspace(0, FINE - 1, QUADS + 1)).astype(np.intp)
    z = made.z[np.ix_(at, at)].astype(np.float64)
    place = np.linspace(-1.0, 1.0, QUADS + 1)
    x, y = np.meshgrid(place, place)
    points = sight.project(np.column_stack([x.ravel(), y.ravel(), z.ravel()])).reshape(QUADS + 1, QUADS + 1, 3)
    middle = (at[:-1] + at[1:]) // 2
    corners = _around(points)
    order = np.argsort(-corners[..., 2].mean(axis=1), kind="stable")
    colors = made.colors[(middle[:, None] * FINE + middle).ravel()]
    strokes, on, strong = _strokes(made, at, corners)
    placed = np.empty(len(order), np.intp)
    placed[order] = np.arange(len(order))
    sides, side_colors = _sides(made, sight, place, z)
    return Quads(
        np.concatenate([corners[order][..., :2], sides]),
        np.concatenate([colors[order], side_colors]),
        strokes,
        placed[on],
        strong,
    )


def _around(points: Floats) -> Floats:
    """The corners (K, 4, ...) of the pieces of a grid (N, N, ...), one after the other."""
    parts = (points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1])
    return np.stack([part.reshape(-1, *points.shape[2:]) for part in parts], axis=1)


def _strokes(made: Block, at: NDArray[np.intp], corners: Floats) -> tuple[Floats, NDArray[np.intp], NDArray[np.bool_]]:
    """Where contour lines cross the pieces: straight from edge to edge."""
    if not made.bands.size:
        return np.zeros((0, 2, 2)), np.zeros(0, np.intp), np.zeros(0, bool)
    bands = _around(made.bands[np.ix_(at, at)].astype(np.float64))
    known = np.isfinite(bands).all(axis=1)
    found: list[tuple[Floats, NDArray[np.intp], NDArray[np.bool_]]] = []
    for level in range(1, len(made.strong) + 1):
        over = bands >= level
        crossed = np.flatnonzero(over.any(axis=1) & ~over.all(axis=1) & known)
        if not len(crossed):
            continue
        above, places = over[crossed], corners[crossed, :, :2]
        cut = above != np.roll(above, -1, axis=1)
        here, there = bands[crossed], np.roll(bands[crossed], -1, axis=1)
        with np.errstate(all="ignore"):
            share = np.clip((level - here) / (there - here), 0.0, 1.0)[..., None]
        halves = places + share * (np.roll(places, -1, axis=1) - places)
        two = cut.sum(axis=1) == 2
        first = cut[two].argmax(axis=1)
        last = 3 - cut[two, ::-1].argmax(axis=1)
        rows = np.arange(int(two.sum()))
        strokes = np.stack([halves[two][rows, first], halves[two][rows, last]], axis=1)
        found.append((strokes, crossed[two], np.full(len(rows), made.strong[level - 1])))
    if not found:
        return np.zeros((0, 2, 2)), np.zeros(0, np.intp), np.zeros(0, bool)
    strokes, on, strong = (np.concatenate(part) for part in zip(*found, strict=True))
    return strokes, on, strong


def _sides(made: Block, sight: Sight, place: Floats, z: Floats) -> tuple[Floats, NDArray[np.uint32]]:
    """The pieces of the two sides that are turned to whoever looks."""
    towards = sight.towards()
    pieces, colors = [], []
    for axis, which in ((0, SIDE_X), (1, SIDE_Y)):
        edge = 1.0 if towards[axis] > 0 else -1.0
        if abs(towards[axis]) < 1e-9:
            continue
        heights = (z[:, -1 if edge > 0 else 0], z[-1 if edge > 0 else 0])[axis]
        along, across = place, np.full(len(place), edge)
        foot = (across, along) if axis == 0 else (along, across)
        top, low = (sight.project(np.column_stack([*foot, h]))[:, :2] for h in (heights, np.zeros(len(place))))
        pieces.append(np.stack([top[:-1], top[1:], low[1:], low[:-1]], axis=1))
        colors.append(np.full(len(place) - 1, made.colors[which], np.uint32))
    if not pieces:
        return np.zeros((0, 4, 2)), np.zeros(0, np.uint32)
    return np.concatenate(pieces), np.concatenate(colors)
