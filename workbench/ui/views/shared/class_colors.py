"""The colours of classes and of values over a plane, the same in every view."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse

#: Colours of classes: other than the lanes', whose meaning they must not borrow.
CLASS_COLORS = (
    "#3B6FB6",
    "#D08A2E",
    "#4C9A6A",
    "#B5557A",
    "#7A68B3",
    "#5A9DB5",
    "#A0803C",
    "#8C4A3B",
    "#6B7280",
    "#2F7F7F",
)
#: how strong a class's colour is where nothing is known, and how much stronger where all is
_LEAST, _MORE = 0.08, 0.42


def class_color(theme: themes.Theme, number: int) -> str:
    """The colour of a class as painted in a theme."""
    return theme.lane(CLASS_COLORS[number % len(CLASS_COLORS)])


def class_regions(classes: NDArray[Any], margin: NDArray[Any], count: int, theme: themes.Theme) -> NDArray[Any]:
    """Colours (rows, columns, 3) from 0 to 1 of `count` classes by number, the surer (`margin`) the stronger."""
    ground = np.array(parse(theme.plot))
    palette = np.array([parse(class_color(theme, c)) for c in range(count)])
    sureness = np.clip((margin - 1 / count) / (1 - 1 / count), 0.0, 1.0)[..., None]
    share = _LEAST + _MORE * np.nan_to_num(sureness)
    return np.asarray(ground * (1 - share) + palette[classes.astype(int)] * share)


def class_share(probability: NDArray[Any], number: int, theme: themes.Theme) -> NDArray[Any]:
    """Colours (rows, columns, 3) of one class, the more probable the stronger."""
    ground, color = np.array(parse(theme.plot)), np.array(parse(class_color(theme, number)))
    share = 2 * _MORE * np.clip(np.nan_to_num(probability), 0.0, 1.0)[..., None]
    return np.asarray(ground * (1 - share) + color * share)


def value_heights(values: NDArray[Any], theme: themes.Theme) -> NDArray[Any]:
    """Colours (rows, columns, 3) of values as heights, from the least to the largest."""
    known = np.nan_to_num(np.asarray(values, np.float64), posinf=0.0, neginf=0.0)
    low, high = float(known.min()), float(known.max())
    t = (known / 2 - low / 2) / max(high / 2 - low / 2, 1e-12)  # by halves: none of it leaves the range of numbers
    return np.asarray(theme.height_colors()[(255 * t).astype(int)] / 255.0)


def image_of(rgb: NDArray[Any]) -> QImage:
    """An image of its own of colours (rows, columns, 3) from 0 to 1."""
    rows, columns = rgb.shape[:2]
    pixels = np.dstack([(255 * rgb).astype(np.uint8), np.full((rows, columns), 255, np.uint8)])
    pixels = np.ascontiguousarray(pixels)
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()
