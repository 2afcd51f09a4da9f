"""Small experiments that the tests of worker, window and command line share."""

from __future__ import annotations

from workbench.experiment import files
from workbench.experiment.experiment import Experiment, replace
from workbench.resources import resource, resource_root

EXAMPLES = sorted((resource_root() / "examples").glob("*.toml"))

#: two lanes in a bowl; the second diverges within some hundred steps: 1 - 2.5 * 2 = -4 a step
BOWL = """
format = 1
seed = 3
[problem]
kind = "objective"
objective = "quadratic"
start = [4.0, -3.0]
[[lanes]]
optimizer = "momentum"
[lanes.hyperparameters]
learning_rate = 0.01
[[lanes]]
label = "Wild"
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 2.5
"""

VALLEY = """
format = 1
seed = 1
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0]
noise = 0.5
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.01
[[lanes]]
optimizer = "momentum"
[lanes.hyperparameters]
learning_rate = 0.0001
"""

#: five lanes, four networks: deeper, without a hidden layer, of other batches, features, scaling; and two starts
MIXED = """
format = 1
seed = 3
[problem]
kind = "network"
batch_size = 16
starts = 2
[problem.data]
name = "moons"
samples = 90
[[problem.layers]]
units = 6
[[problem.layers]]
units = 5
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "adam"
label = "deep"
[lanes.network]
batch_size = 10
[[lanes.network.layers]]
units = 6
activation = "relu"
[[lanes.network.layers]]
units = 5
batch_norm = true
[[lanes.network.layers]]
units = 4
dropout = 0.2
[[lanes]]
optimizer = "momentum"
label = "no hidden layer"
[lanes.network]
layers = []
features = ["x1", "x2", "x1^2"]
l2 = 0.01
[lanes.schedule]
kind = "reduce_on_plateau"
patience = 3
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.1
[[lanes]]
optimizer = "sgd"
label = "rectified, scaled"
draw = 4
[lanes.network]
activation = "relu"
initializer = "he_normal"
scaling = "standard"
"""

NETWORK = """
format = 1
seed = 2
[problem]
kind = "network"
batch_size = 16
[problem.data]
name = "moons"
samples = 100
[[problem.layers]]
units = 4
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "sgd"
[[lanes]]
optimizer = "momentum"
"""

#: starts, batches, dropout and batch normalisation, and lanes of which one draws for itself
DRAWS = """
format = 1
seed = 4
[problem]
kind = "network"
batch_size = 16
starts = 2
[problem.data]
name = "moons"
samples = 100
[[problem.layers]]
units = 6
dropout = 0.2
batch_norm = true
[[lanes]]
optimizer = "adam"
[[lanes]]
label = "Own"
optimizer = "adam"
draw = 3
[[lanes]]
optimizer = "momentum"
"""


def experiment(text: str, **changes: object) -> Experiment:
    """The experiment in a text, with some of its own fields changed."""
    found: Experiment = replace(files.loads(text), **changes)
    return found


def example(name: str, **changes: object) -> Experiment:
    """An example of the program, with some of its own fields changed."""
    found: Experiment = replace(files.read(resource(f"examples/{name}.toml")), **changes)
    return found


def with_rate(given: Experiment, lane: int, rate: float) -> Experiment:
    """The experiment with another learning rate in one lane."""
    lanes = list(given.lanes)
    lanes[lane] = replace(lanes[lane], hyperparameters={**lanes[lane].hyperparameters, "learning_rate": rate})
    changed: Experiment = replace(given, lanes=tuple(lanes))
    return changed
