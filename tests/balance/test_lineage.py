import numpy as np
import pytest

from steelyard.balance.lineage import Lineage
from steelyard.balance.tables.base import Children


def family(steps=True):
    return Children(
        base=np.array([1, 2], dtype=np.int32),
        parents=np.array([[1, 2, -1], [2, 0, 1]], dtype=np.int32),
        numeric=[],
        numbers=np.empty((2, 0)),
        categorical=[],
        cells_of=np.empty((2, 0), dtype=int),
        steps=np.array([0.25, 0.5], dtype=np.float32) if steps else None,
    )


@pytest.mark.parametrize("kept", [3, np.array([0, 1, 2])])
def test_what_is_remembered_can_be_written_out(kept):
    lineage = Lineage.of(kept, family())
    assert lineage.origin().tolist() == [0, 1, 2, -1, -1]
    assert lineage.all_parents().tolist() == [[-1] * 3] * 3 + [[1, 2, -1], [2, 0, 1]]
    np.testing.assert_array_equal(lineage.all_steps(), [np.nan, np.nan, np.nan, 0.25, 0.5])
    assert (lineage.n_kept, lineage.n_made) == (3, 2)


def test_values_per_row_follow_the_rows():
    lineage = Lineage.of(np.array([2, 0]), family(steps=False))
    assert lineage.take(np.array([10, 11, 12])).tolist() == [12, 10, 11, 12]
    # A synthetic row weighs what its parents weigh on average, -1 being nobody.
    assert lineage.take_mean(np.array([1.0, 2.0, 6.0])).tolist() == [6, 1, 4, 3]
    assert lineage.counts(np.array([0, 0, 1]), 3).tolist() == [2, 2, 0]
    assert np.isnan(lineage.all_steps()).all()


def test_rows_alone_have_no_parents():
    lineage = Lineage.of(np.array([1, 1]), None)
    assert lineage.origin().tolist() == [1, 1]
    assert lineage.all_parents().tolist() == [[-1], [-1]]
    values = np.array([5, 6])
    taken = Lineage.of(2, None).take(values)
    taken[0] = 0
    assert values.tolist() == [5, 6]
