"""The promises of a sampler, tried one after another on small tables."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.errors import UserError

__all__ = ["ContractBroken", "check_sampler"]

SEED = 7
COUNTS = {"a": 40, "b": 12, "c": 20}
FAR = 50.0


class ContractBroken(AssertionError):
    """A sampler does not do what every sampler promises."""


def check_sampler(sampler: Any, *, skip: Collection[str] = ()) -> None:
    """Try what every sampler promises, and say in plain words which promise is broken.

    Parameters
    ----------
    sampler : sampler
        Never fitted itself, only its clones.
    skip : names of promises
        Those this sampler rightly does not keep, such as ``"independent classes"`` for one that looks
        at the spread of the whole table.

    Raises
    ------
    ContractBroken
        With the name of the promise.

    Examples
    --------
    >>> from steelyard.balance import RandomUnderSampler
    >>> check_sampler(RandomUnderSampler())
    """
    unknown = set(skip) - set(PROMISES)
    if unknown:
        raise ValueError(f"skip must name promises among {sorted(PROMISES)}. Got {sorted(unknown)} instead.")
    for name, promise in PROMISES.items():
        if name in skip:
            continue
        try:
            promise(sampler)
        except ContractBroken as broken:
            raise ContractBroken(f"{type(sampler).__name__} breaks the promise {name!r}: {broken}") from None
        except Exception as error:
            raise ContractBroken(
                f"{type(sampler).__name__} fails while its promise {name!r} is tried: {error!r}"
            ) from error


def _demand(kept: bool, words: str) -> None:
    if not kept:
        raise ContractBroken(words)


def _rows(*labels: str) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Overlapping classes a and b; class c far away from both."""
    parts, names = [], []
    for label in labels:
        middle = {"a": 0.0, "b": 1.0, "c": FAR}[label]
        rng = np.random.default_rng([SEED, ord(label)])
        parts.append(rng.normal(middle, 1.0, size=(COUNTS[label], 3)))
        names += [label] * COUNTS[label]
    return np.vstack(parts), np.array(names)


def _fresh(sampler: Any) -> Any:
    made = clone(sampler)
    return made.set_params(random_state=SEED) if "random_state" in made.get_params() else made


def _equal(left: Any, right: Any) -> bool:
    return np.array_equal(np.asarray(left), np.asarray(right))


def _counts(y: Any) -> dict[Any, int]:
    labels, counts = np.unique(np.asarray(y), return_counts=True)
    return dict(zip(labels.tolist(), counts.tolist(), strict=True))


def _copies(sampler: Any) -> None:
    _demand(
        repr(clone(sampler)) == repr(sampler)
        and clone(sampler).get_params().keys() == sampler.get_params().keys(),
        "a clone must have the same parameters",
    )
    X, y = _rows("a", "b")
    made = _fresh(sampler)
    before = repr(made)
    made.fit_resample(X, y)
    _demand(repr(made) == before, "fit_resample must not change the parameters")


def _shapes(sampler: Any) -> None:
    X, y = _rows("a", "b")
    X_out, y_out = _fresh(sampler).fit_resample(X, y)
    _demand(len(X_out) == len(y_out), f"got {len(X_out)} rows and {len(y_out)} labels")
    _demand(X_out.shape[1:] == X.shape[1:], f"rows of shape {X.shape[1:]} became {X_out.shape[1:]}")
    _demand(X_out.dtype == X.dtype and y_out.dtype == y.dtype, "the types of arrays must stay")


def _class_counts(sampler: Any) -> None:
    X, y = _rows("a", "b", "c")
    made = _fresh(sampler)
    _, y_out = made.fit_resample(X, y)
    before, after = _counts(y), _counts(y_out)
    for label, wanted in made.sampling_strategy_.items():
        got = after.get(label, 0)
        fits = got <= before[label] if made.how == "clean" and wanted != before[label] else got == wanted
        _demand(fits, f"class {label!r} has {got} rows, and sampling_strategy_ says {wanted}")


def _provenance(sampler: Any) -> None:
    X, y = _rows("a", "b", "c")
    made = _fresh(sampler)
    X_out, y_out = made.fit_resample(X, y)
    origin, parents = made.origin_, made.parents_
    _demand(origin.shape == (len(X_out),), "origin_ must hold one row number for each row that came out")
    _demand(parents.ndim == 2 and len(parents) == len(X_out), "parents_ must hold one list for each row")
    kept = origin >= 0
    _demand(_equal(X_out[kept], X[origin[kept]]), "a row with an origin must equal that row")
    _demand(_equal(y_out[kept], y[origin[kept]]), "a row with an origin must have its label")
    _demand((parents[kept] == -1).all(), "a row with an origin must have no parents")
    for row in np.flatnonzero(~kept):
        known = parents[row][parents[row] >= 0]
        _demand(known.size > 0, f"synthetic row {row} has no parents")
        _demand((known < len(X)).all(), f"synthetic row {row} has a parent that does not exist")
        _demand(bool((y[known] == y_out[row]).all()), f"synthetic row {row} has a parent of another class")


def _priors(sampler: Any) -> None:
    X, y = _rows("a", "b", "c")
    made = _fresh(sampler)
    _, y_out = made.fit_resample(X, y)
    for words, labels, prior in (("before", y, made.prior_before_), ("after", y_out, made.prior_after_)):
        counts = _counts(labels)
        shares = {label: counts.get(label, 0) / len(labels) for label in prior}
        same = all(abs(prior[label] - share) < 1e-12 for label, share in shares.items())
        _demand(same and set(prior) >= set(counts), f"prior_{words}_ is {prior}, the labels say {shares}")


def _repeatable(sampler: Any) -> None:
    X, y = _rows("a", "b")
    untouched = _global_state()
    first, second = _fresh(sampler).fit_resample(X, y), _fresh(sampler).fit_resample(X, y)
    same = _equal(first[0], second[0]) and _equal(first[1], second[1])
    _demand(same, "the same seed must give the same rows")
    _demand(_global_state() == untouched, "numpy's global random state must not be used")


def _global_state() -> tuple[bytes, int]:
    """Numpy's global generator: its words, and how many of them are used up."""
    _, words, used, *_ = np.random.get_state()  # noqa: NPY002
    return words.tobytes(), used


def _input_unchanged(sampler: Any) -> None:
    X, y = _rows("a", "b")
    X_before, y_before = X.copy(), y.copy()
    X_out, y_out = _fresh(sampler).fit_resample(X, y)
    X_out[:] = 0
    y_out[:] = "z"
    _demand(
        _equal(X, X_before) and _equal(y, y_before), "the caller's rows and labels must stay as they were"
    )


def _frames(sampler: Any) -> None:
    X, y = _rows("a", "b")
    names = [f"row {i}" for i in range(len(X))]
    frame = pd.DataFrame(X, columns=["one", "two", "three"], index=names).astype({"two": "float32"})
    labels = pd.Series(y, index=names, name="label").astype("category")
    made = _fresh(sampler)
    X_out, y_out = made.fit_resample(frame, labels)
    _demand(isinstance(X_out, pd.DataFrame), f"a frame became a {type(X_out).__name__}")
    _demand(X_out.dtypes.equals(frame.dtypes), "the types of columns must stay")
    _demand(isinstance(y_out, pd.Series) and y_out.name == "label", "a series of labels must stay one")
    _demand(y_out.dtype == labels.dtype, "the type of the labels must stay")
    kept = made.origin_ >= 0
    _demand(
        X_out.index[kept].equals(frame.index[made.origin_[kept]]),
        "kept and copied rows must keep their index",
    )


def _any_labels(sampler: Any) -> None:
    X, y = _rows("a", "b")
    _, words = _fresh(sampler).fit_resample(X, y)
    _, numbers = _fresh(sampler).fit_resample(X.tolist(), (y == "b").astype(int).tolist())
    _demand(isinstance(numbers, list), "a list of labels must stay one")
    same = list(_counts(numbers).values()) == list(_counts(words).values())
    _demand(same, "numbers as labels must give as many rows of each class as strings")


def _independent_classes(sampler: Any) -> None:
    """Adding a class far away moves no draw of the others."""
    alone, together = _fresh(sampler), _fresh(sampler)
    X, y = _rows("a", "b")
    X_alone, y_alone = alone.fit_resample(X, y)
    X_all, y_all = _rows("a", "b", "c")
    X_together, y_together = together.fit_resample(X_all, y_all)
    for label in ("a", "b"):
        one, other = y_alone == label, y_together == label
        same = _equal(alone.origin_[one], together.origin_[other]) and _equal(X_alone[one], X_together[other])
        _demand(same, f"adding a class changed the rows of class {label!r}")


def _groups_and_weights(sampler: Any) -> None:
    X, y = _rows("a", "b")
    groups, weight = np.arange(len(y)) % 2, np.linspace(1, 2, len(y))
    made = _fresh(sampler)
    _, y_out = made.fit_resample(X, y, groups=groups, sample_weight=weight)
    kept = made.origin_ >= 0
    _demand(_equal(made.groups_[kept], groups[made.origin_[kept]]), "a kept row must keep its group")
    _demand(_equal(made.sample_weight_[kept], weight[made.origin_[kept]]), "a kept row must keep its weight")
    for row in np.flatnonzero(~kept):
        known = made.parents_[row][made.parents_[row] >= 0]
        _demand(bool((groups[known] == made.groups_[row]).all()), f"synthetic row {row} crosses groups")
    share = made.sample_weight_[np.asarray(y_out) == "b"].sum() / made.sample_weight_.sum()
    _demand(abs(made.prior_after_["b"] - share) < 1e-12, "priors must be shares of weight")


def _never_silent(sampler: Any) -> None:
    X, y = _rows("a", "b")
    rows = np.r_[0 : COUNTS["b"], COUNTS["a"] : COUNTS["a"] + COUNTS["b"]]
    made = _fresh(sampler)
    X_out, _ = made.fit_resample(X[rows] + np.repeat([[0.0], [FAR]], COUNTS["b"], axis=0), y[rows])
    _demand(len(X_out) != len(rows) or bool(made.note_), "the input came back and note_ does not say why")


def _refusals(sampler: Any) -> None:
    X, y = _rows("a", "b")
    bad: dict[str, tuple[Any, Any, str]] = {
        "one class": (X, np.full(len(y), "a"), "class"),
        "missing labels": (X, np.where(np.arange(len(y)) == 3, np.nan, np.arange(len(y)) % 2), "missing"),
        "fewer labels than rows": (X, y[:-1], "label"),
        "no labels": (X, None, "None"),
        "no rows": (X[:0], y[:0], ""),
    }
    for words, (rows, labels, said) in bad.items():
        _refuses(_fresh(sampler), rows, labels, words, said)
    _refuses(
        _fresh(sampler).set_params(sampling_strategy="most"), X, y, "an unknown strategy", "sampling_strategy"
    )
    _refuses(_fresh(sampler).set_params(sampling_strategy={"z": 5}), X, y, "a strategy", "sampling_strategy")


def _refuses(sampler: Any, X: Any, y: Any, words: str, said: str) -> None:
    try:
        sampler.fit_resample(X, y)
    except UserError as error:
        _demand(said in str(error), f"the message on {words} must speak of {said!r}: {error}")
        return
    raise ContractBroken(f"{words} must be refused")


PROMISES: dict[str, Callable[[Any], None]] = {
    "copies": _copies,
    "shapes": _shapes,
    "class counts": _class_counts,
    "provenance": _provenance,
    "priors": _priors,
    "repeatable": _repeatable,
    "input unchanged": _input_unchanged,
    "frames": _frames,
    "any labels": _any_labels,
    "independent classes": _independent_classes,
    "groups and weights": _groups_and_weights,
    "never silent": _never_silent,
    "refusals": _refusals,
}
