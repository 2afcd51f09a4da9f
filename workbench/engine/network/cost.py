"""What evaluating a network's metrics costs beside its steps, told from sizes alone.

All is counted in multiply-adds of a large matrix product, some 0.03 ns each on the machine of docs/performance.md. The
numbers decide at which steps metrics are recorded, and so are a part of every recorded result: they are not to be tuned
to another machine.
"""

from __future__ import annotations

import math

#: numpy's calls in a step of one run and in a pass over samples: beside the layers, and for each of them
_STEP, _STEP_LAYER = 300_000, 450_000
_PASS, _PASS_LAYER = 180_000, 200_000
#: a unit at a sample, forward, and forward and back: bias, activation, its slope
_UNIT, _UNIT_STEP = 45, 90
#: a parameter in an optimizer's step and in the record
_PARAMETER = 120
#: what metrics may cost, as a share of the steps between two evaluations: a tenth, and room for what sizes do not tell
_MOST = 0.08


def epochs_between_evaluations(
    *, layers: int, units: int, products: int, parameters: int, samples: int, passes: int, batch: int, steps: int
) -> int:
    """How many epochs lie between two evaluations so that they cost at most a tenth of the steps there.

    It holds for one run, whose steps are mostly numpy's calls, and for so many that these do not count: the number
    does not depend on the runs, so that a lane has the same metrics alone and in any race.

    Args:
        layers: layers with parameters.
        units: units of all of them together.
        products: multiplications by a weight that a sample takes.
        parameters: P.
        samples: samples of all passes of an evaluation together.
        passes: passes of an evaluation: one over the training set, one over the test set where there is one.
        batch: samples in a step.
        steps: steps in an epoch.
    """
    evaluation = samples * (_UNIT * units + products)
    step = batch * (_UNIT_STEP * units + 3 * products) + _PARAMETER * parameters
    calls, step_calls = passes * (_PASS + _PASS_LAYER * layers), _STEP + _STEP_LAYER * layers
    share = max(evaluation / step, (evaluation + calls) / (step + step_calls)) / steps
    return max(1, math.ceil(share / _MOST))
