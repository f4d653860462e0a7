"""The catalogue of recipes is light, and every entry leads to a recipe of the right shape."""

import importlib
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from steelyard.errors import BadOption
from steelyard.recipes import SCALES, catalogue, find_recipe, known, load_recipe
from steelyard.recipes.table import Paper

LONGEST = 450  # many arms make a long recipe; more is a part that is missing
THERE = [name for name, entry in catalogue().items() if find_spec(entry.module)]


def test_listing_loads_neither_recipes_nor_anything_heavy():
    program = (
        "import sys\nfrom steelyard.recipes import catalogue, find_recipe\ncatalogue(); find_recipe('c2tc')\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "own = [name for name in sys.modules if name.startswith('steelyard.recipes.')]\n"
        "print(sorted(tops & {'numpy', 'scipy', 'pandas', 'sklearn', 'torch', 'joblib', 'rich'}), own)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] ['steelyard.recipes.known']"


def test_names_are_kebab_case_and_unique():
    names = [entry.name for entry in known.RECIPES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(BadOption, match="Did you mean 'kemp-pip'"):
        find_recipe("kemp_pip")
    with pytest.raises(BadOption, match="'imovno' or 'c2tc'"):
        find_recipe("zzz")


def test_the_toy_is_found_where_it_is_registered(with_toy):
    assert load_recipe("toy") is importlib.import_module("recipes.toy")
    assert with_toy.name not in {"imovno", "c2tc", "kemp-pip"}


@pytest.mark.parametrize("name", THERE)
def test_a_recipe_has_its_shape(name):
    module = load_recipe(name)
    assert re.search(r"^\s*\(?1[.)]", module.__doc__, re.MULTILINE), "the differences are numbered"
    assert isinstance(module.PAPER, Paper)
    assert module.PAPER.cells
    assert all(claim.text and callable(claim.judge) for claim in module.CLAIMS)
    for part in ("datasets", "systems", "main"):
        assert callable(getattr(module, part)), f"{name} has no {part}()"
    assert len(Path(module.__file__).read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("name", THERE)
def test_a_recipe_opens_without_torch(name):
    program = f"import sys, {catalogue()[name].module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_scales_are_in_the_order_of_their_size():
    assert SCALES == ("smoke", "small", "paper")
