"""What Qt's SVG leaves out: letters as outlines, lines that grow with the page, its exact size, and words about it.

Qt names a font and hopes that whoever reads the file has it, and says of nearly every line that it stays as thin as it
is however large the page is drawn, which few programs but browsers know. Here letters become outlines; their text stays
where it is, unseen, so that it can be found, selected and read aloud. Lines get the shape in which they are drawn.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

from PySide6.QtGui import QFont, QGuiApplication, QPainterPath, QTransform

from workbench.export.about import About

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC, _XMP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/"
for _prefix, _name in (("", _SVG), ("xlink", _XLINK), ("rdf", _RDF), ("dc", _DC), ("xmp", _XMP)):
    ET.register_namespace(_prefix, _name)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Attributes of a text that say nothing once it has outlines.
_FONT = ("font-family", "font-size", "font-weight", "font-style")


def finished_svg(
    content: bytes, about: About, *, size: tuple[str, str] | None = None, box: tuple[float, float] | None = None
) -> bytes:
    """The file with all that it lacks. `size` are width and height with their units, `box` those of its own units."""
    root = ET.fromstring(content)  # noqa: S314 - Qt has just written it
    _say(root, about)
    if size is not None and box is not None:
        root.set("width", size[0])
        root.set("height", size[1])
        root.set("viewBox", f"0 0 {_short(box[0], 4)} {_short(box[1], 4)}")
    for group in list(root.iter(_tag("g"))):
        _draw_out(group)
    for part in root.iter():
        part.attrib.pop("vector-effect", None)
    ET.indent(root, " ", 0)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _tag(name: str, space: str = _SVG) -> str:
    return f"{{{space}}}{name}"


def _say(root: ET.Element, about: About) -> None:
    """Title, description and metadata, in place of Qt's own."""
    for child in list(root):
        if child.tag in (_tag("title"), _tag("desc")):
            root.remove(child)
    parts = [ET.Element(_tag(name)) for name in ("title", "desc", "metadata")]
    parts[0].text, parts[1].text = _fit(about.title), _fit(about.program)
    frame = ET.SubElement(parts[2], _tag("RDF", _RDF))
    said = ET.SubElement(frame, _tag("Description", _RDF), {_tag("about", _RDF): ""})
    for name, text in (
        (_tag("title", _DC), about.title), (_tag("CreatorTool", _XMP), about.program),
        (_tag("description", _DC), about.experiment),
    ):  # fmt: skip
        ET.SubElement(said, name).text = _fit(text)
    for place, part in enumerate(parts):
        root.insert(place, part)


def _fit(text: str) -> str:
    """Text without the signs that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)


def _draw_out(group: ET.Element) -> None:
    """What is in a group of one state, of its matrix: each part has its own where it needs one, the group none."""
    matrix = _matrix(group.get("transform", ""))
    if matrix is None:
        return
    state = {name: group.attrib.pop(name) for name in ("transform", *_FONT) if name in group.attrib}
    made: list[ET.Element] = []
    for part in list(group):
        if part.tag == _tag("text"):
            made += _outlined(part, matrix, state["transform"])
            continue
        thin = part.attrib.pop("vector-effect", "") == "non-scaling-stroke"
        if not (thin and not part.get("fill", "").startswith("url") and _bake(part, matrix)):
            _put(part, matrix, state["transform"])
        made.append(part)
    group[:] = made


def _put(part: ET.Element, matrix: QTransform, written: str) -> None:
    """Give a part a matrix, where it is any."""
    if not matrix.isIdentity():
        part.set("transform", f"{written} {part.get('transform', '')}".strip())


def _matrix(text: str) -> QTransform | None:
    """A group's matrix; None where it has none of its own."""
    if not text.startswith("matrix("):
        return None
    a, b, c, d, e, f = (float(number) for number in _NUMBER.findall(text))
    return QTransform(a, b, c, d, e, f)


def _bake(part: ET.Element, matrix: QTransform) -> bool:
    """Write the points of a line as the matrix moves them; False where it is no line."""
    name = "points" if part.get("points") else "d"
    text = part.get(name, "")
    if not text or "nan" in text or "inf" in text:
        return False
    part.set(name, _PAIR.sub(_mover(matrix), text))
    return True


_PAIR = re.compile(rf"({_NUMBER.pattern})[\s,]+({_NUMBER.pattern})")


def _mover(matrix: QTransform) -> Callable[[re.Match[str]], str]:
    """What moves a pair of coordinates."""
    a, b, c, d, e, f = matrix.m11(), matrix.m12(), matrix.m21(), matrix.m22(), matrix.dx(), matrix.dy()

    def move(found: re.Match[str]) -> str:
        x, y = float(found[1]), float(found[2])
        return f"{_short(a * x + c * y + e)},{_short(b * x + d * y + f)}"

    return move


def _short(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def _outlined(text: ET.Element, matrix: QTransform, written: str) -> list[ET.Element]:
    """The outlines of a text, and the text itself, unseen."""
    words = "".join(text.itertext())
    _put(text, matrix, written)
    path = _outlines(text, words)
    if not path:
        return [text] if words.strip() else []
    shape = ET.Element(_tag("path"), {"d": path, "stroke": "none", "fill-rule": "nonzero", "aria-hidden": "true"})
    for name in ("fill", "fill-opacity", "transform"):
        if name in text.attrib:
            shape.set(name, text.attrib[name])
    text.set("fill", "none")
    text.attrib.pop("fill-opacity", None)
    return [shape, text]


def _outlines(text: ET.Element, words: str) -> str:
    """The letters of a text as the data of a path, where it stands."""
    font = QFont(QGuiApplication.font())  # with its figures of equal width
    font.setFamily(text.get("font-family", font.family()))
    pixels = float(text.get("font-size", "13").removesuffix("px"))
    font.setPointSizeF(pixels * 72.0 / QGuiApplication.primaryScreen().logicalDotsPerInchY())
    font.setWeight(QFont.Weight(int(text.get("font-weight", "400"))))
    font.setItalic(text.get("font-style") == "italic")
    path = QPainterPath()
    path.addText(float(text.get("x", "0")), float(text.get("y", "0")), font, words)
    return _path_data(path)


def _path_data(path: QPainterPath) -> str:
    """A path as SVG writes it."""
    parts, kinds = [], QPainterPath.ElementType
    for i in range(path.elementCount()):
        element = path.elementAt(i)
        sign = {kinds.MoveToElement: "M", kinds.LineToElement: "L", kinds.CurveToElement: "C"}.get(element.type, " ")
        parts.append(f"{sign}{_short(element.x, 2)},{_short(element.y, 2)}")
    return "".join(parts)
