"""The door to torch: closed with a clear word where torch is absent, and alone in loading it."""

import subprocess
import sys

import pytest

CLOSED = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "{absent}":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import steelyard
try:
    import steelyard.deep
except ImportError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("absent", ["torch", "skorch"])
def test_without_torch_the_install_line_comes_at_once(absent):
    run = subprocess.run(
        [sys.executable, "-c", CLOSED.format(absent=absent)], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith(f"MissingExtra steelyard.deep needs the package '{absent}'")
    assert "pip install 'steelyard[deep]'" in run.stdout


def test_the_door_loads_torch_and_leaves_transformers_to_the_encoders():
    pytest.importorskip("torch")
    code = (
        "import sys, steelyard.deep, steelyard.deep.condense, steelyard.deep.encoders\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules, 'matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "False", "False"]
