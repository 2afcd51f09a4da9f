"""Where the files beside the code are found: in a checkout, or inside the installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """The folder `resources`; a checkout's own stands before the copy that a wheel carries."""
    package = Path(__file__).resolve().parent
    checkout = package.parent / "resources"
    if (package.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    return package / "_resources"


def resource(name: str) -> Path:
    """The path of one resource, named with forward slashes from the root."""
    return resource_root() / name
