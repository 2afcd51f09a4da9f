"""Trained weights saved and begun with: bit for bit, and what does not fit is told in a sentence."""

import zipfile

import numpy as np
import pytest

from tests.experiments import MIXED, VALLEY
from tests.experiments import experiment as experiment_of
from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import take_snapshot
from workbench.engine.side_by_side import part_of
from workbench.experiment import build, files
from workbench.experiment.experiment import LaneNetwork, replace
from workbench.export.weights import lane_weights, weights_bytes


@pytest.fixture
def trained(tmp_path):
    """A mixed race after 30 steps, and the weights of each of its lanes in a file."""
    experiment = files.loads(MIXED)
    race = build.make_race(experiment)
    race.advance(30)
    snapshot = take_snapshot(race, build.race_info(experiment, race), 1)
    for lane in range(len(experiment.lanes)):
        (tmp_path / f"lane{lane}.npz").write_bytes(weights_bytes(snapshot, lane))
    return experiment, race, tmp_path


def begun(experiment, path, **changes):
    return replace(experiment, problem=replace(experiment.problem, weights=str(path), **changes))


def test_what_was_trained_is_what_is_begun_with(trained):
    experiment, race, folder = trained
    again = build.make_race(begun(experiment, folder / "lane0.npz"))
    size = part_of(race.problem, 0).problem.size
    assert again.theta[:2, :size].tobytes() == race.theta[:2, :size].tobytes()  # both starts
    assert again.theta[6:8, :size].tobytes() == race.theta[:2, :size].tobytes()  # and every lane of that network


def test_running_averages_come_back_too(trained):
    experiment, race, folder = trained
    own = LaneNetwork(weights=str(folder / "lane1.npz"))
    lanes = list(experiment.lanes)
    lanes[1] = replace(lanes[1], network=replace(lanes[1].network, weights=own.weights))
    again = build.make_race(replace(experiment, lanes=tuple(lanes)))
    old, new = (part_of(r.problem, 2).problem for r in (race, again))
    assert new.running.tobytes() == old.running.tobytes()
    assert again.theta[2:4].tobytes() == race.theta[2:4].tobytes()
    metrics = new.evaluate(part_of(again.problem, 2).own(again.theta))
    assert metrics["test_loss"] == pytest.approx(old.evaluate(part_of(race.problem, 2).own(race.theta))["test_loss"])


def test_layers_of_other_networks_take_what_fits(trained):
    """The deeper lane's output layer has another shape, its first one the same."""
    experiment, race, folder = trained
    again = build.make_race(begun(experiment, folder / "lane0.npz"))
    plain, deep = (part_of(again.problem, run).problem.network.blocks for run in (0, 2))
    size = plain[-1].stop
    first = race.theta[:2, :size]
    own = again.theta[2:4, : deep[-1].stop]
    assert np.array_equal(deep[0].weight(own), plain[0].weight(first))
    assert np.array_equal(deep[0].bias(own), plain[0].bias(first))
    assert deep[2].weight(own).shape != plain[-1].weight(first).shape


def test_more_starts_than_the_file_has_begin_with_them_over_and_over(trained):
    experiment, race, folder = trained
    again = build.make_race(replace(begun(experiment, folder / "lane0.npz", starts=5), lanes=experiment.lanes[:1]))
    size = again.problem.size
    rows = [race.theta[start % 2, :size].tobytes() for start in range(5)]
    assert [row.tobytes() for row in again.theta] == rows


def test_the_path_is_seen_from_the_files_folder(trained, tmp_path):
    experiment, _, folder = trained
    given = begun(experiment, folder / "lane0.npz")
    path = tmp_path / "experiment.toml"
    files.write(given, path)
    assert 'weights = "lane0.npz"' in path.read_text(encoding="utf-8")
    assert files.read(path) == given


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lane1.npz", '`problem.weights` "lane1.npz" has hidden layers of 6, 5, 4 units, this network of 6, 5'),
        ("lane2.npz", '"lane2.npz" has hidden layers of no units, this network of 6, 5'),
        ("gone.npz", "`problem.weights` names a file that is not there"),
        ("text.npz", 'must name a NumPy archive (.npz) of weights, which "text.npz" is not'),
        ("other.npz", 'must name a NumPy archive (.npz) of weights, which "other.npz" is not'),
        ("pickled.npz", "output/weight of shape"),
        ("infinite.npz", '"infinite.npz": layer1/bias has numbers that are infinite or none'),
        ("inputs.npz", '"inputs.npz" has layer1/weight of shape 3 x 6, this network needs 2 x 6'),
        ("lacking.npz", '"lacking.npz" has no layer2/bias, which this network has'),
        ("starts.npz", "must have as many starts in each array"),
    ],
)
def test_what_does_not_fit_is_told(trained, name, sentence):
    experiment, _, folder = trained
    with np.load(folder / "lane0.npz") as known:
        arrays = dict(known)
    (folder / "text.npz").write_text("no archive", encoding="utf-8")
    np.savez(folder / "other.npz", x=np.zeros(3))
    np.savez(folder / "pickled.npz", allow_pickle=True, **{**arrays, "output/weight": np.array([{"a": 1}], object)})
    np.savez(folder / "infinite.npz", **{**arrays, "layer1/bias": arrays["layer1/bias"] * np.inf})
    np.savez(folder / "inputs.npz", **{**arrays, "layer1/weight": np.zeros((2, 3, 6))})
    np.savez(folder / "lacking.npz", **{key: array for key, array in arrays.items() if key != "layer2/bias"})
    np.savez(folder / "starts.npz", **{**arrays, "layer1/bias": arrays["layer1/bias"][:1]})
    with pytest.raises(RequestError) as error:
        build.make_race(begun(experiment, folder / name))
    assert sentence in str(error.value)


def test_a_lane_of_its_own_is_told_by_its_place(trained):
    experiment, _, folder = trained
    lanes = list(experiment.lanes)
    lanes[4] = replace(lanes[4], network=replace(lanes[4].network, weights=str(folder / "lane1.npz")))
    with pytest.raises(RequestError, match=r"`lanes\[4\].network.weights`"):
        build.make_race(replace(experiment, lanes=tuple(lanes)))


def test_the_archive_has_no_pickles_and_names_each_array(trained):
    _, race, folder = trained
    with zipfile.ZipFile(folder / "lane1.npz") as archive:
        names = {name.removesuffix(".npy") for name in archive.namelist()}
    blocks = part_of(race.problem, 2).problem.network.blocks
    wanted = {f"{b.name}/{part}" for b in blocks for part in ("weight", "bias")}
    wanted |= {f"layer2/{part}" for part in ("scale", "running_mean", "running_variance")}
    assert names == wanted
    objective = experiment_of(VALLEY)
    plain = build.make_race(objective)
    assert lane_weights(take_snapshot(plain, build.race_info(objective, plain), 1), 0) == {}
