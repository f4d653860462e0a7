import imblearn.over_sampling
import numpy as np
import pytest

from steelyard.balance.over.adasyn import ADASYN
from steelyard.data import load
from steelyard.errors import CannotResample


def three_classes(seed=0):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(90, 4)), rng.normal(1, 1, (25, 4)), rng.normal(-1, 1, (40, 4))])
    y = np.repeat([0, 1, 2], [90, 25, 40])
    order = rng.permutation(len(y))
    return X[order], y[order]


def children_each(X, y, label, k, n_new):
    """The paper's numbers: a row's share of enemies among its k neighbours, scaled to n_new, rounded."""
    rows = np.flatnonzero(y == label)
    shares = []
    for row in rows:
        distance = ((X - X[row]) ** 2).sum(axis=1)
        near = sorted((d, other) for other, d in enumerate(distance) if other != row)[:k]
        shares.append(sum(y[other] != label for _, other in near) / k)
    return dict(
        zip(rows.tolist(), np.rint(np.array(shares) / np.sum(shares) * n_new).astype(int), strict=True)
    )


@pytest.mark.parametrize("k", [1, 5, 9])
def test_each_row_starts_as_many_as_the_paper_says(k):
    X, y = three_classes()
    sampler = ADASYN(n_neighbors=k, random_state=0)
    _, y_out = sampler.fit_resample(X, y)
    made = sampler.origin_ < 0
    for label in (1, 2):
        expected = children_each(X, y, label, k, 90 - (y == label).sum())
        starts = sampler.parents_[made & (y_out == label), 0]
        for row, n in expected.items():
            assert (starts == row).sum() == n


def test_partners_are_the_nearest_of_the_class():
    X, y = three_classes()
    sampler = ADASYN(n_neighbors=4, random_state=0)
    sampler.fit_resample(X, y)
    for base, partner in sampler.parents_[sampler.origin_ < 0]:
        others = [row for row in np.flatnonzero(y == y[base]) if row != base]
        assert partner in sorted(others, key=lambda row: ((X[row] - X[base]) ** 2).sum())[:4]


@pytest.mark.parametrize("strategy", ["auto", "minority", {1: 60, 2: 71}])
def test_counts_are_those_of_imbalanced_learn(strategy):
    X, y = three_classes()
    ours = ADASYN(sampling_strategy=strategy, random_state=0).fit_resample(X, y)[1]
    theirs = imblearn.over_sampling.ADASYN(sampling_strategy=strategy, random_state=0).fit_resample(X, y)[1]
    assert np.bincount(ours).tolist() == np.bincount(theirs).tolist()


def test_counts_on_a_real_table_are_those_of_imbalanced_learn():
    data = load("ecoli", rare="drop")
    X = data.X.select_dtypes("number").to_numpy()
    keep = np.isin(data.y, ["cp", "im", "pp", "imU", "om"])
    # Equal rows are neighbours of themselves in imbalanced-learn, so they are left out here.
    first = np.unique(X[keep], axis=0, return_index=True)[1]
    X, y = X[keep][first], np.asarray(data.y)[keep][first]
    ours = ADASYN(random_state=0).fit_resample(X, y)[1]
    theirs = imblearn.over_sampling.ADASYN(random_state=0).fit_resample(X, y)[1]
    assert sorted(ours) == sorted(theirs)


def test_a_class_without_enemies_nearby():
    X, y = three_classes()
    far = np.where(y == 1, 100.0, 0.0)[:, None] + X
    sampler = ADASYN(random_state=0)
    _, y_out = sampler.fit_resample(far, y)
    assert (y_out == 1).sum() == 25
    assert "class 1: kept as it is, for none of its rows has a neighbour of another class" in sampler.note_
    two = y != 2
    with pytest.raises(CannotResample, match=r"can make no row \(class 1: .*Use SMOTE"):
        ADASYN(random_state=0).fit_resample(far[two], y[two])
    with pytest.raises(RuntimeError, match="Not any neigbours"):
        imblearn.over_sampling.ADASYN(random_state=0).fit_resample(far[two], y[two])


def test_shares_that_round_to_nothing():
    X, y = three_classes()
    with pytest.raises(CannotResample, match="rounds to none"):
        ADASYN(sampling_strategy={1: 26}, random_state=0).fit_resample(X, y)


def test_a_row_alone_in_its_group_starts_nothing_and_leaves_its_share_to_others():
    X, y = three_classes()
    groups = np.zeros(len(y), dtype=int)
    alone = np.flatnonzero(y == 1)[:5]
    groups[alone] = np.arange(1, 6)
    sampler = ADASYN(sampling_strategy="minority", random_state=0)
    _, y_out = sampler.fit_resample(X, y, groups=groups)
    assert not np.isin(sampler.parents_[sampler.origin_ < 0], alone).any()
    assert abs((y_out == 1).sum() - 90) <= 10
