"""The trained weights of a lane as a NumPy archive, which an experiment can begin from. No pickles."""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot


def lane_weights(snapshot: Snapshot, lane: int) -> dict[str, NDArray[Any]]:
    """The parameters of a lane's S starts: `<layer>/weight` (S, n_in, n_out), `/bias` (S, n_out).

    With batch normalisation also `/scale`, `/running_mean` and `/running_variance` (S, n_out). Empty for an objective.
    """
    info = snapshot.info
    if info.kind != "network" or not 0 <= lane < len(info.lanes):
        return {}
    starts = info.starts
    network = info.network_of(lane * starts)
    rows = snapshot.theta[lane * starts : (lane + 1) * starts]
    arrays = {t.name.replace(".", "/"): np.ascontiguousarray(t.view(rows)) for t in network.tensors}
    if network.normalised:
        running = _averages(snapshot, lane)
        half = running.shape[1] // 2
        for layer, first, last in network.normalised:
            arrays[f"{layer}/running_mean"] = running[:, first:last]
            arrays[f"{layer}/running_variance"] = running[:, half + first : half + last]
    return arrays


def _averages(snapshot: Snapshot, lane: int) -> NDArray[Any]:
    """The running averages (S, 2 M) of a lane; adjacent lanes of one network have theirs in one array."""
    info = snapshot.info
    if not info.has_several_networks:
        return snapshot.saved["running"][lane * info.starts : (lane + 1) * info.starts]
    first = 0
    for part, (_, same) in enumerate(groupby(info.lanes, key=lambda each: each.network)):
        count = len(list(same))
        if lane < first + count:
            place = lane - first
            return snapshot.saved[f"{part}.running"][place * info.starts : (place + 1) * info.starts]
        first += count
    raise ValueError(f"there is no lane {lane}")


def weights_bytes(snapshot: Snapshot, lane: int) -> bytes:
    """The archive of a lane's weights."""
    file = io.BytesIO()
    arrays = {name: np.ascontiguousarray(array) for name, array in lane_weights(snapshot, lane).items()}
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()
