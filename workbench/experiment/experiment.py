"""What the user asked for, as frozen values that are the file format at the same time.

Every edit makes a new `Experiment`; nothing here computes. Values of settings that belong to an objective, an
optimizer or a data set are checked by those (`workbench.experiment.build`), everything else by the types here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

#: Settings of a catalogue entry by name; the entry's `Param`s check the values.
Settings = Mapping[str, Any]
FORMAT = 1
#: What a seed, a number of steps and the like may be.
Whole = Annotated[int, Meta(ge=0, le=2**53)]
NO_SETTINGS: Settings = MappingProxyType({})
#: characters of a title, and of the notes beside an experiment
LONGEST_TITLE, LONGEST_NOTES = 200, 20_000
#: the largest number of a lane's draw
DRAWS = 1_000_000


def _freeze(owner: Struct, name: str) -> None:
    """Make the settings read-only, and tables among them; deeper ones are refused by whoever checks them."""
    table = getattr(owner, name).items()
    frozen = {key: MappingProxyType(dict(value)) if isinstance(value, Mapping) else value for key, value in table}
    force_setattr(owner, name, MappingProxyType(frozen))


class Schedule(Struct, frozen=True, forbid_unknown_fields=False, kw_only=True):
    """How a lane's learning rate changes: `kind` names the schedule, the other keys are its parameters."""

    kind: str
    parameters: Settings = NO_SETTINGS

    def __post_init__(self) -> None:
        _freeze(self, "parameters")


class Origin(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a fork begins: with the state that lane number `lane`, counted from 0, has after `step` steps."""

    lane: Annotated[int, Meta(ge=0, le=2**53)]
    step: Whole


class LayerSetup(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One hidden layer: affine, batch normalisation if asked for, activation, dropout."""

    units: Annotated[int, Meta(ge=1, le=1024)] = 16
    activation: str = "tanh"
    initializer: str = "xavier_uniform"
    batch_norm: bool = False
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    activation_parameters: Settings = NO_SETTINGS
    initializer_parameters: Settings = NO_SETTINGS

    def __post_init__(self) -> None:
        _freeze(self, "activation_parameters")
        _freeze(self, "initializer_parameters")


#: what a network and a lane's own have alike
Layers = Annotated[tuple[LayerSetup, ...], Meta(max_length=32)]
Features = Annotated[tuple[str, ...], Meta(max_length=16)]
Weight = Annotated[float, Meta(ge=0, le=1e6)]
BatchSize = Annotated[int, Meta(ge=0, le=100_000)]
Scaling = Literal["none", "standard", "range"]
WeightsFile = Annotated[str, Meta(max_length=4096)]


class LaneNetwork(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What differs of a lane's network from the problem's: whatever is None is as there.

    `activation`, `initializer`, `batch_norm` and `dropout` are those of every hidden layer, of the lane's own `layers`
    where it has such; another activation or initializer takes its own defaults. Data, split, seed, starts and precision
    are the race's; `scaling` and `target_scaling` are what becomes of the data before the network sees them. Where the
    problem begins with trained weights, layers of the same shape do, too; `weights` are a lane's own.
    """

    layers: Layers | None = None
    activation: str | None = None
    initializer: str | None = None
    batch_norm: bool | None = None
    dropout: Annotated[float, Meta(ge=0, lt=1)] | None = None
    features: Features | None = None
    output_initializer: str | None = None
    output_initializer_parameters: Settings | None = None
    loss: str | None = None
    loss_parameters: Settings | None = None
    l1: Weight | None = None
    l2: Weight | None = None
    batch_size: BatchSize | None = None
    scaling: Scaling | None = None
    target_scaling: Scaling | None = None
    weights: WeightsFile | None = None

    def __post_init__(self) -> None:
        for name in ("output_initializer_parameters", "loss_parameters"):
            if getattr(self, name) is not None:
                _freeze(self, name)


class Lane(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"origin": "from"}):
    """One optimizer with its settings. Empty `label` and `color` take the optimizer's title and the next colour.

    `gradient` says what happens to gradients before the optimizer sees them: clipping and weight decay. Lanes of the
    same `draw` share initial weights, batches, dropout and noise; another number draws others from the same seed.
    `network` is what differs of its network from the problem's.
    A lane with an `origin`, which a file calls `from`, is a fork: it begins on the way of another one.
    """

    label: Annotated[str, Meta(max_length=80)] = ""
    color: Annotated[str, Meta(pattern=r"^(#[0-9a-fA-F]{6})?\Z")] = ""
    enabled: bool = True
    optimizer: str
    convention: Literal["pytorch", "keras"] = "pytorch"
    hyperparameters: Settings = NO_SETTINGS
    schedule: Schedule | None = None
    gradient: Settings = NO_SETTINGS
    draw: Annotated[int, Meta(ge=0, le=DRAWS)] = 0
    network: LaneNetwork | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        _freeze(self, "hyperparameters")
        _freeze(self, "gradient")
        if self.network == LaneNetwork():  # what says nothing is nothing
            force_setattr(self, "network", None)


Coordinate = Annotated[float, Meta(ge=-1e12, le=1e12)]
Point = Annotated[tuple[Coordinate, ...], Meta(min_length=1, max_length=1000)]


class ObjectiveSetup(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="objective"):
    """An objective function and where runs start on it; an empty `start` takes the objective's own."""

    objective: str
    start: Annotated[tuple[Coordinate | Point, ...], Meta(max_length=1000)] = ()
    gradient: Literal["exact", "numerical"] = "exact"
    difference: Annotated[float, Meta(gt=0, le=1)] = 1e-4
    noise: Annotated[float, Meta(ge=0, le=1e6)] = 0.0
    parameters: Settings = NO_SETTINGS

    def __post_init__(self) -> None:
        _freeze(self, "parameters")

    @property
    def points(self) -> tuple[tuple[float, ...], ...]:
        """The starting points, one or several; none where the objective's own is taken."""
        if not self.start:
            return ()
        if all(isinstance(part, tuple) for part in self.start):
            return tuple(part for part in self.start if isinstance(part, tuple))
        return (tuple(float(part) for part in self.start if not isinstance(part, tuple)),)

    @property
    def is_random(self) -> bool:
        """Whether runs draw random numbers, so that a lane's draw matters: the noise."""
        return self.noise > 0


PaintedPoint = tuple[Coordinate, Coordinate, Annotated[int, Meta(ge=0, le=9)]]


class DataSetup(Struct, frozen=True, forbid_unknown_fields=False, kw_only=True):
    """A data set: `parameters` are its own (samples, noise, ...), written beside the others in the file.

    In place of a `name`, `file` is a person's own CSV file; `target` names its column to be learned, `columns` the
    inputs (all others where left out), `target_kind` overrides the guess whether the target is of classes. `header`,
    `separator`, `decimal`, `thousands` and `missing_words` say how it is written, where that is not to be guessed;
    `missing` is what becomes of rows with missing values. In a file its path is seen from the experiment's folder; once
    read it is absolute. `points` are those of the set "points", and `class_names` what their classes are called: one
    that has none, or an empty one, is called by its number.
    """

    name: str = ""
    file: Annotated[str, Meta(max_length=4096)] = ""
    target: str = ""
    columns: tuple[str, ...] = ()
    target_kind: Literal["auto", "classes", "values"] = "auto"
    header: Literal["guess", "yes", "no"] = "guess"
    separator: Literal["guess", "comma", "semicolon", "tab", "bar", "space"] = "guess"
    decimal: Literal["guess", "point", "comma"] = "guess"
    thousands: Literal["guess", "none", "comma", "point", "space", "apostrophe"] = "guess"
    missing_words: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    missing: Literal["refuse", "leave_out", "mean", "most_frequent"] = "refuse"
    points: Annotated[tuple[PaintedPoint, ...], Meta(max_length=10_000)] = ()
    class_names: Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(max_length=10)] = ()
    test_fraction: Annotated[float, Meta(ge=0, lt=1)] = 0.25
    scaling: Scaling = "none"
    target_scaling: Scaling = "none"
    parameters: Settings = NO_SETTINGS

    def __post_init__(self) -> None:
        _freeze(self, "parameters")


#: keys of a `DataSetup` that go with a `file` alone, and stand in an experiment's file only where they say something
OF_A_FILE = ("header", "separator", "decimal", "thousands", "missing_words", "missing")


class NetworkSetup(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="network"):
    """A network and its data; an empty `loss` follows from the data, `batch_size` 0 is the whole training set.

    `features` take the place of the inputs of two-dimensional data; `l1` and `l2` weigh Σ|w| and Σw² over all weights,
    which are part of every loss reported. `weights` names a file of trained weights to begin with in the place of drawn
    ones, its path as that of data.
    """

    data: DataSetup
    layers: Layers = ()
    features: Features = ()
    output_initializer: str = "xavier_uniform"
    output_initializer_parameters: Settings = NO_SETTINGS
    loss: str = ""
    loss_parameters: Settings = NO_SETTINGS
    l1: Weight = 0.0
    l2: Weight = 0.0
    batch_size: BatchSize = 32
    starts: Annotated[int, Meta(ge=1, le=64)] = 1
    weights: WeightsFile = ""
    dtype: Literal["float64", "float32"] = "float64"

    def __post_init__(self) -> None:
        _freeze(self, "output_initializer_parameters")
        _freeze(self, "loss_parameters")

    @property
    def is_random(self) -> bool:
        """Whether runs draw random numbers: always, their initial weights."""
        return True


Setup = ObjectiveSetup | NetworkSetup


class Stop(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Early stopping: a race of networks ends where no run's test loss has become better for `patience` steps.

    Better is lower by more than `improvement`; a run whose test loss is at most `target` has come to its end, too. It
    is looked at as often as it is evaluated.
    """

    patience: Annotated[int, Meta(ge=0, le=10**9)] = 0
    improvement: Annotated[float, Meta(ge=0, le=1e30)] = 0.0
    target: Annotated[float, Meta(ge=-1e30, le=1e30)] | None = None


class Experiment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that a race follows from; the same experiment gives the same numbers.

    A race stops by itself after `steps`, or where every run is within the `tolerance`: its loss less the lowest known
    value, where that is known, else its gradient norm; for a network its training loss. `stop` ends a race of networks
    by its test losses.
    `view` says how it is shown (`workbench.experiment.view_options`), `notes` what a person writes beside it, in
    Markdown: neither changes a number.
    """

    format: Annotated[int, Meta(ge=1)] = FORMAT
    title: Annotated[str, Meta(max_length=LONGEST_TITLE)] = ""
    notes: Annotated[str, Meta(max_length=LONGEST_NOTES)] = ""
    seed: Whole = 0
    steps: Annotated[int, Meta(ge=1, le=10**9)] | None = None
    tolerance: Annotated[float, Meta(gt=0, le=1e30)] | None = None
    stop: Stop | None = None
    problem: Setup
    lanes: Annotated[tuple[Lane, ...], Meta(min_length=1, max_length=64)]
    view: Settings = NO_SETTINGS

    def __post_init__(self) -> None:
        _freeze(self, "view")

    @property
    def enabled_lanes(self) -> tuple[tuple[int, Lane], ...]:
        """The lanes that take part, each with its place among all."""
        return tuple((i, lane) for i, lane in enumerate(self.lanes) if lane.enabled)


def replace(value: Any, **changes: Any) -> Any:
    """A copy of a value with some fields changed."""
    return msgspec.structs.replace(value, **changes)
