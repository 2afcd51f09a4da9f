"""What Qt's SVG leaves out: letters as outlines, lines that grow with the page, its exact size, and words about it.

Qt names a font and hopes that whoever reads the file has it, and says of nearly every line that it stays as thin as it
is however large the page is drawn, which few programs but browsers know. Here letters become outlines; their text stays
where it is, unseen, so that it can be found, selected and read aloud. Lines get the shape in which they are drawn.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGuiApplication, QPainterPath, QTransform

from workbench.export.about import About

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC, _XMP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/"
for _prefix, _name in (("", _SVG), ("xlink", _XLINK), ("rdf", _RDF), ("dc", _DC), ("xmp", _XMP)):
    ET.register_namespace(_prefix, _name)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Where a part of Qt's file has a name, or another part refers to it.
_REFERRED = re.compile(rb'( id="| xlink:href="#|url\(#)(\w)')
#: Attributes of a text that say nothing once it has outlines.
_FONT = ("font-family", "font-size", "font-weight", "font-style")


#: left, top, width, height
Box = tuple[float, float, float, float]


def with_outlines(content: bytes) -> bytes:
    """A file of Qt's in which letters are outlines, their text unseen beside them; all else stays as it is."""
    root = ET.fromstring(content)  # noqa: S314 - Qt has just written it
    for group in list(root.iter(_tag("g"))):
        parts: list[ET.Element] = []
        for part in group:
            parts += _outlined(part, QTransform(), "") if part.tag == _tag("text") else [part]
        group[:] = parts
    return _written(root)


def _written(root: ET.Element) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


@dataclass(frozen=True, slots=True)
class Drawing:
    """What one widget has drawn, as Qt's SVG says it, which clips nothing.

    Attributes:
        place: where the widget stands in the picture.
        clip: what is seen of it, in the picture: left, top, width and height.
        areas: the areas of its plots, which lines do not leave, in the widget: left, top, width and height.
    """

    content: bytes
    place: tuple[float, float]
    clip: Box
    areas: tuple[Box, ...] = ()


def whole_svg(
    drawings: Iterable[Drawing], about: About, *, ground: str, size: tuple[str, str], box: tuple[float, float]
) -> bytes:
    """All of it as one file on a ground. `size` are width and height with their units, `box` those of its own units."""
    root = ET.Element(_tag("svg"), {"width": size[0], "height": size[1], "version": "1.1"})
    root.set("viewBox", f"0 0 {_short(box[0], 4)} {_short(box[1], 4)}")
    root.extend(_said(about))
    defs = ET.SubElement(root, _tag("defs"))
    sides = {name: _short(side, 4) for name, side in zip(("width", "height"), box, strict=True)}
    ET.SubElement(root, _tag("rect"), {**sides, "fill": ground})
    for number, drawing in enumerate(drawings):
        parts = _parts(drawing.content, f"w{number}")
        if not parts:
            continue
        _clip(defs, f"w{number}", drawing.clip)
        groups = [group for part in parts for group in part.iter(_tag("g"))]
        _leave_out_dots(groups, drawing.areas)
        for place, area in enumerate(drawing.areas):
            name = f"w{number}a{place}"
            if sum(_keep_within(group, area, name) for group in groups):
                _clip(defs, name, area)
        around = ET.SubElement(root, _tag("g"), {"clip-path": f"url(#w{number})"})
        x, y = drawing.place
        inner = ET.SubElement(around, _tag("g"), {"transform": f"translate({_short(x)},{_short(y)})"})
        inner.extend(parts)
    for part in root.iter():
        part.attrib.pop("vector-effect", None)
    ET.indent(root, " ", 0)
    return _written(root)


def _clip(defs: ET.Element, name: str, box: Box) -> None:
    clip = ET.SubElement(defs, _tag("clipPath"), {"id": name})
    sides = zip(("x", "y", "width", "height"), box, strict=True)
    ET.SubElement(clip, _tag("rect"), {side: _short(value) for side, value in sides})


def _leave_out_dots(groups: Iterable[ET.Element], areas: Sequence[Box]) -> None:
    """Leave out the dots of lines that lie outside of all plots; what stands beside a plot has a matrix of its own."""
    for group in groups if areas else ():
        for dot in group.findall(_tag("circle")):
            x, y = float(dot.get("cx", "0")), float(dot.get("cy", "0"))
            seen = any(left <= x <= left + width and top <= y <= top + height for left, top, width, height in areas)
            if not (seen or dot.get("transform")):
                group.remove(dot)


def _keep_within(group: ET.Element, area: Box, name: str) -> bool:
    """Clip lines of a plot that leave its area, and pictures that reach beyond it; whether there are any."""
    found = False
    for place, part in enumerate(list(group)):
        xs, ys = _points(part)
        left, top, right, bottom = area[0], area[1], area[0] + area[2], area[1] + area[3]
        near = any(left < x < right and top < y < bottom for x, y in zip(xs, ys, strict=False))
        beyond = any(
            not (left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1) for x, y in zip(xs, ys, strict=False)
        )
        if beyond and (near or part.tag != _tag("image")):
            found = True
            around = ET.Element(_tag("g"), {"clip-path": f"url(#{name})"})  # a matrix of the part's own comes below it
            around.append(part)
            group[place] = around
    return found


def _points(part: ET.Element) -> tuple[list[float], list[float]]:
    """The points of a line, or of a picture its corners and middle; none of what stands beside a plot, as ticks do."""
    if part.tag == _tag("image"):
        matrix = _matrix(part.get("transform", "")) or QTransform()
        x, y, width, height = (float(part.get(name, "0")) for name in ("x", "y", "width", "height"))
        corners = [matrix.map(QPointF(x + u * width, y + v * height)) for u, v in _CORNERS]
        return [corner.x() for corner in corners], [corner.y() for corner in corners]
    if part.get("transform") or part.get("fill", "none") != "none" or part.tag not in (_tag("polyline"), _tag("path")):
        return [], []
    numbers = [float(number) for number in _NUMBER.findall(part.get("points", "") or part.get("d", ""))]
    return (numbers[::2], numbers[1::2]) if len(numbers) >= 6 else ([], [])


_CORNERS = ((0.5, 0.5), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))


def _parts(content: bytes, head: str) -> list[ET.Element]:
    """The parts of a file of Qt's that draw something, and what they refer to, under names that begin with a head."""
    content = _REFERRED.sub(rb"\1" + head.encode() + rb"\2", content)
    found = []
    for part in list(ET.fromstring(content)):  # noqa: S314 - Qt has just written it
        if part.tag == _tag("g"):
            for group in list(part.iter(_tag("g"))):
                _draw_out(group)
            if any(each.tag in _SEEN for each in part.iter()):
                found.append(part)
        elif part.tag == _tag("defs") and len(part):
            found.append(part)
    return found if any(part.tag == _tag("g") for part in found) else []


_SEEN = tuple(
    f"{{{_SVG}}}{name}"
    for name in ("path", "polyline", "polygon", "text", "image", "rect", "ellipse", "circle", "line")
)


def _tag(name: str, space: str = _SVG) -> str:
    return f"{{{space}}}{name}"


def _said(about: About) -> list[ET.Element]:
    """Title, description and metadata."""
    parts = [ET.Element(_tag(name)) for name in ("title", "desc", "metadata")]
    parts[0].text, parts[1].text = _fit(about.title), _fit(about.program)
    frame = ET.SubElement(parts[2], _tag("RDF", _RDF))
    said = ET.SubElement(frame, _tag("Description", _RDF), {_tag("about", _RDF): ""})
    for name, text in (
        (_tag("title", _DC), about.title), (_tag("CreatorTool", _XMP), about.program),
        (_tag("description", _DC), about.experiment),
    ):  # fmt: skip
        ET.SubElement(said, name).text = _fit(text)
    return parts


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
