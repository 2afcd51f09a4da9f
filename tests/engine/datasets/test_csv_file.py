"""Other people's tables: loaded whole, or refused in a sentence with line and column."""

import time
import tracemalloc

import numpy as np
import pytest

from workbench.engine.datasets import CsvFile, csv_lines
from workbench.engine.datasets.csv_peek import peek
from workbench.engine.params import RequestError

GOOD = "width,height,kind\n1,2,cat\n3,4.5,dog\n-5e2,6,cat\n"


@pytest.fixture
def file(tmp_path):
    def write(content, name="my.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def _refusal(path, target="kind", columns=(), kind="auto"):
    with pytest.raises(RequestError) as error:
        CsvFile(path, target, columns, kind)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", " | ").replace("kind", "kind"),
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        "\ufeff" + GOOD,
        GOOD.encode("utf-16"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace("cat", '"cat"').replace("width", '"width"'),
        "sep=;\r\n" + GOOD.replace(",", ";").replace("\n", "\r\n"),
        '\ufeff"sep=\t"\n# of a scale\n' + GOOD.replace(",", "\t"),
        "SEP=,\n" + GOOD,
    ],
    ids=[
        "commas",
        "semicolons",
        "tabs",
        "bars",
        "CRLF",
        "no end",
        "BOM",
        "UTF-16",
        "blank lines",
        "quotes",
        "separator told",
        "separator and comment",
        "separator in capitals",
    ],
)
def test_the_same_table_is_read_however_it_is_written(file, content):
    table = CsvFile(file(content), "kind").table
    assert table.x.tolist() == [[1, 2], [3, 4.5], [-500, 6]]
    assert table.y.tolist() == [0, 1, 0]
    assert table.classes == ("cat", "dog")
    assert table.columns == ("width", "height")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("point", [",", "."])
def test_decimal_commas_are_read_where_a_file_has_no_other_numbers(file, delimiter, point):
    """As spreadsheets write it in Germany or France; the same numbers with points give the same table."""
    text = "width;height;kind;note\n1,5;2;cat;a, b\n-0,25;,5;dog;c\n1,5e-3;7,;cat;d, e\n"
    text = text.replace("a, b", "@").replace("d, e", "#").replace(",", point).replace("@", "a, b").replace("#", "d, e")
    path = file(text.replace(";", delimiter))
    table = CsvFile(path, "kind", ["width", "height"]).table
    assert table.x.tolist() == [[1.5, 2], [-0.25, 0.5], [0.0015, 7]]
    assert peek(path).numbers.decimal == ("comma" if point == "," else "point")
    assert peek(path).kinds == ("number", "number", "text", "text")


def test_a_target_and_a_first_line_may_have_decimal_commas(file):
    """A file without names whose commas are as many as its semicolons, and more, is still one of semicolons."""
    table = CsvFile(file("0,5;1,5;2,25\n3;4,5;6\n"), "column 3").table
    assert table.x.tolist() == [[0.5, 1.5], [3, 4.5]]
    assert table.y.tolist() == [[2.25], [6]]


def test_the_separator_told_by_the_first_line_is_taken(file):
    """Also where the line of names has more of another; faults keep their lines of the file."""
    path = file("sep=;\na,b,c;d;kind\n1,5;2;cat\n2,5;x;dog\n")
    assert CsvFile(path, "kind", ["a,b,c"]).table.x.tolist() == [[1.5], [2.5]]
    assert "line 4" in peek(path).faults[1]


@pytest.mark.parametrize(
    ("value", "number"), [("1.234,5", 1234.5), ("1 234,5", 1234.5), ("1'234.5", 1234.5), ("-12.345.678,9", -12345678.9)]
)
def test_a_column_of_numbers_with_marks_for_thousands_is_read_and_said(file, value, number):
    """As a spreadsheet shows them: what is unusual stands in a note, with the first cell and its line."""
    path = file(f"a;b;kind\n1;{value};cat\n2;{value};dog\n")
    assert CsvFile(path, "kind").table.x.tolist() == [[1, number], [2, number]]
    assert peek(path).kinds == ("number", "number", "text")
    assert peek(path).notes == (f'"{value}" in line 2 is read as {number:.12g}',)


def test_decimal_commas_of_a_column_that_is_not_chosen_do_no_harm(file):
    """Where both spellings occur, points are read, and a text with a comma stays what it was."""
    table = CsvFile(file("a;b;kind\n1.5;0,5;cat\n2;1,5;dog\n"), "kind", ["a"]).table
    assert table.x.tolist() == [[1.5], [2]]


def test_a_first_row_that_is_infinite_is_a_row_and_not_the_names(file):
    """What is spelled like a number is data: nothing is taken for a name and lost."""
    refusal = _refusal(file("1,inf,0\n2,3,1\n"), "column 3")
    assert 'line 1, column "column 2": must be a finite number, got "inf"' in refusal


@pytest.mark.parametrize("value", ["1e999", "-inf", "Infinity"])
def test_a_target_of_numbers_with_an_infinite_one_is_refused_with_the_line(file, value):
    """It is not taken for a class of that name."""
    refusal = _refusal(file(f"a,y\n1,0.5\n2,{value}\n3,0.25\n"), "y")
    assert f'line 3, column "y": must be a finite number, got "{value}"' in refusal


def test_the_one_text_that_keeps_a_target_from_being_values_is_named(file):
    """Too many classes, because one of many numbers is none."""
    text = "a,y\n" + "".join(f"{i},{i / 7}\n" for i in range(150)) + "1,n.a.\n"
    assert 'line 152 holds no number: "n.a."' in _refusal(file(text), "y")


def test_columns_are_taken_in_the_order_asked_for_and_others_left_out(file):
    table = CsvFile(file("a,note,b,y\n1,x,2,0.5\n3,y,4,0.7\n"), "y", ["b", "a"]).table
    assert table.x.tolist() == [[2, 1], [4, 3]]
    assert table.y.tolist() == [[0.5], [0.7]]
    assert table.classes == ()


def test_a_first_line_of_numbers_is_a_row(file):
    table = CsvFile(file("1,2,0\n3,4,1\n"), "column 3").table
    assert table.x.tolist() == [[1, 2], [3, 4]]


def test_a_comma_or_a_line_break_in_quotes_belongs_to_the_value(file):
    table = CsvFile(file('x,kind\n1,"a, b"\n2,"c\nd"\n3,"a, b"\n'), "kind").table
    assert table.classes == ("a, b", "c\nd")
    assert table.y.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("target", "kind", "classes"),
    [
        (["0", "1", "2"], "auto", ("0", "1", "2")),
        (["2", "1.0", "1"], "auto", ("1", "2")),
        (["10", "9", "10"], "auto", ("9", "10")),
        (["0", "1", "2"], "values", ()),
        (["0.5", "1", "2"], "auto", ()),
        (["0.5", "1", "2"], "classes", ("0.5", "1", "2")),
        ([str(i) for i in range(11)], "auto", ()),
        (["1", "b", "1"], "auto", ("1", "b")),
    ],
)
def test_few_whole_numbers_and_texts_are_classes_unless_told_otherwise(file, target, kind, classes):
    text = "x,y\n" + "".join(f"{i},{value}\n" for i, value in enumerate(target))
    assert CsvFile(file(text), "y", target_kind=kind).table.classes == classes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["my.csv is empty"]),
        ("\n \n", ["my.csv is empty"]),
        ("width,height,kind\n", ["my.csv has names of columns but no rows"]),
        (GOOD + "7,8\n", ["my.csv, line 5: has 2 value(s) where the first line has 3"]),
        (GOOD + "7,8,cat,9\n", ["line 5: has 4 value(s)"]),
        (GOOD.replace("4.5", "tall"), ['line 3, column "height": must be a finite number, got "tall"']),
        (GOOD.replace("4.5", "inf"), ['line 3, column "height": must be a finite number, got "inf"']),
        (GOOD.replace("4.5", "4_5"), ['line 3, column "height": must be a finite number, got "4_5"']),
        (GOOD.replace("4.5", ""), ['values are missing in line 3 (column "height")']),
        (GOOD.replace("4.5", "NaN"), ['values are missing in line 3 (column "height")']),
        (GOOD.replace("4.5", "").replace("dog", ""), ['line 3 (column "height")', 'line 3 (column "kind")']),
        (GOOD.replace("dog", "cat"), ['column "kind": holds the class "cat" alone']),
        (
            'width,height,kind\n"1,5",2.5,cat\n3,4,dog\n',
            ['line 2, column "width"', 'commas ("1,5" in line 2) and points ("2.5" in line 2)', "`decimal`"],
        ),
        (
            "width;height;kind\n1,5;2;cat\n3;4.5;dog\n",
            ['line 2, column "width"', '"1,5"', 'commas ("1,5" in line 2) and points ("4.5" in line 3)'],
        ),
        (
            "width;height;kind\n999;2;cat\n1,000;4;dog\n",
            ['line 3, column "width"', '"1,000"', "whether the comma", "before decimals or thousands"],
        ),
        ("width;height;kind\n0,5;2;cat\n1.234,5;4.25;dog\n", ['line 2, column "width"', '"0,5"', '"4.25" in line 3']),
        (GOOD.replace("4.5", "1e999"), ['line 3, column "height"', '"1e999"', "finite", "beyond 1.8e308"]),
        ("width height kind\n1 2 cat\n", ["has one column only", "commas, semicolons, tabs or bars"]),
        ("width,height,kind\n1;2;cat\n", ["line 2: has 1 value(s) where the first line has 3"]),
        (GOOD.replace("height", "width"), ['line 1: two columns are named "width"']),
        (GOOD.replace("height", "").replace("width", "column 2"), ['line 1: two columns are named "column 2"']),
        (GOOD + '7,8,"cat\n9,9,dog\n', ["line 5: a quotation mark is opened that is closed nowhere below"]),
        (GOOD + '7,"8"0,cat\n', ["line 5: a quotation mark is closed before its value ends"]),
        ("# a\n#b\n", ["my.csv holds comments alone"]),
        (GOOD.encode() + b"7,8,ch\xe2t\n", ["line 5: byte 0xe2 is not UTF-8 text; save it as", "CSV UTF-8"]),
        (GOOD.encode() + b"7,8,\0\n", ["line 5: holds a zero byte"]),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ["line 1: byte 0x89 is not UTF-8 text, nor is it a table"]),
        ("x,kind\n" + "".join(f"1,k{i}\n" for i in range(101)), ["has 101 different values; at most 100"]),
        (",".join(f"c{i}" for i in range(1_000_000)) + "\n", ["has 1,000,000 columns; at most 10,000 are read"]),
        (",".join(f"c{i}" for i in range(1100)) + ",kind\n", ["1100"]),
        (GOOD + "7," + "8" * 200_000 + ",cat\n", ["line 5: holds a value of more than 131,072 letters"]),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_place(file, content, words):
    refusal = _refusal(file(content))
    assert refusal.startswith(("`file` cannot be used: my.csv", "`columns` must name at most 1024 inputs"))
    for word in words:
        assert word in refusal


@pytest.mark.parametrize(
    ("content", "columns", "x"),
    [
        ("# measured in May, by hand\n#\n\n" + GOOD, ("width", "height"), [[1, 2], [3, 4.5], [-500, 6]]),
        ("# width,height,kind\n1,2,0\n3,4,1\n", ("width", "height"), [[1, 2], [3, 4]]),
        ("# one\r\n#width;height;kind\r\n1,5;2;cat\r\n3;4;dog\r\n", ("width", "height"), [[1.5, 2], [3, 4]]),
        ("#,height,kind\n1,2,cat\n2,4,dog\n", ("#", "height"), [[1, 2], [2, 4]]),
    ],
    ids=["comments", "as numpy.savetxt writes", "names after a comment", "a column named #"],
)
def test_comments_at_the_head_are_skipped_unless_they_are_the_names(file, content, columns, x):
    table = CsvFile(file(content), "kind").table
    assert table.columns == columns
    assert table.x.tolist() == x


def test_a_fault_below_comments_is_told_with_its_line_in_the_file(file):
    assert "line 5: has 2 value(s)" in _refusal(file("# a\n# b\nx,y,kind\n1,2,a\n1,2\n"))


@pytest.mark.parametrize("name", ["", "Unnamed: 0"], ids=["to_csv", "read and written again"])
@pytest.mark.parametrize("numbers", [(0, 1, 2), (7, 3, 5)], ids=["counts", "shuffled"])
def test_the_index_that_pandas_writes_is_no_input_unless_it_is_chosen(file, name, numbers):
    """DataFrame.to_csv() puts the index in a first column without a name."""
    rows = zip(numbers, (1, 2, 3), "aba", strict=True)
    path = file(f"{name},x,kind\n" + "".join(f"{number},{x},{kind}\n" for number, x, kind in rows))
    assert CsvFile(path, "kind").table.columns == ("x",)
    called = name or "column 1"
    assert peek(path).index == called
    assert CsvFile(path, "kind", (called, "x")).table.x[:, 0].tolist() == list(numbers)


def test_a_first_column_without_a_name_that_numbers_nothing_is_an_input(file):
    path = file(",x,kind\n1,1,a\n1,2,b\n")
    assert CsvFile(path, "kind").table.columns == ("column 1", "x")
    assert peek(path).index == ""


def test_a_text_target_that_should_hold_values_is_refused_with_the_line(file):
    assert 'line 2, column "kind": must be a finite number, got "cat"' in _refusal(file(GOOD), kind="values")


def test_a_name_that_was_kept_with_its_quotation_marks_is_still_known(file):
    """Experiments that were made when blanks before a mark made it a part of the name go on."""
    path = file('"width", "kind"\n1, "cat"\n2, "dog"\n')
    table = CsvFile(path, '"kind"', ['"width"']).table
    assert (table.columns, table.classes) == (("width",), ("cat", "dog"))


def test_unknown_columns_are_refused_with_the_nearest_name(file):
    path = file(GOOD)
    assert _refusal(path, "").startswith('`target` must name the column of my.csv that is to be learned: "width"')
    assert '(did you mean "kind"?)' in _refusal(path, "knd")
    assert _refusal(path, "kind", ["width", "hight"]).startswith("`columns[1]` must name a column")
    assert "must not be the target" in _refusal(path, "kind", ["kind"])
    assert "a second time" in _refusal(path, "kind", ["width", "width"])


def test_what_is_no_ordinary_file_is_refused(tmp_path):
    assert "my.csv does not exist" in _refusal(tmp_path / "my.csv")
    assert "is a folder" in _refusal(tmp_path)
    assert "no ordinary file" in _refusal("/dev/zero")


def test_a_file_too_large_is_not_even_opened(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    assert "has 5,120 MiB; at most 100 are read" in _refusal(path)


def test_a_million_rows_are_refused_soon_and_in_bounded_memory(file):
    path = file("x,y,kind\n" + "0.25,0.5,a\n" * 1_000_000)
    tracemalloc.start()
    begun = time.perf_counter()
    refusal = _refusal(path)
    seconds, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "has more than 200,000 rows" in refusal
    assert seconds < 20
    assert peak < 250 << 20


@pytest.mark.parametrize(
    ("cell", "words"), [(b"0.25,", "more than 16 MiB"), (b'"a\n",x,', "more than 1,000,000 values in one row")],
    ids=["one line", "one row of many lines"],
)  # fmt: skip
def test_a_file_of_one_row_of_99_megabytes_is_refused_soon_and_in_bounded_memory(tmp_path, cell, words):
    """It would be millions of cells: nothing is made of them before it is refused."""
    path = tmp_path / "my.csv"
    path.write_bytes(cell * ((99 << 20) // len(cell)))
    tracemalloc.start()
    begun = time.perf_counter()
    refusal = _refusal(path)
    seconds, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words in refusal
    assert seconds < 60
    assert peak < 400 << 20


def test_the_most_rows_allowed_are_loaded_and_nothing_is_lost(file):
    count = csv_lines.MOST_ROWS
    path = file("x,y\n" + "".join(f"{i},{i / 7!r}\n" for i in range(count)))
    table = CsvFile(path, "y").table
    assert np.array_equal(table.x[:, 0], np.arange(count))
    assert np.array_equal(table.y[:, 0], np.arange(count) / 7)


def test_a_file_is_read_again_only_when_it_has_changed(file):
    path = file(GOOD)
    first = CsvFile(path, "kind").table
    assert CsvFile(path, "kind").table is first
    file(GOOD + "7,8,dog\n")
    assert len(CsvFile(path, "kind").table.x) == 4


def test_the_first_rows_and_their_kinds_can_be_seen_before_anything_is_chosen(file):
    seen = peek(file(GOOD), rows=2)
    assert seen.columns == ("width", "height", "kind")
    assert seen.kinds == ("number", "number", "text")
    assert seen.rows == (("1", "2", "cat"), ("3", "4.5", "dog"))


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            ["1", "1e999"],
            'line 3, column "b": must be a finite number, got "1e999" (beyond 1.8e308 numbers are infinite)',
        ),
        (["inf", "inf"], 'line 2, column "b": must be a finite number, got "inf"'),
        (["1", "x"], 'line 3, column "b": must be a finite number, got "x"'),
        (["nan", "NA"], 'column "b": no value in lines 2 to 3'),
        (["1", "nan"], ""),
        (["x", "y"], ""),
        (["0.5", "7"], ""),
    ],
)
def test_a_column_that_is_no_input_though_it_has_numbers_says_why(file, cells, fault):
    """Texts alone need no word, numbers none either; what lies between names its line."""
    seen = peek(file("a,b,kind\n" + "".join(f"1,{cell},{kind}\n" for cell, kind in zip(cells, "xy", strict=True))))
    assert seen.faults[1] == fault
    assert seen.faults[0] == seen.faults[2] == ""
