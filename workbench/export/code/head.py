"""The head of a script: what it is of, what it repeats and what not, and what it imports."""

from __future__ import annotations

from collections.abc import Sequence

from workbench import __version__
from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, ObjectiveSetup, Setup
from workbench.export.code.keras_steps import without_fit
from workbench.export.code.parts import ENDLESS, LIBRARIES, comment

#: functions that have a kink or a jump, where a library's slope may be another
_KINKED = tuple(f"torch.{name}(" for name in ("abs", "minimum", "maximum", "sign", "floor", "ceil"))


def lane_title(lane: Lane) -> str:
    """A lane's name, which is the optimizer's where it was given none."""
    return lane.label or optimizers.get(lane.optimizer).title


def import_lines(parts: Sequence[str], library: str, full: Experiment) -> list[str]:
    """The imports that the parts of a script need, and its precision."""
    text = "\n".join(parts)
    network = isinstance(full.problem, NetworkSetup)
    dtype = full.problem.dtype if isinstance(full.problem, NetworkSetup) else "float64"
    lines = ["import math"] if "math." in text else []
    if library == "keras":
        lines.append("import os")
    if network:
        lines.append("from pathlib import Path")
    lines += [""] if lines else []
    if library == "numpy":
        return [
            *lines,
            "import numpy as np",
            "",
            'np.seterr(all="ignore")  # what leaves the numbers shows in the loss',
        ]
    if library == "keras":
        lines += ['os.environ["KERAS_BACKEND"] = "torch"  # gradients below are PyTorch\'s']
        lines += ['os.environ.setdefault("KERAS_TORCH_DEVICE", "cpu")', ""]
        lines += ["import keras"]
    lines += ["import numpy as np"] if "np." in text else []
    lines += ["import torch"]
    if library == "keras":
        lines += ["from keras import layers"] if network else []
    elif network:
        lines.append("from torch import nn")
    if library == "keras":
        lines += ["", f'keras.config.set_floatx("{dtype}")']
    else:
        lines.append("")
    return [*lines, f"torch.set_default_dtype(torch.{dtype})"]


def head_lines(experiment: Experiment, full: Experiment, index: int, library: str, parts: Sequence[str]) -> list[str]:
    """The comment in the head: program, experiment, lane, what is repeated and what not. `full` has the lane alone."""
    lane, called = full.lanes[0], LIBRARIES[library]
    title = optimizers.get(lane.optimizer).title
    where = f"lane {index + 1} of {len(experiment.lanes)}"
    lines = [
        *comment(f"{title}, written for {called} by Gradient Workbench {__version__}."),
        "#",
        *comment(f"Experiment: {experiment.title or 'without a title'}"),
        *comment(f"Lane: {lane_title(lane)}, {where}, by the {lane.convention} convention"),
        "#",
    ]
    kinked = any(name in line for line in parts for name in _KINKED)
    for text in _told(full, library, kinked=kinked):
        lines += comment(text)
    return [*lines, ""]


def race_head_lines(experiment: Experiment, fulls: Sequence[Experiment]) -> list[str]:
    """The comment in the head of a script for NumPy with several lanes; each of `fulls` has one of them alone."""
    lanes = ", ".join(lane_title(full.lanes[0]) for full in fulls)
    told = [text for full in fulls for text in _told(full, "numpy", kinked=False)]
    return [
        *comment(f"A race of {len(fulls)} lanes, written for NumPy by Gradient Workbench {__version__}."),
        "#",
        *comment(f"Experiment: {experiment.title or 'without a title'}"),
        *comment(f"Lanes: {lanes}"),
        "#",
        *(line for text in dict.fromkeys(told) for line in comment(text)),
        "",
    ]


def _told(full: Experiment, library: str, *, kinked: bool) -> list[str]:
    """What the script repeats, and what not."""
    setup, lane, called = full.problem, full.lanes[0], LIBRARIES[library]
    dropout = isinstance(setup, NetworkSetup) and any(layer.dropout for layer in setup.layers)
    drops = dropout and library != "numpy"
    rounded = lane.optimizer == "muon" and library == "pytorch"
    found = [
        f"It repeats {_repeated(setup, drawn=dropout and not drops)}"
        + ("." if drops or rounded else _agreement(setup, lane, library))
    ]
    if drops:
        found.append(f"Which units are dropped is drawn by {called}: the losses differ from the first step on.")
    if rounded:
        found.append(
            "PyTorch's Muon rounds the direction of a step to bfloat16: the losses agree to some three digits."
        )
    if isinstance(setup, NetworkSetup) and any(layer.batch_norm for layer in setup.layers) and library == "keras":
        found.append(
            "Keras averages the variances of batches with another divisor: the losses printed last differ, by some per "
            "cent where batches are small."
        )
    if isinstance(setup, NetworkSetup) and setup.data.target_scaling != "none":
        found.append(
            "The target is scaled: losses here are of the scaled target, in the program in the data's own unit."
        )
    if isinstance(setup, ObjectiveSetup) and kinked:
        found.append(f"Where the objective has a kink or a jump, {called} may take another slope than the program.")
    if library == "keras":
        objective = "The loop is written out: an objective has no data that `fit` could take."
        written = without_fit(lane) if isinstance(setup, NetworkSetup) else objective
        found += [written] if written else []
    if full.steps is None:
        found.append(f"The experiment has no end: the script stops after {ENDLESS} steps.")
    if full.tolerance is not None:
        found.append(
            "The tolerance is not in the script: it takes all its steps, where the program stops once it is met."
        )
    found.append("It stops where the loss leaves 1e30; the program also where the gradient does.")
    return found


def _repeated(setup: Setup, *, drawn: bool) -> str:
    if isinstance(setup, NetworkSetup):
        dropped = ", and which units are dropped" if drawn else ""
        return f"data, initial weights, batches, rule, settings and rate of every step{dropped}"
    noise = ", and the noise on the gradients" if setup.noise else ""
    return f"objective, start, rule, settings and rate of every step{noise}"


def _agreement(setup: Setup, lane: Lane, library: str) -> str:
    """How far the losses agree where nothing is drawn anew, as the end of a sentence."""
    if library == "keras" and (isinstance(setup, NetworkSetup) or lane.optimizer == "adafactor"):
        return "; the losses agree to some six digits at first, since Keras rounds products to single precision."
    if isinstance(setup, NetworkSetup) and setup.dtype == "float32":
        return ", in single precision: the first losses agree to some six digits."
    return ", in double precision: the losses are the program's but for rounding, which grows where a path is unstable."
