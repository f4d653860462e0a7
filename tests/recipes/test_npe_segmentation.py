"""The recipe on corners of a few slices: rows, figures and words are all there."""

import os

import numpy as np
import pytest

from steelyard.recipes import npe_segmentation as npe


@pytest.fixture(scope="module")
def table():
    pytest.importorskip("torch", reason="the extra 'deep' is not installed here")
    if not os.environ.get("STEELYARD_DATA"):
        pytest.skip("the slices are in no package: set STEELYARD_DATA to the folder that has them")
    return npe.main("smoke", jobs=1, progress=False)


def test_every_row_is_there_and_every_figure_a_share(table):
    scales = {f"{row}, s = {s}" for row in (npe.NPE, npe.DETACHED) for s in (2, 4)}
    assert set(table.systems) == {npe.CE, npe.HALF, npe.AFTER, npe.DETACHED, npe.STATIC, npe.NPE} | scales
    for system in table.systems:
        for metric in (npe.DICE, npe.IOU, npe.SENSITIVITY, npe.BALANCED, npe.ACCURACY):
            assert 0 <= table.mean(system, metric) <= 1


def test_more_of_a_correction_finds_more(table):
    found = [table.mean(row, npe.SENSITIVITY) for row in (npe.CE, npe.HALF, npe.AFTER)]
    assert found == sorted(found)
    often, rare = npe.images_of(npe.MEMBRANES, 0, side=96).counts
    assert table.mean(npe.NPE, npe.TRUE_ODDS) == pytest.approx(np.log(often / rare))


def test_the_words_name_what_is_bought_and_paid(table):
    assert len(table.verdicts) == len(npe.CLAIMS)
    assert table.words[0].startswith("Dice of the rare class / sensitivity. membranes: cross-entropy 0.")


def test_figures_are_those_of_counted_pixels():
    rng = np.random.default_rng(0)
    y = rng.choice([0, 1, -100], size=(3, 5, 4), p=[0.6, 0.3, 0.1])
    proba = rng.dirichlet([1, 1], size=(3, 5, 4)).transpose(0, 3, 1, 2)
    told = npe.figures(npe.TwoParts(None, y, None, y), proba)
    true, found = y[y >= 0], proba.argmax(axis=1)[y >= 0]
    both = np.sum((true == 1) & (found == 1))
    assert told[npe.DICE] == pytest.approx(2 * both / (np.sum(true == 1) + np.sum(found == 1)))
    assert told[npe.SENSITIVITY] == pytest.approx(both / np.sum(true == 1))
    assert told[npe.ACCURACY] == pytest.approx(np.mean(true == found))
