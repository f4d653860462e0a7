"""Each script that draws into a folder draws the pictures that are committed."""

import subprocess
import sys
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
ALL = sorted(PICTURES.glob("draw_*.py"))
SCRIPTS = [path for path in ALL if "def draw(folder" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_committed_pictures_are_what_the_script_draws(script, tmp_path):
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    drawn = sorted(tmp_path.iterdir())
    assert drawn
    for picture in drawn:
        committed = (PICTURES / picture.name).read_text(encoding="utf-8")
        assert picture.read_text(encoding="utf-8") == committed, picture.name
