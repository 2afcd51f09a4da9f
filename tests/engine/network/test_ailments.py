"""Each remedy of each warning, on an example: there it is, and with the remedy it is gone and the loss falls."""

import random

import numpy as np
import pytest

from workbench.engine.network.ailing import LayerWarning
from workbench.engine.network.health import HealthWatch
from workbench.engine.network.known_ailments import ailments, remedies
from workbench.engine.network.looking import Look, passages
from workbench.engine.network.why import why
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.experiment.treating import with_treatment


def text(data, layers="", lane="", problem=""):
    return f'format = 1\nseed = 1\n[problem]\nkind = "network"\n{problem}\n[problem.data]\n{data}\n{layers}\n{lane}'


def hidden(count, units, activation, initializer="xavier_uniform", more=""):
    layer = f'[[problem.layers]]\nunits = {units}\nactivation = "{activation}"\ninitializer = "{initializer}"\n{more}\n'
    return layer * count


def normal(std):
    return f"[problem.layers.initializer_parameters]\nstd = {std}\n"


def lane(optimizer, rate, more=""):
    return f'[[lanes]]\noptimizer = "{optimizer}"\n{more}\n[lanes.hyperparameters]\nlearning_rate = {rate}\n'


def points(*clouds):
    """Gaussian clouds (count, x, y, deviation, class), each scaled as a last pair says."""
    drawn = random.Random(3)
    rows = [
        f"[{sx * drawn.gauss(x, s):.4f}, {sy * drawn.gauss(y, s):.4f}, {c}]"
        for count, x, y, s, c, (sx, sy) in clouds
        for _ in range(count)
    ]
    return f'name = "points"\npoints = [{", ".join(rows)}]'


MOONS = 'name = "moons"\nsamples = 200'
LARGE = points((100, 0, 0, 1, 0, (100, 100)), (100, 2, 2, 1, 1, (100, 100)))
UNEVEN = points((100, 0, 0, 1, 0, (0.5, 60)), (100, 2, 0.3, 1, 1, (0.5, 60)))
RARE = points((190, 0, 0, 1, 0, (1, 1)), (10, 1.2, 1.2, 0.4, 1, (1, 1)))
PLATEAU = '[lanes.schedule]\nkind = "reduce_on_plateau"\npatience = 0\nwindow = 3\ngamma = 0.2\n'

DEEP = text(MOONS, hidden(10, 8, "sigmoid"), lane("adam", 0.01))
TINY = text(MOONS, hidden(4, 16, "tanh", "normal", normal(0.001)), lane("sgd", 0.1))
HUGE = text(MOONS, hidden(4, 32, "relu", "normal", normal(1.5)), lane("sgd", 0.02))
FLAT = text(MOONS, hidden(2, 16, "tanh", "normal", normal(10.0)), lane("sgd", 0.1))
WILD = text(MOONS, hidden(2, 8, "tanh"), lane("adam", 3.0))
DYING = text(MOONS, hidden(2, 16, "relu"), lane("sgd", 4.0))
DEAD = text(MOONS, hidden(5, 4, "relu", "normal", normal(1.0)), lane("adam", 0.02))
SLOW = text(MOONS, hidden(2, 8, "tanh"), lane("sgd", 1e-6))
STRAIGHT = text('name = "rings"\nsamples = 200', "", lane("adam", 0.01))
SINE = text('name = "sine"\nsamples = 100', hidden(1, 16, "tanh"), lane("sgd", 0.05))
IMPATIENT = text(MOONS, hidden(2, 8, "tanh"), lane("sgd", 0.05, PLATEAU))
BIG_INPUTS = text(LARGE, hidden(1, 16, "tanh"), lane("adam", 0.003))
UNEVEN_INPUTS = text(UNEVEN, hidden(1, 16, "tanh"), lane("sgd", 0.05))
BIG_TARGETS = text('name = "linear"\nsamples = 60\nslope = 100.0', hidden(1, 8, "tanh"), lane("sgd", 0.01))
STEEP = 'name = "linear"\nsamples = 60\nslope = 100.0'
SQUARES = 'loss = "mean_squared_error"'
HOT_TARGETS = text(STEEP, hidden(2, 16, "leaky_relu", "he_normal"), lane("sgd", 0.1))
HOT = text('name = "linear"\nsamples = 60', hidden(2, 32, "relu", "he_normal"), lane("sgd", 3.0))
HOT_INPUTS = text(LARGE, hidden(2, 16, "relu", "he_normal"), lane("sgd", 0.05), SQUARES)
GROWING = text(STEEP, hidden(2, 16, "softplus", "he_normal"), lane("sgd", 0.1))
GROWN = text(LARGE, hidden(2, 16, "leaky_relu", "he_normal"), lane("sgd", 0.01), SQUARES)
IMBALANCED = text(RARE, hidden(1, 8, "tanh"), lane("adam", 0.01))
SINGLE = text('name = "moons"\nsamples = 88', hidden(1, 8, "tanh", more="batch_norm = true"), lane("adam", 0.01),
              "batch_size = 1")  # fmt: skip
BY_HEART = text('name = "moons"\nsamples = 80\nnoise = 0.35\ntest_fraction = 0.5', hidden(2, 48, "tanh"),
                lane("adam", 0.003))  # fmt: skip

#: (ailment, remedy, example, steps at which the warning is there)
CASES = [
    ("lost", "rate", HOT, 20),
    ("lost", "clip", HOT, 20),
    ("lost", "scale_inputs", HOT_INPUTS, 20),
    ("lost", "scale_targets", HOT_TARGETS, 40),
    ("lost", "fit_initializer", HUGE, 20),
    ("alone", "batches", SINGLE, 20),
    ("alone", "without_norm", SINGLE, 20),
    ("dead", "rate", DYING, 300),
    ("dead", "leak", DEAD, 0),
    ("exploding", "fit_initializer", HUGE, 0),
    ("exploding", "clip", GROWING, 10),
    ("exploding", "rate", GROWING, 10),
    ("exploding", "scale_targets", GROWING, 10),
    ("exploding", "scale_inputs", GROWN, 0),
    ("vanishing", "rate", WILD, 200),
    ("vanishing", "rectify", DEEP, 100),
    ("vanishing", "normalise", DEEP, 100),
    ("vanishing", "fewer_layers", DEEP, 100),
    ("vanishing", "fit_initializer", TINY, 100),
    ("saturated", "rate", WILD, 200),
    ("saturated", "fit_initializer", FLAT, 20),
    ("saturated", "scale_inputs", BIG_INPUTS, 20),
    ("saturated", "normalise", FLAT, 20),
    ("saturated", "rectify", FLAT, 20),
    ("poor_start", "fit_initializer", TINY, 0),
    ("poor_start", "normalise", TINY, 0),
    ("unscaled_targets", "scale_targets", BIG_TARGETS, 0),
    ("unscaled_inputs", "scale_inputs", BIG_INPUTS, 0),
    ("imbalance", "balance", IMBALANCED, 300),
    ("ratio", "rate", SLOW, 200),
    ("stalled", "rate", SLOW, 200),
    ("stalled", "rectify", SINE, 150),
    ("stalled", "wider", STRAIGHT, 400),
    ("stalled", "patience", IMPATIENT, 400),
    ("overfitting", "weight_penalty", BY_HEART, 1500),
    ("overfitting", "dropout", BY_HEART, 1500),
    ("overfitting", "fewer_units", BY_HEART, 1500),
]


def raced(experiment, steps):
    """A race, looked at when it begins and after so many steps; what is warned of then."""
    race, watch = build.make_race(experiment), HealthWatch()
    watch.look(race)
    race.advance(steps)
    return race, watch.look(race).now


@pytest.mark.parametrize(("ailment", "remedy", "example", "steps"), CASES, ids=[f"{a}-{r}" for a, r, *_ in CASES])
def test_a_remedy_takes_the_cause_away_and_the_loss_falls(ailment, remedy, example, steps):
    experiment = files.loads(example)
    race, warned = raced(experiment, steps)
    warning = next(w for w in warned if w.key == ailment)
    treatment = next(t for t in why(race, warning).treatments if t.remedy == remedy)
    treated = with_treatment(experiment, 0, treatment, "tried")
    assert len(treated.lanes) == 2
    assert files.loads(files.dumps(treated)) == treated
    again, left = raced(replace(treated, lanes=treated.lanes[1:]), max(steps, 300))
    assert ailment not in {w.key for w in left}
    assert again.alive.all()
    first, last = (
        float(again.history.view(ended=True).values["loss"][part].mean()) for part in (slice(1), slice(-5, None))
    )
    assert last < 0.95 * first


def test_each_remedy_of_each_ailment_is_among_the_examples():
    declared = {(ailment.key, remedy) for ailment in ailments for remedy in ailment.remedies}
    assert declared == {(ailment, remedy) for ailment, remedy, *_ in CASES}
    assert {remedy for _, remedy in declared} == set(remedies.keys())


def test_a_network_that_learns_is_not_warned_of():
    """Trained by usual settings to below half of what it began with, at any step."""
    for layers, rule in (
        (hidden(2, 8, "tanh"), lane("adam", 0.01)),
        (hidden(2, 16, "relu", "he_normal"), lane("sgd", 0.1)),
    ):
        race, watch = build.make_race(files.loads(text(MOONS, layers, rule))), HealthWatch()
        for _ in range(8):
            assert watch.look(race).now == ()
            race.advance(100)
        view = race.history.view().values["loss"]
        assert view[-20:].mean() < 0.5 * view[0]


# The measured chains


def test_the_ledger_of_a_vanishing_gradient_multiplies_out():
    """What leaves a layer is what comes in times slope and weights, for weights that know nothing of the gradient."""
    race, warned = raced(files.loads(DEEP), 0)
    found = why(race, next(w for w in warned if w.key == "vanishing"))
    chain = found.chain
    assert [link.place for link in chain.links] == list(range(10, -1, -1))
    assert len(chain.headings) == 5
    for above, below in zip(chain.links, chain.links[1:], strict=False):
        assert below.values[0] == above.values[3]  # what left the layer above comes in
    for link in chain.links[1:-1]:
        gradient, slope, weights, out, _ = link.values
        assert 0.2 < out / (gradient * slope * weights) < 5.0
    assert [link.place for link in chain.links if link.bad] == [found.warning.layer]


def test_passages_are_those_of_a_network_computed_by_hand():
    problem = build.make_problem(files.loads(text(MOONS, hidden(2, 4, "tanh"), lane("sgd", 0.1))))
    theta = problem.initial()[0]
    found = passages(problem, theta)
    x, y = problem.x_train[:256], problem.y_train[:256]
    blocks = problem.network.blocks
    w = [np.asarray(block.weight(theta[None])[0]) for block in blocks]
    z1 = x @ w[0]
    a1 = np.tanh(z1)
    z2 = a1 @ w[1]
    a2 = np.tanh(z2)
    o = a2 @ w[2]
    p = np.exp(o) / np.exp(o).sum(axis=1, keepdims=True)
    delta = (p - np.eye(2)[y]) / len(x)
    back2 = delta @ w[2].T
    back1 = (back2 * (1 - a2**2)) @ w[1].T

    def rms(v):
        return np.sqrt((v**2).mean())

    assert found[2].gradient_in == pytest.approx(rms(delta))
    assert found[2].gradient_out == found[1].gradient_in == pytest.approx(rms(back2))
    assert found[1].gradient_out == pytest.approx(rms(back1))
    assert found[1].slope == pytest.approx((1 - a2**2).mean())
    assert found[0].size == pytest.approx(rms(z1))
    assert found[0].spread_out == pytest.approx(rms(a1 - a1.mean(axis=0)))
    assert found[1].gain == pytest.approx(np.linalg.norm(w[1]) / 2.0)
    assert found[0].gain_back == pytest.approx(np.linalg.norm(w[0]) / np.sqrt(2.0))
    assert found[1].weight_gradient == pytest.approx(rms(a1.T @ (back2 * (1 - a2**2))))


def test_lost_numbers_are_told_with_layer_quantity_and_step():
    race, warned = raced(files.loads(HOT), 20)
    lost = next(w for w in warned if w.key == "lost")
    assert lost.step == race.diverged_at[0]
    found = why(race, lost)
    assert [link.place for link in found.chain.links if link.bad] == [lost.step]
    losses = [link.values[0] for link in found.chain.links]
    assert losses == sorted(losses)  # it grew
    # by hand: the first affine output that is beyond the numbers a run can go on from
    problem, theta = race.problem, race.theta[0]
    x, _ = problem.batch(lost.step)
    h = x[0]
    with np.errstate(all="ignore"):
        for layer, block in enumerate(problem.network.blocks):
            z = h @ block.weight(theta[None])[0] + block.bias(theta[None])[0, 0]
            if not (np.abs(z) <= 1e15).all():
                assert (lost.layer, lost.quantity) == (layer, "sums")
                break
            h = np.maximum(z, 0.0)
        else:
            raise AssertionError("every sum was a number")


def test_stepping_back_before_it_gives_usable_numbers():
    race, warned = raced(files.loads(HOT), 20)
    lost = next(w for w in warned if w.key == "lost")
    race.seek(lost.step - 1)
    assert np.isfinite(race.loss).all()
    assert HealthWatch().look(race).now == () or "lost" not in {w.key for w in HealthWatch().look(race).now}


def test_the_loss_of_a_network_that_ignores_its_inputs():
    """Of classes the entropy of their shares, of values their variance."""
    race = build.make_race(files.loads(IMBALANCED))
    shares = np.bincount(race.problem.y_train) / len(race.problem.y_train)
    assert Look(race, 0).baseline == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-12)
    race = build.make_race(files.loads(SINE))
    assert Look(race, 0).baseline == pytest.approx(race.problem.y_train.var(), rel=1e-12)


def test_a_warning_of_a_run_that_there_is_not_has_no_why():
    race = build.make_race(files.loads(DEEP))
    assert why(race, LayerWarning("vanishing", 5, 0, 0, 1e-9)) is None
