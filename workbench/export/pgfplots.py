"""The curves of a figure as a table and a document for LaTeX's pgfplots that draws it. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.medians import FEW, median
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export.about import About
from workbench.export.cells import table
from workbench.export.figure_plan import FigurePlan, letter
from workbench.export.results import history_arrays
from workbench.export.tex_text import tex_text

#: The views whose curves these are.
CURVES = ("loss", "gradients")
#: Parts of the record of which each curve keeps its first point and its extremes: TeX's memory is small.
_PARTS = 400


@dataclass(frozen=True, slots=True)
class Curve:
    """A column of the table as a curve: `values` (T,), the name in the legend, the colour as `#rrggbb`."""

    column: str
    label: str
    color: str
    values: NDArray[np.float64]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """The curves of one view."""

    key: str
    y_label: str
    curves: tuple[Curve, ...]

    @property
    def is_log(self) -> bool:
        """Whether its axis is logarithmic: nothing in it is below zero, and something above."""
        values = np.concatenate([curve.values for curve in self.curves])
        fine = values[np.isfinite(values)]
        return bool(fine.size and fine.min() >= 0 and fine.max() > 0)

    @property
    def spans_decades(self) -> bool:
        """Whether its greatest value is ten times the least above zero, and more."""
        values = np.concatenate([curve.values for curve in self.curves])
        fine = values[np.isfinite(values) & (values > 0)]
        return bool(fine.size and fine.max() >= 10 * fine.min())


def panels_of(
    snapshot: Snapshot, views: Sequence[str], colors: Sequence[str], layer_colors: Sequence[str]
) -> tuple[NDArray[np.int64], list[Panel]]:
    """The recorded steps (T,), and the panels of those of the views that have curves.

    `colors` are the lanes', `layer_colors` those of the layers of the first lane's network.
    """
    arrays = history_arrays(snapshot)
    panels = []
    for key in views:
        if key == "loss":
            curves = _of_runs(snapshot.info, "loss", arrays["loss"], colors)
            if "test_loss" in arrays and np.isfinite(arrays["test_loss"]).any():
                curves += _of_runs(snapshot.info, "test_loss", arrays["test_loss"], colors, dashed=True)
            panels.append(Panel(key, "loss", tuple(curves)))
        elif key == "gradients" and snapshot.info.kind == "network":
            panels.append(Panel(key, "RMS gradient", tuple(_of_layers(snapshot.info, arrays, layer_colors))))
        elif key == "gradients":
            curves = _of_runs(snapshot.info, "gradient_norm", arrays["gradient_norm"], colors)
            panels.append(Panel(key, "gradient norm", tuple(curves)))
    return arrays["steps"], panels


def _of_runs(
    info: RaceInfo, name: str, values: NDArray[Any], colors: Sequence[str], *, dashed: bool = False
) -> list[Curve]:
    """A curve a run, or a lane where it has very many starts."""
    curves, starts = [], info.starts
    many = starts > FEW
    for lane, (found, color) in enumerate(zip(info.lanes, colors, strict=True)):
        own = np.asarray(values[:, lane * starts : (lane + 1) * starts], np.float64)
        if many:
            own = median(own)[:, None]
        for start in range(own.shape[1]):
            of_start = starts > 1 and not many
            words = [found.label] + (["test"] if dashed else []) + ([f"start {start}"] if of_start else [])
            column = f"{name}.lane{found.index}" + (f".start{start}" if of_start else "")
            curves.append(Curve(column, ", ".join(words), color, own[:, start], dashed))
    return curves


def _of_layers(info: RaceInfo, arrays: dict[str, NDArray[Any]], colors: Sequence[str]) -> list[Curve]:
    """A curve a layer of the first lane from its first start, as the view has it."""
    return [
        Curve(
            f"gradient_rms.{layer}", f"{info.lanes[0].label}: {layer}", color,
            np.asarray(arrays[f"gradient_rms/{layer}"][:, 0], np.float64),
        )
        for layer, color in zip(info.network_of(0).layers, colors, strict=False)
    ]  # fmt: skip


def kept_rows(columns: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which rows of curves (T, K) are drawn: the first of each part, the last of all, and where each is extreme."""
    count = len(columns)
    if count <= 2 * _PARTS:
        return np.arange(count)
    edges = np.linspace(0, count, _PARTS + 1).astype(int)
    kept = {count - 1}
    for begin, end in pairwise(edges):
        part = columns[begin:end]
        kept.add(int(begin))
        for k in range(part.shape[1]):
            fine = np.flatnonzero(np.isfinite(part[:, k]))
            if fine.size:
                values = part[fine, k]
                kept |= {int(begin + fine[values.argmin()]), int(begin + fine[values.argmax()])}
    return np.array(sorted(kept))


def table_bytes(steps: NDArray[np.int64], panels: Sequence[Panel]) -> bytes:
    """The CSV that the document draws: a column for each curve; what a run does not have is `nan`."""
    curves = [curve for panel in panels for curve in panel.curves]
    columns = np.stack([curve.values for curve in curves], axis=1)
    rows = kept_rows(columns)
    lines = ([int(steps[t]), *(_number(value) for value in columns[t])] for t in rows)
    return table(["step", *(curve.column for curve in curves)], lines)


def _number(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else "nan"


def document_bytes(plan: FigurePlan, panels: Sequence[Panel], table_name: str, title: str, about: About) -> bytes:
    """The document: it stands by itself, and its picture can be taken into another."""
    colors = sorted({curve.color for panel in panels for curve in panel.curves})
    names = {color: f"lane{place}" for place, color in enumerate(colors)}
    across, down = plan.paper.inches
    rows, columns = min(plan.grid[0], len(panels)), -(-len(panels) // min(plan.grid[0], len(panels)))
    font = plan.paper.font
    lines = [
        f"% {_one_line(about.title)}, by {about.program}; it reads {_one_line(table_name)}",
        "% pdflatex, lualatex and xelatex draw it; other scripts than Latin and Greek need a font that has them",
        r"\documentclass[border=2pt]{standalone}",
        r"\usepackage{pgfplots}",
        r"\usepgfplotslibrary{groupplots}",
        r"\pgfplotsset{compat=1.16}",
        *(rf"\definecolor{{{names[color]}}}{{HTML}}{{{color.lstrip('#').upper()}}}" for color in colors),
        r"\begin{document}",
        rf"\fontsize{{{font:g}}}{{{1.2 * font:g}}}\selectfont",
        r"\begin{tikzpicture}",
        r"\begin{groupplot}[",
        rf"  group style={{group size={columns} by {rows}, horizontal sep=1.6cm, vertical sep=1.6cm}},",
        rf"  width={across / columns:.4f}in, height={down / rows:.4f}in,",
        r"  table/col sep=comma, unbounded coords=jump, filter discard warning=false, no markers, grid=major,",
        r"  every axis plot/.append style={line width=0.7pt, line join=round},",
        r"  legend style={draw=none, fill opacity=0.8, text opacity=1, font=\scriptsize}, legend cell align=left,",
        r"]",
    ]  # fmt: skip
    lettered = plan.letters and len(plan.views) > 1
    for panel in panels:
        head = [f"{letter(plan.views.index(panel.key))}"] if lettered else []
        if title and panel is panels[0]:
            head.append(tex_text(title))
        # within a decade its marks would be broken powers of ten
        scale = ", ymode=log" if panel.is_log else ""
        if panel.is_log and not panel.spans_decades:
            scale += ", log ticks with fixed point"
        lines.append(
            rf"\nextgroupplot[xlabel={{step}}, ylabel={{{panel.y_label}}}{scale}, "
            rf"title={{{' '.join(head)}}}, "
            # a long one has as many lines as it takes: a panel's neighbour stays where it is
            rf"title style={{align=center, text width={0.85 * across / columns:.4f}in}}, enlarge x limits=false]"
        )
        for curve in panel.curves:
            style = f"{names[curve.color]}{', dashed' if curve.dashed else ''}"
            lines += [
                rf"\addplot[{style}] table[x=step, y={{{curve.column}}}] {{{table_name}}};",
                rf"\addlegendentry{{{tex_text(curve.label)}}}",
            ]
    lines += [r"\end{groupplot}", r"\end{tikzpicture}", r"\end{document}", ""]
    return "\n".join(lines).encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
