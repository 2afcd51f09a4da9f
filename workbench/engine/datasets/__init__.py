"""Data sets: made from a seed, shipped with the program, painted, or read from a person's own file."""

from workbench.engine.datasets import curves, playground, points, shapes, shipped
from workbench.engine.datasets.base import Dataset, Split, Table, datasets
from workbench.engine.datasets.csv_file import CsvFile
from workbench.engine.datasets.csv_format import CsvFormat
from workbench.engine.datasets.points import Points
from workbench.engine.datasets.splitting import SCALINGS, draw, load, split

__all__ = [
    "SCALINGS",
    "CsvFile",
    "CsvFormat",
    "Dataset",
    "Points",
    "Split",
    "Table",
    "curves",
    "datasets",
    "draw",
    "load",
    "playground",
    "points",
    "shapes",
    "shipped",
    "split",
]
