"""The trained weights of a lane as PyTorch's `state_dict`, for the model of the script that the lane is exported as."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import Snapshot
from workbench.export.weights import lane_weights

Arrays = dict[str, NDArray[Any]]


def missing() -> str:
    """Why none can be written on this machine, a sentence; nothing where they can."""
    return "" if find_spec("torch") else "a state_dict needs the library torch (PyTorch), which is not installed"


def state_dict_arrays(snapshot: Snapshot, race: Race, lane: int) -> Iterator[Arrays]:
    """What the `state_dict` of each start of a lane holds; none of an objective.

    The names are places in `nn.Sequential`: a layer is `nn.Linear`, then `nn.BatchNorm1d` where it is normalised (whose
    bias is the layer's), then an activation and dropout, where there are such. PyTorch keeps matrices as (n_out, n_in).
    """
    part = next(part for part in race.parts if lane in part.lanes)
    problem, arrays = part.problem, lane_weights(snapshot, lane)
    if not isinstance(problem, NetworkProblem):
        return
    for start in range(snapshot.info.starts):
        own = {name: array[start] for name, array in arrays.items()}
        found, place = {}, 0
        for block, spec in zip(problem.network.blocks, problem.network.layers, strict=True):
            found[f"{place}.weight"] = own[f"{block.name}/weight"].T
            bias = own[f"{block.name}/bias"]
            if spec.batch_norm:
                place += 1
                found[f"{place}.weight"], found[f"{place}.bias"] = own[f"{block.name}/scale"], bias
                found[f"{place}.running_mean"] = own[f"{block.name}/running_mean"]
                found[f"{place}.running_var"] = own[f"{block.name}/running_variance"]
                found[f"{place}.num_batches_tracked"] = np.array(snapshot.step, np.int64)
            else:
                found[f"{place}.bias"] = bias
            place += 1 + (spec.activation != "identity") + (spec.dropout > 0)
        yield found


def write_state_dict(arrays: Arrays, file: IO[bytes]) -> None:
    """Write one as `torch.load` reads it, of tensors alone (`weights_only`)."""
    import torch

    torch.save({name: torch.from_numpy(np.array(array, order="C")) for name, array in arrays.items()}, file)
