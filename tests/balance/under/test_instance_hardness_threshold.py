import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit, StratifiedKFold
from sklearn.naive_bayes import GaussianNB

from steelyard.balance.under.instance_hardness_threshold import InstanceHardnessThreshold
from steelyard.data import load
from steelyard.errors import BadOption, BadTable, CannotResample


def two_clouds(n=120, rare=30, seed=0):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(n, 3)), rng.normal(1.5, 1.0, size=(rare, 3))])
    return X, np.repeat(["common", "rare"], [n, rare])


@pytest.mark.parametrize("name", ["ecoli", "glass", "yeast"])
@pytest.mark.parametrize("strategy", ["auto", "majority"])
def test_rows_are_those_of_imbalanced_learn_with_the_same_model_and_folds(name, strategy):
    data = load(name, rare="drop")
    X, y = data.X.select_dtypes("number").to_numpy(), np.unique(data.y, return_inverse=True)[1]
    keep = (np.bincount(y) >= 9)[y]
    X, y = X[keep], np.unique(y[keep], return_inverse=True)[1]
    theirs = imblearn.under_sampling.InstanceHardnessThreshold(
        estimator=GaussianNB(var_smoothing=1e-3), sampling_strategy=strategy, random_state=0, cv=4
    )
    theirs.fit_resample(X, y)
    folds = StratifiedKFold(4, shuffle=True, random_state=0)
    sampler = InstanceHardnessThreshold(
        estimator=GaussianNB(var_smoothing=1e-3), sampling_strategy=strategy, cv=folds
    )
    ours = sampler.select(X, y)
    np.testing.assert_array_equal(ours, np.sort(theirs.sample_indices_))
    # With labels that are words imbalanced-learn fails.
    words = np.char.add("class ", y.astype(str))
    np.testing.assert_array_equal(sampler.select(X, words), ours)


def test_the_hardest_rows_go():
    X, y = two_clouds()
    sampler = InstanceHardnessThreshold(estimator=LogisticRegression(), random_state=0)
    kept = sampler.select(X, y)
    gone = np.setdiff1d(np.arange(150), kept)
    hardness = sampler.instance_hardness_
    assert (y[gone] == "common").all()
    assert hardness[gone].min() > hardness[kept][y[kept] == "common"].max()
    assert len(gone) == 90


def test_our_own_model_finds_the_rows_that_lie_among_the_others():
    X, y = two_clouds(400, 60)
    X[:20] = X[400:420] + 0.01
    kept = InstanceHardnessThreshold(random_state=0, sampling_strategy={"common": 330}).select(X, y)
    assert np.isin(np.arange(20), kept).mean() < 0.2


def test_rows_at_the_threshold_stay_and_it_is_said():
    X, y = two_clouds()
    sampler = InstanceHardnessThreshold(estimator=RandomForestClassifier(3, max_depth=1), random_state=0)
    kept = sampler.select(X, y)
    assert (y[kept] == "common").sum() > 30
    assert sampler.note_ == (
        f"class 'common': {(y[kept] == 'common').sum()} rows instead of 30, for several are equally hard"
    )


def test_the_seed_settles_folds_and_model():
    X, y = two_clouds()
    model = RandomForestClassifier(5)
    first = InstanceHardnessThreshold(estimator=model, random_state=3).select(X, y)
    np.testing.assert_array_equal(
        InstanceHardnessThreshold(estimator=model, random_state=3).select(X, y), first
    )
    other = InstanceHardnessThreshold(estimator=model, random_state=4).select(X, y)
    assert other.tolist() != first.tolist()
    assert model.random_state is None


def test_whole_groups_are_predicted_by_models_that_have_not_seen_them():
    class Remembers(GaussianNB):
        seen = []

        def fit(self, X, y, sample_weight=None):
            self.train_ = set(X[:, 0])
            return super().fit(X[:, 1:], y)

        def predict_proba(self, X):
            Remembers.seen.append(bool(self.train_ & set(X[:, 0])))
            return super().predict_proba(X[:, 1:])

    X, y = two_clouds()
    groups = np.arange(150) // 2
    InstanceHardnessThreshold(estimator=Remembers(), random_state=0).fit_resample(
        np.c_[groups, X], y, groups=groups
    )
    assert len(Remembers.seen) == 5
    assert not any(Remembers.seen)


def test_weights_reach_a_model_that_takes_them():
    X, y = two_clouds()
    weight = np.where(X[:, 0] > 0, 1.0, 1e-6)
    plain = InstanceHardnessThreshold(estimator=GaussianNB(), random_state=0)
    heavy = InstanceHardnessThreshold(estimator=GaussianNB(), random_state=0)
    plain.fit_resample(X, y)
    heavy.fit_resample(X, y, sample_weight=weight)
    assert np.abs(plain.instance_hardness_ - heavy.instance_hardness_).max() > 0.1


def test_a_table_of_numbers_gaps_and_many_categories():
    rng = np.random.default_rng(0)
    X, y = two_clouds(500, 60)
    frame = pd.DataFrame(X, columns=list("abc"))
    frame.loc[::7, "a"] = np.nan
    frame["city"] = rng.permutation(np.concatenate([np.arange(400), np.zeros(160, dtype=int)])).astype(str)
    X_out, _ = InstanceHardnessThreshold(random_state=0, cv=2).fit_resample(frame, y)
    assert X_out.dtypes.equals(frame.dtypes)
    assert 60 < len(X_out) < 200


def test_sparse_tables_give_what_dense_ones_do_and_large_ones_get_a_forest(monkeypatch):
    X, y = two_clouds()
    X = np.where(X > 0.5, X, 0)
    sampler = InstanceHardnessThreshold(random_state=0, cv=2)
    dense = sampler.select(X, y)
    X_out, _ = sampler.fit_resample(sparse.csr_matrix(X), y)
    assert sparse.issparse(X_out)
    np.testing.assert_array_equal(sampler.sample_indices_, dense)
    monkeypatch.setattr("steelyard.balance.under.hardness_model.MOST_DENSE_CELLS", 100)
    sampler.fit_resample(sparse.csr_matrix(X), y)
    assert isinstance(sampler.estimator_, RandomForestClassifier)


def test_a_column_without_a_value_among_the_rows_of_a_fold():
    X, y = two_clouds()
    X[:, 0] = np.nan
    X[3, 1:] = np.nan
    X[:3, 1] = 2.0
    X[4:, 1] = np.nan
    assert len(InstanceHardnessThreshold(random_state=0, cv=5).select(X, y)) >= 60


def test_splits_given_as_a_list():
    X, y = two_clouds()
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    model = GaussianNB()
    one = InstanceHardnessThreshold(estimator=model, cv=folds).select(X, y)
    other = InstanceHardnessThreshold(estimator=model, cv=list(folds.split(X, y))).select(X, y)
    np.testing.assert_array_equal(one, other)


def test_the_only_row_of_a_class_stays():
    X, y = two_clouds()
    y[0] = "single"
    sampler = InstanceHardnessThreshold(
        estimator=GaussianNB(), random_state=0, sampling_strategy={"common": 40}
    )
    assert 0 in sampler.select(X, y)
    assert np.isnan(sampler.instance_hardness_[0])


def test_what_cannot_be_done_is_refused():
    X, y = two_clouds()
    with pytest.raises(CannotResample, match="at least two classes with 2 rows"):
        InstanceHardnessThreshold().fit_resample(X[:5], ["a", "a", "a", "a", "b"])
    with pytest.raises(CannotResample, match="0 rows of every class"):
        InstanceHardnessThreshold(sampling_strategy={"common": 0, "rare": 0}).fit_resample(X, y)
    with pytest.raises(BadTable, match="column 'day' holds datetime64"):
        InstanceHardnessThreshold().fit_resample(
            pd.DataFrame({"day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(150), "D")}), y
        )
    with pytest.raises(BadOption, match="must test every row"):
        InstanceHardnessThreshold(estimator=GaussianNB(), cv=ShuffleSplit(2, random_state=0)).fit_resample(
            X, y
        )


@pytest.mark.parametrize(("name", "value"), [("cv", 1), ("estimator", 3), ("estimator", "forest")])
def test_parameters_that_make_no_sense(name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of InstanceHardnessThreshold must be"):
        InstanceHardnessThreshold(**{name: value}).fit_resample(*two_clouds())
