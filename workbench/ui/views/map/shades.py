"""From what came of a map's runs to colours: one scale for all maps that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.studies.map_picture import MapPicture
from workbench.ui.plotting.cell_map import heat_colors
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import mixed
from workbench.ui.views.shared.minima import minimum_colors, rgb

#: digits between the lowest loss with a colour of its own and the highest: below is the rounding of a machine
_DECADES = 16
#: shares of the losses that are given colours of their own; a few that are about to diverge would take all of them
_SHARE = 0.98


@dataclass(frozen=True, slots=True)
class Shades:
    """The scale of a quantity: the ends of its colours as log10, None where they are no scale."""

    quantity: str
    levels: tuple[float, float] | None


def shades(quantity: str, pictures: Sequence[MapPicture]) -> Shades:
    """The scale on which these maps can be compared."""
    if quantity == "loss":
        return Shades(quantity, _loss_levels(pictures))
    if quantity == "minimum" or not pictures:
        return Shades(quantity, None)
    return Shades(quantity, (0.0, float(np.log10(max(2, *(p.request.steps for p in pictures))))))


def _loss_levels(pictures: Sequence[MapPicture]) -> tuple[float, float] | None:
    found = [_positive(p) for p in pictures]
    values = np.log10(np.concatenate([np.empty(0), *found]))
    if not values.size:
        return None
    # a run that gets worse has its beginning as its best: what is worse than any beginning needs no colour of its own
    best = np.concatenate([(p.values["best"] - (p.lowest or 0.0)).ravel() for p in pictures])
    best = best[np.isfinite(best) & (best > 0)]
    high = min(float(np.quantile(values, _SHARE)), float(np.log10(best.max())) if best.size else np.inf)
    low = min(max(float(values.min()), high - _DECADES), high)
    return (np.floor(low * 4) / 4, max(np.ceil(high * 4) / 4, np.floor(low * 4) / 4 + 0.25))


def _positive(picture: MapPicture) -> NDArray[np.float64]:
    """The losses above zero of runs that have not diverged."""
    gap = picture.gap()
    return gap[(picture.values["diverged_at"] < 0) & np.isfinite(gap) & (gap > 0)]


def colors(picture: MapPicture, scale: Shades, theme: themes.Theme) -> NDArray[np.uint8]:
    """The colours (n, n, 4) of a map's cells; a run that diverged has none, and is hatched."""
    shade = shade_of(picture, scale)
    return painted(shade, picture, scale, theme)


def shade_of(picture: MapPicture, scale: Shades) -> NDArray[np.float64]:
    """Where each cell (n, n) stands on the scale, from 0 to 1; -1: not reached, not-a-number: diverged, or unknown."""
    values = picture.values
    diverged = values["diverged_at"] >= 0
    if scale.quantity == "minimum":
        return np.where(diverged, np.nan, values["minimum"].astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale.quantity == "loss":
            found = np.log10(np.maximum(picture.gap(), 1e-300))
        elif scale.quantity == "steps":
            found = np.log10(np.maximum(values["steps_to_target"], 1).astype(np.float64))
        else:
            found = np.log10(np.maximum(values["diverged_at"], 1).astype(np.float64))
    low, high = scale.levels or (0.0, 1.0)
    shade = np.clip((found - low) / max(high - low, 1e-9), 0.0, 1.0)
    if scale.quantity == "divergence":
        return np.where(np.isnan(values["loss"]), np.nan, np.where(diverged, shade, -1.0))
    if scale.quantity == "steps":
        shade = np.where(values["steps_to_target"] < 0, -1.0, shade)
        return np.where(diverged | np.isnan(values["loss"]), np.nan, shade)
    return np.where(diverged | np.isnan(picture.gap()), np.nan, shade)


def painted(shade: NDArray[np.float64], picture: MapPicture, scale: Shades, theme: themes.Theme) -> NDArray[np.uint8]:
    """Shades (...) as colours (..., 4)."""
    known = np.isfinite(shade)
    if scale.quantity == "minimum":
        table = np.array([rgb(unreached(theme)), *minimum_colors(len(picture.minima), theme)], np.uint8)
        found = table[np.where(known, shade, -1).astype(np.intp) + 1]
    else:
        table = np.vstack([np.array([rgb(unreached(theme))], np.uint8), heat_colors()])
        found = table[np.where(known & (shade >= 0), 1 + np.rint(255 * np.where(known, shade, 0.0)), 0).astype(np.intp)]
    rgba = np.empty((*shade.shape, 4), np.uint8)
    rgba[..., :3], rgba[..., 3] = found, np.where(known, 255, 0)
    return rgba


def strip(picture: MapPicture, scale: Shades, theme: themes.Theme, axis: int) -> NDArray[np.uint8]:
    """The colours (n, 4) of the best over an axis: the lowest loss, the fewest steps, the longest life."""
    shade = shade_of(picture, scale)
    if scale.quantity == "divergence":  # none diverged is best, then the latest
        rank = np.where(np.isnan(shade), -2.0, np.where(shade < 0, 2.0, shade))
        best = np.take_along_axis(shade, np.expand_dims(rank.argmax(axis=axis), axis), axis).squeeze(axis)
    else:
        rank = np.where(np.isnan(shade), 4.0, np.where(shade < 0, 3.0, shade))
        best = np.take_along_axis(shade, np.expand_dims(rank.argmin(axis=axis), axis), axis).squeeze(axis)
    return painted(best, picture, scale, theme)


def unreached(theme: themes.Theme) -> str:
    """The colour of what was not reached: grey, which no scale has."""
    return mixed(theme.muted, theme.plot, 0.45)
