"""The command `film`: a run as an animation."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.experiments import NETWORK
from tests.experiments import VALLEY as ENDLESS
from workbench import app, cli
from workbench.export.film_plan import FilmPlan
from workbench.export.pictures import picture_image
from workbench.ui.pages import film as pages
from workbench.ui.pages.film import FilmPage

VALLEY = f"steps = 200\n{ENDLESS}"


def colors(path, frame):
    with Image.open(path) as film:
        film.seek(frame)
        return np.asarray(film.convert("RGB"))


@pytest.fixture
def painted(monkeypatch):
    """The steps that pages have said and their views have shown, frame by frame."""
    seen = []

    def note(page, size):
        assert isinstance(page, FilmPage)
        seen.append((page.step.text(), page.view.snapshot.step, page.view.snapshot.history.steps[-1]))
        return picture_image(page, size)

    monkeypatch.setattr(pages, "picture_image", note)
    return seen


@pytest.mark.parametrize("law", ["linear", "logarithmic", "loss"])
def test_first_and_last_frame_show_the_steps_asked_for(  # noqa: PLR0917 - fixtures
    write, tmp_path, qapp, painted, capsys, law
):
    """As the view had them, and as films of one frame show them."""
    file, out = write(VALLEY), tmp_path / "film.png"
    call = ["film", file, "--view", "landscape", "--size", "320x240"]
    more = ["--out", str(out), "--from", "3", "--to", "40", "--frames", "6", "--fps", "4", "--law", law]
    assert cli.main([*call, *more]) == 0
    assert capsys.readouterr().out.startswith("6 frames, 1.5 s, ")
    assert painted[0] == ("step 3", 3, 3)
    assert painted[-1] == ("step 40", 40, 40)
    with Image.open(out) as film:
        assert (film.n_frames, film.size) == (6, (320, 240))
    alone = {}
    for step in (3, 40):
        picture = tmp_path / f"{step}.png"
        assert cli.main([*call, "--out", str(picture), "--from", str(step), "--to", str(step)]) == 0
        alone[step] = colors(picture, 0)
    first, last = colors(out, 0), colors(out, 5)
    assert differing(first, alone[3]) < 0.002
    assert differing(last, alone[40]) < 0.002
    assert differing(last, alone[40]) < 0.5 * differing(last, alone[3])


def differing(a, b):
    """The share of pixels below the words that differ to the eye."""
    return (np.abs(a.astype(int) - b).max(axis=2) > 40)[30:].mean()


def test_a_film_of_a_network_in_the_dark(write, tmp_path, qapp):
    out = tmp_path / "film.gif"
    call = ["film", write(NETWORK), "--out", str(out), "--to", "20", "--frames", "3", "--size", "320x240"]
    assert cli.main([*call, "--theme", "dark"]) == 0
    with Image.open(out) as film:
        assert film.n_frames == 3
    assert colors(out, 0).mean() < 110


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "{out}.jpg"], "a film ends in one of gif, png, webp, avif, mp4"),
        (["--out", "{out}/none/a.gif"], "there is no such folder"),
        (["--out", "{out}.gif", "--view", "los"], "this experiment has "),
        (["--out", "{out}.gif", "--view", "fit"], "this experiment has "),
        (["--out", "{out}.gif", "--view", "map"], "the same at every step; a film can show landscape,"),
        (["--out", "{out}.gif", "--to", "1000000"], "the experiment ends at step"),
        (["--out", "{out}.gif", "--from", "9", "--to", "3"], "it cannot end at step 3, before it begins at step 9"),
        (["--out", "{out}.gif", "--frames", "20000"], "at most 10000"),
        (["--out", "{out}.gif", "--frames", "5000", "--size", "4000x4000", "--to", "50"], "too much at once"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(  # noqa: PLR0917 - fixtures
    write, tmp_path, qapp, capsys, options, said
):
    out = tmp_path / "film"
    assert cli.main(["film", write(VALLEY), *(option.format(out=out) for option in options)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["experiment.toml"]


def test_a_film_that_is_stopped_leaves_nothing(write, tmp_path, qapp):
    """Between two frames."""
    from workbench.experiment import files

    asked, out = [], tmp_path / "film.gif"
    experiment = files.read(write(VALLEY))
    plan = FilmPlan("loss", 0, 40, frames=10, size=(320, 240))
    done = app.write_film(experiment, plan, out, stopped=lambda: len(asked) >= 3, told=lambda *made: asked.append(made))
    assert not done
    assert asked == [(1, 10), (2, 10), (3, 10)]
    assert not out.exists()
