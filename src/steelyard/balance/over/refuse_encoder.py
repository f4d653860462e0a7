"""The one parameter of imbalanced-learn's categorical samplers that has nothing to do here."""

from __future__ import annotations

from typing import Any

from steelyard.errors import BadOption

__all__ = ["refuse_encoder"]


def refuse_encoder(sampler: Any) -> None:
    """Refuse a ``categorical_encoder``: categories are compared as they are."""
    if sampler.categorical_encoder is not None:
        raise BadOption(
            f"The 'categorical_encoder' parameter of {type(sampler).__name__} must be None, for categories "
            f"are not encoded. Got {sampler.categorical_encoder!r} instead. Leave it out."
        )
