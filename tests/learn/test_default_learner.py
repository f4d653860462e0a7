import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from steelyard.data import TablePreparer, load
from steelyard.errors import BadOption, MissingExtra
from steelyard.learn import default_learner, learners
from steelyard.learn.default_learner import FASTEST, LEAST_ROUNDS, MOST_TREES, boosting_for


@pytest.mark.parametrize("n_rows", [50, 9_999, 10_000, 400_000])
@pytest.mark.parametrize("k", [2, 3, 10, 28, 200])
def test_the_work_is_bounded_for_any_size(n_rows, k):
    settings = boosting_for(n_rows, k)
    assert settings.rate <= FASTEST
    assert settings.rounds >= LEAST_ROUNDS
    assert settings.rounds * (k if k > 2 else 1) <= max(MOST_TREES, LEAST_ROUNDS * k)


def test_every_row_of_a_comparison_gets_the_same_number_of_trees():
    learner = default_learner(n_rows=300, class_counts=[280, 20], random_state=0)
    assert learner.early_stopping is False
    rng = np.random.default_rng(0)
    for n in (100, 300):
        learner.fit(rng.normal(size=(n, 3)), np.arange(n) % 9 == 0)
        assert learner.n_iter_ == boosting_for(300, 2).rounds


@pytest.mark.parametrize("engine", ["sklearn", "lightgbm"])
def test_levels_and_gaps_are_taken_as_they_are(engine):
    if engine == "lightgbm":
        pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    city = rng.choice(["a", "b", "c"], 300)
    X = pd.DataFrame({"city": pd.Categorical(city), "x": np.where(rng.random(300) < 0.2, np.nan, 1.0)})
    y = (city == "b") & X["x"].notna()
    learner = default_learner(n_rows=300, class_counts=[200, 100], engine=engine, random_state=0).fit(X, y)
    assert (learner.predict(X) == y).mean() > 0.97


def split_of(name, every):
    """A part of a table, prepared: training rows and labels, test rows and labels."""
    whole = load(name, rare="drop")
    counts = pd.Series(whole.y).value_counts()
    part = whole.take(np.flatnonzero(np.isin(whole.y, counts.index[counts >= 4 * every]))[::every])
    train, test = train_test_split(np.arange(len(part)), stratify=part.y, random_state=0)
    preparer = TablePreparer(random_state=0)
    known = preparer.fit_transform(part.X.iloc[train], part.y[train])
    return known, part.y[train], preparer.transform(part.X.iloc[test]), part.y[test]


def loss_of(learner, X, y, new, truth):
    return log_loss(truth, learner.fit(X, y).predict_proba(new), labels=np.unique(y))


@pytest.mark.parametrize(("name", "every"), [("abalone", 5), ("yeast", 2)])
def test_many_classes_do_not_make_it_diverge(name, every):
    X, y, new, truth = split_of(name, every)
    labels, counts = np.unique(y, return_counts=True)
    ours = default_learner(n_rows=len(y), class_counts=counts.tolist(), random_state=0)
    shares = np.tile(counts / counts.sum(), (len(truth), 1))
    assert loss_of(ours, X, y, new, truth) < log_loss(truth, shares, labels=labels)  # as stock does not


def test_it_beats_stock_boosting_where_classes_are_small():
    X, y, new, truth = split_of("yeast", 3)
    ours = default_learner(n_rows=len(y), class_counts=np.unique(y, return_counts=True)[1], random_state=0)
    stock = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    assert loss_of(ours, X, y, new, truth) < 0.9 * loss_of(stock, X, y, new, truth)


@pytest.mark.parametrize("name", sorted(learners()))
def test_the_same_seed_gives_the_same_model(name):
    if name == "lightgbm":
        pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 4))
    y = np.where(X[:, 0] + rng.normal(size=120) > 1, "rare", "usual")
    spec = learners()[name]
    one, two = (
        spec.make(n_rows=120, class_counts=[100, 20], random_state=3).fit(X, y).predict_proba(X)
        for _ in (0, 1)
    )
    np.testing.assert_array_equal(one, two)
    assert one.shape == (120, 2)


def test_an_unknown_engine_is_refused():
    with pytest.raises(BadOption, match="must be one of sklearn, lightgbm"):
        default_learner(n_rows=10, class_counts=[5, 5], engine="xgboost")


def test_a_missing_engine_says_how_to_get_it(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(MissingExtra, match=r"steelyard\[boost\]"):
        default_learner(n_rows=10, class_counts=[5, 5], engine="lightgbm")
