"""What is installed is whole: the wheel carries the resources, and they are found there and in a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIND_DIGITS = """
import sys
from workbench.resources import resource, resource_root
assert resource("data/digits.csv.gz").is_file(), resource_root()
print(resource_root())
"""


def run(*arguments, cwd, path=None):
    """What a child Python prints; it sees this interpreter's packages and, before them, `path`."""
    # the environment's editable install is behind PYTHONPATH, so that the folder named there is the one imported
    environment = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.strip()


@pytest.fixture(scope="module")
def unpacked_wheel(tmp_path_factory):
    """The folder that an installation of the wheel makes; built without the network by the installed hatchling."""
    folder = tmp_path_factory.mktemp("wheel")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"), cwd=ROOT)
    (wheel,) = (folder / "dist").glob("gradient_workbench-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_every_resource(unpacked_wheel):
    """Each file under resources/ lies, byte for byte, inside the installed package."""
    checkout, installed = ROOT / "resources", unpacked_wheel / "workbench" / "_resources"
    files = [file.relative_to(checkout) for file in checkout.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert (installed / file).read_bytes() == (checkout / file).read_bytes(), file


def test_the_wheel_holds_the_package_and_nothing_else(unpacked_wheel):
    """No tests, scripts or documents are put beside the package into site-packages."""
    top = {entry.name for entry in unpacked_wheel.iterdir() if not entry.name.endswith(".dist-info")}
    assert top == {"workbench"}


def test_the_installed_command_is_the_program(unpacked_wheel):
    """`gradient-workbench` starts the same function as `main.py`."""
    (entry_points,) = unpacked_wheel.glob("*.dist-info/entry_points.txt")
    assert "gradient-workbench = workbench.__main__:main" in entry_points.read_text(encoding="utf-8")
    assert "from workbench.__main__ import main" in (ROOT / "main.py").read_text(encoding="utf-8")


def test_the_licence_is_installed(unpacked_wheel):
    """Who gets the wheel gets the licence, and the terms of the data that it carries."""
    (licence,) = unpacked_wheel.glob("*.dist-info/licenses/LICENSE")
    assert licence.read_text(encoding="utf-8").startswith("MIT License")
    assert (unpacked_wheel / "workbench" / "_resources" / "data" / "README.md").is_file()


def test_resources_are_found_in_a_checkout(tmp_path):
    """A checkout is read in place, from whatever folder the program is started."""
    assert run("-c", FIND_DIGITS, cwd=tmp_path, path=ROOT) == str(ROOT / "resources")


def test_resources_are_found_in_an_installation(unpacked_wheel, tmp_path):
    """The installed package reads its own copy, though there is no checkout about it."""
    found = run("-c", FIND_DIGITS, cwd=tmp_path, path=unpacked_wheel)
    assert found == str(unpacked_wheel / "workbench" / "_resources")
