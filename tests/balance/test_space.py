"""What distances are measured on, when a user's engine finds the neighbours."""

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import NearestNeighbors

from steelyard.balance.space import open_space
from steelyard.balance.tables.open_table import open_table
from steelyard.errors import BadOption


def test_a_table_of_numbers_takes_an_engine_and_gaps_stand_at_the_median():
    X = np.array([[0.0], [1.0], [np.nan], [4.0], [5.0]])
    space = open_space(open_table(X), "Test")
    ours, theirs = space.neighborhood(), space.neighborhood(engine=NearestNeighbors())
    np.testing.assert_array_equal(ours.nearest(1)[0], theirs.nearest(1)[0])
    assert ours.numbers[2, 0] == 2.5


def test_a_table_with_categories_refuses_an_engine():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    space = open_space(open_table(frame), "Test")
    with pytest.raises(
        BadOption, match="NearestNeighbors measures numbers only, and the table has 1 categorical"
    ):
        space.neighborhood(engine=NearestNeighbors())
