"""The scatter plots of the guide show every row for what it is."""

import importlib.util
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])  # the script makes itself a path to its neighbour
    spec = importlib.util.spec_from_file_location("draw_cleaning", PICTURES / "draw_cleaning.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_row_is_drawn_once_and_shown_for_what_it_is(script, tmp_path):
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    panel = ("<a & b>", points, ["x", "x", "x", "y"], ["", "gone", "copied", "made"], [(3, 0), (3, 1)])
    script.scatter(tmp_path / "four.svg", [panel])
    root = ElementTree.parse(tmp_path / "four.svg").getroot()
    count = {tag: len(root.findall(f"{{*}}{tag}")) for tag in ("circle", "polygon", "path", "line")}
    # In the panel: two circles, a ring, a triangle, a cross, two lines; the legend repeats what occurs.
    assert count == {"circle": 7, "polygon": 2, "path": 2, "line": 2}
    texts = [text.text for text in root.findall("{*}text")]
    assert texts == ["<a & b>", "x", "y", "left out", "synthetic", "copied"]
    for circle in root.findall("{*}circle"):
        assert 0 <= float(circle.get("cx")) <= float(root.get("width"))
        assert 0 <= float(circle.get("cy")) <= float(root.get("height"))
