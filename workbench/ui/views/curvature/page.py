"""What is known of the curvature at a point, as a page: numbers, a row a direction, and what the rule does there."""

from __future__ import annotations

import html

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.engine.curvature.regimes import Law
from workbench.engine.curvature.report import Curvature
from workbench.engine.curvature.spectrum import Spectrum
from workbench.ui.style import theme as themes
from workbench.ui.words.regimes import limit_sign, regime_name, regime_words
from workbench.ui.words.text import grouped, readable

_CONTEXT = "Curvature"
_ROWS = 6  # directions that are told
_COMPONENTS = 3  # of a direction that is written out


def _say(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def told(value: float) -> str:
    """A number as people read it."""
    return "∞" if np.isinf(value) else readable(value)


def curvature_page(found: Curvature, theme: themes.Theme, label: str, optimizer: str, *, network: bool) -> str:
    """The page of what was found for the run that is called `label`; `optimizer` is the title of its rule."""
    muted = f"color: {theme.muted}"
    head = (
        f"<style>td {{ padding: 1px 12px 1px 0; white-space: nowrap }}"
        f" th {{ font-weight: normal; text-align: left; padding: 1px 12px 1px 0; white-space: nowrap;"
        f" {muted} }} p {{ margin: 0 0 3px 0 }}</style>"
    )
    spectrum = found.spectrum
    if spectrum is None:
        return head + f"<p>{html.escape(_fault(found, label))}</p>"
    return "".join(
        [
            head,
            f"<p><b>{html.escape(_title(spectrum, label))}</b></p>",
            f"<p>{_summary(found, spectrum, network=network)}</p>",
            *(f"<p>{line}</p>" for line in _limits(found, spectrum, optimizer)),
            _table(found, spectrum),
        ]
    )


def _fault(found: Curvature, label: str) -> str:
    if found.fault == "diverged":
        return _say("{} has diverged: there is no point any more whose curvature could be told. Step back.").format(
            label
        )
    if found.fault == "numbers":
        return _say("Where {} stands, second derivatives are no numbers.").format(label)
    return _say("The curvature is being computed.")


def _title(spectrum: Spectrum, label: str) -> str:
    return _say("{} after {} steps").format(label, grouped(spectrum.step))


def _summary(found: Curvature, spectrum: Spectrum, *, network: bool) -> str:
    """Largest and smallest curvature, their ratio, and of what they are."""
    parts = [_say("largest curvature λmax = {}").format(told(spectrum.sharpness))]
    if found.size > 1:
        parts.append(_say("smallest {}").format(told(spectrum.lowest)))
    if np.isfinite(spectrum.condition) and found.size > 1:
        parts.append(_say("condition number {}").format(told(spectrum.condition)))
    if network:
        whole = _say("of the loss over all training samples")
        parts.append(whole if spectrum.whole else _say("of the loss over the batch of the next step"))
    return ", ".join(parts)


def _limits(found: Curvature, spectrum: Spectrum, optimizer: str) -> list[str]:
    """Up to which rate steps along the steepest direction come nearer."""
    law = found.law
    if law is None:
        return [_say("{}: no regime is known, since its steps are no linear function of gradients.").format(optimizer)]
    limit = law.rate_limit(spectrum.sharpness)
    if not np.isfinite(limit):
        return [_say("rate {}; nothing here curves upwards, so that no rate is too large").format(told(law.rate))]
    sign = limit_sign(law)
    equals = f"{sign} = {told(limit)}" if sign else told(limit)
    lines = [_say("rate {}, stable up to {}").format(told(law.rate), equals)]
    if law.clips:
        lines.append(_say("That holds where gradients are not cut: this lane clips large ones."))
    return lines


def _table(found: Curvature, spectrum: Spectrum) -> str:
    """A row for each of the first directions, and for the lowest one."""
    values = spectrum.values.tolist()
    if len(values) > _ROWS and spectrum.complete:
        chosen = [*range(_ROWS - 1), len(values) - 1]
    else:
        chosen = list(range(min(len(values), _ROWS)))
    rows = [(f"λ<sub>{i + 1}</sub>", values[i], spectrum.vectors[i] if len(spectrum.vectors) else None) for i in chosen]
    if not spectrum.complete:
        rows.append((_say("lowest"), spectrum.lowest, None))
    directed = len(spectrum.vectors) > 0 and 1 < found.size <= _COMPONENTS
    heads = ["", _say("curvature"), *([_say("direction")] if directed else [])]
    heads += [_say("regime"), _say("left after a step"), ""] if found.law is not None else []
    body = "".join(_row(found.law, row, directed=directed) for row in rows)
    return f"<table cellspacing='0'><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{body}</table>"


def _row(law: Law | None, row: tuple[str, float, object], *, directed: bool) -> str:
    name, value, vector = row
    cells = [name, told(value)]
    if directed:
        parts = [] if vector is None else [readable(float(round(c, 3)) + 0.0, 3) for c in np.asarray(vector).tolist()]
        cells.append(f"({', '.join(parts)})" if parts else "")
    if law is not None:
        regime = str(law.regimes(value))
        share = float(law.contraction(value))
        cells += [
            regime_name(regime),
            f"{readable(100 * share)} %" if share < 10 else f"× {told(share)}",
            regime_words(regime),
        ]
    made = [f"<td>{cell}</td>" for cell in cells]
    if law is not None:  # a sentence may break where the view is narrow, numbers and their heads may not
        made[-1] = f"<td style='white-space: normal'>{cells[-1]}</td>"
    return f"<tr>{''.join(made)}</tr>"
