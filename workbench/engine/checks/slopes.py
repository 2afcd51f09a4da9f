"""What slopes to either side of a point, taken at ever shorter steps, tell of an exact gradient there.

A slope that is right at one step of a fine wave is wrong at a longer one; where a loss jumps, bends, or is no number on
one side, there is no gradient to compare with. Each shows in how slopes and gaps change as the step shrinks: the gap of
a jump stays, the difference of the slopes on a kink stays, and both shrink with the step where the loss is smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats

#: the steps, as multiples of the first; the second tells how far curvature leads a difference astray
STEPS = (1.0, 2.0, *(8.0**-i for i in range(1, 6)))
#: the first of the shorter steps, and the first of those that are shorter than a check usually needs
_SHORTER, _FINER = 2, 4
#: how much of a jump or a kink must be left where the step is shorter, for it to be one
_STAYS = 0.4
#: by how much of themselves slopes and gaps at different steps may differ and still be the same
_ALIKE = 0.1
#: how many times what rounding explains something must be to be seen
_SEEN = 8.0


class Kind(IntEnum):
    """What there is to say of a component."""

    AGREES, FINE, KINK, JUMP, EDGE, UNSETTLED, DIFFERS = range(7)

    @property
    def judged(self) -> bool:
        """Whether exact and numerical gradient were compared at all."""
        return self in (Kind.AGREES, Kind.FINE, Kind.DIFFERS)


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slopes of N components at the `STEPS`, (7, N) each.

    Attributes:
        right, left: to either side.
        unseen: what rounding may have made of them.
        step: the lengths of the steps.
    """

    right: Floats
    left: Floats
    unseen: Floats
    step: Floats


def judge(exact: Floats, bound: Floats, slopes: Slopes) -> tuple[NDArray[np.int8], Floats]:
    """The `Kind` (N,) of components whose exact gradient is (N,), and the difference (N,) they are best compared with.

    `bound` (N,) is the difference that still counts as agreement, besides what rounding explains.
    """
    kinds, numerical = np.empty(len(exact), np.int8), np.empty(len(exact))
    for k in range(len(exact)):
        one = Slopes(slopes.right[:, k], slopes.left[:, k], slopes.unseen[:, k], slopes.step[:, k])
        kinds[k], numerical[k] = _judge_one(float(exact[k]), float(bound[k]), one)
    return kinds, numerical


def _judge_one(exact: float, bound: float, slopes: Slopes) -> tuple[Kind, float]:
    kind = _singular(slopes)
    return (kind, np.nan) if kind is not None else _compared(exact, bound, slopes)


def _singular(slopes: Slopes) -> Kind | None:
    """What keeps a component from having a gradient; None where nothing does."""
    if not np.isfinite(slopes.right + slopes.left)[-3:].any():
        return Kind.EDGE
    if _jumps(slopes):
        return Kind.JUMP
    return Kind.KINK if _bends(slopes) else None


def _compared(exact: float, bound: float, slopes: Slopes) -> tuple[Kind, float]:
    """What the slopes say of the exact gradient, and the difference that says it."""
    central = 0.5 * (slopes.right + slopes.left)
    better = (4.0 * central[0] - central[1]) / 3.0
    if abs(exact - better) <= bound + 2.0 * slopes.unseen[0]:
        return Kind.AGREES, float(better)
    first = abs(exact - central[0]) if np.isfinite(central[0]) else np.inf
    for i in range(_SHORTER, len(STEPS)):
        # a shorter step is rounder: it may only decide what it can see
        if abs(exact - central[i]) <= bound + slopes.unseen[i] and 4.0 * slopes.unseen[i] <= first:
            return (Kind.FINE if i >= _FINER else Kind.AGREES), float(central[i])
    estimates = np.array([better, *central[_SHORTER:]])
    wrong = _agreed(exact, estimates, np.array([2.0 * slopes.unseen[0], *slopes.unseen[_SHORTER:]]))
    if wrong is not None:
        return Kind.DIFFERS, wrong
    # where rounding explains it, whether it tells anything is the block's to say
    explained = np.isfinite(first) and slopes.unseen[0] > 0.1 * first
    return (Kind.AGREES, float(central[0])) if explained else (Kind.UNSETTLED, np.nan)


def _agreed(exact: float, estimates: Floats, errors: Floats) -> float | None:
    """What two steps agree on, far better than with the exact gradient, so that this is what is wrong."""
    for i in range(len(estimates) - 1):
        apart, rounding = abs(estimates[i] - estimates[i + 1]), errors[i] + errors[i + 1]
        come_together = apart <= _ALIKE * abs(estimates[i + 1]) + 2.0 * rounding
        if come_together and apart + rounding <= 0.1 * abs(exact - estimates[i + 1]):
            return float(estimates[i])
    return None


def _jumps(slopes: Slopes) -> bool:
    """Whether the loss a shortest step away is still another one than at the point, by as much as a longer one away."""
    for side in (slopes.right, slopes.left):
        gap, noise = (side * slopes.step)[-3:], (slopes.unseen * slopes.step)[-1]
        if abs(gap[-1]) > _SEEN * noise and bool((np.abs(gap - gap[-1]) <= _ALIKE * abs(gap[-1])).all()):
            return True
    return False


def _bends(slopes: Slopes) -> bool:
    """Whether the slopes to either side differ as much at the shortest step that can see it as at longer ones."""
    apart = np.abs(slopes.right - slopes.left)
    wanted = _STAYS * apart[_SHORTER]
    seeing = [i for i in range(_SHORTER + 1, len(STEPS)) if _SEEN * slopes.unseen[i] < wanted]
    if not seeing or not apart[seeing[-1]] >= wanted:
        return False
    last = slice(max(_SHORTER, seeing[-1] - 2), seeing[-1] + 1)
    return all(_settles(side[last], float(apart[seeing[-1]])) for side in (slopes.right, slopes.left))


def _settles(slope: Floats, apart: float) -> bool:
    """Whether slopes at shrinking steps stay what they are, or grow evenly as on a cusp; those of a wave do neither."""
    if bool((np.abs(slope - slope[-1]) <= _ALIKE * apart).all()):
        return True
    growth = slope[1:] / slope[:-1]
    return bool((growth > 0.5).all() and (growth < 5.0).all() and np.ptp(growth) <= _ALIKE * growth[-1])
