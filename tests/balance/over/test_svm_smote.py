import imblearn.over_sampling
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from steelyard.balance.over.svm_smote import SVMSMOTE
from steelyard.errors import BadOption, CannotResample


def overlapping(shift=1.2, seed=0):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(120, 3)), rng.normal(shift, 1, size=(40, 3))])
    y = np.repeat(["common", "rare"], [120, 40])
    order = rng.permutation(160)
    return X[order], y[order]


def enemies(X, y, row, m):
    distance = ((X - X[row]) ** 2).sum(axis=1)
    near = [other for other in np.argsort(distance) if other != row][:m]
    return (y[near] != y[row]).sum()


def test_who_moves_inwards_and_who_outwards():
    X, y = overlapping()
    m = 6
    sampler = SVMSMOTE(m_neighbors=m, k_neighbors=4, random_state=0, sampling_strategy={"rare": 640})
    sampler.fit_resample(X, y)
    vectors = [row for row in SVC(gamma="scale").fit(X, y).support_ if y[row] == "rare"]
    count = {row: enemies(X, y, row, m) for row in vectors}
    danger = {row for row in vectors if m / 2 <= count[row] < m}
    safe = {row for row in vectors if count[row] < m / 2}
    made = sampler.origin_ < 0
    starts, steps = sampler.parents_[made, 0], sampler.steps_[made]
    assert set(starts[steps > 0]) == danger
    assert set(starts[steps < 0]) == safe
    assert steps.min() >= -0.5
    assert steps[steps < 0].mean() == pytest.approx(-0.25, abs=0.03)
    assert 0.15 < (steps > 0).mean() < 0.85
    rare = np.flatnonzero(y == "rare")
    for base, partner in sampler.parents_[made][:60]:
        others = sorted((o for o in rare if o != base), key=lambda o: ((X[o] - X[base]) ** 2).sum())
        assert partner in others[:4]


def test_as_many_rows_as_asked_for_where_imbalanced_learn_makes_fewer():
    """With all support vectors in danger, as here, imbalanced-learn leaves out those meant for the others."""
    X, y = overlapping(0.0)
    ours = SVMSMOTE(random_state=0, m_neighbors=100)
    theirs = imblearn.over_sampling.SVMSMOTE(random_state=0, m_neighbors=100)
    y_ours, y_theirs = ours.fit_resample(X, y)[1], theirs.fit_resample(X, y)[1]
    assert (ours.steps_[ours.origin_ < 0] > 0).all()
    assert (y_ours == "rare").sum() == 120
    assert (y_theirs == "rare").sum() < 120


def test_counts_are_those_of_imbalanced_learn_where_both_kinds_occur():
    X, y = overlapping()
    ours = SVMSMOTE(random_state=0).fit_resample(X, y)[1]
    theirs = imblearn.over_sampling.SVMSMOTE(random_state=0).fit_resample(X, y)[1]
    assert sorted(ours) == sorted(theirs)


def test_out_step_bounds_how_far_rows_go_outwards():
    X, y = overlapping(3.0)
    sampler = SVMSMOTE(out_step=0.1, random_state=0)
    sampler.fit_resample(X, y)
    steps = sampler.steps_[sampler.origin_ < 0]
    assert steps.min() >= -0.1
    assert (steps < 0).any()
    with pytest.raises(
        BadOption, match=r"'out_step' parameter of SVMSMOTE must be a float in the range \[0, 1\]"
    ):
        SVMSMOTE(out_step=1.5).fit_resample(X, y)


def test_noise_alone_is_refused():
    X, y = overlapping()
    X[y == "rare"] = X[y == "common"][:40] + 1e-6
    with pytest.raises(CannotResample, match="all neighbours of its support vectors are of other classes"):
        SVMSMOTE(m_neighbors=1, random_state=0).fit_resample(X, y)


def test_a_machine_without_support_vectors_is_refused():
    X, y = overlapping()
    with pytest.raises(BadOption, match="must be a classifier that has support_"):
        SVMSMOTE(svm_estimator=LogisticRegression()).fit_resample(X, y)


def test_the_users_machine_sees_the_users_labels_and_stays_unfitted():
    X, y = overlapping()
    machine = SVC(class_weight={"common": 1.0, "rare": 3.0})
    sampler = SVMSMOTE(svm_estimator=machine, random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.svm_estimator_.classes_.tolist() == ["common", "rare"]
    assert not hasattr(machine, "support_")
