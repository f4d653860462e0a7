"""The callback that watches a learnt prior: what it writes, and that it goes by the rows drawn."""

import numpy as np
import pytest

from steelyard.deep import MLP, DeepClassifier
from steelyard.deep.batches import ClassAware
from steelyard.deep.heads import WithNeuralPrior
from steelyard.deep.prior_health import PriorHealth
from steelyard.errors import BadOption


def tail(n=1500, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.choice(4, n, p=[0.7, 0.2, 0.08, 0.02])
    return rng.normal(size=(n, 6)) + 3 * np.eye(6)[y], y


NET = {
    "backbone": MLP((16,), dropout=0.0),
    "epochs": 12,
    "batch_size": 64,
    "optimizer": "sgd",
    "learning_rate": 0.02,
    "callbacks": [PriorHealth()],
    "random_state": 0,
}


def test_the_estimate_comes_near_the_counts():
    history = DeepClassifier(head=WithNeuralPrior(), **NET).fit(*tail()).history_
    assert len(history) == 12
    last = history[-1]
    assert last["prior_correlation"] > 0.9
    assert 0.3 < last["prior_slope"] < 1.6
    assert all(np.isfinite(row["prior_slope"]) for row in history)


def test_it_is_what_the_head_says_of_its_own_rows():
    """At a rate of nearly nothing the weights stay, so the pass's mean is that of the net as it is."""
    X, y = tail(200)
    settings = NET | {"learning_rate": 1e-9, "epochs": 1, "backbone": MLP((16,), norm=None, dropout=0.0)}
    net = DeepClassifier(head=WithNeuralPrior(init_std=1.0), **settings).fit(X, y)
    counts = np.bincount(y)
    import torch

    with torch.no_grad():
        eta = net.module_.head.prior(torch.tensor(net.features(X)))[0].numpy()
    own = [-eta[y == code, code].mean() for code in range(4)]
    slope = np.polyfit(np.log(counts), own, 1)[0]
    assert net.history_[0]["prior_slope"] == pytest.approx(slope, rel=1e-3)
    correlation = np.corrcoef(own, np.log(counts))[0, 1]
    assert net.history_[0]["prior_correlation"] == pytest.approx(correlation, rel=1e-3)


def test_under_balanced_batches_there_is_no_slope():
    X, y = tail(400)
    settings = NET | {"epochs": 1, "batches": ClassAware()}
    history = DeepClassifier(head=WithNeuralPrior(), **settings).fit(X, y).history_
    assert np.isnan(history[0]["prior_slope"])


def test_a_net_without_a_learnt_prior_has_nothing_to_watch():
    with pytest.raises(BadOption, match="give the net the head WithNeuralPrior"):
        DeepClassifier(**NET).fit(*tail(100))
