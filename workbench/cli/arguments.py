"""What may stand behind an option: each reads a text or refuses it in a sentence."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from workbench.engine.params import show
from workbench.export.formats import FORMATS


def named(text: str) -> str:
    """The name of a folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("must be the name of a folder, got nothing")
    return text


def png(text: str) -> str:
    """The name of a PNG file."""
    if Path(text).suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"must be a file that ends in .png, got {show(text)}")
    return text


def whole(low: int) -> Callable[[str], int]:
    """Whole numbers from `low` on."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= 10**9:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to 1000000000, got {show(text)}")
        return number

    return parse


def size(text: str) -> tuple[int, int]:
    """Width and height in pixels."""
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT in pixels, like 1280x800, got {show(text)}")
    return int(match[1]), int(match[2])


def formats(text: str) -> tuple[str, ...]:
    """Formats of pictures, separated by commas."""
    names = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for name in names:
        if name not in FORMATS:
            raise argparse.ArgumentTypeError(f"must name some of {', '.join(FORMATS)}, got {show(name)}")
    return names
