"""The command `figure`: views on one page, with sizes, words and lines as asked for, told by independent readers."""

from __future__ import annotations

import csv
import re
import tomllib
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from tests.experiments import NETWORK
from tests.experiments import VALLEY as ENDLESS
from tests.pdf_reader import Pdf
from workbench import cli
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build, files
from workbench.export.results import history_arrays

VALLEY = f'title = "Two <rates> & a valley"\nsteps = 60\n{ENDLESS}'
SVG, DC = "{http://www.w3.org/2000/svg}", "{http://purl.org/dc/elements/1.1/}"
CAPTION = "Adam (learning rate 0.01), Momentum (learning rate 0.0001); 60 steps, seed 1."


def figure(file, out, *options):
    return cli.main(["figure", str(file), "--out", str(out), *options])


def svg_of(path):
    return ET.fromstring(path.read_bytes())  # noqa: S314 - our own file


def words_of(root):
    return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("size", "dpi", "pixels", "points"),
    [
        ("101.6x76.2mm", 200, (800, 600), (288.0, 216.0)),
        ("85x70mm", 300, (1004, 827), (85 / 25.4 * 72, 70 / 25.4 * 72)),
        ("4.5x3in", 150, (675, 450), (324.0, 216.0)),
        ("801x601px", 144, (801, 601), (400.5, 300.5)),
    ],
)
def test_every_format_has_exactly_the_size_asked_for(  # noqa: PLR0917 - fixtures
    write, tmp_path, qapp, size, dpi, pixels, points
):
    file = write(VALLEY)
    more = ("--views", "loss", "--size", size, "--dpi", str(dpi))
    for kind in ("png", "svg", "pdf"):
        assert figure(file, tmp_path / f"a.{kind}", *more) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == pixels
        assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)  # whole dots a metre
    root = svg_of(tmp_path / "a.svg")
    across, down, unit = re.fullmatch(r"([\d.]+)x([\d.]+)(\w+)", size).groups()
    assert (root.get("width"), root.get("height")) == (f"{across}{unit}", f"{down}{unit}")
    left, top, wide, high = map(float, root.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert wide / high == pytest.approx(float(across) / float(down), abs=1e-5)
    pdf = Pdf((tmp_path / "a.pdf").read_bytes())
    assert pdf.box == pytest.approx([0, 0, *points], abs=1e-3)


def test_every_text_is_found(write, tmp_path, qapp):
    """Title, letters, axes, numbers, names and caption: by a parser of XML, and by the tables of the fonts in a PDF."""
    file = write(VALLEY)
    for kind in ("svg", "pdf"):
        assert figure(file, tmp_path / f"a.{kind}", "--views", "landscape,loss,race", "--size", "200x160mm") == 0
    words = words_of(svg_of(tmp_path / "a.svg"))
    lines = Pdf((tmp_path / "a.pdf").read_bytes()).text.split("\n")
    for found in (words, [line.strip() for line in lines]):
        text = " ".join(found)
        for part in (
            "Two <rates> & a valley",
            "(a) Landscape",
            "(b) Loss",
            "(c) Race table",
            "loss (log)",
            "step",
            CAPTION,
        ):
            assert part in text
        assert {"Adam", "Momentum", "x", "y", "60"} <= set(found)
        assert not re.search("[\ue000-\uf8ff\ufffd\t]", text), "letters as such, of no private meaning"
    assert sorted(words) == sorted(line.strip() for line in lines if line.strip())


def test_letters_are_outlines_and_their_text_is_unseen(write, tmp_path, qapp):
    """No font is named of what is seen; each text has its outlines beside it, where it stands."""
    assert figure(write(VALLEY), tmp_path / "a.svg", "--views", "loss") == 0
    root = svg_of(tmp_path / "a.svg")
    parents = {child: parent for parent in root.iter() for child in parent}
    texts = list(root.iter(f"{SVG}text"))
    assert len(texts) > 10
    for text in texts:
        assert text.get("fill") == "none"
        beside = list(parents[text])
        shape = beside[beside.index(text) - 1]
        assert shape.tag == f"{SVG}path"
        assert shape.get("transform") == text.get("transform")
        numbers = np.array(re.findall(r"[-\d.]+", shape.get("d")), float).reshape(-1, 2)
        (x, y), size = (float(text.get("x")), float(text.get("y"))), float(text.get("font-size"))
        assert x - size < numbers[:, 0].min() < x + size
        assert y - 1.5 * size < numbers[:, 1].min() < numbers[:, 1].max() < y + size
    named = [part.tag for part in root.iter() if "font-family" in part.attrib]
    assert set(named) == {f"{SVG}text"}


def test_text_has_the_points_asked_for(write, tmp_path, qapp):
    """Ordinary text, such as the caption; and what is drawn goes with it."""
    sizes = {}
    for points in ("6", "9"):
        assert figure(write(VALLEY), tmp_path / "a.svg", "--views", "loss", "--size", "4x3in", "--font", points) == 0
        root = svg_of(tmp_path / "a.svg")
        per_unit = 4 * 72 / float(root.get("viewBox").split()[2])
        (caption,) = [text for text in root.iter(f"{SVG}text") if "".join(text.itertext()).startswith("Adam (learning")]
        assert float(caption.get("font-size")) * per_unit == pytest.approx(float(points), rel=0.01)
        widths = [
            float(g.get("stroke-width")) * per_unit
            for g in root.iter(f"{SVG}g")
            if g.find(f"{SVG}polyline") is not None
        ]
        sizes[points] = max(widths)
    assert sizes["9"] / sizes["6"] == pytest.approx(1.5, rel=0.01)


def test_curves_are_curves(write, tmp_path, qapp):
    """No picture of pixels where there are only curves; each run's is one line, through the points of its record."""
    file = write(VALLEY)
    for kind in ("svg", "pdf"):
        assert figure(file, tmp_path / f"a.{kind}", "--views", "loss,gradients") == 0
    root = svg_of(tmp_path / "a.svg")
    assert not list(root.iter(f"{SVG}image"))
    assert "non-scaling-stroke" not in (tmp_path / "a.svg").read_text("utf-8")
    lines = [line for line in root.iter(f"{SVG}polyline") if len(line.get("points").split()) > 50]
    assert len(lines) >= 4
    pdf = Pdf((tmp_path / "a.pdf").read_bytes())
    assert pdf.images == []
    assert pdf.lines_drawn > 4 * 50


def test_a_curve_is_where_the_numbers_are(write, tmp_path, qapp):
    """The heights of the polyline of a run, between those of the axis's numbers, are the logarithms of its losses."""
    file = write(VALLEY)
    assert figure(file, tmp_path / "a.svg", "--views", "loss", "--set", "problem.noise=0.0") == 0
    root = svg_of(tmp_path / "a.svg")
    experiment = files.read(file)
    race = build.make_race(
        files.parse({**tomllib.loads(VALLEY), "problem": {**tomllib.loads(VALLEY)["problem"], "noise": 0.0}})
    )
    race.advance(60)
    losses = np.log10(history_arrays(take_snapshot(race, build.race_info(experiment, race), 1))["loss"][:, 0])
    found = []
    for line in root.iter(f"{SVG}polyline"):
        points = np.array([pair.split(",") for pair in line.get("points").split()], float)
        if len(points) == 61:
            slope = np.polyfit(points[:, 1], losses, 1)
            found.append(np.abs(np.polyval(slope, points[:, 1]) - losses).max())
    assert found
    assert min(found) < 2e-3


def test_what_a_figure_says_of_itself(write, tmp_path, qapp):
    """Title, program and experiment: in PNG, SVG and PDF."""
    file = write(VALLEY)
    said = {}
    for kind in ("png", "svg", "pdf"):
        assert figure(file, tmp_path / f"a.{kind}", "--views", "loss", "--title", 'η: a "title" (of mine\\') == 0
    with Image.open(tmp_path / "a.png") as picture:
        said["png"] = [picture.text[name] for name in ("Title", "Software", "Description")]
    root = svg_of(tmp_path / "a.svg")
    assert root[0].tag == f"{SVG}title"
    described = root.find(f"{SVG}metadata/*/*")
    said["svg"] = [root[0].text, root[1].text, described.find(f"{DC}description").text]
    info = Pdf((tmp_path / "a.pdf").read_bytes()).info
    said["pdf"] = [info[name] for name in ("Title", "Creator", "Experiment")]
    for title, program, text in said.values():
        assert title == 'η: a "title" (of mine\\'
        assert program.startswith("Gradient Workbench ")
        assert files.parse(tomllib.loads(text)) == files.read(file)


def test_title_caption_and_letters_are_as_wished(write, tmp_path, qapp):
    file, out = write(VALLEY), tmp_path / "a.svg"
    assert (
        figure(file, out, "--views", "loss,race", "--title", "", "--caption", "Mine <b>& yours</b>", "--no-letters")
        == 0
    )
    words = words_of(svg_of(out))
    assert "Mine <b>& yours</b>" in words
    assert {"Loss", "Race table"} <= set(words)
    assert not any(word.startswith(("(a)", "Two <rates>")) or "seed" in word for word in words)
    assert figure(file, out, "--views", "loss", "--step", "7") == 0
    words = words_of(svg_of(out))
    assert "Loss" in words, "one view needs no letter"
    assert any("7 steps" in word for word in words)


def place_of(part, parents):
    """Where the origin of a part stands in the picture, all that is around it moved by whole places."""
    x = y = 0.0
    while part is not None:
        moved = re.findall(r"[-\d.]+", part.get("transform", "translate(0,0)"))[-2:]
        x, y = x + float(moved[0]), y + float(moved[1])
        part = parents.get(part)
    return x, y


def test_views_stand_in_the_grid(write, tmp_path, qapp):
    """Row by row, as their heads say."""
    places = {}
    for grid in ("1x2", "2x1"):
        out = tmp_path / f"{grid}.svg"
        assert figure(write(VALLEY), out, "--views", "loss,gradients", "--grid", grid, "--size", "180x150mm") == 0
        root = svg_of(out)
        parents = {child: parent for parent in root.iter() for child in parent}
        for text in root.iter(f"{SVG}text"):
            word = "".join(text.itertext()).strip()
            if word.startswith(("(a)", "(b)")):
                places[grid, word[:3]] = place_of(text, parents)
    assert places["1x2", "(a)"][1] == places["1x2", "(b)"][1]
    assert places["1x2", "(a)"][0] < places["1x2", "(b)"][0] - 100
    assert places["2x1", "(a)"][0] == places["2x1", "(b)"][0]
    assert places["2x1", "(a)"][1] < places["2x1", "(b)"][1] - 100


def test_a_path_that_leaves_its_plot_is_not_seen_beside_it(write, tmp_path, qapp):
    """Its line is clipped to the plot, and its dots out there are left out; so is what a widget draws beyond itself."""
    wild = ("--set", "lanes[0].hyperparameters.learning_rate=4.0", "--views", "landscape")
    assert figure(write(VALLEY), tmp_path / "a.svg", *wild) == 0
    root = svg_of(tmp_path / "a.svg")
    clips = {clip.get("id"): [float(clip[0].get(name)) for name in ("x", "y", "width", "height")]
             for clip in root.iter(f"{SVG}clipPath")}  # fmt: skip
    (area,) = [box for name, box in clips.items() if "a" in name]
    lines = [line for group in root.iter(f"{SVG}g") if "a" in group.get("clip-path", "")[5:] for line in group]
    assert lines
    kept = {line.get("points") for line in lines}
    for line in root.iter(f"{SVG}polyline"):
        points = np.array([pair.split(",") for pair in line.get("points").split()], float)
        beyond = (points < np.array(area[:2]) - 2).any() or (points > np.add(area[:2], area[2:]) + 2).any()
        if len(points) > 2 and beyond and not line.get("transform"):
            assert line.get("points") in kept
    dots = [
        (float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle") if not dot.get("transform")
    ]
    assert dots
    assert all(area[0] <= x <= area[0] + area[2] and area[1] <= y <= area[1] + area[3] for x, y in dots)


def test_a_dark_slide_of_a_network(write, tmp_path, qapp):
    out = tmp_path / "a.png"
    call = ("--for", "slide", "--views", "fit,loss", "--step", "10", "--theme", "dark")
    assert figure(write(NETWORK), out, *call) == 0
    with Image.open(out) as picture:
        assert picture.size == (1920, 1080)
        pixels = np.asarray(picture.convert("L"))
    assert pixels[:5].max() < 60
    assert pixels.max() > 180


@pytest.mark.alone  # its processes give way to all others
def test_a_map_is_computed_for_its_figure(write, tmp_path, qapp):
    """Nobody has looked at it before: its axes, and a picture of its cells."""
    call = ("--views", "map", "--step", "10", "--set", "steps=10")
    assert figure(write(VALLEY + '[view.map]\ncells = "64"\n'), tmp_path / "a.svg", *call) == 0
    root = svg_of(tmp_path / "a.svg")
    assert list(root.iter(f"{SVG}image"))
    assert "Map" in words_of(root)


def test_the_curves_for_latex(write, tmp_path, qapp):
    """A table with the record's numbers, and a document whose every curve is a column of it."""
    file = write(VALLEY.replace('"adam"', '"adam"\nlabel = "50% of_{it} & #1 \\\\x"'))
    assert figure(file, tmp_path / "a.pdf", "--views", "loss,race,gradients", "--tex", "--size", "180x160mm") == 0
    header, *rows = csv.reader((tmp_path / "a.csv").read_text("utf-8").splitlines())
    experiment = files.read(file)
    race = build.make_race(experiment)
    race.advance(60)
    arrays = history_arrays(take_snapshot(race, build.race_info(experiment, race), 1))
    numbers = np.array(rows, float)
    assert header == ["step", "loss.lane0", "loss.lane1", "gradient_norm.lane0", "gradient_norm.lane1"]
    assert np.array_equal(numbers[:, 0], arrays["steps"])
    assert np.array_equal(numbers[:, 1:3], arrays["loss"])
    assert np.array_equal(numbers[:, 3:], arrays["gradient_norm"])
    text = (tmp_path / "a.tex").read_text("utf-8")
    drawn = re.findall(r"\\addplot\[([\w, ]+)\] table\[x=step, y=\{([\w.]+)\}\] \{a\.csv\};", text)
    assert [column for _, column in drawn] == header[1:]
    defined = dict(re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{([0-9A-F]{6})\}", text))
    assert {color.split(",")[0] for color, _ in drawn} == set(defined)
    assert r"\addlegendentry{50\% of\_\{it\} \& \#1 \textbackslash{}x}" in text
    assert text.count(r"\nextgroupplot") == 2
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert text.count(r"\begin{") == text.count(r"\end{") == 3


def test_a_network_s_curves_for_latex(write, tmp_path, qapp):
    """Test losses are dashed, and gradients those of each layer."""
    assert figure(write(NETWORK), tmp_path / "a.svg", "--views", "loss,gradients", "--step", "20", "--tex") == 0
    header = (tmp_path / "a.csv").read_text("utf-8").splitlines()[0].split(",")
    text = (tmp_path / "a.tex").read_text("utf-8")
    tests = [column for column in header if column.startswith("test_loss")]
    assert tests
    for column in header[1:]:
        assert (f", dashed] table[x=step, y={{{column}}}]" in text) == (column in tests)
    assert any(column.startswith("gradient_rms.output") for column in header)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "{out}.jpg"], "a figure ends in one of png, svg, pdf"),
        ([], "--out is missing"),
        (["--out", "{out}/none/a.svg"], "there is no such folder"),
        (["--out", "/proc/nowhere.svg"], "/proc/nowhere.svg: cannot be written"),
        (["--out", "{out}.svg", "--views", "los"], 'did you mean "loss"'),
        (["--out", "{out}.svg", "--views", "fit"], "this experiment has "),
        (["--out", "{out}.svg", "--views", ","], "must name views"),
        (["--out", "{out}.svg", "--views", "loss,loss"], "only once"),
        (["--out", "{out}.svg", "--views", "backpropagation"], "this experiment has "),
        (["--out", "{out}.svg", "--grid", "1x1", "--views", "loss,race"], "no room for 2 views"),
        (["--out", "{out}.svg", "--grid", "0x9"], "must be ROWSxCOLUMNS"),
        (["--out", "{out}.svg", "--size", "20x20mm"], "a page of 20x20mm is too small for these views"),
        (["--out", "{out}.svg", "--size", "1000000000x1000000000px"], "its sides must be"),
        (["--out", "{out}.svg", "--size", "1000000000x10mm"], "its sides must be"),
        (["--out", "{out}.svg", "--size", "10x10"], "must be WIDTHxHEIGHT with a unit"),
        (["--out", "{out}.png", "--dpi", "1000000000"], "its resolution must be"),
        (["--out", "{out}.svg", "--font", "nan"], "its text must be"),
        (["--out", "{out}.svg", "--font", "big"], "must be a number of points"),
        (["--out", "{out}.svg", "--step", "61"], "the experiment ends at step 60"),
        (["--out", "{out}.svg", "--views", "race", "--tex"], "none of its views has curves"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(  # noqa: PLR0917 - fixtures
    write, tmp_path, qapp, capsys, options, said
):
    out = tmp_path / "figure"
    assert cli.main(["figure", write(VALLEY), *(option.format(out=out) for option in options)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["experiment.toml"]
