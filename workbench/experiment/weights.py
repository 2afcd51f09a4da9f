"""Trained weights as a start: read from a NumPy archive, whose shapes must be the network's. No pickles."""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import RequestError

if TYPE_CHECKING:  # loaded for networks alone
    from workbench.engine.network.network import Network

Floats = NDArray[np.floating[Any]]
Shape = tuple[int, ...]

_MOST_STARTS = 64
#: bytes that a file of weights may have
_LARGEST = 1 << 30
#: what each part of a layer is called, and its shape beside the first axis, the starts
_AVERAGES = ("running_mean", "running_variance")


def _members(network: Network) -> dict[str, Shape]:
    """The arrays that a network's file has, each with its shape behind the starts."""
    found: dict[str, Shape] = {}
    for block in network.blocks:
        found[f"{block.name}/weight"] = (block.n_in, block.n_out)
        found[f"{block.name}/bias"] = (block.n_out,)
        if block.batch_norm:
            found |= {f"{block.name}/{name}": (block.n_out,) for name in ("scale", *_AVERAGES)}
    return found


def check_layers(path: str, units: Sequence[int], place: str) -> None:
    """Hold the hidden layers of a file against these units, by its headers alone.

    Raises:
        RequestError: it cannot be read, or is of another network.
    """
    try:
        about = os.stat(path)  # noqa: PTH116 - one call for all
        key = (about.st_mtime_ns, about.st_size)
    except OSError:
        key = (0, 0)
    found = _units(path, key, place)
    if found != tuple(units):
        name = Path(path).name
        raise RequestError(place, f'"{name}" has hidden layers of {_said(found)} units, this network of {_said(units)}')


def _said(units: Sequence[int]) -> str:
    return ", ".join(map(str, units)) or "no"


@lru_cache(maxsize=16)
def _units(path: str, _key: tuple[int, int], place: str) -> tuple[int, ...]:
    with _opened(path, place) as archive:
        names = {key.removesuffix(".npy") for key in archive.namelist()}
        found: list[int] = []
        while f"layer{len(found) + 1}/weight" in names:
            shape, _ = _header(archive, f"layer{len(found) + 1}/weight")
            found.append(shape[-1] if shape else 0)
        if "output/weight" not in names:
            raise KeyError("output/weight")
    return tuple(found)


def read_start(path: str, network: Network, place: str) -> tuple[Floats, Floats]:
    """The parameters (K, P) and running averages (K, 2 M) of K starts in a file, for a network.

    Raises:
        RequestError: it cannot be read, or is of another network; told of `place` in one sentence.
    """
    arrays = _arrays(path, _members(network), place)
    starts = len(arrays[f"{network.blocks[0].name}/weight"])
    theta = np.zeros((starts, network.size))
    half = network.moments // 2
    running = np.zeros((starts, network.moments))
    for block, normalised in zip(network.blocks, network.normalised, strict=True):
        block.weight(theta)[:] = arrays[f"{block.name}/weight"]
        block.bias(theta)[:, 0] = arrays[f"{block.name}/bias"]
        if normalised is not None:
            block.scale(theta)[:, 0] = arrays[f"{block.name}/scale"]
            running[:, normalised] = arrays[f"{block.name}/running_mean"]
            running[:, normalised.start + half : normalised.stop + half] = arrays[f"{block.name}/running_variance"]
    return theta.astype(network.dtype), running.astype(network.dtype)


@contextlib.contextmanager
def _opened(path: str, place: str) -> Iterator[zipfile.ZipFile]:
    """An archive to be read from; whatever is wrong with it is told of `place` in one sentence."""
    name = Path(path).name
    try:
        about = os.stat(path)  # noqa: PTH116 - one call for all
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            raise RequestError(place, f'must name a NumPy archive (.npz) of at most 1 GiB, got "{name}"')
        with zipfile.ZipFile(path) as archive:
            yield archive
    except RequestError:
        raise
    except FileNotFoundError:
        raise RequestError(place, f'names a file that is not there: "{path}"') from None
    except OSError as error:
        raise RequestError(place, f'"{name}" cannot be read: {error.strerror}') from None
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError):
        raise RequestError(place, f'must name a NumPy archive (.npz) of weights, which "{name}" is not') from None


def _arrays(path: str, wanted: Mapping[str, Shape], place: str) -> dict[str, Floats]:
    name = Path(path).name
    with _opened(path, place) as archive:
        _check(archive, wanted, name, place)
        found = {key: _read(archive, key) for key in wanted}
    for key, array in found.items():
        if not np.isfinite(array).all():
            raise RequestError(place, f'"{name}": {key} has numbers that are infinite or none')
    return found


def _check(archive: zipfile.ZipFile, wanted: Mapping[str, Shape], name: str, place: str) -> None:
    """Hold the shapes against those wanted before any array is read."""
    there = [key.removesuffix(".npy") for key in archive.namelist()]
    starts: set[int] = set()
    for key, shape in wanted.items():
        if key not in there:
            raise RequestError(place, f'"{name}" has no {key}, which this network has; there are {_listed(there)}')
        found, kind = _header(archive, key)
        if kind.kind != "f" or not found or found[1:] != shape:
            got = " x ".join(map(str, found[1:]))
            need = " x ".join(map(str, shape))
            raise RequestError(place, f'"{name}" has {key} of shape {got}, this network needs {need}')
        starts.add(found[0])
    extra = [key for key in there if key.endswith("/weight") and key not in wanted]
    if extra:
        raise RequestError(place, f'"{name}" has {extra[0]}, a layer that this network does not have')
    if len(starts) != 1 or not 1 <= min(starts) <= _MOST_STARTS:
        raise RequestError(place, f'"{name}" must have as many starts in each array, 1 to {_MOST_STARTS}')


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown}, ..." if len(names) > 4 else shown or "none"


def _header(archive: zipfile.ZipFile, key: str) -> tuple[Shape, np.dtype[Any]]:
    with archive.open(f"{key}.npy") as member:
        version = np.lib.format.read_magic(member)
        reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, kind = reader(member)
    return shape, kind


def _read(archive: zipfile.ZipFile, key: str) -> Floats:
    with archive.open(f"{key}.npy") as member:
        return np.asarray(np.lib.format.read_array(member, allow_pickle=False), np.float64)
