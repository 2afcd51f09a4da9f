"""Colours as numbers: contrast after WCAG 2, and lane colours that stay readable on a background. No Qt."""

from __future__ import annotations

import colorsys

#: The contrast that graphics need against what they lie on (WCAG 2.1, 1.4.11).
READABLE = 3.0

Rgb = tuple[float, float, float]


def parse(color: str) -> Rgb:
    """`#rrggbb` as three numbers from 0 to 1."""
    return (int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255)


def text(rgb: Rgb) -> str:
    """Three numbers from 0 to 1 as `#rrggbb`."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, c))):02x}" for c in rgb)


def luminance(rgb: Rgb) -> float:
    """Relative luminance, 0 for black to 1 for white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
