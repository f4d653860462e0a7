"""Templates and schemas travel with the package, and nothing keeps them out of a wheel."""

import subprocess
import tomllib
from importlib import resources
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHIPPED = {
    "steelyard.recipes.machinery": ("templates/recipe.html", "templates/recipe.css"),
    "steelyard.report": ("templates/screen.css", "templates/print.css", "templates/report.html"),
    "steelyard.store": ("schemas/recipe_table.json", "schemas/scorecard.json", "schemas/run.json"),
}
FILES = [(package, name) for package, names in SHIPPED.items() for name in names]


@pytest.mark.parametrize(("package", "name"), FILES)
def test_it_is_a_resource_of_its_package(package, name):
    assert resources.files(package).joinpath(name).read_text("utf-8").strip()


def test_the_wheel_takes_the_whole_package():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert wheel["packages"] == ["src/steelyard"]
    assert not {"only-include", "exclude", "include"} & set(wheel)


def test_no_file_of_the_package_is_ignored():
    """The builder leaves out what git ignores."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    files = [
        str(path)
        for path in (ROOT / "src" / "steelyard").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    run = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        input="\n".join(files),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert run.stdout == ""
