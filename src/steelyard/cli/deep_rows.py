"""Nets as rows of a comparison, by name; torch is loaded when one is asked for, not before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steelyard.errors import BadOption

__all__ = ["DEEP_ROWS", "refuse_deep_rows", "with_deep_rows"]

EXTRA = "needs the extra 'deep'; compare only"
DEEP_ROWS = {
    "mlp": f"A net of three layers ({EXTRA})",
    "ft-transformer": f"A transformer over columns ({EXTRA})",
    "mlp-npe": f"mlp whose head learns the classes' prior and takes it out ({EXTRA})",
    "mlp-la": f"mlp with the logit-adjusted loss ({EXTRA})",
}
STEPS: int | None = None  # the estimator's own


def with_deep_rows(names: Sequence[str], seed: int) -> Sequence[str] | dict[str, Any]:
    """Return the rows that ``--with`` names, nets as estimators; names alone where there is no net.

    Parameters
    ----------
    names : sequence of str
    seed : int
        Of the comparison; each net draws from a stream of its own name.

    Raises
    ------
    MissingExtra
        A net is named and torch is not installed.

    Examples
    --------
    >>> with_deep_rows(("smote", "tomek-links"), 0)
    ('smote', 'tomek-links')
    """
    if not any(name in DEEP_ROWS for name in names):
        return names
    return {name: _row(name, seed) if name in DEEP_ROWS else name for name in names}


def refuse_deep_rows(names: Sequence[str]) -> None:
    """Refuse nets where a model is to be saved.

    Raises
    ------
    BadOption
        One is named.

    Examples
    --------
    >>> refuse_deep_rows(("smote",))
    """
    named = [name for name in names if name in DEEP_ROWS]
    if named:
        raise BadOption(
            f"{named[0]!r} is a net: 'steelyard compare' measures it, but fit writes a model.skops, which "
            "cannot hold one. Leave it out, or fit it in Python with steelyard.deep."
        )


def _row(name: str, seed: int) -> Any:
    """A net behind columns of unit variance."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from steelyard.deep import DeepClassifier
    from steelyard.deep.backbones.ft_transformer import FTTransformer
    from steelyard.deep.heads.with_neural_prior import WithNeuralPrior
    from steelyard.deep.losses.logit_adjusted import LogitAdjusted
    from steelyard.kernels.rng import int_seed

    parts: dict[str, dict[str, Any]] = {
        "mlp": {},
        "ft-transformer": {"backbone": FTTransformer()},
        # Adam's even steps all but hide the prior from the head that is to learn it.
        "mlp-npe": {
            "head": WithNeuralPrior(detach=True),
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "schedule": "step",
        },
        "mlp-la": {"loss": LogitAdjusted()},
    }
    net = DeepClassifier(**parts[name], steps=STEPS, random_state=int_seed(seed, "learner", name))
    return make_pipeline(StandardScaler(), net)
