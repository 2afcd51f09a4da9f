"""What is unsaved is kept beside the window, by it alone, and found again by the next one."""

from __future__ import annotations

import os
import time

import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.experiment.experiment import replace
from workbench.live.document import Document
from workbench.live.drafts import KEPT, Claim, Draft, DraftKeeper, left_behind


@pytest.fixture
def kept(tmp_path, qapp):
    """Makes documents with keepers of one folder, and lets them go in the end."""
    made = []

    def make(text=VALLEY):
        document = Document(experiment(text))
        keeper = DraftKeeper(document, tmp_path / "drafts", document)
        made.append((document, keeper))
        return document, keeper

    yield make
    for document, keeper in made:
        keeper.give_up()
        document.deleteLater()


def left(folder):
    """The experiments that are offered from a folder, which stay there."""
    found = left_behind(folder)
    for claim, _ in found:
        claim.release()
    return [draft.experiment for _, draft in found]


@pytest.mark.alone
@pytest.mark.parametrize("text", [VALLEY, NETWORK])
def test_an_edit_is_kept_within_two_seconds_and_found_whole(kept, tmp_path, qtbot, text):
    """While edits go on, too: the first one that is not kept yet waits a second, not the last."""
    document, keeper = kept(text)
    began, edits = time.monotonic(), 0
    while keeper.path is None or not keeper.path.exists():
        edits += 1
        document.replace(replace(document.experiment, seed=1000 + edits))
        qtbot.wait(50)
        assert time.monotonic() - began < 2
    assert edits > 3
    document.replace(replace(document.experiment, title="last"))
    keeper.leave()
    assert left(tmp_path / "drafts") == [document.experiment]


def test_nothing_is_kept_of_what_is_in_a_file(kept, tmp_path):
    """Not before an edit, not after it is taken back, not once it is saved."""
    document, keeper = kept()
    keeper.keep_now()
    assert keeper.path is None
    document.replace(replace(document.experiment, seed=5))
    keeper.keep_now()
    assert keeper.path.exists()
    document.undo()
    keeper.keep_now()
    assert list((tmp_path / "drafts").iterdir()) == []
    document.redo()
    keeper.keep_now()
    document.mark_saved(tmp_path / "saved.toml")
    keeper.keep_now()
    assert list((tmp_path / "drafts").iterdir()) == []


def test_the_draft_of_a_living_window_is_nobody_elses(kept, tmp_path):
    """Two windows have a draft each; what is offered to one window is not offered to another."""
    (one, keeper), (two, other) = kept(), kept()
    one.replace(replace(one.experiment, seed=11))
    two.replace(replace(two.experiment, seed=22))
    keeper.keep_now()
    other.keep_now()
    assert left(tmp_path / "drafts") == []
    keeper.leave()
    found = left_behind(tmp_path / "drafts")
    assert [draft.experiment.seed for _, draft in found] == [11]
    assert left_behind(tmp_path / "drafts") == [], "the first window that was offered it has it"
    found[0][0].remove()
    assert other.path.exists()
    assert left(tmp_path / "drafts") == []


def test_drafts_are_bounded_in_number(kept, tmp_path):
    """The newest stay; a broken one is not offered, and its neighbours are."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    for seed in range(KEPT + 5):
        claim = Claim(folder / f"{seed}.draft")
        claim.write(Draft(experiment=replace(experiment(VALLEY), seed=seed)))
        claim.release()
        stamp = 1_000_000_000 + seed
        os.utime(folder / f"{seed}.draft", (stamp, stamp))
    (folder / f"{KEPT}.draft").write_bytes(b'{"experiment": {"problem"')
    (folder / "alone.lock").touch()
    newest = [seed for seed in range(KEPT + 4, 4, -1) if seed != KEPT]
    assert [found.seed for found in left(folder)] == newest
    assert len(list(folder.glob("*.draft"))) == KEPT
    assert not (folder / "alone.lock").exists()


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_nothing(tmp_path, qapp):
    (tmp_path / "drafts").touch()
    document = Document(experiment(VALLEY))
    keeper = DraftKeeper(document, tmp_path / "drafts", document)
    document.replace(replace(document.experiment, seed=5))
    keeper.leave()
    assert keeper.path is None
    assert left_behind(tmp_path / "drafts") == []
    document.deleteLater()


def test_a_folder_that_could_not_be_written_is_tried_again(kept, tmp_path, qtbot):
    """Without another edit, once it can be written: here a file stands in the folder's place for a while."""
    document, keeper = kept()
    (tmp_path / "drafts").write_bytes(b"")
    document.replace(replace(document.experiment, seed=77))
    keeper.keep_now()
    assert keeper.path is None
    (tmp_path / "drafts").unlink()
    qtbot.waitUntil(lambda: keeper.path is not None and keeper.path.exists(), timeout=20_000)
    keeper.leave()
    assert [found.seed for found in left(tmp_path / "drafts")] == [77]
