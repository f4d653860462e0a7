"""Each script that draws into a folder draws the pictures that are committed."""

import subprocess
import sys
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SCRIPTS = [path for path in sorted(PICTURES.glob("draw_*.py")) if "def draw(folder" in path.read_text()]
    path for path in sorted(PICTURES.glob("draw_*.py")) if "def draw(folder" in path.read_text("utf-8")
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_committed_pictures_are_what_the_script_draws(script, tmp_path):
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    drawn = sorted(tmp_path.iterdir())
    assert drawn
    for picture in drawn:
        assert picture.read_text("utf-8") == (PICTURES / picture.name).read_text("utf-8"), picture.name
