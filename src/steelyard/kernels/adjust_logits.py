"""Logit adjustment: a log prior taken off logits, and another put on."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.errors import BadOption

__all__ = ["adjust_logits"]

CLASS_AXIS = 1


def adjust_logits(logits: Any, log_prior: Any, tau: float = 1.0, target_log_prior: Any = None) -> Any:
    """Return ``logits - tau * log_prior + target_log_prior``, classes along the second axis.

    Parameters
    ----------
    logits : array or torch tensor of shape (n, k, ...)
        Logits or log-probabilities; maps ``(n, k, h, w)`` too.
    log_prior : array or tensor of shape (k,) or of the shape of ``logits``
        Of the data the logits were learned from, a constant apart.
    tau : float, default=1.0
        1 is the Bayes rule for balanced accuracy where the logits are right; 0 takes nothing off.
    target_log_prior : array or tensor, optional
        Of the data to predict for; uniform by default.

    Returns
    -------
    array or tensor
        As ``logits``: arrays give arrays, and tensors give tensors that keep the gradient.

    Raises
    ------
    BadOption
        A prior that has not one number a class.

    References
    ----------
    Menon, Jayasumana, Rawat, Jain, Veit and Kumar, Long-Tail Learning via Logit Adjustment, ICLR 2021,
    equation 9.

    Examples
    --------
    >>> adjust_logits([[1.0, 0.0]], np.log([0.9, 0.1])).round(2)
    array([[1.11, 2.3 ]])
    """
    scores = logits if _is_tensor(logits) else np.asarray(logits)
    adjusted = scores - tau * _over_classes(log_prior, scores, "log_prior")
    if target_log_prior is None:
        return adjusted
    return adjusted + _over_classes(target_log_prior, scores, "target_log_prior")


def _is_tensor(values: Any) -> bool:
    return hasattr(values, "new_tensor")  # torch's own; it is not imported here


def _over_classes(values: Any, scores: Any, name: str) -> Any:
    """A prior in the kind and the number of dimensions of the logits."""
    if _is_tensor(values):
        own = values
    else:
        own = scores.new_tensor(values) if _is_tensor(scores) else np.asarray(values)
    if scores.ndim > CLASS_AXIS:
        if tuple(own.shape) == tuple(scores.shape):
            return own
        if tuple(own.shape) == (scores.shape[CLASS_AXIS],):
            return own.reshape((1, -1) + (1,) * (scores.ndim - CLASS_AXIS - 1))
    raise BadOption(
        f"The {name!r} parameter must hold one number a class, or be of the shape of the logits, "
        f"(n, k, ...). Got shape {tuple(own.shape)} for logits of shape {tuple(scores.shape)} instead."
    )
