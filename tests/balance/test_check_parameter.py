"""What a sampler may be given for a number of neighbours."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors

from steelyard.balance.check_parameter import read_exactness, read_neighbors
from steelyard.balance.neighbor_finder import NeighborFinder
from steelyard.errors import BadOption


def owner(**parameters):
    return SimpleNamespace(**parameters)


@pytest.mark.parametrize("finder", [NearestNeighbors, NeighborFinder])
def test_a_number_or_an_object_that_finds_one_more(finder):
    assert read_neighbors(owner(k=5), "k") == (5, None)
    assert read_neighbors(owner(k=np.int32(5)), "k") == (5, None)
    engine = finder(n_neighbors=6)
    assert read_neighbors(owner(k=engine), "k") == (5, engine)
    assert read_neighbors(owner(k=engine), "k", extra=0) == (6, engine)


@pytest.mark.parametrize(
    "wrong", [0, -1, True, 2.0, "five", None, NearestNeighbors, KMeans(), NearestNeighbors(n_neighbors=1)]
)
def test_anything_else_is_refused(wrong):
    with pytest.raises(BadOption, match="The 'k' parameter of SimpleNamespace must be an"):
        read_neighbors(owner(k=wrong), "k")


def test_how_exact_an_answer_must_be():
    assert read_exactness(owner(exact=True, recall=None)) == (True, None)
    assert read_exactness(owner(exact=False, recall=0.95)) == (False, 0.95)
    for wrong in (0, 1.01, True, "most"):
        with pytest.raises(BadOption, match="The 'recall' parameter"):
            read_exactness(owner(exact=True, recall=wrong))
    with pytest.raises(BadOption, match="The 'exact' parameter"):
        read_exactness(owner(exact=1, recall=None))
