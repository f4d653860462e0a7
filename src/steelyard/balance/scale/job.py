"""One resampling of a data set in parts: what every sampler needs to know, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.scale.choose import AllButSome, split_ordinals
from steelyard.balance.scale.everywhere import Everywhere
from steelyard.balance.scale.measure import MERGE_ERROR, measure_for
from steelyard.balance.scale.parts import Parts
from steelyard.balance.scale.survey import Survey, survey
from steelyard.balance.scale.write import Writer
from steelyard.balance.space import open_space
from steelyard.balance.tables.arrow_table import ArrowTable
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.priors import target_counts
from steelyard.kernels.rng import child, root_seed

__all__ = ["Done", "Job"]

BYTES_PER_MB = 2**20


@dataclass(frozen=True)
class Done:
    """What a sampler tells: rows per class now, how many are synthetic, a note, the merge error."""

    counts: NDArray[np.int64]
    synthetic: int = 0
    note: str = ""
    merge_error: float = 0.0


@dataclass(frozen=True, eq=False)
class Job:
    """A data set in parts, a sampler, and where columns have their roles."""

    parts: Parts
    sampler: Any
    target: str
    groups: str | None
    left_out: tuple[str, ...]
    memory_mb: float

    @property
    def name(self) -> str:
        """The sampler's name, for messages."""
        return type(self.sampler).__name__

    @property
    def feature_names(self) -> list[str]:
        """Columns that distances may be measured on."""
        others = {self.target, self.groups, *self.left_out}
        return [name for name in self.parts.schema.names if name not in others]

    @cached_property
    def features(self) -> tuple[list[str], list[str]]:
        """Names of the numeric and of the categorical columns, as the sampler sees them."""
        empty = ArrowTable(self.parts.schema.empty_table().select(self.feature_names))
        space = open_space(empty, self.name, self.sampler.categorical_features)
        names = self.feature_names
        return [names[i] for i in space.numeric], [names[i] for i in space.categorical]

    @cached_property
    def survey(self) -> Survey:
        """The first pass; columns are looked at only where distances depend on all rows."""
        return survey(self.parts, self.target, self.name, self.features if self.looks_at_columns else None)

    @property
    def looks_at_columns(self) -> bool:
        """Whether how a row is measured depends on all rows."""
        cleans = self.sampler.how == "clean"
        return cleans or bool(getattr(self.sampler, "standardize", False))

    @property
    def merge_error(self) -> float:
        """Relative error of what is merged from parts and enters distances; 0 where nothing is."""
        if not self.looks_at_columns:
            return 0.0
        numeric, categorical = self.features
        inexact = bool(numeric) and (
            self.sampler.standardize or bool(categorical and self.sampler.how == "clean")
        )
        if not inexact:
            return 0.0
        # In memory, the deviations of a table of 32-bit floats are sums in 32 bits; here in 64.
        if all(self.parts.schema.field(name).type == pa.float32() for name in numeric):
            return float(np.sqrt(self.survey.rows.sum()) * np.finfo(np.float32).eps)
        return MERGE_ERROR

    @cached_property
    def wanted(self) -> NDArray[np.int64]:
        """Rows wanted per class code."""
        if callable(self.sampler.sampling_strategy):
            raise BadOption(
                f"{self.name}: a function as sampling_strategy needs all labels in memory. Give a name, a "
                "ratio or a dict of rows per class."
            )
        try:
            counts = target_counts(self.sampler.sampling_strategy, self.survey.named_counts, self.sampler.how)
        except (TypeError, ValueError) as error:
            raise BadOption(f"{self.name}: {error}") from error
        return np.array([counts[label] for label in self.survey.labels.names], dtype=np.int64)

    @cached_property
    def seed(self) -> int:
        """Where all draws start."""
        try:
            return root_seed(getattr(self.sampler, "random_state", 0))
        except ValueError as error:
            raise BadOption(str(error)) from error

    def stream(self, code: int) -> np.random.Generator:
        """Return the stream of draws of one class, the same as in memory."""
        return child(self.seed, "class", self.survey.labels.names[code])

    def everywhere(self) -> Everywhere:
        """Return all rows, ready to be searched."""
        measure = measure_for(self.parts, self.survey, self.features, standardize=self.sampler.standardize)
        return Everywhere(self.parts, self.survey, measure, self.target, self.memory_mb)

    def refuse_more_than_memory(self, needed: float, what: str) -> None:
        """Refuse what does not fit, before it is tried."""
        if needed > self.memory_mb * BYTES_PER_MB:
            raise CannotResample(
                f"{self.name} has to hold {what} at once, about {needed / BYTES_PER_MB:,.0f} MiB, and "
                f"memory_mb is {self.memory_mb:,.0f}. Raise memory_mb if the machine has it, or thin the "
                "class out with RandomUnderSampler first."
            )

    def write(self, writer: Writer, left_out: NDArray[np.int64]) -> None:
        """Write all rows but some, given by their sorted numbers."""
        parts = split_ordinals(left_out, self.survey.rows)
        writer.source_rows([AllButSome(rows) if rows.size else None for rows in parts])
