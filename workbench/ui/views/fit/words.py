"""What stands beside the cursor in the picture of a fit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.engine.datasets import Split
from workbench.engine.network.fit import Fit
from workbench.ui.words.text import readable

_CLASSES = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("FitView", text)


def sample_words(data: Split, fit: Fit, source: str, index: int, *, lane: str) -> str:
    """What a lane's network makes of one sample, and its own loss."""
    tested = source == "test"
    judged = fit.test if tested else fit.train
    if judged is None or index >= len(judged.losses):
        return ""
    y = (data.y_test if tested else data.y_train)[index]
    values = judged.values[index]
    head = _tr("test sample {}") if tested else _tr("training sample {}")
    lines = [head.format(index), lane]
    if data.classes:
        true = int(y)
        lines.append(_tr("class {}").format(data.classes[true]))
        # the most probable ones; the true one in any case
        order = [int(c) for c in np.argsort(-values, kind="stable")[:_CLASSES]]
        if true not in order:
            order[-1] = true
        lines += [f"P({data.classes[c]}) = {readable(float(values[c]), 3)}" for c in order if c < len(values)]
    else:
        true_values = np.ravel(data.unscaled_values(y))
        true_text = ", ".join(readable(float(v)) for v in true_values[:_CLASSES])
        lines.append(_tr("true {}").format(true_text))
        lines.append(_tr("given {}").format(", ".join(readable(float(v)) for v in values[:_CLASSES])))
    lines.append(_tr("loss {}").format(readable(float(judged.losses[index]))))
    return "\n".join(lines)


def spot_words(data: Split, fit: Fit, x: float, y: float) -> str:
    """What the network says at a spot of the map between the samples."""
    across, up = fit.x
    if not (across[0] <= x <= across[-1] and up[0] <= y <= up[-1]):
        return ""
    column, row = int(np.abs(across - x).argmin()), int(np.abs(up - y).argmin())
    place = f"({readable(x, 3)}, {readable(y, 3)})"
    value = fit.outputs[row, column]
    if not data.classes:
        return f"{place}\n{readable(float(value))}"
    name = data.classes[int(value)]
    sure = 1.0 if fit.margin is None else float(fit.margin[row, column])
    return f"{place}\n{_tr('class {}').format(name)}\nP = {readable(sure, 3)}"


def quality_words(fit: Fit, *, picked: str) -> str:
    """How well values are met: R² and the mean absolute error, of test and training samples; empty of classes."""
    parts = []
    for word, quality in ((_tr("test"), fit.test_quality), (_tr("training"), fit.train_quality)):
        if quality is not None:
            told = _tr("{}: R² {}, mean absolute error {}")
            parts.append(told.format(word, readable(quality.r2), readable(quality.error)))
    return f"{picked}  ·  " + "  ·  ".join(parts) if parts else ""
