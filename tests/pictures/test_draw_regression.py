"""The picture of the regression guide is what its script draws."""

import importlib.util
from pathlib import Path

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def test_the_committed_picture_is_what_the_script_draws():
    spec = importlib.util.spec_from_file_location("draw_regression", PICTURES / "draw_regression.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn = str(script.draw()) + "\n"
    assert drawn == (PICTURES / "regression.svg").read_text(encoding="utf-8")
    assert drawn.count("<circle") > 600
