"""The command `check`: a verdict on each block of a gradient, and an exit code on all."""

from __future__ import annotations

import pytest

from tests.experiments import NETWORK, VALLEY
from workbench import cli
from workbench.engine.objectives import objectives


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_check_agrees_with_central_differences(write, capsys, text):
    """A row a block, each with a relative difference below 1e-7: of the true gradient, whatever noise the race adds."""
    assert cli.main(["check", write(text)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    column = head.split().index("relative")
    assert lines
    assert all(float(line.split()[column]) < 1e-7 for line in lines)
    assert all(line.endswith("agrees") for line in lines)


def test_check_finds_a_wrong_gradient(write, capsys, monkeypatch):
    """The block that is off differs, and the exit code says that something is wrong."""
    right = objectives.get("rosenbrock").value_and_gradient

    def wrong(self, x, out):
        value = right(self, x, out)
        out[..., 1] *= 1.01
        return value

    monkeypatch.setattr(objectives.get("rosenbrock"), "value_and_gradient", wrong)
    assert cli.main(["check", write(VALLEY)]) == 1
    words = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]}
    assert words == {"x0": "agrees", "x1": "differs"}
