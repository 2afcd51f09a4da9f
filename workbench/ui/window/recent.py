"""The files opened last, in one readable file of the person's settings folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from workbench.experiment.files import write_bytes

_KEPT = 8


def _store() -> Path:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    return Path(folder) / "recent.json"


def recent_files() -> list[Path]:
    """The newest first; files that are gone are left out, a broken list counts as empty."""
    try:
        found = json.loads(_store().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(found, list):
        return []
    return [Path(name) for name in found if isinstance(name, str) and Path(name).is_file()][:_KEPT]


def remember_file(path: Path) -> None:
    """Put a file at the head of the list; a settings folder that cannot be written is no reason to stop."""
    path = path.resolve()
    names = [str(path), *(str(p) for p in recent_files() if p != path)][:_KEPT]
    try:
        _store().parent.mkdir(parents=True, exist_ok=True)
        write_bytes(_store(), (json.dumps(names, indent=2) + "\n").encode())
    except OSError:
        return


def told_apart(paths: Sequence[Path]) -> list[str]:
    """A few words for each file: its name, and its folder where several have that name."""
    names = [path.name for path in paths]
    home = str(Path.home())

    def folder(path: Path) -> str:
        words = str(path.parent)
        return "~" + words[len(home) :] if path.is_relative_to(home) else words

    return [path.name if names.count(path.name) == 1 else f"{path.name} – {folder(path)}" for path in paths]
