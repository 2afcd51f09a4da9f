"""What is said of a map: of a cell under the mouse, over the colour bar, and in the key below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.studies.map_picture import MapPicture, Theory
from workbench.ui.style import theme as themes
from workbench.ui.views.map import shades
from workbench.ui.views.shared.minima import minimum_colors
from workbench.ui.words.text import grouped, readable

#: (colour, word); an empty colour is the hatching, a sign itself
Entry = tuple[str, str]


def _say(text: str) -> str:
    return QCoreApplication.translate("MapView", text)


def cell_words(picture: MapPicture, row: int, column: int) -> str:
    """What a cell's run was given, and what it came to."""
    request = picture.request
    at = ((request.x, column), (request.y, row))
    said = [f"{axis.title} = {readable(float(axis.values(picture.side)[place]))}" for axis, place in at]
    values = {name: array[row, column] for name, array in picture.values.items()}
    if values["diverged_at"] >= 0:
        said.append(_say("diverged at step {}").format(grouped(values["diverged_at"])))
    elif np.isnan(values["loss"]):
        said.append(_say("not computed yet"))
    else:
        name = _say("f − f* = {}") if picture.lowest is not None else _say("loss = {}")
        said.append(name.format(readable(float(picture.gap()[row, column]))))
        reached = int(values["steps_to_target"])
        said.append(
            _say("within {} at step {}").format(readable(request.tolerance), grouped(reached))
            if reached >= 0
            else _say("not within {}").format(readable(request.tolerance))
        )
    if not picture.measured[row, column]:
        said.append(_say("(of the coarser map)"))
    return "\n".join(said)


def bar_word(picture: MapPicture, quantity: str) -> str:
    """The word over the colour bar, empty where there is no scale."""
    if quantity == "loss":
        return "f − f*" if picture.lowest is not None else _say("loss")
    return {"steps": _say("steps"), "divergence": _say("step")}.get(quantity, "")


def key_entries(
    known: Sequence[MapPicture], quantity: str, theories: Sequence[Theory | None], theme: themes.Theme
) -> list[Entry]:
    """What colours that are no scale mean, and lines."""
    entries: list[Entry] = []
    if quantity == "minimum" and known:
        minima = known[0].minima
        for color, point in zip(minimum_colors(len(minima), theme), minima.tolist(), strict=True):
            place = "({})".format(", ".join(readable(v, 3) for v in point))
            entries.append(("#{:02x}{:02x}{:02x}".format(*color), place))
    grey = {
        "steps": _say("not within {}").format(readable(known[0].request.tolerance)) if known else "",
        "minimum": _say("at none"),
        "divergence": _say("did not diverge"),
    }.get(quantity)
    if grey:
        entries.append((shades.unreached(theme), grey))
    if quantity != "divergence" and any((picture.values["diverged_at"] >= 0).any() for picture in known):
        entries.append(("", _say("diverged")))
    found = [theory for theory in theories if theory is not None]
    if found:
        entries.append(("—", _say("diverges beyond (Goh, 2017)")))
        names = {line.name for theory in found for line in theory.lines}
        entries += [("┅", _say("oscillates beyond"))] if "critical" in names else []
    return entries


def alone_entries(known: Sequence[MapPicture], share: float, titles: dict[str, str]) -> list[Entry]:
    """What in the window stands beside the map: the third setting, and how much of it is computed if not all is."""
    entries = (
        [("=", f"{titles.get(key, key)} {readable(value)}") for key, value in known[0].request.through] if known else []
    )
    if not all(picture.whole for picture in known):
        entries.append(("…", _say("{:.0f} % computed").format(100 * share)))
    return entries
