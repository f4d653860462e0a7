"""IMOVNO+ as one estimator: any table, any stage off, honest inside a comparison, safely saved."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import recall_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.balance import SMOTE
from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP
from steelyard.balance.over.omrp import OMRP
from steelyard.data import load
from steelyard.errors import BadOption, BadTable
from steelyard.learn.imovno import IMOVNOPlus
from steelyard.learn.pruned_ensemble import PrunedEnsemble
from steelyard.store import load_model, save_model

SMALL = {"n_members": 12, "iterations": 5, "random_state": 0}


def expected_failures(estimator):
    why = "a weight sets the chance of a draw, so a weight of 2 is no row twice"
    return {"check_sample_weight_equivalence_on_dense_data": why}


@parametrize_with_checks(
    [IMOVNOPlus(n_members=5, iterations=2, random_state=0)], expected_failed_checks=expected_failures
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


def mixed(n=240, n_classes=3):
    rng = np.random.default_rng(0)
    y = np.repeat(
        ["usual", "odd", "rare"][:n_classes], [n * 5 // 8, n // 4, n - n * 5 // 8 - n // 4][:n_classes]
    )
    frame = pd.DataFrame({"x": rng.normal(size=y.size), "n": rng.integers(0, 9, y.size)})
    frame["x"] += np.where(y == "usual", 0, np.where(y == "odd", 2, 4))
    frame["shop"] = pd.Categorical(np.where(y == "rare", "c", rng.choice(["a", "b", "c"], y.size)))
    frame["city"] = rng.choice(["Graz", "Linz"], y.size)
    frame["new"] = rng.random(y.size) < 0.3
    frame.loc[frame.index[::10], "x"] = np.nan
    frame.loc[frame.index[::13], "shop"] = np.nan
    frame.loc[frame.index[::17], "city"] = None
    return frame, y


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("estimator", ["knn", "gnb"])
def test_frames_of_numbers_categories_and_gaps(n_classes, estimator):
    frame, y = mixed(n_classes=n_classes)
    test = np.arange(y.size) % 3 == 0
    model = IMOVNOPlus(estimator=estimator, **SMALL).fit(frame[~test], y[~test])
    assert recall_score(y[test], model.predict(frame[test]), average="macro") > 0.6
    proba = model.predict_proba(frame[test].assign(city="Wien", shop="never"))
    assert proba.shape == (test.sum(), n_classes)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert list(model.feature_names_in_) == list(frame.columns)


def test_polars_frames():
    pl = pytest.importorskip("polars")
    frame, y = mixed()
    told = IMOVNOPlus(**SMALL).fit(pl.from_pandas(frame), y).predict(pl.from_pandas(frame))
    assert (told == y).mean() > 0.6


def test_a_frame_of_categories_alone():
    frame, y = mixed()
    model = IMOVNOPlus(**SMALL).fit(frame[["shop", "city"]], y)
    assert model.predict_proba(frame[["shop", "city"]]).shape == (240, 3)


@pytest.mark.parametrize(
    ("off", "kind"),
    [
        ({}, BigJumpOMRP),
        ({"clean": False}, OMRP),
        ({"oversample": False}, BigJumpCleaner),
        ({"clean": False, "oversample": False}, type(None)),
    ],
)
def test_each_stage_can_be_left_out(off, kind):
    data = load("glass")
    model = IMOVNOPlus(**off, **SMALL).fit(data.X, data.y)
    assert type(model.ensemble_.sampler_) is kind
    if kind is not type(None) and kind is not BigJumpCleaner:
        made = model.ensemble_.sampler_.sampling_strategy_
        assert len(set(made.values())) == 1


def test_its_parts_put_together_by_hand_give_the_same():
    data = load("glass")
    sampler = BigJumpOMRP(
        cleaner=BigJumpCleaner(standardize=True, protect_minority=False),
        over=OMRP(standardize=True, cohesion=0.5),
    )
    by_hand = PrunedEnsemble(sampler=sampler, **SMALL).fit(data.X, data.y)
    whole = IMOVNOPlus(protect_minority=False, cohesion=0.5, **SMALL).fit(data.X, data.y)
    np.testing.assert_array_equal(by_hand.predict_proba(data.X), whole.predict_proba(data.X))
    np.testing.assert_array_equal(by_hand.selected_, whole.selected_)


def test_the_same_seed_and_any_threads_give_the_same():
    data = load("glass")
    told = [
        IMOVNOPlus(n_jobs=jobs, **SMALL).fit(data.X, data.y).predict_proba(data.X) for jobs in (None, 1, 2)
    ]
    np.testing.assert_array_equal(told[0], told[1])
    np.testing.assert_array_equal(told[0], told[2])


def test_parents_are_training_rows_of_their_own_class():
    data = load("glass")
    train = np.flatnonzero(np.arange(len(data)) % 2)
    model = IMOVNOPlus(**SMALL).fit(data.X.iloc[train], data.y[train])
    sampler = model.ensemble_.sampler_
    parents = sampler.parents_[sampler.parents_ >= 0]
    assert parents.max() < train.size
    made = sampler.parents_[sampler.origin_ < 0]
    labels = np.where(made >= 0, np.searchsorted(model.classes_, data.y[train])[made], -1)
    assert all(len(set(row[row >= 0])) == 1 for row in labels)


def test_groups_reach_every_stage():
    frame, y = mixed()
    groups = np.arange(y.size) // 3
    model = IMOVNOPlus(**SMALL).fit(frame, y, groups=groups)
    sampler = model.ensemble_.sampler_
    made = sampler.parents_[sampler.origin_ < 0]
    paired = made[made[:, 1] >= 0]
    assert (groups[paired[:, 0]] == groups[paired[:, 1]]).all()


def test_it_lifts_the_rare_class_over_the_untreated_pool():
    data = load("yeast4")
    test = np.arange(len(data)) % 2 == 0
    recalls = []
    for on in (False, True):
        model = IMOVNOPlus(clean=on, oversample=on, search=None, **SMALL).fit(data.X[~test], data.y[~test])
        recalls.append(recall_score(data.y[test], model.predict(data.X[test]), average="macro"))
    assert recalls[1] > recalls[0]


def test_what_cannot_be_measured_is_refused():
    frame, y = mixed()
    with pytest.raises(BadTable, match="datetime64"):
        IMOVNOPlus(**SMALL).fit(frame.assign(day=pd.Timestamp("2024-01-01")), y)
    with pytest.raises(BadOption, match="'clean'"):
        IMOVNOPlus(clean="yes", **SMALL).fit(frame, y)
    with pytest.raises(BadOption, match="'estimator'"):
        IMOVNOPlus(estimator="tree", **SMALL).fit(frame, y)


def test_saved_and_read_back_without_executing(tmp_path):
    frame, y = mixed()
    model = IMOVNOPlus(**{**SMALL, "n_members": 4, "search": None}).fit(frame, y)
    save_model(model, tmp_path / "model.skops", about={})
    back = load_model(tmp_path / "model.skops").estimator
    np.testing.assert_array_equal(back.predict_proba(frame), model.predict_proba(frame))


def test_a_clone_is_unfitted_and_keeps_its_parameters():
    model = IMOVNOPlus(cohesion=0.2, estimator="gnb")
    assert clone(model).get_params() == model.get_params()
    assert isinstance(PrunedEnsemble(sampler=SMOTE()).get_params()["sampler__k_neighbors"], int)
