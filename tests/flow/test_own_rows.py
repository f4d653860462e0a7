"""Estimators of the caller's own stand in a comparison beside the rows known by name."""

from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.data import load
from steelyard.errors import BadOption, BadTable
from steelyard.flow import Settings, balance, build_systems, compare
from steelyard.records import Dataset

QUICK = Settings(folds=2, repeats=1)
needs_torch = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("skorch")), reason="the extra 'deep' is not installed here"
)


@pytest.fixture(scope="module")
def glass():
    return load("glass")


def test_an_estimator_is_a_row_like_the_other_learners(glass):
    own = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    card = compare(glass, with_={"mine": own, "renamed": "logistic"}, settings=QUICK, jobs=1, progress=False)
    rows = {row.system: row for row in card.rows}
    assert list(rows)[4:] == ["mine", "renamed"]
    assert (rows["mine"].kind, rows["mine"].status) == ("learner", "kept")
    assert rows["mine"].metrics.keys() == rows["renamed"].metrics.keys()
    assert rows["mine"].decision
    assert not hasattr(own[-1], "coef_")


def test_the_estimator_given_is_fed_with_numbers_without_gaps():
    table = load("coswara_metadata")
    system = build_systems(table, QUICK, {"mine": GaussianNB()})["mine"]
    prepared = system.estimator.estimator[0].fit_transform(table.X[:300], table.y[:300])
    assert np.isfinite(np.asarray(prepared, dtype=float)).all()
    assert not system.resamples


def test_a_mapping_without_estimators_is_a_list_of_names(glass):
    by_list = build_systems(glass, QUICK, ["smote", "none"])
    by_mapping = build_systems(glass, QUICK, {"smote": None, "none": None})
    assert list(by_list) == list(by_mapping)
    assert repr(by_list["smote"].estimator) == repr(by_mapping["smote"].estimator)


class NoProbabilities(BaseEstimator):
    def fit(self, X, y):
        return self

    def predict(self, X):
        return X


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"plain": GaussianNB()}, "'plain' is the name of a row"),
        ({"none": GaussianNB()}, "'none' is the name of a row"),
        ({"mine": GaussianNB}, "'mine' must be an estimator"),
        ({"mine": NoProbabilities()}, "'mine' must be an estimator"),
        ({"mine": 3}, "'mine' must be an estimator.*Got 3"),
        ({"mine": "smotte"}, "Unknown remedy 'smotte'"),
    ],
)
def test_what_cannot_be_a_row_says_why(glass, given, words):
    with pytest.raises(BadOption, match=words):
        build_systems(glass, QUICK, given)


def test_images_are_sent_elsewhere():
    images = Dataset(np.zeros((6, 1, 2, 2)), np.array(list("aabbab")), modality="image", name="photos")
    for refused in (lambda: compare(images, settings=QUICK), lambda: balance(images)):
        with pytest.raises(BadTable, match=r"photos holds image items of shape \(1, 2, 2\)"):
            refused()


@needs_torch
def test_a_net_is_a_row_too():
    from steelyard.deep import DeepClassifier

    net = make_pipeline(StandardScaler(), DeepClassifier(steps=8, random_state=0))
    card = compare(load("glass5"), with_={"net": net}, settings=QUICK, jobs=1, progress=False)
    assert card.row("net").status == "kept"
    assert len(card.row("net").recall) == 2
    assert not hasattr(net[-1], "module_")
