"""The cache of statistics, by declarations of the test's own that count how often they are computed."""

from __future__ import annotations

import gc
import time
import weakref

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.engine.checks.gradient_check import CheckRequest
from workbench.engine.network.survey import PlaneRequest
from workbench.engine.race import transfer
from workbench.engine.race.statistic import Statistic
from workbench.experiment import build
from workbench.live.statistics_cache import Cache


class Counted(Statistic):
    """Gives how often this instance was asked, with what was given."""

    key = "counted"

    def __init__(self):
        self.times = 0

    def compute(self, race, given, *, running):
        self.times += 1
        return self.times, given


class Following(Counted):
    """Follows the steps, and rests for longer than any test takes."""

    key, refresh, follows_steps = "following", 600.0, True


class Slow(Counted):
    """Rests by what it takes: some 20 ms, many thousand times."""

    key, rest, follows_steps = "slow", 30_000.0, True

    def compute(self, race, given, *, running):
        time.sleep(0.02)
        return super().compute(race, given, running=running)


class Brisk(Counted):
    """Follows the steps, and rests for a moment."""

    key, refresh, follows_steps = "brisk", 0.02, True


class InPieces(Counted):
    """Whole after three pieces; rests long between two of them."""

    key, refresh = "pieces", 600.0

    def is_whole(self, race):
        return self.times >= 3


class Fleeting(Counted):
    """Given up when nobody asks."""

    key, only_while_demanded = "fleeting", True


class Failing(Counted):
    """Fails at what it is told to fail at."""

    key, follows_steps = "failing", True

    def compute(self, race, given, *, running):
        found = super().compute(race, given, running=running)
        if given == "fail":
            raise ArithmeticError("as told")
        return found


class Remembering(Counted):
    """Keeps the race that it looked at, until another one is looked at."""

    key = "remembering"

    def __init__(self):
        super().__init__()
        self.race = None

    def compute(self, race, given, *, running):
        self.race = race
        return super().compute(race, given, running=running)

    def let_go(self, race):
        if self.race is not race:
            self.race = None


class OfThree(Counted):
    """Only of problems with three parameters, which the valley has not."""

    key = "three"

    @classmethod
    def applies(cls, problem):
        return problem.size == 3


def cache_of(*kinds):
    return Cache(lambda _problem, _asked: kinds)


@pytest.fixture
def race():
    return build.make_race(experiment(VALLEY))


def found(cache, race, demands, *, running=False):
    """What a cache has after it was told to compute what is stale."""
    cache.refresh(race, demands, running=running)
    return cache.current(race)


def test_what_follows_no_step_is_computed_once(race):
    """However far the race goes on; another question is another statistic, in the place of the first."""
    cache = cache_of(Counted)
    assert cache.stale(race, {"counted": (7,)}, running=False) == ["counted"]
    assert found(cache, race, {"counted": (7,)}) == {"counted": (1, (7,))}
    race.advance(5)
    assert cache.stale(race, {"counted": (7,)}, running=True) == []
    assert found(cache, race, {"counted": (7,)}) == {"counted": (1, (7,))}
    assert found(cache, race, {"counted": (8,)}) == {"counted": (2, (8,))}


def test_only_what_is_demanded_declared_and_of_such_a_problem_is_computed(race):
    cache = cache_of(Counted, Following, OfThree)
    assert found(cache, race, {"following": (), "three": (), "unheard of": ()}).keys() == {"following"}
    assert cache.stale(race, {"three": (), "unheard of": ()}, running=False) == []


def test_what_nobody_asks_for_any_more_is_kept(race):
    """A view that is seen again has at once what it showed last."""
    cache = cache_of(Counted)
    found(cache, race, {"counted": (7,)})
    assert found(cache, race, {}) == {"counted": (1, (7,))}
    assert cache.stale(race, {"counted": (7,)}, running=False) == []


def test_a_statistic_of_a_running_race_rests(race):
    """What was computed stays while the race goes on; when the race rests it is brought up to date at once."""
    cache = cache_of(Following)
    found(cache, race, {"following": ()}, running=True)
    race.advance(1)
    assert cache.stale(race, {"following": ()}, running=True) == []
    assert found(cache, race, {"following": ()}, running=True) == {"following": (1, ())}
    assert cache.stale(race, {"following": ()}, running=False) == ["following"]
    assert found(cache, race, {"following": ()}, running=False) == {"following": (2, ())}


def test_another_question_does_not_wait_for_the_rest(race):
    """Of another lane, or of another problem: what is there would be of the wrong one."""
    cache = cache_of(Following)
    found(cache, race, {"following": (0,)}, running=True)
    race.advance(1)
    assert found(cache, race, {"following": (1,)}, running=True) == {"following": (2, (1,))}
    other = build.make_race(experiment(NETWORK))
    assert cache.current(other) == {}
    assert found(cache, other, {"following": (1,)}, running=True) == {"following": (3, (1,))}


def test_what_takes_long_rests_long(race):
    cache = cache_of(Slow)
    found(cache, race, {"slow": ()}, running=True)
    race.advance(1)
    time.sleep(0.02)
    assert cache.stale(race, {"slow": ()}, running=True) == []
    assert cache.stale(race, {"slow": ()}, running=False) == ["slow"]


def test_a_rest_ends(race):
    """After its seconds the statistic is stale where the race has gone on, and not where it has not."""
    cache = cache_of(Brisk)
    found(cache, race, {"brisk": ()}, running=True)
    time.sleep(0.03)
    assert cache.stale(race, {"brisk": ()}, running=True) == []
    race.advance(1)
    assert cache.stale(race, {"brisk": ()}, running=True) == ["brisk"]


def test_what_is_worked_at_in_pieces_goes_on_until_it_is_whole(race):
    """Each piece replaces the last one; between two of them it rests only while the race runs."""
    cache, demands = cache_of(InPieces), {"pieces": ()}
    for piece in (1, 2, 3):
        assert cache.stale(race, demands, running=False) == ["pieces"]
        assert found(cache, race, demands) == {"pieces": (piece, ())}
        if piece < 3:
            assert cache.stale(race, demands, running=True) == []
    assert cache.stale(race, demands, running=False) == []
    assert found(cache, race, demands) == {"pieces": (3, ())}


def test_a_statistic_that_fails_is_not_tried_again(race):
    """Until the question or the step is another; what it gave before is not taken for an answer."""
    cache = cache_of(Failing)
    found(cache, race, {"failing": "work"})
    with pytest.raises(ArithmeticError):
        cache.refresh(race, {"failing": "fail"}, running=False)
    assert cache.current(race) == {}
    assert cache.stale(race, {"failing": "fail"}, running=False) == []
    cache.refresh(race, {"failing": "fail"}, running=False)  # would raise if it were tried
    assert found(cache, race, {"failing": "work"}) == {"failing": (3, "work")}
    race.advance(1)
    with pytest.raises(ArithmeticError):
        cache.refresh(race, {"failing": "fail"}, running=False)


def test_what_is_wanted_only_while_somebody_asks_is_given_up(race):
    """With all that it kept: asked for again, it begins anew."""
    cache = cache_of(Fleeting, Counted)
    found(cache, race, {"fleeting": (1,), "counted": ()})
    found(cache, race, {"fleeting": (2,), "counted": ()})
    assert found(cache, race, {"counted": ()}) == {"counted": (1, ())}
    assert found(cache, race, {"fleeting": (2,)})["fleeting"] == (1, (2,))


def test_a_race_that_was_replaced_is_forgotten():
    """Also where nobody asks for the statistic any more."""
    cache, race = cache_of(Remembering), build.make_race(experiment(VALLEY))
    found(cache, race, {"remembering": ()})
    before = weakref.ref(race)
    other = race = build.make_race(experiment(VALLEY))
    gc.collect()
    assert before() is not None
    cache.refresh(other, {}, running=False)
    gc.collect()
    assert before() is None


def test_two_caches_share_nothing(race):
    """What one has seen of its race the other has not."""
    one, two = cache_of(Counted), cache_of(Counted)
    found(one, race, {"counted": (1,)})
    assert found(one, race, {"counted": (2,)}) == {"counted": (2, (2,))}
    assert two.current(race) == {}
    assert found(two, race, {"counted": (2,)}) == {"counted": (1, (2,))}


def test_a_check_stays_at_its_point_until_nobody_asks():
    """The gradient check is of the point where it was asked for, however far the race goes on; then it is given up."""
    cache, race = Cache(), build.make_race(experiment(NETWORK))
    demands = {"gradient_check": (CheckRequest(),)}
    race.advance(3)
    first = found(cache, race, demands, running=True)["gradient_check"]
    race.advance(4)
    while cache.stale(race, demands, running=False):
        cache.refresh(race, demands, running=False)
    report = cache.current(race)["gradient_check"]
    assert report.done
    assert (first.step, report.step) == (3, 3)
    assert found(cache, race, {}) == {}
    assert found(cache, race, demands)["gradient_check"].step == 7


def test_a_plane_is_worked_at_until_it_is_whole():
    """As many pieces as it takes at rest; a step on there is more to do."""
    cache, race = Cache(), build.make_race(experiment(NETWORK))
    race.advance(30)
    demands = {"plane": PlaneRequest()}
    while cache.stale(race, demands, running=False):
        cache.refresh(race, demands, running=False)
    picture = cache.current(race)["plane"]
    assert (picture.known, picture.step) == (1.0, 30)
    race.advance(1)
    assert cache.stale(race, demands, running=False) == ["plane"]


def test_what_needs_the_state_is_not_told_of_a_race_that_is_mirrored(race):
    """The mirror has neither gradient nor memory: the numbers would be wrong. They are back with the race."""
    cache, away = Cache(), build.make_race(experiment(VALLEY))
    demands = {"next_step": (), "anatomy": (0, (0, 1))}
    race.advance(3)
    first = found(cache, race, demands)
    assert first.keys() == demands.keys()
    away.advance(40)
    transfer.mirror(race, transfer.readings(away).copy(), away.theta.copy())
    assert cache.stale(race, demands, running=True) == []
    assert found(cache, race, demands) == {}
    race.restore(away.checkpoint())
    assert found(cache, race, demands).keys() == demands.keys()
    away.advance(1)
    assert np.array_equal(cache.current(race)["next_step"], away.theta)
    assert cache.current(race)["anatomy"].after == pytest.approx(away.theta[0], rel=1e-12)
