"""The page of a catalogue entry: what it is, its formula, its source and its settings, as text with tables."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from workbench.engine.optimizers.lines import usual_lines
from workbench.engine.params import CONVENTIONS, Param
from workbench.engine.registry import prose
from workbench.ui.dialogs.catalogue.entries import group_of, own_file_words, properties, registry
from workbench.ui.forms.picking import OWN_FILE
from workbench.ui.style import theme as themes
from workbench.ui.words.text import engine_text, exact, readable, signed

_CONTEXT = "CataloguePage"
_CONVENTION_NAMES = {"pytorch": "PyTorch", "keras": "Keras"}


def _say(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def page(kind: str, key: str, theme: themes.Theme) -> str:
    """The page of an entry as HTML; its picture is the document's resource `picture:KIND/KEY`."""
    if key == OWN_FILE:
        return _own_page(kind)
    entry = registry(kind).get(key)
    muted = f"color: {theme.muted};"
    known = ", ".join(properties(kind, entry))
    known = known[:1].upper() + known[1:] + "." if known else ""
    parts = [
        f"<h2>{html.escape(engine_text(entry.title))}</h2>",
        f"<p style='{muted}'>{html.escape(group_of(entry)[1])}</p>",
        f"<p><img src='picture:{html.escape(kind)}/{html.escape(key)}'></p>",
        f"<p>{html.escape(engine_text(prose(entry)).replace('`', ''))}</p>",
        f"<p><b>{html.escape(entry.formula)}</b></p>" if entry.formula else "",
        _step(kind, entry),
        f"<p>{html.escape(known)}</p>" if known else "",
        _minima(kind, entry),
        _settings(kind, entry, theme),
        _conventions(kind, entry),
        _source(entry, muted),
    ]
    return "".join(parts)


def _own_page(kind: str) -> str:
    return (
        f"<h2>{html.escape(_say('Own file …'))}</h2><p><img src='picture:{html.escape(kind)}/{OWN_FILE}'></p>"
        f"<p>{html.escape(own_file_words())}</p>"
    )


def _step(kind: str, entry: Any) -> str:
    """The lines of an optimizer, by each convention where they differ; or what its step consists of."""
    if kind != "optimizer":
        return ""
    if entry.stages:
        stages = "".join(f"<li>{html.escape(f'{s.name}: {engine_text(s.words)}')}</li>" for s in entry.stages)
        return f"<p>{html.escape(_say('A step consists of:'))}</p><ul>{stages}</ul>"
    lines = usual_lines(entry)
    if len(set(lines.values())) == 1:
        return f"<pre>{html.escape(lines[CONVENTIONS[0]])}</pre>"
    return "".join(f"<p>{_CONVENTION_NAMES[c]}:</p><pre>{html.escape(text)}</pre>" for c, text in lines.items())


def _minima(kind: str, entry: Any) -> str:
    """Where the known global minima are, of an objective in its usual dimensions."""
    if kind != "objective":
        return ""
    lowest = [minimum for minimum in entry().minima() if minimum.is_global][:4]
    if not lowest:
        return ""
    texts = [
        f"({', '.join(f'{readable(x, 6)}' for x in minimum.point[:3])}{', …' if len(minimum.point) > 3 else ''})"
        for minimum in lowest
    ]
    told = _say("Global minimum {} at {}.").format(readable(lowest[0].value, 6), ", ".join(texts))
    return f"<p>{html.escape(told.replace('-', '−'))}</p>"


def _settings(kind: str, entry: Any, theme: themes.Theme) -> str:
    if not entry.params:
        return ""
    rows = "".join(_row(param, kind, theme) for param in entry.params)
    return f"<h3>{html.escape(_say('Settings'))}</h3><table cellspacing='0' cellpadding='3'>{rows}</table>"


def _row(param: Param, kind: str, theme: themes.Theme) -> str:
    defaults = {each: exact_word(param.default_for(each)) for each in CONVENTIONS}
    if kind == "optimizer" and len(set(defaults.values())) > 1:
        default = ", ".join(f"{word} ({_CONVENTION_NAMES[each]})" for each, word in defaults.items())
    else:
        default = defaults[CONVENTIONS[0]]
    sign = f" {param.symbol}" if param.symbol and param.symbol != param.words else ""
    cells = (
        f"<b>{html.escape(engine_text(param.words))}</b>{html.escape(sign)}",
        html.escape(default),
        f"<span style='color:{theme.muted}'>{html.escape(engine_text(param.doc))}</span>",
    )
    return "<tr>" + "".join(f"<td valign='top'>{cell}</td>" for cell in cells) + "</tr>"


def exact_word(value: Any) -> str:
    """A default as a page shows it."""
    if isinstance(value, bool):
        return _say("on") if value else _say("off")
    return signed(exact(value)) if isinstance(value, float) else str(value)


def _conventions(kind: str, entry: Any) -> str:
    if kind != "optimizer":
        return ""
    note = html.escape(engine_text(entry.conventions_note))
    return f"<h3>{html.escape(_say('Conventions'))}</h3><p>{note}</p>"


def _source(entry: Any, muted: str) -> str:
    source = entry.source
    text = f"{source.text}, {source.year}. {source.link}".strip()
    return f"<h3>{html.escape(_say('Source'))}</h3><p style='{muted}'>{html.escape(text)}</p>"


class PageView(QTextBrowser):
    """Shows pages. It loads nothing from elsewhere: pictures are handed to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.document().setDocumentMargin(14)

    def show_pages(self, pages: list[tuple[str, str]], theme: themes.Theme) -> None:
        """Show the pages of some (kind, key), one below the other."""
        self.setHtml("<hr>".join(page(kind, key, theme) for kind, key in pages))

    def show_picture(self, kind: str, key: str, image: QImage) -> None:
        """Put a picture into the page of its entry."""
        name = QUrl(f"picture:{kind}/{key}")
        self.document().addResource(QTextDocument.ResourceType.ImageResource.value, name, image)
        self.document().markContentsDirty(0, self.document().characterCount())

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """What the document does not have itself is not had."""
        return None
