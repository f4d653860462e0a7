"""The pages of the checks are those their docstrings make, one for each code."""

import subprocess
import sys
from pathlib import Path

from steelyard.diagnose import checks

ROOT = Path(__file__).parents[2]


def test_pages_are_current():
    command = [sys.executable, str(ROOT / "scripts" / "build_check_pages.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_every_code_has_its_page():
    assert {path.stem for path in (ROOT / "docs" / "checks").glob("SY*.md")} == set(checks())
