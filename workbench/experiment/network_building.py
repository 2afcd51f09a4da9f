"""From the setup of a network to its problem: the part of `build` that is loaded for networks alone."""

from __future__ import annotations

from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.params import RequestError
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import NetworkSetup

#: Numbers that a race may keep in memory: two gigabytes in double precision.
_NUMBERS_AT_MOST = 1 << 28


def make_network(setup: NetworkSetup, *, lanes: int, draws: tuple[int, ...], seed: int) -> NetworkProblem:
    """The problem of a network that is filled, for so many lanes of these draws.

    Raises:
        RequestError: a fault in the data, or more than a computer has room for.
    """
    data, source = fill_data(setup.data)
    try:
        split = datasets.draw(source, seed, data.test_fraction, data.scaling, data.target_scaling)
    except RequestError as error:
        raise error.under("problem.data") from None
    _refuse_too_large(setup, split, lanes * setup.starts)
    hidden = [
        LayerSpec(
            layer.units,
            layer.activation,
            layer.initializer,
            layer.dropout,
            layer.batch_norm,
            layer.activation_parameters,
            layer.initializer_parameters,
        )
        for layer in setup.layers
    ]
    return NetworkProblem(
        split,
        hidden,
        loss=setup.loss,
        loss_parameters=setup.loss_parameters,
        lanes=lanes,
        draws=draws,
        starts=setup.starts,
        seed=seed,
        batch_size=setup.batch_size,
        dtype=setup.dtype,
        output_initializer=setup.output_initializer,
        output_initializer_parameters=setup.output_initializer_parameters,
        l1=setup.l1,
        l2=setup.l2,
        features=setup.features,
    )


def _refuse_too_large(setup: NetworkSetup, split: datasets.Split, runs: int) -> None:
    """Refuse what would need more memory than a computer at hand has, before it is asked for.

    Counted are some eight buffers of all parameters (parameters, gradient, state, scratch), and three of each layer's
    units for the samples of a batch or of an evaluation.
    """
    train, n_in = split.x_train.shape
    units = [layer.units for layer in setup.layers] + [len(split.classes) or split.y_train.shape[-1]]
    parameters = sum((a + 1) * b for a, b in zip([n_in, *units], units, strict=False))
    samples = max(runs * (min(setup.batch_size, train) or train), train, len(split.x_test))
    numbers = 8 * runs * parameters + 3 * samples * sum(units)
    if numbers > _NUMBERS_AT_MOST:
        raise RequestError(
            "problem",
            f"needs room for {numbers:.2g} numbers, there may be at most {_NUMBERS_AT_MOST:.2g}: "
            "take fewer lanes, starts, units, or samples in a batch",
        )
