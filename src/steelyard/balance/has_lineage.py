"""The attributes of a fitted sampler that say where its rows came from."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.lineage import Lineage

__all__ = ["HasLineage"]

# Written out only when asked for: on a narrow table they would weigh as much as the rows.
ON_READING = ("origin_", "parents_", "steps_", "method_")


class HasLineage:
    """Something that keeps a `Lineage` and writes it out row by row when it is read."""

    _lineage: Lineage

    @cached_property
    def origin_(self) -> NDArray[np.intp]:
        """Source row of each row that came out, -1 where it is synthetic."""
        return self._fitted_lineage("origin_").origin()

    @cached_property
    def parents_(self) -> NDArray[np.intp]:
        """Source rows that each synthetic row was made from."""
        return self._fitted_lineage("parents_").all_parents()

    @cached_property
    def steps_(self) -> NDArray[np.float64]:
        """How far each synthetic row lies from its first parent towards its second."""
        return self._fitted_lineage("steps_").all_steps()

    @cached_property
    def method_(self) -> NDArray[np.str_]:
        """Name of the sampler that made each row, empty where the row came in."""
        lineage = self._fitted_lineage("method_")
        return np.repeat(["", type(self).__name__], [lineage.n_kept, lineage.n_made])

    def _fitted_lineage(self, name: str) -> Lineage:
        if not hasattr(self, "_lineage"):
            raise AttributeError(f"{type(self).__name__} has no {name} before fit_resample.")
        return self._lineage

    def _forget_lineage(self) -> None:
        for name in (*ON_READING, "_lineage"):
            vars(self).pop(name, None)
