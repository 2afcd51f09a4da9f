"""Colours as numbers: contrast after WCAG 2, and lane colours that stay readable on a background. No Qt."""

from __future__ import annotations

import colorsys
from functools import cache

import numpy as np
from numpy.typing import NDArray

#: The contrast that graphics need against what they lie on (WCAG 2.1, 1.4.11).
READABLE = 3.0

Rgb = tuple[float, float, float]


def parse(color: str) -> Rgb:
    """`#rrggbb` as three numbers from 0 to 1."""
    return (int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255)


def text(rgb: Rgb) -> str:
    """Three numbers from 0 to 1 as `#rrggbb`."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, c))):02x}" for c in rgb)


@cache
def mixed(color: str, ground: str, share: float) -> str:
    """A colour laid over a ground: `share` is what is left of it."""
    return text(tuple(share * c + (1.0 - share) * g for c, g in zip(parse(color), parse(ground), strict=True)))  # type: ignore[arg-type]


def luminance(rgb: Rgb) -> float:
    """Relative luminance, 0 for black to 1 for white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ends_of(colors: NDArray[np.float64]) -> list[str]:
    """The darkest and the lightest of colours (N, 3), from 0 to 1, as `#rrggbb`; of equals the first as a text."""
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    rough = linear @ np.array([0.2126, 0.7152, 0.0722])  # tells apart all but the last bits: thousands are too many
    dark, light = (colors[np.abs(rough - end) < 1e-9].tolist() for end in (rough.min(), rough.max()))
    key = [[(luminance((r, g, b)), text((r, g, b))) for r, g, b in among] for among in (dark, light)]
    return [min(key[0])[1], max(key[1])[1]]


def contrast(a: Rgb, b: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(color: str, backgrounds: tuple[str, ...], wanted: float = READABLE) -> str:
    """The colour, made darker or lighter just as far as it needs to stand out from every background."""
    rgb = parse(color)
    grounds = [parse(b) for b in backgrounds]
    dark = luminance(grounds[0]) < 0.2
    hue, light, saturation = colorsys.rgb_to_hls(*rgb)
    for _ in range(100):
        if all(contrast(rgb, ground) >= wanted for ground in grounds):
            break
        light = min(1.0, light + 0.01) if dark else max(0.0, light - 0.01)
        rgb = colorsys.hls_to_rgb(hue, light, saturation)
    return text(rgb)


#: From OKLab to the cubes' roots of long, middle and short waves, and from those to linear sRGB: B. Ottosson, A
#: perceptual color space for image processing (2020), https://bottosson.github.io/posts/oklab, public domain.
_FROM_LAB = np.array(
    [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]]
)
_FROM_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def from_oklab(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours (..., 3) of OKLab - lightness, green to red, blue to yellow - as sRGB, cut to 0 to 1."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0.0, 1.0)
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))
