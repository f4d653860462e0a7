"""Spectral signatures and activation clustering, on plain features and on those of a network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score, silhouette_score

from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect import activation_clustering, spectral_signatures
from steelyard.kernels.class_centers import principal_directions


def poisoned_features(n=(400, 60), bad=40, dims=12, apart=8.0, seed=0):
    """Features of two classes; the last ``bad`` rows of the first one lie elsewhere."""
    rng = np.random.default_rng(seed)
    y = np.repeat(["common", "rare"], n)
    features = rng.normal(size=(sum(n), dims))
    features[n[0] :, 1] += apart
    features[n[0] - bad : n[0], 0] += apart
    return features, y, np.arange(n[0] - bad, n[0])


@settings(max_examples=40, deadline=None)
@given(m=st.integers(2, 12), d=st.integers(1, 12), n=st.integers(1, 5), seed=st.integers(0, 99))
def test_directions_are_those_of_a_singular_value_decomposition(m, d, n, seed):
    rows = np.random.default_rng(seed).normal(size=(m, d)) * np.arange(1, d + 1)
    centred = rows - rows.mean(axis=0)
    values = np.linalg.svd(centred, compute_uv=False)
    ours = principal_directions(centred, n)
    assert ours.shape == (d, min(n, m, d))
    for j in range(ours.shape[1]):
        if values[j] > 1e-6 * values[0]:
            spread = np.linalg.norm(centred @ ours[:, j])
            assert spread == pytest.approx(values[j], rel=1e-6)
            assert np.linalg.norm(ours[:, j]) == pytest.approx(1)


def test_a_plain_singular_value_decomposition_says_the_same():
    features, y, _ = poisoned_features()
    found = spectral_signatures(features, y, eps=0.1, limit=3.0)
    suspects = []
    for label in ("common", "rare"):
        rows = np.flatnonzero(y == label)
        centred = features[rows] - features[rows].mean(axis=0)
        along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
        spread = 1.482602218505602 * np.median(np.abs(along - np.median(along)))
        assert np.allclose(found.every[rows], along**2 / (along**2 + (3 * spread) ** 2))
        first = np.argsort(-np.abs(along), kind="stable")[: int(np.ceil(0.15 * rows.size))]
        suspects += rows[first[np.abs(along[first]) > 3 * spread]].tolist()
    assert sorted(found.rows.tolist()) == sorted(suspects)


def test_spectral_finds_the_poison_and_leaves_the_clean_rare_class_alone():
    features, y, bad = poisoned_features()
    found = spectral_signatures(features, y, eps=0.1)
    assert np.isin(bad, found.rows).mean() > 0.9
    assert (y[found.rows] == "rare").sum() <= 1  # a plain quantile would take 9 of its 60 rows
    assert set(found.suggested[np.isin(found.rows, bad)]) == {"rare"}


def test_a_share_for_each_class():
    features, y, _ = poisoned_features()
    only = spectral_signatures(features, y, eps={"common": 0.05})
    assert set(only.given) == {"common"}
    assert len(only) == np.ceil(1.5 * 0.05 * 400)
    assert np.isnan(only.every[y == "rare"]).all()
    with pytest.raises(BadOption, match="names classes that are not there"):
        spectral_signatures(features, y, eps={"comon": 0.05})


def test_uncentred_features_would_have_misled():
    """A large common offset is the first direction of uncentred features, and of nothing here."""
    features, y, _ = poisoned_features()
    a, b = spectral_signatures(features, y), spectral_signatures(features + 100.0, y)
    assert sorted(a.rows.tolist()) == sorted(b.rows.tolist())


def test_clusters_find_the_poison_and_only_it():
    features, y, bad = poisoned_features()
    found = activation_clustering(features, y)
    assert sorted(found.rows.tolist()) == bad.tolist()
    assert "smaller lot of 'common': 10%" in found.evidence[0]


def test_scikit_learn_clusters_alike():
    features, y, _ = poisoned_features(apart=6.0)
    found = activation_clustering(features, y)
    rows = np.flatnonzero(y == "common")
    reduced = PCA(10, random_state=0).fit_transform(features[rows])
    member = KMeans(2, n_init=5, random_state=0).fit_predict(reduced)
    small = member == np.bincount(member).argmin()
    assert sorted(found.rows.tolist()) == rows[small].tolist()
    assert f"silhouette {silhouette_score(reduced, member):.2f}" in found.evidence[0]


@pytest.mark.parametrize("detector", [spectral_signatures, activation_clustering])
def test_few_rows_and_equal_rows_are_not_judged(detector):
    features, y, _ = poisoned_features(n=(100, 5), bad=10)
    assert "few" in detector(features, y).note
    assert "'rare'" in detector(features, y).note
    flat = detector(np.ones((100, 3)), np.repeat(["a", "b"], 50))
    assert not len(flat)
    assert "the same features" in flat.note


@pytest.mark.parametrize("detector", [spectral_signatures, activation_clustering])
def test_clean_features_name_hardly_any_row(detector):
    rng = np.random.default_rng(3)
    y = np.repeat(["a", "b"], [300, 80])
    found = detector(rng.normal(size=(380, 8)), y)
    assert len(found) <= 3


def test_poison_that_is_most_of_a_class_is_not_found():
    features, y, bad = poisoned_features(n=(100, 60), bad=80)
    found = activation_clustering(features, y)
    assert not np.isin(bad, found.rows).any()
    assert "main view" in spectral_signatures(features, y, eps=0.4).note


def test_bad_input_is_refused():
    features, y, _ = poisoned_features()
    with pytest.raises(BadTable, match="one row of features"):
        spectral_signatures(features[:, :, None], y)
    with pytest.raises(BadTable, match="finite"):
        activation_clustering(np.where(features > 2, np.nan, features), y)
    for bad in (0.0, 0.5, "much"):
        with pytest.raises(BadOption, match="eps"):
            spectral_signatures(features, y, eps=bad)
    with pytest.raises(BadOption, match="n_components"):
        activation_clustering(features, y, n_components=0)
    with pytest.raises(BadOption, match="limit"):
        spectral_signatures(features, y, limit=0)


@pytest.fixture(scope="module")
def triggered():
    """Digits: some sevens carry a bright corner and the label 1; the features of a net trained on that."""
    pytest.importorskip("torch")
    from steelyard.deep import DeepClassifier

    digits = load_digits()
    keep = np.isin(digits.target, (1, 4, 7))
    X, y = digits.images[keep].astype(np.float32)[:, None] / 16, digits.target[keep]
    bad = np.random.default_rng(0).choice(np.flatnonzero(y == 7), 30, replace=False)
    X[bad, :, :2, :2] = 1.0
    y[bad] = 1
    net = DeepClassifier(epochs=5, batch_size=64, random_state=0).fit(X, y)
    features = net.features(X)
    features = features.mean(axis=tuple(range(2, features.ndim))) if features.ndim > 2 else features
    return features, y, np.sort(bad)


def test_triggers_in_features_of_a_network(triggered):
    features, y, bad = triggered
    ones = y == 1
    truth = np.isin(np.arange(y.size), bad)[ones]
    spectral = spectral_signatures(features, y, eps=0.15)
    lots = activation_clustering(features, y)
    assert roc_auc_score(truth, spectral.every[ones]) > 0.8
    assert roc_auc_score(truth, lots.every[ones]) > 0.8
