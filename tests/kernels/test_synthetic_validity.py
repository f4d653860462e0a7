"""What is said of synthetic rows, against plain loops and on rows whose validity is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.synthetic_validity import synthetic_validity

REAL, ENEMY, MADE = 60, 200, 80


def judged(made, *, real=None, enemy=None, seed=0, **more):
    """Synthetic rows of class 1 judged against held-out rows of classes 1 and 0, in two dimensions."""
    rng = np.random.default_rng(seed)
    real = rng.normal(size=(REAL, 2)) if real is None else real
    enemy = rng.normal(2.0, 1.0, size=(ENEMY, 2)) if enemy is None else enemy
    around = Neighborhood(np.concatenate([real, enemy, made]))
    held_out = np.arange(len(real) + len(enemy))
    codes = np.repeat([1, 0], [len(real), len(enemy)])
    rows = len(held_out) + np.arange(len(made))
    return synthetic_validity(around, held_out, codes, rows, np.ones(len(made), dtype=int), **more)


def test_rows_of_the_same_law_are_as_plausible_as_real_ones():
    found = [judged(np.random.default_rng(100 + s).normal(size=(MADE, 2)), seed=s) for s in range(40)]
    ratios = np.array([one.plausibility for one in found])
    error = ratios.std() / np.sqrt(len(ratios))
    assert abs(ratios.mean() - 1.0) < 3.5 * error, (ratios.mean(), error)
    enemies = np.array([one.enemies - one.enemies_real for one in found])
    assert abs(enemies.mean()) < 3.5 * enemies.std() / np.sqrt(len(enemies))
    assert 0.7 < np.median([one.distance for one in found]) < 1.3
    assert np.mean([one.precision for one in found]) > 0.85
    assert np.mean([one.coverage for one in found]) > 0.85


def test_few_held_out_rows_do_not_favour_synthetic_ones():
    # Without the row that each synthetic one is refused, it would have a third more of its class to meet.
    ratios = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        real, enemy, made = rng.random((4, 2)), rng.random((40, 2)), rng.random((60, 2))
        found = judged(made, real=real, enemy=enemy, random_state=seed)
        ratios.append((found.plausibility, found.enemies, found.enemies_real))
    _, enemies, enemies_real = np.array(ratios).T
    difference = enemies - enemies_real
    assert abs(difference.mean()) < 3.5 * difference.std() / np.sqrt(len(difference))


def test_rows_among_the_enemies_are_found_out():
    found = judged(np.random.default_rng(1).normal(2.0, 0.5, size=(MADE, 2)))
    assert found.plausibility < 0.5
    assert found.high < 0.8
    assert found.enemies > 0.8 > 0.4 > found.enemies_real
    assert found.low <= found.plausibility <= found.high


def test_rows_that_crowd_are_precise_and_cover_little():
    found = judged(np.random.default_rng(1).normal(0.0, 0.05, size=(MADE, 2)))
    assert found.precision == 1.0
    assert found.coverage < 0.5
    assert found.distance < 1


def test_rows_far_from_everything_are_neither_precise_nor_near():
    found = judged(np.random.default_rng(1).normal(-20, 0.05, size=(MADE, 2)))
    assert found.precision == 0.0
    assert found.coverage == 0.0
    assert found.distance > 10


def test_copies_are_counted_by_the_training_rows_only():
    rng = np.random.default_rng(0)
    real, train = rng.normal(size=(20, 2)), rng.normal(size=(10, 2))
    made = np.concatenate([train[:3], real[:2], rng.normal(size=(5, 2))])
    around = Neighborhood(np.concatenate([real, train, made]))
    found = synthetic_validity(
        around,
        np.arange(20),
        np.repeat([1, 0], 10),
        np.arange(30, 40),
        np.ones(10, int),
        training=np.arange(20, 30),
    )
    assert found.copies == 0.3


def test_parents_are_never_in_the_reference():
    rng = np.random.default_rng(0)
    real, train, made = rng.normal(size=(30, 2)), rng.normal(size=(10, 2)), rng.normal(size=(10, 2))
    held_out, codes, rows = np.arange(30), np.repeat([1, 0], 15), np.arange(40, 50)

    def figures(train):
        around = Neighborhood(np.concatenate([real, train, made]))
        return synthetic_validity(around, held_out, codes, rows, np.ones(10, int), training=np.arange(30, 40))

    assert figures(train) == figures(train + 1e-3)


def test_one_family_says_less_than_many():
    made = np.random.default_rng(1).normal(size=(MADE, 2))
    made = made[np.argsort(made.sum(axis=1))]  # those of one family lie together
    many, one_each = judged(made, parents=np.arange(MADE) // 20), judged(made)
    assert many.plausibility == one_each.plausibility
    assert many.high - many.low > one_each.high - one_each.low


def test_classes_count_by_their_synthetic_rows():
    rng = np.random.default_rng(0)
    real = {code: rng.normal(4 * code, 1, size=(30, 2)) for code in (0, 1, 2)}
    made = {1: rng.normal(4, 1, size=(10, 2)), 2: rng.normal(0, 1, size=(40, 2))}  # class 2 made among 0
    around = Neighborhood(np.concatenate([*real.values(), *made.values()]))
    codes = np.repeat([1, 2], [10, 40])
    held_out = np.arange(90), np.repeat([0, 1, 2], 30)
    both = synthetic_validity(around, *held_out, 90 + np.arange(50), codes)
    assert both.n_synthetic == 50
    assert both.n_held_out == 60
    apart = [
        synthetic_validity(around, *held_out, 90 + np.flatnonzero(codes == code), codes[codes == code])
        for code in (1, 2)
    ]
    assert apart[0].plausibility > 0.8
    assert apart[1].plausibility < 0.2
    # Which held-out row is refused differs between the calls, and with it a neighbour or two.
    assert both.enemies == pytest.approx(0.2 * apart[0].enemies + 0.8 * apart[1].enemies, abs=0.05)


@pytest.mark.parametrize("real", [0, 1])
def test_without_two_held_out_rows_nothing_is_said(real):
    found = judged(np.zeros((3, 2)), real=np.zeros((real, 2)))
    assert np.isnan(found.plausibility)
    assert found.n_synthetic == found.n_held_out == 0


def test_more_rows_than_are_asked():
    rng = np.random.default_rng(0)
    found = judged(rng.normal(size=(1500, 2)), real=rng.normal(size=(1200, 2)))
    assert (found.n_synthetic, found.n_held_out) == (500, 500)
    assert 0.9 < found.plausibility < 1.1


def slow(real, enemy, made, refused, k):
    """The definition in loops, given which row each synthetic row is refused."""
    held_out = [(point, 1) for point in real] + [(point, 0) for point in enemy]

    def neighbours(point, left_out, k):
        far = [(np.square(point - other).sum(), place) for place, (other, _) in enumerate(held_out)]
        return [held_out[place][1] for _, place in sorted(one for one in far if one[1] != left_out)][:k]

    k_all = min(k, len(held_out) - 1)
    ours = [neighbours(point, out, k_all) for point, out in zip(made, refused, strict=True)]
    theirs = [neighbours(point, place, k_all) for place, point in enumerate(real)]
    within = min(k, len(real) - 1)
    radius = [sorted(np.square(point - real).sum(axis=1))[within] for point in real]
    inside = np.array(
        [[np.square(m - r).sum() <= edge for r, edge in zip(real, radius, strict=True)] for m in made]
    )
    return {
        "enemies": np.mean([around[0] != 1 for around in ours]),
        "enemies_real": np.mean([around[0] != 1 for around in theirs]),
        "share": np.mean(ours),
        "share_real": np.mean(theirs),
        "precision": inside.any(axis=1).mean(),
        "coverage": inside.any(axis=0).mean(),
    }


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 8), st.integers(1, 12), st.integers(1, 10), st.integers(1, 6), st.integers(0, 10**6))
def test_against_loops(n_real, n_enemy, n_made, k, seed):
    from steelyard.kernels.rng import child

    rng = np.random.default_rng(seed)
    # A grid, so that there are ties; squares of whole numbers are exact.
    real, enemy, made = (rng.integers(0, 5, size=(n, 2)).astype(float) for n in (n_real, n_enemy, n_made))
    found = judged(made, real=real, enemy=enemy, k=k, random_state=seed)
    refused = child(seed, "validity").integers(n_real, size=n_made)
    expected = slow(real, enemy, made, refused, k)
    for name in ("enemies", "enemies_real", "precision", "coverage"):
        assert getattr(found, name) == pytest.approx(expected[name]), name
    if expected["share_real"]:
        assert found.plausibility == pytest.approx(expected["share"] / expected["share_real"])
    else:
        assert np.isnan(found.plausibility)
