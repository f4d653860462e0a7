"""Each package exports exactly what its files declare public; a missing line is printed."""

import importlib
import inspect
import pkgutil
from importlib.util import find_spec

import pytest

import steelyard

DEEP = ["deep", "deep.augment", "deep.backbones", "deep.batches", "deep.heads", "deep.losses"]
PACKAGES = [
    "balance",
    "data",
    "decide",
    *(DEEP if find_spec("torch") else []),
    "diagnose",
    "evaluate",
    "explain",
    "flow",
    "guard",
    "guard.seal",
    "guard.merkle",
    "guard.canonical",
    "learn",
    "metrics",
    "recipes",
    "report",
    "store",
]


@pytest.mark.parametrize("name", PACKAGES)
def test_all_is_complete(name):
    package = importlib.import_module(f"steelyard.{name}")
    assert len(set(package.__all__)) == len(package.__all__)
    visible = {
        key
        for key, value in vars(package).items()
        if not key.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value))
    }
    missing = sorted(visible - set(package.__all__))
    assert not missing, f"add to steelyard/{name}/__init__.py's __all__: {missing}"
    for key in package.__all__:
        assert hasattr(package, key), f"steelyard.{name}.__all__ names {key!r}, which is not there"


@pytest.mark.parametrize("name", PACKAGES)
def test_every_public_thing_has_a_docstring(name):
    package = importlib.import_module(f"steelyard.{name}")
    for key in package.__all__:
        thing = getattr(package, key)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert (thing.__doc__ or "").strip(), f"steelyard.{name}.{key} has no docstring"


def test_every_module_says_what_it_is_for():
    for found in pkgutil.walk_packages(steelyard.__path__, "steelyard."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        assert (module.__doc__ or "").strip(), f"{found.name} has no docstring"
