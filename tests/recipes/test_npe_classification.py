"""The recipe on its smallest mixture: rows, known answers, claims and words are all there."""

import numpy as np
import pytest

from steelyard.recipes import npe_classification as npe
from steelyard.recipes.machinery import tail_sets


@pytest.fixture(scope="module")
def table():
    pytest.importorskip("torch", reason="the extra 'deep' is not installed here")
    pytest.importorskip("lightgbm", reason="the extra 'boost' is not installed here")
    return npe.main("smoke", jobs=1, progress=False)


def test_every_row_is_there_and_every_figure_a_share(table):
    measured = {row.system for row in table.rows if row.dataset == npe.MIXTURE}
    named = set(npe.systems(0)) - {npe.SHARED}
    assert measured == named | {
        *(npe.CE, npe.AFTER, npe.TAU, npe.DETACHED, npe.CLOSED, npe.STATIC),
        *(npe.TREES, npe.WEIGHTED, npe.BEST),
    }
    for system in measured:
        for metric in (npe.BALANCED, npe.TAIL, npe.F1, npe.ACCURACY, npe.ECE):
            assert 0 <= table.mean(system, metric, npe.MIXTURE) <= 1
    assert table.mean(npe.BEST, npe.BALANCED) == max(
        table.mean(system, npe.BALANCED, npe.MIXTURE) for system in measured
    )


def test_the_known_answers_are_those_of_the_theory(table):
    def slope(row):
        return table.mean(row, npe.SLOPE, npe.KNOWN)

    assert [round(slope(f"flow for {time}"), 2) for time in ("100", "1,000", "10,000")] == [1.03, 1.01, 1.0]
    assert round(slope("at rest, decay 0.0002"), 2) == 0.87
    gaps = [
        table.mean("at rest, right angles", f"head minus tail, at {place}", npe.KNOWN)
        for place in ("head", "midpoint", "tail")
    ]
    np.testing.assert_allclose(gaps, [8.3, 2.1, -4.1], atol=0.05)


def test_claims_that_were_not_measured_cannot_be_told(table):
    verdicts = {verdict.text: verdict.verdict for verdict in table.verdicts}
    assert len(verdicts) == len(npe.CLAIMS)
    assert verdicts["A second module changes less than a point on mixture and CIFAR"] == "cannot tell"
    assert "Counts are one line of code" in table.words[0]


def test_the_mixture_has_the_tail_and_the_rule_it_says():
    rows = tail_sets.rows_of(tail_sets.MIXTURE, 3, largest=500)
    assert rows.counts.tolist() == [500, 299, 179, 107, 64, 38, 23, 13, 8, 5]
    assert np.bincount(rows.y_test).tolist() == [1000] * 10
    again = tail_sets.rows_of(tail_sets.MIXTURE, 3, largest=500)
    np.testing.assert_array_equal(rows.X, again.X)
    centres = np.stack([rows.X_test[rows.y_test == code].mean(axis=0) for code in range(10)])
    distance = np.square(rows.X_test[:, None] - centres).sum(axis=2)
    agree = distance.argmin(axis=1) == tail_sets.bayes_rule(rows, 3).argmax(axis=1)
    assert agree.mean() > 0.97  # class means of a thousand rows are near the true ones


def test_tables_are_split_with_every_class_on_both_sides():
    rows = tail_sets.rows_of(tail_sets.SATIMAGE, 0)
    assert rows.counts.max() / rows.counts.min() == pytest.approx(50, rel=0.1)
    assert (np.bincount(rows.y_test) > 150).all()
    np.testing.assert_allclose(rows.X.mean(axis=0), 0, atol=1e-5)
    blocks = tail_sets.rows_of(tail_sets.BLOCKS, 1)
    assert (np.abs(blocks.counts - np.bincount(blocks.y_test)) <= 1).all()
