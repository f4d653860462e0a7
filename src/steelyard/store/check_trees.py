"""Decision trees from a file: compiled code follows their indices unchecked, so we check them here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadModel

__all__ = ["check_trees"]

BITSET_WORDS = 8  # 256 bits of 32: the levels a categorical split can tell apart
NO_CHILD = -1


def _parts(thing: Any) -> Iterator[Any]:
    """What an object is made of, as far as a tree could hide in it."""
    if isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, (list, tuple, set)):
        yield from thing
    elif isinstance(thing, np.ndarray):
        if thing.dtype.hasobject:
            yield from thing.ravel().tolist()
    elif hasattr(thing, "__dict__") and not isinstance(thing, type):
        yield from vars(thing).values()


def check_trees(model: Any) -> None:
    """Check every decision tree inside a loaded model.

    A tree read from a damaged or made-up file could point outside its own arrays or the columns of a
    table, where prediction would read foreign memory. Children must come after their parents (which
    also rules out circles), and features, category sets and shapes must be within bounds.

    Parameters
    ----------
    model : object

    Raises
    ------
    BadModel
        With the reason alone.
    """
    seen: set[int] = set()
    open_things = [model]
    while open_things:
        thing = open_things.pop()
        if id(thing) in seen or isinstance(thing, (str, bytes, int, float, type(None))):
            continue
        seen.add(id(thing))
        kind = type(thing).__name__
        if kind == "HistGradientBoostingClassifier" and hasattr(thing, "_predictors"):
            _check_boosted(thing)
        elif hasattr(thing, "tree_"):
            _check_grown(thing.tree_, thing.n_features_in_)
        elif type(thing).__module__.startswith(("sklearn.ensemble._forest", "sklearn.ensemble._gb")) or (
            type(thing).__module__ == "imblearn.ensemble._forest"
        ):
            _check_forest(thing)
        open_things.extend(_parts(thing))


def _require(condition: Any) -> None:
    if not condition:
        raise BadModel("a decision tree in it points outside its own arrays or columns: it is damaged")


def _check_children(children: NDArray[Any], parents: NDArray[Any], n_nodes: int) -> None:
    _require(np.all((children > parents) & (children < n_nodes)))


def _check_grown(tree: Any, n_features: Any) -> None:
    """One tree of scikit-learn's tree module, against the columns its owner says it takes."""
    n_nodes = tree.node_count
    # The counter first: the arrays below are views of as many nodes as it says.
    _require(0 < n_nodes <= tree.capacity and tree.n_features == n_features)
    left, right = (np.asarray(side, dtype=np.int64) for side in (tree.children_left, tree.children_right))
    inner = np.flatnonzero(left != NO_CHILD)
    _require(np.all(right[left == NO_CHILD] == NO_CHILD))
    _check_children(left[inner], inner, n_nodes)
    _check_children(right[inner], inner, n_nodes)
    feature = np.asarray(tree.feature, dtype=np.int64)[inner]
    _require(np.all((feature >= 0) & (feature < n_features)))


def _check_forest(forest: Any) -> None:
    """A forest looks at the columns once, for all of its trees: they must all take the same."""
    for tree in np.asarray(getattr(forest, "estimators_", []), dtype=object).ravel():
        _require(tree.n_features_in_ == forest.n_features_in_)


def _check_boosted(model: Any) -> None:
    n_features = int(model.n_features_in_)
    categorical = model._bin_mapper.is_categorical_
    _require(isinstance(categorical, np.ndarray) and categorical.shape == (n_features,))
    if getattr(model, "_preprocessor", None) is not None:
        masks = [np.asarray(columns) for _, _, columns in model._preprocessor.transformers_]
        _require(all(mask.dtype == bool and mask.shape == (n_features,) for mask in masks))
        _require(np.all(np.sum(masks, axis=0) == 1))
    for iteration in model._predictors:
        for predictor in iteration:
            _check_predictor(predictor, n_features, categorical)


def _check_predictor(predictor: Any, n_features: int, categorical: NDArray[Any]) -> None:
    """One tree of histogram gradient boosting."""
    nodes = predictor.nodes
    n_nodes = nodes.shape[0]
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    _require(n_nodes > 0)
    for side in ("left", "right"):
        _check_children(nodes[side][inner].astype(np.int64), inner, n_nodes)
    feature = nodes["feature_idx"][inner].astype(np.int64)
    _require(np.all((feature >= 0) & (feature < n_features)))
    by_level = nodes["is_categorical"][inner] != 0
    _require(np.all(categorical[feature[by_level]]))
    for bitsets in (predictor.raw_left_cat_bitsets, predictor.binned_left_cat_bitsets):
        _require(bitsets.ndim == 2 and bitsets.shape[1] == BITSET_WORDS)
        _require(np.all(nodes["bitset_idx"][inner][by_level] < bitsets.shape[0]))
