"""The big-jump cleaner against plain loops, its floors, and every troublesome table."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from checks_of_imblearn import IMBALANCED_LEARN
from steelyard.balance import check_sampler
from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.data import load
from steelyard.errors import BadOption, UserError
from trouble import TROUBLE

KINDS = [BigJumpCleaner(), BigJumpCleaner(protect_minority=False), BigJumpCleaner(estimator="gnb", folds=3)]


@pytest.mark.parametrize("sampler", KINDS, ids=repr)
def test_every_promise_is_kept(sampler):
    check_sampler(sampler)


@parametrize_with_checks([BigJumpCleaner()])
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("check", IMBALANCED_LEARN, ids=lambda check: check.__name__)
def test_imbalanced_learn_agrees(check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check("BigJumpCleaner", clone(BigJumpCleaner()))


def distances(X):
    return np.sqrt(((X[:, None] - X[None]) ** 2).sum(axis=2))


def slow_cleaned(X, codes, *, z=1.0, z_alone=2.0, kappa=2.0, keep=0.5, protect=True):
    """Rows kept, by the definition, row by row."""
    n, counts = len(X), np.bincount(codes)
    far = distances(X)
    proba = np.empty((n, len(counts)))
    for i in range(n):
        near = sorted((far[i, j], j) for j in range(n) if j != i)[:10]
        said = [1e-3 / n] * len(counts)
        for rank, (_, j) in enumerate(near, start=1):
            said[codes[j]] += 1 / rank / counts[codes[j]]
        proba[i] = np.array(said) / sum(said)
    own = proba[np.arange(n), codes]
    rival = np.array(
        [max(p for c, p in enumerate(row) if c != code) for row, code in zip(proba, codes, strict=True)]
    )
    core, noise = own >= 0.7, (own <= 0.1) & (rival >= 0.5)
    overlap = ~core & ~noise
    goes = []
    for c, size in enumerate(counts):
        median = np.median(counts)
        if protect and size < median:
            continue
        least = int(np.ceil(keep * size))
        if protect:
            least = max(least, 8, int(np.ceil(median / 2)))
        leaving = [i for i in range(n) if codes[i] == c and noise[i]]
        mine = [i for i in range(n) if codes[i] == c and overlap[i]]
        cores = {e: [i for i in range(n) if codes[i] == e and core[i]] for e in range(len(counts))}
        others = [e for e in cores if e != c and len(cores[e]) >= 2]
        if len(mine) >= 5 and len(cores[c]) >= 2 and others:
            s = []
            for i in mine:
                mean = {e: np.mean(sorted(far[i, j] for j in cores[e])[:5]) for e in [c, *others]}
                s.append(mean[c] / (mean[c] + min(mean[e] for e in others)))
            ordered = sorted(s)
            gaps = np.diff(ordered)
            half = len(gaps) // 2
            widest = half + int(np.argmax(gaps[half:]))
            cut = ordered[widest] if gaps[widest] > gaps.mean() + kappa * gaps.std() else np.inf
            for i, value in zip(mine, s, strict=True):
                score = (value - np.mean(s)) / np.std(s)
                if score > z and (value > cut or score > z_alone):
                    leaving.append(i)
        leaving.sort(key=lambda i: own[i])
        goes += leaving[: max(0, size - least)]
    return sorted(set(range(n)) - set(goes))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "options", [{}, {"protect_minority": False}, {"keep": 0.95}, {"kappa": 0.0, "z": 0.5}]
)
def test_by_the_definition(seed, options):
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1, 2], [70, 50, 15])
    X = rng.normal(size=(135, 2)) + np.array([[0, 0], [1.5, 0], [0, 2]])[codes]
    slow = dict(options)
    if "protect_minority" in slow:
        slow["protect"] = slow.pop("protect_minority")
    kept = BigJumpCleaner(**options).select(X, codes)
    assert kept.tolist() == slow_cleaned(X, codes, **slow)
    assert options.get("keep") or kept.size < 135


def test_a_minority_never_shrinks_and_others_keep_their_floor():
    """Sixty rows of the largest class lie among the second, which outnumbers them there."""
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1, 2], [80, 300, 10])
    X = rng.normal(size=(390, 2))
    X[60:80] += 30
    X[380:] = X[80:90] + 0.01
    guarded = np.bincount(codes[BigJumpCleaner().select(X, codes)])
    free = np.bincount(codes[BigJumpCleaner(protect_minority=False, keep=0.0).select(X, codes)])
    assert guarded[2] == 10
    assert guarded[0] >= 40
    assert free[2] < 10
    half = np.bincount(codes[BigJumpCleaner(protect_minority=False, keep=0.9).select(X, codes)])
    assert (half >= np.ceil(0.9 * np.bincount(codes))).all()


def test_regions_and_ratio_are_told():
    data = load("glass")
    sampler = BigJumpCleaner(standardize=True)
    sampler.fit_resample(data.X, data.y)
    assert sampler.regions_.shape == (len(data),)
    assert sampler.overlap_ratio_ == pytest.approx((sampler.regions_ == 1).mean())


def test_a_model_that_knows_nothing_is_noted():
    rng = np.random.default_rng(0)
    sampler = BigJumpCleaner(estimator="gnb")
    sampler.fit_resample(rng.normal(size=(60, 2)), np.arange(60) % 2)
    assert "no better than their shares" in sampler.note_


def test_a_classifier_reads_the_table_as_it_is():
    data = load("glass")
    model = DecisionTreeClassifier(max_depth=3, random_state=0)
    rows = BigJumpCleaner(estimator=model, random_state=0).select(data.X, data.y)
    assert 0 < rows.size < len(data)
    assert not hasattr(model, "classes_")


def test_in_sample_models_call_less_of_the_table_noise():
    data = load("glass")
    shares = []
    for folds in (5, None):
        sampler = BigJumpCleaner(estimator="gnb", folds=folds, random_state=0, standardize=True)
        sampler.fit_resample(data.X, data.y)
        shares.append((sampler.regions_ == 2).mean())
    assert shares[0] > shares[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"estimator": "svm"},
            "'estimator' parameter of BigJumpCleaner must be 'knn', 'gnb' or a classifier",
        ),
        ({"folds": 1}, "'folds'"),
        ({"core": 1.5}, "'core'"),
        ({"keep": -0.1}, "'keep'"),
        ({"kappa": -1}, "'kappa'"),
        ({"z": "big"}, "'z'"),
        ({"protect_minority": "yes"}, "'protect_minority'"),
    ],
)
def test_parameters_that_make_no_sense(changes, said):
    with pytest.raises(BadOption, match=said):
        BigJumpCleaner(**changes).fit_resample(np.arange(20.0)[:, None], np.arange(20) % 2)


REFUSED = {
    "infinity": "infinity",
    "frame_with_dates": "datetime64",
    "huge_numbers": "Rescale",
    "one_row_class": "cross-fit",
}


def refusal(sampler, X, y):
    """The sentence a sampler refuses a table with, or None."""
    try:
        sampler.fit_resample(X, y)
    except UserError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", [BigJumpCleaner(), BigJumpCleaner(estimator="gnb")], ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    refused = refusal(sampler, X, y)
    if refused is not None:
        assert re.search(REFUSED[name], refused)
        return
    X_out, y_out = sampler.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert set(np.asarray(y_out)) == {"common", "rare"} or name == "numbers_as_labels"
    assert len(y_out) < len(y) or sampler.note_
    if isinstance(X, pd.DataFrame):
        pd.testing.assert_frame_equal(X_out, X.iloc[sampler.sample_indices_])
