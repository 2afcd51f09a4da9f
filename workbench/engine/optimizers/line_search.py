"""Line searches as conversations: each run's search asks for trial points, and all runs' questions go out together.

A search is a generator that yields a step length and is sent the value and slope found there. It is plain scalar code
with a state of its own; `together` runs any number of them in lockstep, so that a round costs one batched evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

#: Yields a step length, is sent (value, slope along the line) there, returns the accepted step length.
Search = Generator[float, tuple[float, float], float]
#: Values and slopes for the searches of these numbers at these step lengths.
Ask = Callable[[list[int], list[float]], Sequence[tuple[float, float]]]

SUFFICIENT_DECREASE = 1e-4
CURVATURE = 0.9


@dataclass(frozen=True, slots=True)
class Trial:
    """A point on the line: the step length, and value and slope there."""

    length: float
    value: float
    slope: float


def together(searches: Sequence[Search], ask: Ask) -> list[float]:
    """Run all searches to their end, one evaluation for all of them a round; gives the accepted step lengths."""
    accepted = [0.0] * len(searches)
    pending = {i: next(search) for i, search in enumerate(searches)}
    while pending:
        numbers = list(pending)
        for i, answer in zip(numbers, ask(numbers, list(pending.values())), strict=True):
            try:
                pending[i] = searches[i].send(answer)
            except StopIteration as end:
                accepted[i] = end.value
                del pending[i]
    return accepted


def cubic_minimum(a: Trial, b: Trial, low: float, high: float) -> float:
    """Where the cubic through two trials has its minimum, kept within [low, high]; the middle where it has none.

    J. Nocedal, S. J. Wright, Numerical optimization, 2006, equation 3.59.
    """
    if a.length > b.length:
        a, b = b, a
    width = b.length - a.length
    if not width > 0:
        return (low + high) / 2.0
    d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.length - b.length)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = math.sqrt(square)
    divisor = b.slope - a.slope + 2.0 * d2
    if divisor == 0 or not math.isfinite(divisor):
        return (low + high) / 2.0
    return min(max(b.length - width * ((b.slope + d2 - d1) / divisor), low), high)


def strong_wolfe(value: float, slope: float, first: float, *, reach: float, trials: int, narrowest: float) -> Search:
    """A step with sufficient decrease and a slope that has flattened to 0.9 of the first, by cubic interpolation.

    Nocedal and Wright's algorithms 3.5 and 3.6 with the safeguards of M. Schmidt's minFunc (2005), which PyTorch
    shares. Value and slope (negative) are those at length 0. It ends after about `trials` trials, or where a bracket
    is narrower than `narrowest` in the coordinate that moves most, `reach` for each unit of length, with the best
    point found.
    """
    start = previous = Trial(0.0, value, slope)
    new = yield from _try(first)
    count = 0
    while True:
        if count >= trials:
            return start.length if start.value <= new.value else new.length
        if _too_high(start, new) or (count > 1 and new.value >= previous.value):
            break
        if _flat_enough(start, new):
            return new.length
        if new.slope >= 0:
            break
        length = cubic_minimum(previous, new, new.length + 0.01 * (new.length - previous.length), new.length * 10.0)
        previous = new
        new = yield from _try(length)
        count += 1
    return (yield from _zoom(start, [previous, new], trials - count, narrowest / reach if reach else math.inf))


def _zoom(start: Trial, bracket: list[Trial], trials: int, narrowest: float) -> Search:
    """Narrow a bracket that holds an acceptable point."""
    low = _lower(bracket)
    stalled = False
    for _ in range(trials):
        near, far = sorted(trial.length for trial in bracket)
        if far - near < narrowest:
            break
        length, stalled = _inside(cubic_minimum(bracket[0], bracket[1], near, far), near, far, stalled)
        new = yield from _try(length)
        if _too_high(start, new) or new.value >= bracket[low].value:
            bracket[1 - low] = new
            low = _lower(bracket)
            continue
        if _flat_enough(start, new):
            return new.length
        if new.slope * (bracket[1 - low].length - bracket[low].length) >= 0:
            bracket[1 - low] = bracket[low]
        bracket[low] = new
    return bracket[low].length


def _inside(length: float, near: float, far: float, stalled: bool) -> tuple[float, bool]:
    """A trial kept off the bracket's ends the second time that it comes near one; whether it came near one."""
    margin = 0.1 * (far - near)
    if min(far - length, length - near) >= margin:
        return length, False
    if stalled or length >= far or length <= near:
        return (far - margin if abs(length - far) < abs(length - near) else near + margin), False
    return length, True


def backtracking(value: float, slope: float, first: float, trials: int) -> Search:
    """The first of first, first/2, first/4, ... with sufficient decrease (L. Armijo, 1966); 0 where none has it."""
    start, length = Trial(0.0, value, slope), first
    for _ in range(trials):
        new = yield from _try(length)
        if not _too_high(start, new):
            return length
        length *= 0.5
    return 0.0


def _try(length: float) -> Generator[float, tuple[float, float], Trial]:
    value, slope = yield length
    # Where the loss is no number, the step was too long: to the search that is a wall.
    return Trial(length, value if value == value else math.inf, slope)  # noqa: PLR0124 - the test for not-a-number


def _too_high(start: Trial, new: Trial) -> bool:
    return new.value > start.value + SUFFICIENT_DECREASE * new.length * start.slope


def _flat_enough(start: Trial, new: Trial) -> bool:
    return abs(new.slope) <= -CURVATURE * start.slope


def _lower(bracket: list[Trial]) -> int:
    return 0 if bracket[0].value <= bracket[1].value else 1
