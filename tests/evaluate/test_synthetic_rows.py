"""Synthetic rows of a comparison are judged by the fold's test rows, and by nothing else."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import ADASYN
from imblearn.over_sampling import SMOTE as THEIRS
from imblearn.pipeline import make_pipeline
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from evaluation_rows import made, rows
from steelyard.balance import SMOTE, Balanced, OverSampler, RandomOverSampler, RandomUnderSampler
from steelyard.balance.tables.base import Children
from steelyard.balance.watch import Resampling, made_rows, watching
from steelyard.evaluate import MemoryCache, compare
from steelyard.evaluate.synthetic_rows import FIGURES, validity_estimates, validity_in_fold
from steelyard.records import Dataset

QUICK = {"folds": 3, "repeats": 1, "progress": False}


class Misplaced(OverSampler):
    """Makes rows of the small class exactly where rows of the other class lie."""

    def __init__(self, *, sampling_strategy="auto", random_state=None):
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _children(self, task, code, n_new):
        rows = np.flatnonzero(task.codes != code)
        base = np.resize(rows, n_new)
        numbers = task.table.numbers(list(range(task.table.n_columns)))[base]
        nothing = np.empty((n_new, 0), dtype=np.intp)
        own = np.resize(task.rows_of(code), n_new)
        return Children(own, own[:, None], list(range(task.table.n_columns)), numbers, [], nothing)


class Blind(DummyClassifier):
    """Looks at no value, so that any table will do."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(np.zeros((len(y), 1)), y, sample_weight)

    def predict_proba(self, X):
        return super().predict_proba(np.zeros((len(X), 1)))


def balanced(sampler):
    return Balanced(sampler, LogisticRegression(), correction="prior", random_state=0)


def test_good_and_misplaced_rows_are_told_apart():
    table = made(600, signal=4.0)
    card = compare(
        rows(
            smote=balanced(SMOTE(random_state=0)),
            wrong=balanced(Misplaced()),
            under=balanced(RandomUnderSampler()),
        ),
        table,
        **QUICK,
    )
    good, wrong = card.row("smote").validity, card.row("wrong").validity
    assert set(good) == {"plausibility", *FIGURES}
    assert good["plausibility"].mean > 0.9
    assert wrong["plausibility"].mean < 0.2
    assert wrong["plausibility"].high < good["plausibility"].low
    assert wrong["enemies"].mean > 0.8 > 0.3 > good["enemies"].mean
    assert len(good["plausibility"].values) == 3
    assert not card.row("plain").validity
    assert not card.row("under").validity


def test_a_pipeline_of_imbalanced_learn_is_judged_too():
    card = compare(
        rows(
            smote=make_pipeline(StandardScaler(), THEIRS(random_state=0), LogisticRegression()),
            ours=Pipeline([("scale", StandardScaler()), ("fit", balanced(SMOTE(random_state=0)))]),
            theirs=Pipeline([("scale", StandardScaler()), ("fit", balanced(ADASYN(random_state=0)))]),
        ),
        made(400, signal=3.0),
        **QUICK,
    )
    for name in ("smote", "ours", "theirs"):
        assert card.row(name).validity["plausibility"].mean > 0.7, name


def test_a_table_of_categories_and_gaps():
    table = made(400, signal=3.0)
    rng = np.random.default_rng(0)
    X = table.X.assign(city=pd.Categorical(rng.choice(["Graz", "Linz"], size=400)))
    X.loc[rng.random(400) < 0.1, "b"] = np.nan

    sampler = Balanced(SMOTE(random_state=0), Blind(), correction="prior")
    card = compare(rows_for(sampler), Dataset(X, table.y), **QUICK)
    assert card.row("smote").validity["plausibility"].mean > 0.7


def rows_for(remedy):
    return {"plain": DummyClassifier(), "smote": remedy}


def test_several_classes_in_one_figure():
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b", "c"], p=[0.7, 0.2, 0.1], size=400)
    X = rng.normal(size=(400, 2)) + 4 * np.searchsorted(["a", "b", "c"], y)[:, None]
    card = compare(rows_for(balanced(SMOTE(random_state=0))), Dataset(X, y, task="multiclass"), **QUICK)
    assert 0.9 < card.row("smote").validity["plausibility"].mean < 1.2


def test_images_are_judged_by_their_cells_and_what_cannot_be_measured_is_not():
    rng = np.random.default_rng(0)
    images, y = rng.normal(size=(90, 2, 2)), np.repeat([0, 1], [60, 30])
    images[60:] += 3
    fitted = Balanced(SMOTE(random_state=0), Blind(), correction="none")
    with watching() as seen:
        fitted.fit(images[::2], y[::2])
    judged = validity_in_fold(fitted, seen, (images[::2], y[::2]), (images[1::2], y[1::2]), 0)
    assert judged.plausibility > 0.8
    endless = np.full_like(images[1::2], np.inf)
    assert validity_in_fold(fitted, seen, (images[::2], y[::2]), (endless, y[1::2]), 0) is None


def test_the_same_after_a_break(table):
    systems = rows(smote=balanced(SMOTE(random_state=0)))
    cache = MemoryCache()
    one = compare(systems, table, cache=cache, **QUICK)
    assert compare(systems, table, cache=cache, **QUICK).row("smote") == one.row("smote")
    for value in cache.values.values():  # a unit kept by a version that judged nothing
        for report in value["plain"]["systems"].values():
            report.pop("validity", None)
    assert not compare(systems, table, cache=cache, **QUICK).row("smote").validity


def test_only_the_first_call_is_kept_and_watchers_do_not_meet():
    X, y = np.arange(40.0)[:, None], np.repeat([0, 1], [30, 10])
    model = Balanced(SMOTE(random_state=0), LogisticRegression(), correction="calibrate", random_state=0)
    with watching() as outer:
        with watching() as seen:
            model.fit(X, y)
        assert not outer
    assert [len(one.y) for one in seen] == [40]
    model.fit(X, y)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "sampler", [RandomOverSampler(random_state=0), THEIRS(random_state=0), SMOTE(random_state=0)]
)
def test_which_rows_are_synthetic(sampler):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 2)), np.repeat([0, 1], [30, 10])
    X_out, y_out = sampler.fit_resample(X, y)
    found, parents = made_rows(Resampling(sampler, X, y, X_out, y_out))
    assert found.tolist() == ([] if isinstance(sampler, RandomOverSampler) else list(range(40, 60)))
    assert found.size == parents.size
    if isinstance(sampler, SMOTE):
        assert (y[parents] == 1).all()


def test_a_model_that_resamples_nothing_is_not_judged():
    X, y = np.zeros((4, 1)), np.array([0, 0, 1, 1])
    assert validity_in_fold(LogisticRegression().fit(X, y), [], (X, y), (X, y), 0) is None


def test_the_ratio_is_of_means():
    folds = [
        {"share": 0.1, "share_real": 0.2},
        {"share": 0.3, "share_real": 0.2},
        {"share": 0.2, "share_real": 0.0},
    ]
    found = validity_estimates(folds, 0.5)["plausibility"]
    assert found.mean == pytest.approx(0.2 / (0.4 / 3))
    assert found.values[:2] == (0.5, pytest.approx(1.5))
    assert np.isnan(found.values[2])
    assert found.low >= 0
    nothing = validity_estimates([{"share": 0.1, "share_real": 0.0}] * 3, 0.5)["plausibility"]
    assert np.isnan(nothing.mean)
    assert validity_estimates([None, None], 0.5) == {}
