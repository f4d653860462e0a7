"""A toy recipe in the catalogue, and tables made by hand."""

import pytest

from recipes import toy
from steelyard.recipes import known
from steelyard.recipes.table import Paper, Table, Value


@pytest.fixture
def with_toy(monkeypatch):
    """The catalogue with the toy in it."""
    entry = known.Recipe("toy", "A toy that draws its values", "recipes.toy")
    monkeypatch.setattr(known, "RECIPES", (*known.RECIPES, entry))
    return entry


@pytest.fixture(scope="session")
def toy_table():
    return toy.main(jobs=1, progress=False)


@pytest.fixture
def table_of():
    """Builds a table of one metric from {system: {data set: [a value a seed]}}."""

    def build(systems, protocol="cv", metric="f1", paper=None):
        measured = [
            Value(dataset, protocol, system, metric, seed, value)
            for system, sets in systems.items()
            for dataset, values in sets.items()
            for seed, value in enumerate(values)
        ]
        return Table("toy", paper or Paper("Toy", "Nobody, 2025"), "smoke", tuple(measured))

    return build
