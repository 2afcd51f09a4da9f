"""Reads a PDF on its own: objects, words about it, pages, and the text of their letters by the fonts' own tables."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)


class Pdf:
    """A file as readers see it: everything is found by the table of references."""

    def __init__(self, content):
        self.content = content
        start = int(content[content.rindex(b"startxref") :].split()[1])
        lines = content[start:].split(b"\n")
        assert lines[0] == b"xref"
        first, count = map(int, lines[1].split())
        self.objects = {}
        for number, line in enumerate(lines[2 : 2 + count], first):
            assert len(line) == 19, "an entry has twenty bytes"
            place, _, kind = line.split()
            if kind == b"n":
                found = _OBJECT.match(content, int(place))
                assert found, f"object {number} lies elsewhere"
                assert int(found[1]) == number
                self.objects[number] = found[2]
        self.trailer = content[content.rindex(b"trailer") :]

    def refer(self, name, part):
        return self.objects[int(re.search(rb"/%s (\d+) 0 R" % name, part)[1])]

    def stream(self, part):
        head, body = part.split(b"stream\n", 1)
        body = body[: body.rindex(b"\nendstream")]
        return zlib.decompress(body) if b"/FlateDecode" in head else body

    @property
    def pages(self):
        return [part for part in self.objects.values() if re.search(rb"/Type /Page\b", part)]

    @property
    def box(self):
        (page,) = self.pages
        return [float(part) for part in re.search(rb"/MediaBox\s*\[([^\]]*)\]", page)[1].split()]

    @property
    def info(self):
        part = self.refer(b"Info", self.trailer)
        return {
            name.decode(): bytes.fromhex(value.decode()).decode("utf-16")
            for name, value in re.findall(rb"/(\w+) <([0-9A-F]+)>", part)
        }

    @property
    def images(self):
        return [part for part in self.objects.values() if b"/Subtype /Image" in part]

    @property
    def fonts(self):
        """Each font by its name in the page, as its table from codes to letters."""
        (page,) = self.pages
        found = {}
        resources = self.refer(b"Resources", page)
        names = re.search(rb"/Font <<(.*?)>>", resources, re.DOTALL)[1]
        for name, number in re.findall(rb"/(\w+) (\d+) 0 R", names):
            font = self.objects[int(number)]
            inner = self.refer(b"FontDescriptor", self.objects[int(re.search(rb"\[\s*(\d+) 0 R", font)[1])])
            assert re.search(rb"/FontFile[23]? \d+ 0 R", inner), "the font is in the file"
            found[name] = _letters(self.stream(self.refer(b"ToUnicode", font)))
        return found

    @property
    def text(self):
        """All text, a line for each time that letters begin somewhere."""
        (page,) = self.pages
        fonts, lines, letters = self.fonts, [], {}
        drawing = self.stream(self.refer(b"Contents", page))
        for found in re.finditer(rb"/(\w+) [\d.]+ Tf|\bBT\b|<([0-9a-fA-F]+)> Tj", drawing):
            if found[1]:
                letters = fonts[found[1]]
            elif found[2]:
                codes = bytes.fromhex(found[2].decode())
                lines[-1] += "".join(letters[codes[i : i + 2]] for i in range(0, len(codes), 2))
            else:
                lines.append("")
        return "\n".join(lines)

    @property
    def lines_drawn(self):
        (page,) = self.pages
        return len(re.findall(rb"\bl\n", self.stream(self.refer(b"Contents", page))))


def _letters(table):
    found = {}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, rest in re.findall(rb"<(\w+)> <(\w+)> (<\w+>|\[[^\]]*\])", block):
            texts = [bytes.fromhex(text.decode()).decode("utf-16-be") for text in re.findall(rb"<(\w+)>", rest)]
            first = int(low, 16)
            for k in range(int(high, 16) - first + 1):
                text = texts[k] if rest.startswith(b"[") else chr(ord(texts[0]) + k)
                found[(first + k).to_bytes(2, "big")] = text
    return found
