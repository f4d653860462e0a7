import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.parent_segments import Segments
from steelyard.kernels.rough_distance import RoughPoints
from steelyard.kernels.safe_children import safe_among_children


def among_own(numbers, codes, mismatch, labels, k):
    """By the plain rule: whether the k nearest rows carry the label, an enemy coming first among ties."""
    apart = ((numbers[:, None] - numbers[None]) ** 2).sum(axis=2)
    if codes is not None:
        apart = apart + mismatch**2 * (codes[:, None] != codes[None]).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    own = np.where(labels[:, None] == labels, apart, np.inf)
    enemy = np.where(labels[:, None] != labels, apart, np.inf).min(axis=1)
    return np.sort(own, axis=1)[:, k - 1] < enemy


def enlarged(rng, levels, n_children, *, rounded, with_codes, spread=1.0):
    n = 30
    labels = rng.integers(0, 3, size=n)
    labels[:6] = [0, 0, 1, 1, 2, 2]
    rows = rng.integers(0, levels, size=(n, 2)) * 1.0 + spread * labels[:, None]
    codes = rng.integers(0, 2, size=(n, 2)) if with_codes else None
    made, base, partner, voted = [], [], [], []
    for label in (1, 2):
        members = np.flatnonzero(labels == label)
        one, other = rng.choice(members, n_children), rng.choice(members, n_children)
        base.append(one)
        partner.append(other)
        child = rows[one] + rng.random((n_children, 1)) * (rows[other] - rows[one])
        made.append(np.rint(child) if rounded else child)
        voted.append(rng.integers(0, 2, size=(n_children, 2)))
    all_labels = np.concatenate([labels, np.repeat([1, 2], n_children)])
    all_codes = None if codes is None else np.vstack([codes, *voted])
    return np.vstack([rows, *made]), all_codes, all_labels, np.concatenate(base), np.concatenate(partner)


@settings(deadline=None, max_examples=100)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    k=st.integers(1, 4),
    n_children=st.integers(1, 40),
    rounded=st.booleans(),
    with_codes=st.booleans(),
    spread=st.sampled_from([0.0, 5.0, 200.0]),
    single=st.booleans(),
)
def test_no_row_is_proved_that_is_not_safe(seed, levels, k, n_children, rounded, with_codes, spread, single):
    rng = np.random.default_rng(seed)
    rows, codes, labels, base, partner = enlarged(
        rng, levels, n_children, rounded=rounded, with_codes=with_codes, spread=spread
    )
    if single:
        rows = rows.astype(np.float32)
    around = Neighborhood(rows, codes, 1.5)
    safe = safe_among_children(around, labels, base, partner, k)
    assert not (safe & ~among_own(rows.astype(np.float64), codes, 1.5, labels, k)).any()


@pytest.mark.parametrize("with_codes", [False, True])
def test_nearly_all_rows_are_proved_where_classes_lie_apart(with_codes):
    rng = np.random.default_rng(0)
    rows, codes, labels, base, partner = enlarged(
        rng, 5, 100, rounded=False, with_codes=with_codes, spread=200.0
    )
    assert safe_among_children(Neighborhood(rows, codes, 1.0), labels, base, partner, 2).mean() > 0.98


def test_the_segments_prove_what_the_balls_around_their_ends_cannot():
    """A long segment: a row beside an end lies inside the ball, and far from every child."""
    line = np.column_stack([np.zeros(51), np.linspace(0, 10, 51)])
    common = np.column_stack([np.full(40, 3.0), np.linspace(4, 6, 40)])
    rows = np.vstack([common, line[[0, -1]], line[1:-1]])
    labels = np.repeat([0, 1], [40, 51])
    parents = np.full(49, 40), np.full(49, 41)
    assert safe_among_children(Neighborhood(rows), labels, *parents, 2).all()


def test_a_child_off_its_segment_is_seen():
    rows = np.array([[0.0, 0.0], [0.1, 0.0], [0.2, 0.0], [9.0, 9.0], [9.0, 10.0], [0.05, 0.0]])
    labels = np.array([0, 0, 0, 1, 1, 1])
    safe = safe_among_children(Neighborhood(rows), labels, np.array([3]), np.array([4]), 1)
    assert not safe[[0, 1, 5]].any()


def test_what_cannot_be_measured_here_is_left_to_the_search():
    labels, parents = np.array([0, 0, 1, 1, 1]), (np.array([2]), np.array([3]))
    rows = np.array([[0.0], [1.0], [5.0], [6.0], [5.5]])
    assert not safe_among_children(Neighborhood(sparse.csr_matrix(rows)), labels, *parents, 1).any()
    assert not safe_among_children(Neighborhood(rows * 1e160), labels, *parents, 1).any()


def test_a_segment_from_a_row_to_itself_counts_its_child_once():
    segments = Segments.between(np.array([[0.0], [4.0], [1.0]]), np.array([0]), np.array([0]))
    rows, child = segments.ends
    assert (rows.tolist(), child.tolist(), segments.off.tolist()) == ([0], [0], [1.0])


def test_siblings_are_found_along_the_segment():
    rows = np.array([[0.0], [10.0], [1.0], [9.0], [4.0], [2.0]])
    segments = Segments.between(rows, np.array([0, 1, 0, 1]), np.array([1, 0, 1, 0]))
    assert segments.nearest_on_it(2).tolist() == [[3, 2], [2, 3], [3, 0], [0, 2]]
    alone = Segments.between(rows[[0, 1, 2]], np.array([0]), np.array([1]))
    assert alone.nearest_on_it(2).tolist() == [[-1, -1]]


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10**6), offset=st.sampled_from([0.0, 1e3, 1e6]), single=st.booleans())
def test_rough_distances_are_off_by_no_more_than_they_say(seed, offset, single):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(20, 7)) + offset
    rows = rows.astype(np.float32) if single else rows
    codes = rng.integers(0, 3, size=(20, 2))
    points = Points(rows, codes, 0.5)
    rough = RoughPoints.of(points, RoughPoints.middle_of(points))
    exact = ((rows[:, None].astype(np.float64) - rows[None]) ** 2).sum(axis=2)
    exact += 0.5 * (codes[:, None] != codes).sum(axis=2)
    off = np.abs(rough.squared_to(rough) - exact)
    assert (off <= rough.slack(exact.max(axis=1))[:, None]).all()
