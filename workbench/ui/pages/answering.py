"""Figures for a window: a process of its own reads what is asked for, a line of JSON each, and answers in one.

Asked is `step` with a `plan`, and either `room` (width and height in pixels), for a preview, or `out`, a path, with
`tex`. Answered is `step` with `png` (in base64) or `written` (paths), or `fault`, a sentence. `id` comes back as it
was.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from workbench.engine.params import RequestError
from workbench.experiment.experiment import Experiment
from workbench.export.figure_plan import FigureFault, plan_of
from workbench.ui.pages.figure import Studio
from workbench.ui.pages.unseen import Stopped
from workbench.ui.style import theme as themes


def answers(experiment: Experiment, asked: Iterable[str], stopped: Callable[[], bool]) -> Iterator[str]:
    """The answer to each line."""
    studio = Studio(experiment, stopped)
    try:
        for line in asked:
            request = json.loads(line)
            try:
                answer = _answer(studio, request)
            except Stopped:
                return
            except (FigureFault, RequestError) as fault:
                answer = {"fault": str(fault)}
            except OSError as fault:
                answer = {"fault": f"{fault.filename or request.get('out', '')}: {fault.strerror or fault}"}
            yield json.dumps({"id": request.get("id"), **answer})
    finally:
        studio.close()


def _answer(studio: Studio, request: dict[str, Any]) -> dict[str, Any]:
    plan = plan_of(request["plan"])
    out = Path(request["out"]) if "out" in request else None
    fault = plan.fault(out.suffix.lower().lstrip(".") if out is not None else "svg")
    if fault:
        raise FigureFault(fault)
    application = QApplication.instance()
    if isinstance(application, QApplication) and application.property("figureTheme") != plan.theme:
        themes.apply(application, themes.THEMES[plan.theme])
        application.setProperty("figureTheme", plan.theme)
    studio.go(int(request["step"]))
    if out is not None:
        written = studio.write(plan, out, tex=bool(request.get("tex")))
        return {"step": studio.step, "written": [str(path) for path in written]}
    return {"step": studio.step, "png": _png(studio.preview(plan, tuple(request["room"])))}


def _png(image: QImage) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return base64.b64encode(buffer.data().data()).decode()
