"""The classifier over a net: scikit-learn's face, equal bits for equal seeds, a plain twin of its loop."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

from steelyard.balance import SMOTE, Balanced
from steelyard.data import load
from steelyard.decide import CostThreshold
from steelyard.deep import MLP, DeepClassifier
from steelyard.errors import BadOption, BadTarget

SMALL = MLP(widths=(16,), dropout=0.0)
QUICK = DeepClassifier(backbone=SMALL, steps=40, learning_rate=0.02, random_state=0)
# As the condensation paper trains its network.
PAPER = DeepClassifier(
    backbone=MLP(widths=(64, 64, 64), norm="batch", dropout=0.1),
    optimizer="sgd",
    learning_rate=0.002,
    momentum=0.9,
    weight_decay=5e-4,
    epochs=100,
    batch_size=2048,
    drop_last=True,
    random_state=0,
)


def expected_failures(estimator):
    return {
        "check_sample_weight_equivalence_on_dense_data": (
            "batches are drawn from rows, so a row of weight two is not two rows"
        )
    }


@parametrize_with_checks([QUICK], expected_failed_checks=expected_failures)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def rows():
    X, y = make_classification(
        400, 8, n_informative=4, n_classes=3, weights=[0.7, 0.2], class_sep=1.5, flip_y=0.02, random_state=1
    )
    return X, np.array(["common", "rare", "rarest"])[y]


def test_names_of_classes_and_probabilities(rows):
    X, y = rows
    model = clone(QUICK).fit(X, y)
    proba = model.predict_proba(X)
    assert model.classes_.tolist() == ["common", "rare", "rarest"]
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    assert (model.predict(X) == model.classes_[proba.argmax(axis=1)]).all()
    assert model.score(X, y) > 0.75


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
def test_equal_seeds_give_equal_bits_and_leave_torchs_own_stream_alone(rows, optimizer):
    X, y = rows
    model = clone(QUICK).set_params(backbone=MLP((16,)), optimizer=optimizer)  # with dropout
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one = clone(model).fit(X, y).predict_proba(X)
    assert torch.rand(1) == expected
    np.random.seed(3)  # noqa: NPY002 - nobody's global stream matters
    np.testing.assert_array_equal(one, clone(model).fit(X, y).predict_proba(X))
    assert not np.array_equal(one, clone(model).set_params(random_state=1).fit(X, y).predict_proba(X))


def test_a_backbone_is_left_as_it_is_and_its_weights_do_not_matter(rows):
    X, y = rows
    lazy, met = MLP((16,)), MLP((16,))
    met(torch.zeros(2, 8))
    before = {name: value.clone() for name, value in met.state_dict().items()}
    one = clone(QUICK).set_params(backbone=lazy).fit(X, y).predict_proba(X)
    two = QUICK.set_params(backbone=met).fit(X, y).predict_proba(X)
    QUICK.set_params(backbone=SMALL)
    np.testing.assert_array_equal(one, two)
    assert all(torch.equal(value, before[name]) for name, value in met.state_dict().items())


def test_a_pretrained_backbone_starts_from_its_weights(rows):
    X, y = rows
    fixed = nn.Linear(8, 5)
    model = DeepClassifier(
        backbone=fixed, pretrained=True, steps=1, learning_rate=1e-9, weight_decay=0, random_state=0
    ).fit(X, y)
    torch.testing.assert_close(model.module_.backbone.weight, fixed.weight, atol=1e-6, rtol=0)
    anew = clone(model).set_params(pretrained=False).fit(X, y)
    assert not torch.allclose(anew.module_.backbone.weight, fixed.weight, atol=1e-2)


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def test_training_is_plain_gradient_descent_with_weights(rows):
    """Without hidden layers the net is a softmax regression, which a loop in numpy learns as well."""
    X, y = rows
    rate, momentum, decay, steps = 0.1, 0.9, 0.01, 20
    weight = 1 + np.arange(len(y)) % 3
    settings = {"backbone": nn.Flatten(), "optimizer": "sgd", "momentum": momentum, "batch_size": len(y)}
    settings |= {"weight_decay": decay, "random_state": 0}
    start = DeepClassifier(learning_rate=1e-12, steps=1, **settings).fit(X, y).module_.head.layer
    W, b = start.weight.detach().double().numpy().T, start.bias.detach().double().numpy()
    vW, vb = np.zeros_like(W), np.zeros_like(b)
    onehot = (y[:, None] == np.unique(y)).astype(float)
    for _ in range(steps):
        error = (softmax(X @ W + b) - onehot) * (weight / weight.mean())[:, None] / len(y)
        vW = momentum * vW + X.T @ error + decay * W
        vb = momentum * vb + error.sum(axis=0) + decay * b
        W, b = W - rate * vW, b - rate * vb
    model = DeepClassifier(learning_rate=rate, steps=steps, **settings).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(model.module_.head.layer.weight.detach().numpy().T, W, atol=2e-5)
    np.testing.assert_allclose(model.predict_proba(X), softmax(X @ W + b), atol=2e-5)


def test_the_papers_network_can_be_said(rows):
    X, y = rows
    model = clone(PAPER).fit(X[:50], y[:50])
    assert model.n_steps_ == len(model.history_) == 100
    kinds = [type(layer).__name__ for layer in model.module_.backbone.layers]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU", "Dropout"] * 3
    assert [layer.out_features for layer in model.module_.backbone.layers[::4]] == [64, 64, 64]
    assert model.history_[-1]["train_loss"] < model.history_[0]["train_loss"]


@pytest.mark.parametrize(
    ("settings", "steps", "passes"),
    [
        ({"epochs": 3, "batch_size": 64}, 21, 3),  # 400 = 6 * 64 + 16
        ({"epochs": 3, "batch_size": 64, "drop_last": True}, 18, 3),
        ({"steps": 20, "batch_size": 64}, 20, 3),
        ({"epochs": 2, "batch_size": 57}, 14, 2),  # 400 = 7 * 57 + 1: the last row joins the batch before
        ({"epochs": 2, "batch_size": 10_000}, 2, 2),
        ({"batch_size": 200}, 600, 300),
        ({"batch_size": 4}, 1000, 10),
    ],
)
def test_how_long_it_learns(rows, settings, steps, passes):
    X, y = rows
    model = DeepClassifier(backbone=nn.Flatten(), random_state=0, **settings).fit(X, y)
    assert (model.n_steps_, len(model.history_)) == (steps, passes)


def test_rows_of_weight_0_are_left_out(rows):
    X, y = rows
    weight = (np.arange(len(y)) % 4 > 0).astype(float)
    some = clone(QUICK).fit(X, y, sample_weight=weight)
    less = clone(QUICK).fit(X[weight > 0], y[weight > 0])
    np.testing.assert_array_equal(some.predict_proba(X), less.predict_proba(X))


def test_class_weights_raise_the_rare(rows):
    X, y = rows
    plain = clone(QUICK).fit(X, y)
    balanced = clone(QUICK).set_params(class_weight="balanced").fit(X, y)
    counts = {label: len(y) / 3 / (y == label).sum() for label in plain.classes_}
    by_hand = clone(QUICK).fit(X, y, sample_weight=[counts[label] for label in y])
    assert balanced.predict_proba(X)[:, 2].mean() > plain.predict_proba(X)[:, 2].mean()
    np.testing.assert_allclose(balanced.predict_proba(X), by_hand.predict_proba(X), atol=1e-5)


def test_early_stopping_returns_to_the_weights_that_were_best_on_rows_held_back():
    X, y = make_classification(120, 20, flip_y=0.4, random_state=0)
    model = DeepClassifier(
        backbone=MLP((64,), norm=None, dropout=0.0),
        learning_rate=0.02,
        epochs=100,
        batch_size=32,
        early_stopping=True,
        validation_share=0.3,
        patience=5,
        random_state=0,
    ).fit(X, y)
    losses = [row["valid_loss"] for row in model.history_]
    assert len(losses) == np.argmin(losses) + 6 < 100
    held = model.validation_rows_
    assert (np.bincount(y[held]) == (0.3 * np.bincount(y)).astype(int)).all()
    proba = model.predict_proba(X[held])[np.arange(len(held)), y[held]]
    np.testing.assert_allclose(-np.log(proba).mean(), min(losses), atol=1e-5)


def test_held_back_rows_are_told_by_their_place_among_all():
    X, y = make_classification(100, random_state=0)
    weight = np.r_[np.zeros(50), np.ones(50)]
    model = clone(QUICK).set_params(early_stopping=True).fit(X, y, sample_weight=weight)
    assert len(model.validation_rows_) > 0
    assert (model.validation_rows_ >= 50).all()


class Convolved(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, images):
        return self.layers(images)


def test_a_users_own_module_on_images():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 1, 8, 8))
    y = np.arange(80) % 2
    X[y == 1] = X[y == 1].mean(axis=3, keepdims=True) * 3  # striped
    model = DeepClassifier(backbone=Convolved(), steps=150, learning_rate=0.02, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.8
    with pytest.raises(BadOption, match=r"Convolved cannot read rows of shape \(8,\)"):
        model.fit(X[:, 0, 0], y)


def test_it_stands_wherever_a_classifier_stands(rows):
    data = load("ecoli")
    rare = np.where(data.y == data.y[np.argmin(data.y == data.y[0])], "one", "other")
    pipe = make_pipeline(StandardScaler(), clone(QUICK))
    assert Balanced(SMOTE(random_state=0), pipe).fit(data.X, rare).predict_proba(data.X).shape == (
        len(rare),
        2,
    )
    rule = CostThreshold(clone(QUICK), random_state=0).fit(rows[0], rows[1] == "rare")
    assert set(rule.predict(rows[0]).tolist()) <= {True, False}
    search = GridSearchCV(clone(QUICK), {"backbone": [MLP((4,)), MLP((8, 8))]}, cv=2).fit(*rows)
    assert isinstance(search.best_params_["backbone"], MLP)


def test_frames_and_read_only_rows(rows):
    X, y = rows
    frame = pd.DataFrame(X, columns=list("abcdefgh"))
    plain = clone(QUICK).fit(X, y).predict_proba(X)
    model = clone(QUICK).fit(frame, pd.Series(y))
    assert model.feature_names_in_.tolist() == list("abcdefgh")
    np.testing.assert_array_equal(model.predict_proba(frame), plain)
    fixed = X.astype(np.float32)
    fixed.flags.writeable = False
    np.testing.assert_array_equal(clone(QUICK).fit(fixed, y).predict_proba(fixed), plain)


def test_a_fitted_model_can_be_pickled_and_carries_no_rows(rows):
    X, y = rows
    model = clone(QUICK).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    more = np.tile(X, (100, 1))
    assert len(pickle.dumps(clone(QUICK).fit(more, np.tile(y, 100)))) < more.astype(np.float32).nbytes / 10
    assert all(weights.grad is None for weights in model.module_.parameters())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"backbone": "mlp"}, "'backbone' parameter"),
        ({"optimizer": "lion"}, "'optimizer' parameter"),
        ({"learning_rate": 0}, "'learning_rate' parameter"),
        ({"epochs": 3, "steps": 4}, "leave one of them out"),
        ({"steps": 0}, "'steps' parameter"),
        ({"batch_size": 0}, "'batch_size' parameter"),
        ({"validation_share": 0.9}, "'validation_share' parameter"),
        ({"device": "abacus"}, "'device' parameter"),
        ({"class_weight": "even"}, "'class_weight' parameter"),
        ({"backbone": nn.Conv2d(1, 2, 3)}, "cannot read rows of shape"),
        ({"backbone": nn.Unflatten(1, (2, 4))}, r"features of shape \(2, d\). Got \(2, 2, 4\)"),
    ],
)
def test_what_makes_no_sense_is_refused(rows, settings, said):
    with pytest.raises(BadOption, match=said):
        clone(QUICK).set_params(**settings).fit(*rows)


def test_rows_and_labels_that_make_no_sense_are_refused(rows):
    X, y = rows
    with pytest.raises(BadTarget, match="at least 2 classes, got 1 class"):
        clone(QUICK).fit(X, np.full(len(y), "a"))
    with pytest.raises(BadTarget, match="400 rows and 399 labels"):
        clone(QUICK).fit(X, y[:-1])
    with pytest.raises(ValueError, match="too large for dtype"):
        clone(QUICK).fit(X * 1e60, y)


def test_training_that_diverges_stops_with_a_word(rows):
    X, y = rows
    with pytest.raises(BadOption, match="no longer a finite number after pass"):
        DeepClassifier(
            backbone=MLP((8, 8), norm=None), optimizer="sgd", learning_rate=1e6, epochs=50, random_state=0
        ).fit(1e6 * X, y)


def test_ctrl_c_ends_the_fit(rows):
    class Interrupted(nn.Flatten):
        def forward(self, rows):
            if self.training:
                raise KeyboardInterrupt
            return super().forward(rows)

    with pytest.raises(KeyboardInterrupt):
        DeepClassifier(backbone=Interrupted(), steps=5).fit(*rows)
