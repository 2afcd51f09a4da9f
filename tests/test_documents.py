"""What the documents promise holds: the README's experiments can be opened, its links and commands lead somewhere."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from workbench.experiment import build, files
from workbench.resources import resource

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "resources/data/README.md",
             *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))  # fmt: skip
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXPERIMENT, NETWORK, LANE, OWN_NETWORK = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


def test_the_experiment_of_the_readme_is_one():
    """Who copies the README's file gets an experiment that the program takes as it is."""
    build.validate(files.loads(EXPERIMENT))


def test_the_network_of_the_readme_takes_the_place_of_its_objective():
    """The second piece, put in place of the first one's problem, is an experiment too."""
    head, rest = EXPERIMENT.split("[problem]")
    lanes = rest[rest.index("[[lanes]]") :]
    build.validate(files.loads(head + NETWORK + lanes))


def test_the_lane_of_the_readme_may_be_added_to_its_experiment():
    """The third piece, put behind the first, is a lane with a draw of its own."""
    added = files.loads(f"{EXPERIMENT}\n{LANE}")
    build.validate(added)
    assert [lane.draw for lane in added.lanes] == [0, 0, 1]


def test_the_lane_with_a_network_of_its_own_may_be_added_to_the_network():
    """The fourth piece, put behind the network's experiment, trains another activation and ends by its test loss."""
    head, rest = EXPERIMENT.split("[problem]")
    added = files.loads(f"{head}{NETWORK}{rest[rest.index('[[lanes]]') :]}\n{OWN_NETWORK}")
    build.validate(added)
    assert added.lanes[-1].network.activation == "relu"
    assert added.stop.patience == 500


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files_that_are_there(document):
    """No link within the repository is broken, pictures included."""
    place = ROOT / document
    targets = re.findall(r"\]\(([^)#]+)\)", place.read_text(encoding="utf-8"))
    missing = [link for link in targets if not link.startswith("http") and not (place.parent / link).exists()]
    assert not missing


def test_each_decision_has_a_number_of_its_own():
    """Counted from 1 without a gap, and the same in the name of the file and in its heading."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in decisions] == list(range(1, len(decisions) + 1))
    for number, file in enumerate(decisions, start=1):
        assert file.read_text(encoding="utf-8").startswith(f"# {number}. ")


@pytest.mark.parametrize("script", ["run", "test", ".ci/run"])
def test_the_scripts_can_be_started(script):
    """Each is executable and bash can read it to its end."""
    assert os.access(ROOT / script, os.X_OK)
    for file in (script, "scripts/environment.sh"):
        subprocess.run(["bash", "-n", str(ROOT / file)], check=True, timeout=20)


def test_the_readme_asks_for_the_libraries_that_the_scripts_install():
    """There is one list of Qt's system libraries, whoever installs them."""
    script = (ROOT / "scripts" / "environment.sh").read_text(encoding="utf-8")
    (wanted,) = re.findall(r"printf '%s ' (.*?)\n}", script, re.DOTALL)
    (line,) = re.findall(r"sudo apt install (libgl1.*)", README)
    assert line.split() == wanted.replace('"$glib"', "libglib2.0-0").replace("\\", "").split()


def test_the_examples_that_the_readme_starts_are_there():
    """Every example named in a command is shipped."""
    names = re.findall(r"resources/(examples/\S+\.toml)", README)
    assert names
    assert all(resource(name).is_file() for name in names)


def test_the_lane_of_the_document_on_rules_may_be_added_to_the_readmes_experiment():
    """Its lines are a rule, and its settings are those of the lines."""
    (lane,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), re.DOTALL)
    added = files.loads(f"{EXPERIMENT}\n{lane}")
    build.make_race(added).advance(3)
    assert added.lanes[-1].optimizer == "rule"
