"""The learning rate beside the schedule and beside the loss, against the schedules' literal formulas."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.experiments import VALLEY, experiment, with_rate
from tests.references_schedules import plateau, sgdr
from tests.ui.views.loss.test_loss import choose
from workbench.engine.race.taken_rates import taken_rates
from workbench.experiment.experiment import Schedule, replace

STEPS = 300
COSINE = Schedule(kind="cosine", parameters={"warmup": 20, "floor": 0.1})
PLATEAU = Schedule(kind="reduce_on_plateau", parameters={"patience": 4, "gamma": 0.5, "window": 1})


def valley(*schedules, steps=STEPS):
    """The valley's two lanes with these schedules."""
    given = experiment(VALLEY, steps=steps)
    lanes = [replace(lane, schedule=made) for lane, made in zip(given.lanes, schedules, strict=True)]
    return replace(given, lanes=tuple(lanes))


def cosine(k, total=STEPS):
    """Loshchilov and Hutter's formula behind a warm-up of 20 steps."""
    return sgdr(max(0, k - 20), total - 20, {"floor": 0.1}) * min(1.0, (k + 1) / 20)


def unfolded(window, lane=0):
    card = window.lanes_panel.cards[lane]
    card.unfold.setChecked(True)
    return card.schedule.preview


def marked(preview):
    return preview._now


def test_the_point_in_the_preview_is_the_formulas_rate(open_window, qtbot, settled):
    """Forward, scrubbed back, stepped back by the key, and at the end."""
    window = open_window(valley(COSINE, None))
    preview = unfolded(window)
    for step in (5, 19, 150, 40, STEPS):
        window.worker.seek(step)
        settled(window, step)
        qtbot.waitUntil(lambda step=step: marked(preview)[0] == step)
        assert marked(preview)[1] == (pytest.approx(0.01 * cosine(step), rel=1e-12),)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    settled(window, STEPS - 1)
    qtbot.waitUntil(lambda: marked(preview)[0] == STEPS - 1)
    assert marked(preview)[1] == (pytest.approx(0.01 * cosine(STEPS - 1), rel=1e-12),)
    assert preview.said.startswith(f"step {STEPS - 1}: 0.001")
    assert preview.accessibleDescription() == preview.said


def test_a_card_that_is_unfolded_at_rest_has_its_point_at_once(open_window, settled):
    window = open_window(valley(COSINE, None))
    window.worker.seek(70)
    settled(window, 70)
    assert marked(unfolded(window)) == (70, (pytest.approx(0.01 * cosine(70), rel=1e-12),))


def test_a_live_edit_moves_the_point_at_once_and_going_back_moves_it_again(open_window, qtbot, settled):
    given = valley(COSINE, None)
    window = open_window(given)
    preview = unfolded(window)
    window.worker.seek(100)
    settled(window, 100)
    window.document.replace(with_rate(given, 0, 0.03))
    qtbot.waitUntil(lambda: marked(preview) == (100, (pytest.approx(0.03 * cosine(100), rel=1e-12),)))
    window.worker.seek(60)
    settled(window, 60)
    qtbot.waitUntil(lambda: marked(preview) == (60, (pytest.approx(0.01 * cosine(60), rel=1e-12),)))
    window.worker.seek(140)
    settled(window, 140)
    qtbot.waitUntil(lambda: marked(preview) == (140, (pytest.approx(0.03 * cosine(140), rel=1e-12),)))


def test_a_plateau_falls_in_the_preview_as_pytorch_lets_it_fall(open_window, qtbot, settled):
    """By the losses that the race recorded: the last one is what the next step sees."""
    window = open_window(valley(None, PLATEAU))
    preview = unfolded(window, 1)
    h = {"gamma": 0.5, "patience": 4, "threshold": 1e-4, "cooldown": 0, "floor": 0.0}
    for step in (200, 90, 201):
        window.worker.seek(step)
        losses = settled(window, step).history.values["loss"][: step + 1, 1]
        expected = 1e-4 * plateau(losses.tolist(), h)[-1]
        qtbot.waitUntil(lambda step=step: marked(preview)[0] == step)
        assert marked(preview)[1] == (pytest.approx(expected, rel=1e-12),)
    assert expected < 1e-4


def test_the_rate_of_a_race_that_is_away_is_the_formulas_and_the_plateaus(open_window, qtbot):
    """At full speed in the child process: every frame shows the rate of its own step."""
    window = open_window(valley(COSINE, PLATEAU, steps=None))
    preview, other = unfolded(window), unfolded(window, 1)
    window.worker.warm_up()
    qtbot.waitUntil(lambda: window.worker._full_speed._ready, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.worker._full_speed.away, timeout=20_000)
    seen = []

    def moved():
        snapshot = window.snapshot
        if window.worker._full_speed.away and snapshot.running and snapshot.step > 50:
            seen.append((snapshot.step, snapshot.rates.copy(), marked(preview), marked(other)))
        return len({step for step, *_ in seen}) > 5

    qtbot.waitUntil(moved, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running and not window.worker.is_busy)
    for step, rates, first, _ in seen:
        assert rates[0] == pytest.approx(0.01 * sgdr(step - 20, 1000, {"floor": 0.1}), rel=1e-12)
        assert first == (step, (rates[0],))
    step, rates, _, second = seen[-1]
    window.worker.seek(step)
    qtbot.waitUntil(lambda: window.snapshot.step == step and not window.worker.is_busy)
    assert window.snapshot.rates.tolist() == rates.tolist()
    assert second == (step, (rates[1],))


def test_a_run_without_an_end_outgrows_no_preview(open_window, qtbot, settled):
    window = open_window(valley(COSINE, None, steps=None))
    preview = unfolded(window)
    window.worker.seek(4500)
    settled(window, 4500)
    qtbot.waitUntil(lambda: marked(preview)[0] == 4500)
    assert preview._steps >= 4500


def test_a_lane_that_takes_no_part_has_no_point(open_window, qtbot, settled):
    given = valley(COSINE, COSINE)
    window = open_window(given)
    previews = [unfolded(window, lane) for lane in (0, 1)]
    window.worker.seek(30)
    settled(window, 30)
    qtbot.waitUntil(lambda: all(marked(preview)[0] == 30 for preview in previews))
    window.document.replace(replace(given, lanes=(given.lanes[0], replace(given.lanes[1], enabled=False))))
    qtbot.waitUntil(lambda: marked(previews[1]) == (0, ()))
    assert previews[1].said == ""


def test_the_rates_beside_the_loss_are_those_of_the_steps(open_window, qtbot, settled):
    """Lines, marks, read-out and table, linear and in decades; a live change stands at its step."""
    given = valley(COSINE, None)
    window = open_window(given)
    view = window.views["loss"]
    window.worker.seek(100)
    settled(window, 100)
    window.document.replace(with_rate(given, 1, 0.0005))
    window.worker.seek(200)
    snapshot = settled(window, 200)
    choose(view, "rate")
    steps, rates = taken_rates(snapshot, 10_000)
    assert (steps[0], steps[-1]) == (0, 200)
    expected = [0.01 * cosine(int(k)) for k in steps]
    np.testing.assert_allclose(rates[:, 0], expected, rtol=1e-12)
    assert [rates[steps == k, 1][0] for k in (0, 99, 100, 200)] == [1e-4, 1e-4, 5e-4, 5e-4]
    assert view.plot.axes["left"].labelText == "learning rate (log)"
    (x0, x1), (y0, y1) = view.plot.box.viewRange()
    assert x0 <= 0
    assert x1 >= 200
    assert y0 <= -4 < math.log10(0.01) <= y1
    assert view._read(50.0, 0.0).splitlines() == ["step 50", f"Adam  {0.01 * cosine(50):.4g}", "Momentum  0.0001"]
    view.log_y.click()
    assert view.plot.axes["left"].labelText == "learning rate"
    (_, (y0, y1)) = view.plot.box.viewRange()
    assert y0 <= 0
    assert y1 >= 0.01
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    assert len(rows) == 2 * 201
    assert float(rows[60]["learning_rate"]) == pytest.approx(0.01 * cosine(60), rel=1e-12)
    assert (rows[-1]["label"], rows[-1]["step"], float(rows[-1]["learning_rate"])) == ("Momentum", "200", 0.0005)
    window.worker.seek(50)
    assert taken_rates(settled(window, 50), 10_000)[0][-1] == 50


def test_rules_without_a_rate_and_with_a_first_trial_say_so(open_window, qtbot, settled):
    given = experiment(VALLEY)
    lanes = tuple(
        replace(lane, optimizer=key, hyperparameters={})
        for lane, key in zip(given.lanes, ("rprop", "lbfgs"), strict=True)
    )
    window = open_window(replace(given, lanes=lanes))
    view = window.views["loss"]
    window.worker.seek(5)
    settled(window, 5)
    choose(view, "rate")
    said = view._read(3.0, 0.0).splitlines()
    assert said[1].endswith("step sizes of its own")
    assert said[2].endswith("1 (first trial)")
    window.document.replace(replace(window.document.experiment, lanes=lanes[:1]))
    qtbot.waitUntil(lambda: len(window.snapshot.info.lanes) == 1)
    qtbot.waitUntil(lambda: view.hint.text.startswith("These rules find step sizes of their own"))


def test_a_rate_of_zero_leaves_a_gap_in_decades_and_a_diverged_lane_ends(open_window, qtbot, settled):
    given = experiment(VALLEY)
    window = open_window(with_rate(given, 1, 0.5))
    view = window.views["loss"]
    window.worker.seek(20)
    settled(window, 20)
    gone = int(window.snapshot.diverged_at[1])
    assert gone > 0
    window.document.replace(with_rate(with_rate(given, 1, 0.5), 0, 0.0))
    window.worker.seek(40)
    settled(window, 40)
    window.document.replace(with_rate(with_rate(given, 1, 0.5), 0, 0.02))
    window.worker.seek(60)
    settled(window, 60)
    choose(view, "rate")
    lines = [(x, y) for x, y, _ in view.drawing.lines]
    assert [(x[0], x[-1]) for x, _ in lines] == [(0, 19), (40, 60), (0, gone - 1)]
    assert view._read(30.0, 0.0).splitlines()[1:] == ["Adam  0", "Momentum  –"]
