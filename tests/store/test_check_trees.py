"""No decision tree from a file points outside its own arrays or columns."""

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from steelyard.errors import BadModel
from steelyard.store.check_trees import check_trees


def rows(n=120):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    X[:, 2] = rng.integers(0, 4, n)
    return X, (X[:, 0] + X[:, 1] ** 2 + (X[:, 2] == 2) + rng.normal(size=n) > 1.5).astype(int)


def boosted():
    model = HistGradientBoostingClassifier(
        max_iter=3, categorical_features=[2], early_stopping=False, min_samples_leaf=5
    ).fit(*rows())
    nodes = [p.nodes for trees in model._predictors for p in trees]
    assert any((n["is_categorical"] == 1).any() for n in nodes)
    return model


def first(model, condition):
    """The nodes of the first tree with such a node, and that node's number."""
    for trees in model._predictors:
        for predictor in trees:
            for i in range(1 if condition == "late" else 0, len(predictor.nodes)):
                node = predictor.nodes[i]
                if not node["is_leaf"] and (condition != "categorical" or node["is_categorical"]):
                    return predictor, i
    raise AssertionError("no such node")


GOOD = {
    "tree": lambda: DecisionTreeClassifier().fit(*rows()),
    "stump": lambda: DecisionTreeClassifier().fit([[0.0], [1.0]], [1, 1]),
    "forest": lambda: RandomForestClassifier(5).fit(*rows()),
    "extra": lambda: ExtraTreesClassifier(5).fit(*rows()),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=5).fit(*rows()),
    "histogram": boosted,
    "unfitted": HistGradientBoostingClassifier,
    "in a pipeline": lambda: make_pipeline(StandardScaler(), boosted()),
}


@pytest.mark.parametrize("name", GOOD)
def test_honest_trees_pass(name):
    check_trees(GOOD[name]())


def set_node(field, value, condition=""):
    def change(model):
        predictor, i = first(model, condition)
        predictor.nodes[field][i] = value(predictor, i) if callable(value) else value

    return change


def shorten(model):
    predictor, _ = first(model, "")
    predictor.nodes = predictor.nodes[:1]


def drop_bitsets(model):
    predictor, _ = first(model, "categorical")
    predictor.raw_left_cat_bitsets = predictor.raw_left_cat_bitsets[:0]


def narrow_bitsets(model):
    predictor, _ = first(model, "categorical")
    predictor.raw_left_cat_bitsets = predictor.raw_left_cat_bitsets[:, :1]


@pytest.mark.parametrize(
    "change",
    [
        set_node("left", 10**6),
        set_node("right", 10**6),
        set_node("left", 0),
        set_node("right", lambda p, i: i, "late"),
        set_node("feature_idx", 3),
        set_node("feature_idx", -1),
        # The categorical column comes first inside the model, a numeric one has no levels to look up.
        set_node("feature_idx", 1, "categorical"),
        set_node("bitset_idx", 99, "categorical"),
        shorten,
        drop_bitsets,
        narrow_bitsets,
        lambda m: setattr(m, "n_features_in_", 2),
        lambda m: setattr(m._bin_mapper, "is_categorical_", np.array([False, False])),
    ],
)
def test_histogram_trees_that_point_outside_are_refused(change):
    model = boosted()
    check_trees(model)
    change(model)
    with pytest.raises(BadModel, match="points outside"):
        check_trees([{"deep": (model,)}])


def bad_tree(**changes):
    """A tree whose state was edited, as a file could hold it."""
    model = DecisionTreeClassifier().fit(*rows())
    tree = model.tree_
    state = tree.__getstate__()
    nodes = state["nodes"].copy()
    inner = np.flatnonzero(nodes["left_child"] >= 0)[-1]
    for field, value in changes.items():
        if field in state:
            state[field] = value
        else:
            nodes[field][inner] = value
    state["nodes"] = nodes
    made = type(tree)(*tree.__reduce__()[1])
    made.__setstate__(state)
    model.tree_ = made
    return model


@pytest.mark.parametrize(
    "changes",
    [
        {"left_child": 10**9},
        {"right_child": 10**9},
        {"right_child": -1},
        {"left_child": 0},
        {"left_child": -5},
        {"feature": 3},
        {"feature": -3},
        {"node_count": 0},
    ],
)
def test_grown_trees_that_point_outside_are_refused(changes):
    check_trees(bad_tree())
    with pytest.raises(BadModel, match="points outside"):
        check_trees(bad_tree(**changes))


def test_a_forest_whose_trees_take_more_columns_is_refused():
    forest = RandomForestClassifier(3).fit(*rows())
    X, y = rows()
    forest.estimators_[1] = DecisionTreeClassifier().fit(np.hstack([X, X]), y)
    with pytest.raises(BadModel, match="points outside"):
        check_trees(forest)


def test_a_boosting_that_hands_its_trees_fewer_columns_is_refused():
    import pandas as pd

    X, y = rows()
    frame = pd.DataFrame(X, columns=list("abc")).assign(c=pd.Categorical(X[:, 2]))
    model = HistGradientBoostingClassifier(max_iter=2).fit(frame, y)
    check_trees(model)
    name, step, mask = model._preprocessor.transformers_[1]
    fewer = mask.copy()
    fewer[0] = False
    model._preprocessor.transformers_[1] = (name, step, fewer)
    with pytest.raises(BadModel, match="points outside"):
        check_trees(model)


def test_circles_of_objects_end():
    model = boosted()
    model.myself = model
    check_trees(model)
