"""The workbench from Python: races built, run, drawn and swept in a few lines, with functions and classes of one's own.

`import workbench` gives these names (docs/python.md). No Qt is loaded before a picture is asked for.
"""

from workbench.engine.optimizers.base import Optimizer
from workbench.engine.params import RequestError
from workbench.experiment.files import ExperimentFileError
from workbench.notebook.making import examples, load, network, objective
from workbench.notebook.named import Named
from workbench.notebook.own_data import Data, data
from workbench.notebook.picture import Picture
from workbench.notebook.race import Race
from workbench.notebook.result import Result
from workbench.notebook.sweeping import Best, SweepResult, linear_range, log_range, sweep

__all__ = [
    "Best",
    "Data",
    "ExperimentFileError",
    "Named",
    "Optimizer",
    "Picture",
    "Race",
    "RequestError",
    "Result",
    "SweepResult",
    "data",
    "examples",
    "linear_range",
    "load",
    "log_range",
    "network",
    "objective",
    "sweep",
]
