"""What the routes of one server share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steelyard.web.model_keeper import ModelKeeper
from steelyard.web.runs import Runs
from steelyard.web.shelf import Shelf

__all__ = ["State"]


@dataclass(frozen=True, eq=False)
class State:
    """The model, the results of peptides and the runs of tables."""

    keeper: ModelKeeper
    results: Shelf[Any]
    runs: Runs
