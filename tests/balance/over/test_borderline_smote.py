import imblearn.over_sampling
import numpy as np
import pytest

from steelyard.balance.over.borderline_smote import BorderlineSMOTE
from steelyard.data import load
from steelyard.errors import BadOption


def overlapping(seed=0):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(120, 3)), rng.normal(1.2, 1, size=(40, 3))])
    y = np.repeat(["common", "rare"], [120, 40])
    order = rng.permutation(160)
    return X[order], y[order]


def nearest(X, row, rows, k):
    others = [other for other in rows if other != row]
    return sorted(others, key=lambda other: (((X[other] - X[row]) ** 2).sum(), other))[:k]


@pytest.mark.parametrize("m", [4, 7, 10])
def test_rows_in_danger_by_hand_and_by_imbalanced_learn(m):
    X, y = overlapping()
    ours = BorderlineSMOTE(m_neighbors=m, random_state=0)
    theirs = imblearn.over_sampling.BorderlineSMOTE(m_neighbors=m, random_state=0)
    _, y_ours = ours.fit_resample(X, y)
    _, y_theirs = theirs.fit_resample(X, y)
    expected = []
    for row in np.flatnonzero(y == "rare"):
        enemies = (y[nearest(X, row, range(len(y)), m)] == "common").sum()
        if m / 2 <= enemies < m:
            expected.append(row)
    assert ours.in_danger_indices["rare"].tolist() == expected
    assert theirs.in_danger_indices["rare"].tolist() == expected
    assert sorted(y_ours) == sorted(y_theirs)
    assert set(ours.parents_[ours.origin_ < 0, 0]) <= set(expected)


def test_rows_in_danger_on_a_real_table_are_those_of_imbalanced_learn():
    data = load("ecoli", rare="drop")
    X = data.X.select_dtypes("number").to_numpy()
    first = np.unique(X, axis=0, return_index=True)[1]
    X, y = X[first], np.asarray(data.y)[first]
    names, counts = np.unique(y, return_counts=True)
    keep = np.isin(y, names[counts > 10])
    ours, theirs = BorderlineSMOTE(random_state=0), imblearn.over_sampling.BorderlineSMOTE(random_state=0)
    y_ours = ours.fit_resample(X[keep], y[keep])[1]
    y_theirs = theirs.fit_resample(X[keep], y[keep])[1]
    assert sorted(y_ours) == sorted(y_theirs)
    danger = {name: rows.tolist() for name, rows in ours.in_danger_indices.items() if len(rows)}
    assert danger == {name: rows.tolist() for name, rows in theirs.in_danger_indices.items()}
    assert len(danger) > 1


def test_the_first_kind_moves_within_the_class():
    X, y = overlapping()
    sampler = BorderlineSMOTE(k_neighbors=3, random_state=0)
    sampler.fit_resample(X, y)
    rare = np.flatnonzero(y == "rare")
    for base, partner in sampler.parents_[sampler.origin_ < 0]:
        assert partner in nearest(X, base, rare, 3)


def test_the_second_kind_goes_at_most_half_of_the_way_to_another_class():
    X, y = overlapping()
    sampler = BorderlineSMOTE(
        kind="borderline-2", k_neighbors=3, sampling_strategy={"rare": 900}, random_state=0
    )
    sampler.fit_resample(X, y)
    made = sampler.origin_ < 0
    for base, partner in sampler.parents_[made][:100]:
        assert partner in nearest(X, base, range(len(y)), 3)
    other = y[sampler.parents_[made, 1]] == "common"
    steps = sampler.steps_[made]
    assert 0.4 < other.mean() < 0.9
    assert steps[other].max() < 0.5
    # Drawn evenly from there; imbalanced-learn's product of two draws would have the mean 1/8.
    assert steps[other].mean() == pytest.approx(0.25, abs=0.03)
    assert steps[~other].mean() == pytest.approx(0.5, abs=0.06)


def test_a_class_without_danger_stays_and_says_so():
    X, y = overlapping()
    X[y == "rare"] += 100
    sampler = BorderlineSMOTE(random_state=0)
    X_out, y_out = sampler.fit_resample(X, y)
    assert len(X_out) == len(X)
    assert sampler.note_ == "class 'rare': kept as it is, for none of its rows is in danger"
    assert sampler.in_danger_indices["rare"].shape == (0,)
    theirs = imblearn.over_sampling.BorderlineSMOTE(random_state=0).fit_resample(X, y)[1]
    assert sorted(theirs) == sorted(y_out)


def test_equal_rows_do_not_hide_a_neighbour():
    """imbalanced-learn drops the first row found, which is another copy, and counts the row itself."""
    X = np.array([[0.0], [0.0], [0.0], [1.0], [1.1], [5.0], [5.1], [5.2], [5.3]])
    y = np.array([1, 0, 0, 1, 1, 0, 0, 0, 0])
    sampler = BorderlineSMOTE(m_neighbors=4, k_neighbors=1, random_state=0)
    sampler.fit_resample(X, y)
    # Of the four neighbours of row 0 two are enemies (the other copies), two are of its class.
    assert sampler.in_danger_indices[1].tolist() == [0, 3, 4]


def test_an_unknown_kind_is_refused():
    X, y = overlapping()
    with pytest.raises(BadOption, match=r"The 'kind' parameter of BorderlineSMOTE must be a str among"):
        BorderlineSMOTE(kind="borderline-3").fit_resample(X, y)
