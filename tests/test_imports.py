"""The door is light and pure: importing it loads, writes and starts nothing."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

import steelyard

DOOR_TO_TORCH = "deep"
NOT_PACKAGES = ("__version__", "load")
PACKAGES = [
    name for name in steelyard.__all__ if name.islower() and name not in (*NOT_PACKAGES, DOOR_TO_TORCH)
]


def modules_after(code, tmp_path):
    """Names of the modules loaded by ``code`` in a fresh interpreter, beyond the interpreter's own."""
    program = (
        "import sys, json, threading; before = set(sys.modules); threads = threading.active_count()\n"
        f"{code}\n"
        "print(json.dumps([sorted(set(sys.modules) - before), threading.active_count() - threads]))"
    )
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=True)
    assert run.stderr == ""
    names, threads = json.loads(run.stdout)
    return {name.partition(".")[0] for name in names}, threads


def test_the_door_loads_no_third_party_package(tmp_path):
    tops, threads = modules_after("import steelyard", tmp_path)
    assert tops - set(sys.stdlib_module_names) == {"steelyard"}
    assert threads == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_loads_torch_or_matplotlib_or_writes_files(package, tmp_path):
    tops, _ = modules_after(f"import steelyard.{package}", tmp_path)
    assert not tops & {"torch", "matplotlib", "transformers"}
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'blance'"):
        _ = steelyard.blance


def test_every_name_of_the_door_opens():
    for name in steelyard.__all__:
        if name != DOOR_TO_TORCH or find_spec("torch"):
            assert getattr(steelyard, name) is not None
