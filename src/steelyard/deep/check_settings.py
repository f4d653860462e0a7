"""Parameters of the estimators over torch modules, refused before anything is built."""

from __future__ import annotations

import warnings
from typing import Any

from torch import nn

from steelyard.balance.check_parameter import check_choice, check_flag, check_number, check_whole
from steelyard.deep.batches.base import Batches
from steelyard.deep.heads.base import Head
from steelyard.deep.optimizers import OPTIMIZERS
from steelyard.deep.schedules import SCHEDULES
from steelyard.deep.training import PRECISIONS
from steelyard.errors import BadOption

__all__ = ["check_settings"]

MOST_VALIDATED = 0.5
MODULE = (nn.Module, "a torch.nn.Module or None")
PARTS: dict[str, tuple[type, str]] = {
    "backbone": MODULE,
    "head": (Head, "a Head or None"),
    "loss": MODULE,
    "augment": MODULE,
    "batches": (Batches, "a batch sampler of steelyard.deep.batches or None"),
}


def check_settings(estimator: Any) -> None:
    """Refuse parameters that make no sense, and pass on what the head has to say of the others.

    Parameters
    ----------
    estimator : DeepEstimator

    Raises
    ------
    BadOption
        One makes no sense.

    Warns
    -----
    UserWarning
        The head does not get on with the optimizer.
    """
    for name, (kind, expected) in PARTS.items():
        value = getattr(estimator, name)
        if value is not None and not isinstance(value, kind):
            raise BadOption(
                f"The '{name}' parameter of {type(estimator).__name__} must be {expected}. "
                f"Got {value!r} instead."
            )
    check_choice(estimator, "optimizer", OPTIMIZERS)
    check_choice(estimator, "precision", PRECISIONS)
    check_number(estimator, "learning_rate", 0, above=True)
    check_number(estimator, "weight_decay", 0)
    check_number(estimator, "momentum", 0, 1)
    check_number(estimator, "validation_share", 0, MOST_VALIDATED, above=True)
    for name in ("batch_size", "patience"):
        check_whole(estimator, name)
    for name in ("drop_last", "early_stopping", "pretrained"):
        check_flag(estimator, name)
    if estimator.schedule is not None and not callable(estimator.schedule):
        check_choice(estimator, "schedule", SCHEDULES)
    _check_length(estimator)
    objection = None if estimator.head is None else estimator.head.objection_to(estimator.optimizer)
    if objection is not None:
        warnings.warn(objection, UserWarning, stacklevel=3)


def _check_length(estimator: Any) -> None:
    given = [name for name in ("epochs", "steps") if getattr(estimator, name) is not None]
    for name in given:
        check_whole(estimator, name)
    if len(given) == 2:
        raise BadOption(
            f"{type(estimator).__name__} learns for epochs or for steps. Got epochs={estimator.epochs} and "
            f"steps={estimator.steps}; leave one of them out."
        )
