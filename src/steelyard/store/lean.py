"""A model without the rows it was fitted on: fitted samplers keep them, and no prediction asks for them."""

from __future__ import annotations

import copy
from typing import Any

from sklearn.base import BaseEstimator, clone

__all__ = ["lean"]


def lean(model: Any) -> Any:
    """Return the model with every fitted sampler inside it replaced by an unfitted one.

    Samplers keep what they resampled (indices, parents, neighbour trees made of the rows). A model file
    needs none of it, and should not carry the training table to wherever it goes.

    Parameters
    ----------
    model : estimator
        Left as it is.

    Returns
    -------
    estimator
        The same object where nothing had to be left out.

    Examples
    --------
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> sampler = RandomOverSampler(random_state=0)
    >>> _ = sampler.fit_resample([[0], [1], [2]], [0, 0, 1])
    >>> hasattr(sampler, "sample_indices_"), hasattr(lean([sampler])[0], "sample_indices_")
    (True, False)
    """
    if _is_sampler(model):
        return clone(model)
    if type(model) in (list, tuple):
        items = [lean(item) for item in model]
        return model if all(a is b for a, b in zip(items, model, strict=True)) else type(model)(items)
    if type(model) is dict:
        values = {key: lean(value) for key, value in model.items()}
        return model if all(values[key] is model[key] for key in model) else values
    if isinstance(model, BaseEstimator):
        changed = {name: made for name, value in vars(model).items() if (made := lean(value)) is not value}
        if changed:
            model = copy.copy(model)
            vars(model).update(changed)
    return model


def _is_sampler(thing: Any) -> bool:
    # A pipeline that ends in a classifier has both verbs and is no sampler.
    return isinstance(thing, BaseEstimator) and hasattr(thing, "fit_resample") and not hasattr(thing, "steps")
