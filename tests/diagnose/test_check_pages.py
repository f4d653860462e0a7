"""Every code has its page, which tells its limits as they are."""

import inspect
from pathlib import Path

import pytest

from steelyard.diagnose import checks

PAGES = Path(__file__).parents[2] / "docs" / "checks"


def test_every_code_has_its_page():
    assert {path.stem for path in PAGES.glob("SY*.md")} == set(checks())


@pytest.mark.parametrize(("code", "kind"), checks().items())
def test_limits_on_the_page_are_those_of_the_class(code, kind):
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    for name, parameter in inspect.signature(kind).parameters.items():
        if isinstance(parameter.default, (int, float)) and f"`{name}=" in text:
            told = text.partition(f"`{name}=")[2].partition("`")[0]
            assert float(told.replace("_", "").replace(",", "")) == parameter.default, (code, name)
