"""What a file says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself: its title, the program, and the experiment as the text of its file."""

    title: str
    program: str
    experiment: str
