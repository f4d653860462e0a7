"""Every test starts torch's global stream anew, so that what it draws depends on no test before it."""

import sys

import pytest


@pytest.fixture(autouse=True)
def fresh_torch_stream():
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
