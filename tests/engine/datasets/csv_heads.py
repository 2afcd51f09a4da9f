"""Beginnings of CSV files as programs write them, and what stands in them; read by hand, and by no program.

`CASES` are files that were once misread; `EXPORTS` are made after what spreadsheets in five languages, R, pandas, SQL
tools and instruments write. A head is either read, as `columns`, `x` and `y` say, or refused with `words`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NAN = float("nan")
_IRIS = [[5.1, 3.5, 1.4, 0.2], [4.9, 3.0, 1.4, 0.2], [7.0, 3.2, 4.7, 1.4], [6.4, 3.2, 4.5, 1.5]]


@dataclass(frozen=True)
class Head:
    """A file and the truth of it: `y` are classes by their names, or values; `note` is a part of what must be said."""

    key: str
    text: str | bytes
    target: str
    columns: tuple[str, ...] = ()
    x: list[list[float]] = field(default_factory=list)
    y: list[Any] = field(default_factory=list)
    note: str = ""
    words: tuple[str, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)
    missing: str = "refuse"
    chosen: tuple[str, ...] = ()


CASES = (
    Head(
        "headerless_text_label",
        "5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-setosa\n"
        "7.0,3.2,4.7,1.4,Iris-versicolor\n6.4,3.2,4.5,1.5,Iris-versicolor\n",
        "column 5", ("column 1", "column 2", "column 3", "column 4"), _IRIS,
        ["Iris-setosa", "Iris-setosa", "Iris-versicolor", "Iris-versicolor"], note="read as a row",
    ),
    Head(
        "headerless_dup_first_row", "1.4,1.4,a\n2.1,3.5,b\n3.1,2.5,a\n4.4,1.5,b\n",
        "column 3", ("column 1", "column 2"), [[1.4, 1.4], [2.1, 3.5], [3.1, 2.5], [4.4, 1.5]], ["a", "b", "a", "b"],
    ),
    Head(
        "headerless_missing_in_first_row", "5.1,,1.4,0\n4.9,3.0,1.4,1\n4.7,3.2,1.3,0\n4.7,3.2,1.3,1\n",
        "column 4", words=('line 1 (column "column 2")', "leave_out"),
    ),
    Head(
        "headerless_missing_left_out", "5.1,,1.4,0\n4.9,3.0,1.4,1\n4.7,3.2,1.3,0\n4.7,3.2,1.3,1\n",
        "column 4", ("column 1", "column 2", "column 3"), [[4.9, 3, 1.4], [4.7, 3.2, 1.3], [4.7, 3.2, 1.3]],
        ["1", "0", "1"], note="1 of 4 rows are left out", missing="leave_out",
    ),
    Head(
        "header_newline_semicolon",
        '"Height\n(cm)";"Weight\n(kg)";class\n180,5;75,2;a\n165,0;60,1;b\n170,2;65,3;a\n172,2;69,3;b\n',
        "class", ("Height\n(cm)", "Weight\n(kg)"), [[180.5, 75.2], [165, 60.1], [170.2, 65.3], [172.2, 69.3]],
        ["a", "b", "a", "b"],
    ),
    Head(
        "codes_7digits", "a,b,code\n1,2,1234567\n2,3,1234568\n3,4,1234567\n4,5,7654321\n",
        "code", ("a", "b"), [[1, 2], [2, 3], [3, 4], [4, 5]], ["1234567", "1234568", "1234567", "7654321"],
    ),
    Head(
        "codes_leading_zero", "a,b,code\n1,2,007\n2,3,7\n3,4,012\n4,5,12\n",
        "code", ("a", "b"), [[1, 2], [2, 3], [3, 4], [4, 5]], ["007", "7", "012", "12"],
    ),
    Head(
        "class_NA", "lat,lon,iso\n-22.6,17.1,NA\n-22.5,17.0,NA\n52.5,13.4,DE\n48.9,2.3,FR\n",
        "iso", ("lat", "lon"), [[-22.6, 17.1], [-22.5, 17], [52.5, 13.4], [48.9, 2.3]], ["NA", "NA", "DE", "FR"],
        note='"NA" is a class',
    ),
    Head(
        "class_none", "age,sleep,disorder\n27,6.1,None\n28,6.2,None\n28,5.9,Sleep Apnea\n29,6.3,Insomnia\n",
        "disorder", ("age", "sleep"), [[27, 6.1], [28, 6.2], [28, 5.9], [29, 6.3]],
        ["None", "None", "Sleep Apnea", "Insomnia"], note='"None" is a class',
    ),
    Head(
        "quote_after_space",
        '"sepal length", "sepal width", "species"\n'
        '5.1, 3.5, "setosa"\n4.9, 3.0, "setosa"\n6.4, 3.2, "virginica, large"\n',
        "species", ("sepal length", "sepal width"), [[5.1, 3.5], [4.9, 3], [6.4, 3.2]],
        ["setosa", "setosa", "virginica, large"],
    ),
    Head(
        "quote_after_space_simple",
        '"sepal length", "sepal width", "species"\n5.1, 3.5, "setosa"\n4.9, 3.0, "setosa"\n6.4, 3.2, "virginica"\n',
        "species", ("sepal length", "sepal width"), [[5.1, 3.5], [4.9, 3], [6.4, 3.2]],
        ["setosa", "setosa", "virginica"],
    ),
    Head(
        "thousands", 'a,b,y\n"1,234",2,10.5\n"2,345",3,11.5\n',
        "y", ("a", "b"), [[1234, 2], [2345, 3]], [10.5, 11.5], note='"1,234" in line 2 is read as 1234',
    ),
    Head(
        "thousands_dot_de", "a;b;y\n1.234;2;10,5\n2.345;3;11,5\n",
        "y", ("a", "b"), [[1234, 2], [2345, 3]], [10.5, 11.5], note='"1.234" in line 2 is read as 1234',
    ),
    Head(
        "target_thousands", 'a,b,price\n1,2,"1,234"\n2,3,"2,345"\n3,4,"3,456"\n',
        "price",
        words=('line 2, column "price"', "before decimals or thousands", "`decimal` or `thousands` can say it"),
    ),
    Head(
        "target_thousands_told", 'a,b,price\n1,2,"1,234"\n2,3,"2,345"\n3,4,"3,456"\n',
        "price", ("a", "b"), [[1, 2], [2, 3], [3, 4]], [1234, 2345, 3456], told={"thousands": "comma"},
        note='"1,234" in line 2 is read as 1234',
    ),
    Head(
        "target_decimals_told", 'a,b,price\n1,2,"1,234"\n2,3,"2,345"\n3,4,"3,456"\n',
        "price", ("a", "b"), [[1, 2], [2, 3], [3, 4]], [1.234, 2.345, 3.456], told={"decimal": "comma"},
    ),
    Head(
        "target_minus_unicode", "a,b,y\n1,2,\u221210.5\n2,3,11.5\n3,4,12.5\n",
        "y", ("a", "b"), [[1, 2], [2, 3], [3, 4]], [-10.5, 11.5, 12.5], note="is read as -10.5",
    ),
    Head(
        "trailing_delim_all", "a,b,y,\n1,2,u,\n2,3,v,\n3,4,u,\n",
        "y", ("a", "b"), [[1, 2], [2, 3], [3, 4]], ["u", "v", "u"], note='no value in them: "column 4"',
    ),
    Head(
        "excel_empty_cols", "a;b;y;;\n1;2;u;;\n2;3;v;;\n3;4;u;;\n",
        "y", ("a", "b"), [[1, 2], [2, 3], [3, 4]], ["u", "v", "u"], note='"column 4", "column 5"',
    ),
    Head(
        "houses", "area,rooms,price\n61.5,1,198749\n111.9,6,449137\n100.7,2,336201\n173.7,4,583834\n70.4,3,220850.5\n",
        "price", ("area", "rooms"), [[61.5, 1], [111.9, 6], [100.7, 2], [173.7, 4], [70.4, 3]],
        [198749, 449137, 336201, 583834, 220850.5],
    ),
)  # fmt: skip

EXPORTS = (
    Head(
        "spreadsheet, English: texts and numbers",
        "City,Rooms,Area,Sold\r\nYork,3,88.5,yes\r\nBath,4,120,no\r\nYork,2,61,yes\r\n",
        "Sold", ("City=Bath", "City=York", "Rooms", "Area"), [[0, 1, 3, 88.5], [1, 0, 4, 120], [0, 1, 2, 61]],
        ["yes", "no", "yes"], note='column "City" holds texts: 2 input(s)',
    ),
    Head(
        "spreadsheet, English: money and thousands",
        'Area,Price,Tax\n"1,250","$349,000.00",5%\n980,"$275,500.50",7.5%\n',
        "Price", ("Area", "Tax"), [[1250, 5], [980, 7.5]], [349000, 275500.5], note='"5%" in line 2 is read as 5',
    ),
    Head(
        "spreadsheet, English: formula errors", "a,b,y\n1,#DIV/0!,u\n2,3,v\n3,#N/A,u\n", "y",
        words=('line 2 (column "b")', 'line 4 (column "b")'),
    ),
    Head(
        "spreadsheet, English: rows below the table", "a,b,y\r\n1,2,u\r\n3,4,v\r\n,,\r\n,,\r\n",
        "y", ("a", "b"), [[1, 2], [3, 4]], ["u", "v"], note="2 row(s) without any value are left out: line 4, 5",
    ),
    Head(
        "spreadsheet, English: a title above", "Survey of May\n\na,b,y\n1,2,u\n3,4,v\n", "y",
        words=("line 3: has 3 value(s) where the first line has 1", "# before each line above the names"),
    ),
    Head(
        "spreadsheet, English: a total below", "a,b,y\n1,2,u\n3,4,v\nTotal,6,\n", "y",
        words=('line 4, column "a"', '"Total"', "take the line out if it is no row"),
    ),
    Head(
        "spreadsheet, German", "\ufeffGröße;Gewicht;Klasse\r\n180,5;75;ja\r\n165;60,25;nein\r\n",
        "Klasse", ("Größe", "Gewicht"), [[180.5, 75], [165, 60.25]], ["ja", "nein"],
    ),
    Head(
        "spreadsheet, German: thousands", "Fläche;Preis\r\n1.250,50;349.000,00\r\n980,00;275.500,00\r\n",
        "Preis", ("Fläche",), [[1250.5], [980]], [349000, 275500], note='"1.250,50" in line 2 is read as 1250.5',
    ),
    Head(
        "spreadsheet, German: without names",
        "5,1;3,5;1,4;0,2;setosa\n4,9;3;1,4;0,2;setosa\n7;3,2;4,7;1,4;versicolor\n",
        "column 5", ("column 1", "column 2", "column 3", "column 4"), _IRIS[:3], ["setosa", "setosa", "versicolor"],
    ),
    Head(
        "spreadsheet, German: its own encoding", "Größe;Klasse\n1;ja\n2;nein\n".encode("cp1252"), "Klasse",
        words=("line 1: byte 0xf6 is not UTF-8 text", 'save it as "CSV UTF-8"'),
    ),
    Head(
        "spreadsheet, German: commas between quoted decimals", '"x","y","kind"\n"1,5","0,25","a"\n"2,5","-3","b"\n',
        "kind", ("x", "y"), [[1.5, 0.25], [2.5, -3]], ["a", "b"],
    ),
    Head(
        "spreadsheet, French", "surface;prix;taux\r\n1\u202f234,50;250\u00a0000;12,5 %\r\n98,00;75\u00a0500;3 %\r\n",
        "prix", ("surface", "taux"), [[1234.5, 12.5], [98, 3]], [250000, 75500], note="is read as 1234.5",
    ),
    Head(
        "spreadsheet, Spanish", "altura;peso;sexo\r\n1,75;80,0;H\r\n1,62;55,5;M\r\n",
        "sexo", ("altura", "peso"), [[1.75, 80], [1.62, 55.5]], ["H", "M"],
    ),
    Head(
        "spreadsheet, Swiss", "Lohn;Alter;Stufe\n6'250.50;41;B\n12'000.00;55;A\n",
        "Stufe", ("Lohn", "Alter"), [[6250.5, 41], [12000, 55]], ["B", "A"], note="is read as 6250.5",
    ),
    Head(
        "spreadsheet, Indian", 'income,age,plan\n"12,34,567",31,x\n"7,50,000",40,y\n',
        "plan", ("income", "age"), [[1234567, 31], [750000, 40]], ["x", "y"], note="is read as 1234567",
    ),
    Head(
        "spreadsheet: separator told", "sep=;\r\na;b;kind\r\n1,5;2;x\r\n2,5;3;y\r\n",
        "kind", ("a", "b"), [[1.5, 2], [2.5, 3]], ["x", "y"],
    ),
    Head(
        "spreadsheet: Unicode text", "a\tb\tkind\r\n1,5\t2\tä\r\n2,5\t3\tö\r\n".encode("utf-16"),
        "kind", ("a", "b"), [[1.5, 2], [2.5, 3]], ["ä", "ö"],
    ),
    Head(
        "spreadsheet: accounts", "a,b,y\n1,(250.00),u\n2,300.00,v\n", "y",
        words=('line 2, column "b"', "(250.00)", "minus is wanted before"),
    ),
    Head(
        "R: write.csv", '"","x","y","kind"\n"1",1.5,2,"a"\n"2",2.5,3,"b"\n"3",3.5,4,"a"\n',
        "kind", ("x", "y"), [[1.5, 2], [2.5, 3], [3.5, 4]], ["a", "b", "a"],
    ),
    Head(
        "R: write.csv with names of rows",
        '"","mpg","cyl","am"\n"Mazda RX4",21,6,1\n"Datsun 710",22.8,4,1\n"Valiant",18.1,6,0\n',
        "am", ("mpg", "cyl"), [[21, 6], [22.8, 4], [18.1, 6]], ["1", "1", "0"],
    ),
    Head(
        "R: write.table with commas", '"x","y","kind"\n"1",1.5,2,"a"\n"2",2.5,3,"b"\n',
        "kind", ("x", "y"), [[1.5, 2], [2.5, 3]], ["a", "b"],
    ),
    Head("R: write.table", '"x" "kind"\n"1" 1.5 "a b"\n"2" 2.5 "c"\n', "kind", words=('separator = "space"',)),
    Head(
        "R: write.table, told", '"x" "kind"\n"1" 1.5 "a b"\n"2" 2.5 "c"\n',
        "kind", ("x",), [[1.5], [2.5]], ["a b", "c"], told={"separator": "space"},
    ),
    Head(
        "R: write.csv2 with NA", '"";"x";"flag";"y"\n"1";1,5;TRUE;0,25\n"2";NA;FALSE;0,5\n"3";3,5;TRUE;1,5\n',
        "y", ("x", "flag=FALSE", "flag=TRUE"), [[1.5, 0, 1], [NAN, 1, 0], [3.5, 0, 1]], [0.25, 0.5, 1.5],
        note='filled with the mean (of texts the most frequent) of the training samples: 1 in column "x"',
        missing="mean",
    ),
    Head(
        "pandas: to_csv", ",x,kind\n0,1.5,a\n1,2.5,b\n2,3.5,a\n",
        "kind", ("x",), [[1.5], [2.5], [3.5]], ["a", "b", "a"],
    ),
    Head(
        "pandas: to_csv of times", ",x,kind\n2024-01-01 10:00:00,1.5,a\n2024-01-01 11:00:00,2.5,b\n",
        "kind", ("x",), [[1.5], [2.5]], ["a", "b"],
    ),
    Head(
        "pandas: columns that count", "0,1,label\n5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n",
        "label", ("0", "1"), [[5.1, 3.5], [4.9, 3], [7, 3.2]], ["setosa", "setosa", "versicolor"], note="read as names",
    ),
    Head(
        "pandas: classes as floats, holes",
        "age,fare,survived\n22.0,7.25,0.0\n,8.05,1.0\n35.0,53.1,1.0\n38.0,71.3,0.0\n",
        "survived", ("age", "fare"), [[22, 7.25], [35, 53.1], [38, 71.3]], ["0.0", "1.0", "0.0"],
        note="1 of 4 rows are left out, as values are missing: line 3", missing="leave_out",
    ),
    Head(
        "pandas: True and False", "x,y,ok\n1,2,True\n2,3,False\n3,5,True\n",
        "ok", ("x", "y"), [[1, 2], [2, 3], [3, 5]], ["True", "False", "True"],
    ),
    Head(
        "SQL: psql --csv", "id,x,active\n17,2.5,t\n18,3.5,f\n",
        "active", ("id", "x"), [[17, 2.5], [18, 3.5]], ["t", "f"],
    ),
    Head(
        "SQL: psql, aligned", " x   | y | kind \n-----+---+------\n 1.5 | 2 | a\n 2.5 | 3 | b\n", "kind",
        words=("line 2: has 1 value(s) where the first line has 3", "take the line out if it is no row"),
    ),
    Head(
        "SQL: mysql --batch", "x\ty\tkind\n1.5\t2\ta\n\\N\t3\tb\n2.5\t4\ta\n",
        "kind", words=('holds the class "a" alone',), missing="leave_out",
    ),
    Head("SQL: mysql --batch, NULL", "x\ty\tkind\n1.5\t2\ta\n\\N\t3\tb\n", "kind", words=('line 3 (column "x")',)),
    Head(
        "SQL: sqlite3, list without names", "1|2.5|a\n2|3.5|b\n4|3.0|a\n",
        "column 3", ("column 1", "column 2"), [[1, 2.5], [2, 3.5], [4, 3]], ["a", "b", "a"], note="read as a row",
    ),
    Head(
        "SQL: a join", "id,x,id,kind\n1,2,1,a\n2,3,2,b\n", "kind",
        words=('line 1: two columns are named "id"', "rename one"),
    ),
    Head(
        "SQL: formatted amounts", 'id,amount,state\n1,"1,234.56",open\n2,12.00,closed\n',
        "state", ("id", "amount"), [[1, 1234.56], [2, 12]], ["open", "closed"], note="is read as 1234.56",
    ),
    Head(
        "instrument: comments above", "# Scope 2024\n# 1 GS/s\ntime,CH1,trigger\n0.0,1.5e-3,0\n1e-9,-2.5e-3,1\n",
        "trigger", ("time", "CH1"), [[0, 0.0015], [1e-9, -0.0025]], ["0", "1"],
    ),
    Head(
        "instrument: settings above", "Model,TDS\nDate,2024-01-01\ntime,CH1,state\n0.0,1.5,a\n0.1,2.5,b\n", "state",
        words=("line 3: has 3 value(s) where the first line has 2", "# before each line above the names"),
    ),
    Head(
        "instrument: units below the names", "time,temp,state\ns,°C,\n0.0,21.5,a\n0.1,21.6,b\n", "state",
        words=('line 2, column "time"', '"s"', "take the line out if it is no row"),
    ),
    Head(
        "instrument: tabs and decimal commas", "X\tY\tclass\n0,000000\t1,250000\t1\n0,100000\t-1,500000\t2\n",
        "class", ("X", "Y"), [[0, 1.25], [0.1, -1.5]], ["1", "2"],
    ),
    Head(
        "instrument: tabs, decimals of three digits", "X\tY\tclass\n1,250\t2\t1\n2,500\t3\t2\n", "class",
        words=('line 2, column "X"', "before decimals or thousands"),
    ),
    Head(
        "instrument: below the limit of detection", "a,b,y\n1,<0.05,u\n2,0.12,v\n", "y",
        words=('line 2, column "b"', '"<0.05"'),
    ),
    Head(
        "instrument: Fortran", "a,b,y\n1.5D+03,1,u\n2.5D-01,2,v\n", "y",
        words=('line 2, column "a"', "exponent is wanted as e"),
    ),
    Head(
        "instrument: logger with a separator at each end", "t;v;state;\n0;21,5;ok;\n1;21,75;low;\n",
        "state", ("t", "v"), [[0, 21.5], [1, 21.75]], ["ok", "low"],
    ),
    Head(
        "instrument: separator at the end of rows alone", "t;v;state\n0;21,5;ok;\n1;21,75;low;\n",
        "state", ("t", "v"), [[0, 21.5], [1, 21.75]], ["ok", "low"],
    ),
    Head(
        "archive: blanks behind commas, ? for missing",
        "39, State-gov, 77516, <=50K\n50, ?, 83311, <=50K\n38, Private, 215646, >50K\n",
        "column 4", ("column 1", "column 2=Private", "column 2=State-gov", "column 3"),
        [[39, 0, 1, 77516], [38, 1, 0, 215646]], ["<=50K", ">50K"], missing="leave_out",
        note="1 of 3 rows are left out, as values are missing: line 2",
    ),
    Head(
        "archive: letters alone", "p,x,s,n\ne,x,s,y\ne,b,s,w\np,x,y,w\n",
        "column 1", ("column 2=b", "column 2=x", "column 3=s", "column 3=y", "column 4=n", "column 4=w", "column 4=y"),
        [[0, 1, 1, 0, 1, 0, 0], [0, 1, 1, 0, 0, 0, 1], [1, 0, 1, 0, 0, 1, 0], [0, 1, 0, 1, 0, 1, 0]],
        ["p", "e", "e", "p"],
    ),
    Head(
        "old computer: lines end with CR", "a,b,kind\r1,2,x\r2,3,y\r",
        "kind", ("a", "b"), [[1, 2], [2, 3]], ["x", "y"],
    ),
    Head(
        "blanks around quotation marks", '"a" , "b" , "kind"\n1 , 2 , "x"\n2 , 3 , "y"\n',
        "kind", ("a", "b"), [[1, 2], [2, 3]], ["x", "y"],
    ),
    Head(
        "codes of places", "x,zip\n1,01234\n2,1234\n3,01234\n",
        "zip", ("x",), [[1], [2], [3]], ["01234", "1234", "01234"],
    ),
    Head(
        "whole numbers of twenty digits",
        "x,id\n1,12345678901234567890\n2,12345678901234567891\n3,12345678901234567890\n",
        "id", ("x",), [[1], [2], [3]], ["12345678901234567890", "12345678901234567891", "12345678901234567890"],
    ),
    Head(
        "instrument: spectra, their names wavelengths",
        "sample,400.0,402.5,405.0,class\nA1,0.12,0.15,0.2,x\nA2,0.11,0.17,0.3,y\n",
        "class", ("400.0", "402.5", "405.0"), [[0.12, 0.15, 0.2], [0.11, 0.17, 0.3]], ["x", "y"],
        note="read as names", chosen=("400.0", "402.5", "405.0"),
    ),
    Head(
        "R: numbers as names beside a text",
        "id,0.5,2.5,class\n1,7,8,x\n2,9,10,y\n3,5,6,x\n",
        "class", ("id", "0.5", "2.5"), [[1, 7, 8], [2, 9, 10], [3, 5, 6]], ["x", "y", "x"],
        note='though some are numbers: header = "no"',
    ),
    Head(
        "SQL: single quotation marks", "'a','b','kind'\n'1','2.5','x, y'\n'3','4.5','z'\n",
        "kind", ("a", "b"), [[1, 2.5], [3, 4.5]], ["x, y", "z"],
    ),
    Head(
        "addresses beside decimals of three digits", "ip,x,y\n10.100.200.100,1.234,u\n10.100.200.101,2.345,v\n",
        "y", ("x",), [[1.234], [2.345]], ["u", "v"], chosen=("x",),
    ),
    Head(
        "spreadsheet, German: thousands without decimals", "Umsatz;Klasse\n1.234.567;a\n2.345;b\n",
        "Klasse", ("Umsatz",), [[1234567], [2345]], ["a", "b"], note='"2.345" in line 3 is read as 2345',
    ),
    Head(
        "spreadsheet, German: points that nothing tells", "a;y\n1.234;u\n2.345;v\n",
        "y", ("a",), [[1.234], [2.345]], ["u", "v"], note='thousands = "point" says otherwise',
    ),
    Head(
        "spreadsheet, German: points that are told", "a;y\n1.234;u\n2.345;v\n",
        "y", ("a",), [[1234], [2345]], ["u", "v"], told={"thousands": "point"},
    ),
    Head(
        "spreadsheet, German: money that nothing tells", "a;y\n1.250 €;u\n12 €;v\n", "y",
        words=('line 2, column "a"', 'point of "1.250 €" in line 2', "`decimal` or `thousands`"),
    ),
    Head(
        "commas that separate and stand before decimals", "a,b,y\n1,5,2,5,u\n2,5,3,5,v\n", "y",
        words=("line 2: has 5 value(s) where the first line has 3", "decimal commas need quotation marks"),
    ),
    Head(
        "years as names", "country,1990,2000,2010,rich\nPeru,1.5,2,3,no\nChad,0.5,1,1,no\nOman,9,12,15,yes\n",
        "rich", ("1990", "2000", "2010"), [[1.5, 2, 3], [0.5, 1, 1], [9, 12, 15]], ["no", "no", "yes"],
        chosen=("1990", "2000", "2010"),
    ),
)  # fmt: skip
