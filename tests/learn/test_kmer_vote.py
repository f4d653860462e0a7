"""Votes of shared runs: a plain loop, the shortcut row, and the conventions of scikit-learn on strings."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags

from steelyard.data import load
from steelyard.data.groups import shared_kmer_groups
from steelyard.errors import BadOption, BadTable, BadTarget, CannotEvaluate
from steelyard.kernels.out_of_fold import inner_splits
from steelyard.learn.kmer_vote import KmerVote
from steelyard.learn.vote_and_length import VoteAndLength

BOTH = [KmerVote(), VoteAndLength(random_state=0)]


@pytest.fixture(scope="module")
def strings():
    """Strings made of few words, so that runs are shared, of three classes."""
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("ABCDEF"), size=6)) for _ in range(20)]
    texts = ["".join(rng.choice(words, size=rng.integers(1, 4)))[: rng.integers(3, 15)] for _ in range(90)]
    return texts, rng.choice(["no", "yes", "maybe"], p=[0.5, 0.3, 0.2], size=90)


def plain_vote(train, y, text, ks):
    classes = sorted(set(y))
    prior = np.array([np.mean(np.asarray(y) == c) for c in classes])
    total, sums = 1.0, prior.copy()
    for k in ks:
        for run in {text[i : i + k] for i in range(len(text) - k + 1)}:
            owners = [label for known, label in zip(train, y, strict=True) if run in known]
            if owners:
                weight = (k - 3) / 4 / math.sqrt(len(owners))
                total += weight
                sums += weight * np.array([owners.count(c) / len(owners) for c in classes])
    return sums / total


def test_the_vote_is_that_of_a_plain_loop(strings):
    texts, y = strings
    vote = KmerVote(k=(8, 4, 5)).fit(texts[:70], y[:70])
    want = [plain_vote(texts[:70], list(y[:70]), text, (4, 5, 8)) for text in texts]
    assert vote.predict_proba(texts) == pytest.approx(np.array(want))
    assert vote.classes_.tolist() == ["maybe", "no", "yes"]
    assert (vote.predict(texts) == vote.classes_[np.argmax(want, axis=1)]).all()


def test_votes_one_by_one_add_up_to_the_vote(strings):
    texts, y = strings
    vote = KmerVote().fit(texts[:60], y[:60])
    told = vote.votes(texts[60:])
    for row, text in enumerate(texts[60:]):
        own = told[told["row"] == row]
        assert own["run"].is_unique
        assert [text.find(run) for run in own["run"]] == own["start"].tolist()
        assert own["weight"].is_monotonic_decreasing
        sums = vote.prior_ + (own["weight"].to_numpy()[:, None] * own.filter(like="share_").to_numpy()).sum(
            axis=0
        )
        assert vote.predict_proba([text])[0] == pytest.approx(sums / (1 + own["weight"].sum()), abs=2e-3)


def test_what_shares_nothing_gets_the_prior_and_says_so():
    vote = KmerVote().fit(["AAAAAA", "CCCCCC", "CCCCCC"], [1, 0, 0])
    assert vote.predict_proba(["GGGGGG", "", "AA"]) == pytest.approx(np.tile([2 / 3, 1 / 3], (3, 1)))
    told = vote.votes(["GGGGGG"])
    assert told.empty
    assert list(told.columns) == ["row", "start", "run", "owners", "weight", "share_0", "share_1"]
    assert KmerVote(k=(9,)).fit(["AB", "CD"], [0, 1]).predict_proba(["AB"]).tolist() == [[0.5, 0.5]]


def test_memory_is_worthless_across_groups_of_long_runs():
    data = load("pip_el")
    groups = shared_kmer_groups(data.X, 4)  # nothing the vote can read is shared
    train, test = inner_splits(data.y, 3, groups=groups, random_state=0)[0]
    vote = KmerVote().fit(data.X.iloc[train], data.y[train])
    assert np.ptp(vote.predict_proba(data.X.iloc[test]), axis=0).max() < 1e-12


def test_the_shortcut_is_logistic_regression_on_five_numbers():
    data = load("pip_el")
    rows = np.random.default_rng(0).permutation(len(data))[:500]
    texts, y = data.X["sequence"].iloc[rows].tolist(), data.y[rows]
    model = VoteAndLength(random_state=3).fit(texts[:400], y[:400])
    v = np.full(400, np.nan)
    for train, test in inner_splits(y[:400], 5, random_state=3):
        fitted = KmerVote().fit([texts[i] for i in train], y[train])
        v[test] = fitted.predict_proba([texts[i] for i in test])[:, 1]
    lengths = np.array([len(text) for text in texts])
    usual = np.bincount(lengths[:400]).argmax()
    assert model.usual_length_ == usual

    def numbers(v, lengths):
        spread = (lengths - model.mean_length_) / model.sd_length_
        return np.column_stack([v, v**2, lengths == usual, spread, v * (lengths == usual)])

    plain = LogisticRegression(class_weight="balanced", max_iter=10_000).fit(
        numbers(v, lengths[:400]), y[:400]
    )
    seen = KmerVote().fit(texts[:400], y[:400]).predict_proba(texts[400:])[:, 1]
    assert model.predict_proba(texts[400:]) == pytest.approx(
        plain.predict_proba(numbers(seen, lengths[400:]))
    )
    assert roc_auc_score(y[400:], model.predict_proba(texts[400:])[:, 1]) > 0.6


def test_groups_keep_copies_out_of_the_training_votes():
    """Pairs of copies with lots drawn as labels: without groups a copy's vote looks like knowledge."""
    rng = np.random.default_rng(0)
    texts = np.repeat(["".join(rng.choice(list("ACDEFGHIKL"), size=12)) for _ in range(60)], 2).tolist()
    y = np.repeat(rng.integers(0, 2, size=60), 2)
    leaking = VoteAndLength(random_state=0).fit(texts, y)
    honest = VoteAndLength(random_state=0).fit(texts, y, groups=np.repeat(np.arange(60), 2))
    assert np.abs(leaking.model_.coef_[0][:2]).sum() > 2
    assert np.abs(honest.model_.coef_[0][:2]).sum() < 1


def test_strings_of_one_length_and_a_given_usual_one():
    texts = ["ABCDE", "ABCDF", "XYZWV", "XYZWU"] * 3
    y = [0, 0, 1, 1] * 3
    model = VoteAndLength(usual_length=7, random_state=0).fit(texts, y)
    assert model.usual_length_ == 7
    assert np.isfinite(model.predict_proba(["ABCDE", "ABCDEFG"])).all()


@pytest.mark.parametrize("model", BOTH, ids=lambda m: type(m).__name__)
def test_conventions_of_scikit_learn(model, strings):
    texts, y = strings
    with pytest.raises(NotFittedError):
        clone(model).predict(texts)
    fitted = clone(model)
    assert fitted.fit(texts, y) is fitted
    proba = fitted.predict_proba(texts)
    assert proba.sum(axis=1) == pytest.approx(1)
    assert (fitted.predict(texts) == fitted.classes_[proba.argmax(axis=1)]).all()
    assert fitted.score(texts, y) == pytest.approx((fitted.predict(texts) == y).mean())
    for given in (np.array(texts), pd.Series(texts), pd.DataFrame({"s": texts}), tuple(texts)):
        assert np.array_equal(clone(model).fit(given, y).predict_proba(given), proba)
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(texts), proba)
    one_by_one = np.vstack([fitted.predict_proba([text]) for text in texts[:5]])
    assert one_by_one == pytest.approx(proba[:5], abs=1e-12)
    found = GridSearchCV(model, {"k": [(4,), (4, 5)]}, cv=2).fit(texts, y)
    assert found.best_params_["k"] in [(4,), (4, 5)]
    assert get_tags(model).input_tags.string


@pytest.mark.parametrize("model", BOTH, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize(
    ("X", "y", "error", "word"),
    [
        (["ABCD", "ABCE"], [1, 1], BadTarget, "2 classes"),
        (["ABCD", "ABCE"], [1], BadTarget, "2 strings and 1 labels"),
        (["ABCD", None], [0, 1], BadTable, "row 1"),
        (["ABCD", "ABCE"], None, BadTarget, "requires y"),
        (["ABCD", "ABCE"], [0.5, 1.5], ValueError, "continuous"),
    ],
)
def test_trouble(model, X, y, error, word):
    with pytest.raises(error, match=word):
        clone(model).fit(X, y)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (KmerVote(k=(3,)), "k"),
        (KmerVote(k=4), "k"),
        (KmerVote(k=()), "k"),
        (VoteAndLength(k=(4.5,)), "k"),
        (VoteAndLength(inner_folds=1), "inner_folds"),
        (VoteAndLength(C=0), "C"),
        (VoteAndLength(usual_length=0), "usual_length"),
    ],
)
def test_parameters_that_make_no_sense(model, name):
    with pytest.raises(BadOption, match=f"'{name}' parameter"):
        model.fit(["ABCD", "ABCE", "ABCF", "ABCG"], [0, 0, 1, 1])


def test_a_class_of_one_string_cannot_be_voted_out_of_fold():
    with pytest.raises(CannotEvaluate, match="2 rows"):
        VoteAndLength().fit(["ABCD", "ABCE"], [0, 1])
