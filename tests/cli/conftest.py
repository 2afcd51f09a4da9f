"""Experiment files, and runs of them by the command line."""

from __future__ import annotations

import pytest

from workbench import cli


@pytest.fixture
def write(tmp_path):
    """Writes an experiment file and gives its name."""

    def make(text, name="experiment.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make


@pytest.fixture
def run(write, tmp_path):
    """Runs a text with `run`, and gives the folder of its results."""

    def call(text, *options, out="out", code=0):
        assert cli.main(["run", write(text), "--out", str(tmp_path / out), *options]) == code
        return tmp_path / out

    return call
