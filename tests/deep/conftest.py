"""Without torch only the closed door is tried; with it, on one thread.

The nets of these tests are too small for more threads, and bits must not depend on the machine.
"""

import importlib.util
from pathlib import Path

import pytest

HAVE_TORCH = all(importlib.util.find_spec(name) for name in ("torch", "skorch", "transformers"))
collect_ignore = (
    []
    if HAVE_TORCH
    else [str(path) for path in Path(__file__).parent.rglob("test_*.py") if path.name != "test_door.py"]
)


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    if HAVE_TORCH:
        import torch

        torch.set_num_threads(1)
