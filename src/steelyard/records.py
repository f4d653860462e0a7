"""The few frozen records that travel between the steps of the flow.

::

    load -> diagnose -> balance -> learn -> decide -> evaluate -> report
    Dataset  Finding   Resampled  estimator  estimator  Scorecard   HTML

A record is plain: it holds arrays and numbers, never an open file, a model or a plot. ``to_dict``
turns it into what ``json`` can write, and is the only thing a page is drawn from.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Column",
    "Dataset",
    "Estimate",
    "Finding",
    "Gain",
    "Predictions",
    "Resampled",
    "Row",
    "Schema",
    "Scorecard",
    "Seal",
    "SyntheticValidity",
    "Verdict",
]

SCORECARD_VERSION = 1
SEAL_VERSION = 2

Task = Literal["binary", "multiclass", "multilabel", "regression", "segmentation"]
Modality = Literal["table", "text", "image", "series", "audio", "graph", "recommendation", "peptide"]
Kind = Literal["numeric", "categorical", "boolean", "date", "text"]
Outcome = Literal["found", "clear", "not applicable"]
Severity = Literal["info", "warning", "critical"]
RowKind = Literal["constant", "plain", "weights", "threshold", "learner", "remedy", "model"]
Status = Literal["kept", "dropped", "failed"]


def _plain(value: Any) -> Any:
    """``value`` as JSON knows it; what is not finite becomes None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.metadata.get("saved", True)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


class _Record:
    """What all records share: one way to become plain data."""

    def to_dict(self) -> dict[str, Any]:
        """Return the record as dicts, lists, numbers and strings that JSON can hold."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclass(frozen=True)
class Column(_Record):
    """One column of a table as it was read."""

    name: str
    kind: Kind
    dtype: str = ""
    n_levels: int | None = None
    n_missing: int = 0


@dataclass(frozen=True)
class Schema(_Record):
    """The columns of a table, the target's name, and what was left out and why."""

    columns: tuple[Column, ...]
    target: str | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the feature columns, in order."""
        return tuple(column.name for column in self.columns)

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """Names of the feature columns whose kind is one of ``kinds``."""
        return tuple(column.name for column in self.columns if column.kind in kinds)


def _rows_of(values: Any, rows: NDArray[np.intp]) -> Any:
    """The rows of anything indexable: a frame by position, an array along its first axis."""
    if values is None:
        return None
    if hasattr(values, "iloc"):
        return values.iloc[rows]
    if isinstance(values, (list, tuple)):
        return [values[row] for row in rows]
    return values[rows]


@dataclass(frozen=True, eq=False)
class Dataset(_Record):
    """Rows, labels and what an honest split must know about them.

    Parameters
    ----------
    X : any indexable of length n
        A pandas frame for tables; arrays or lists for other modalities.
    y : ndarray of shape (n,)
        Labels, strings or numbers.
    groups, time, part, weight : ndarray of shape (n,) or None
        The group a row belongs to (customer, patient), its time, its official part
        (train, dev, test) and its sampling weight.
    task, modality : str
        What is learned, and from what.
    schema : Schema or None
        Columns of a table.
    name, licence : str
        For the report.
    hash : str
        ``sha256:...`` over names, types and values; empty when not computed.

    Examples
    --------
    >>> import numpy as np
    >>> data = Dataset(np.arange(6).reshape(3, 2), np.array(["a", "b", "a"]))
    >>> len(data.take([0, 2])), data.counts
    (2, {'a': 2, 'b': 1})
    """

    X: Any
    y: NDArray[Any]
    groups: NDArray[Any] | None = None
    time: NDArray[Any] | None = None
    part: NDArray[Any] | None = None
    weight: NDArray[np.float64] | None = None
    task: Task = "binary"
    modality: Modality = "table"
    schema: Schema | None = None
    name: str = "data"
    licence: str = ""
    hash: str = ""

    def __len__(self) -> int:
        return int(self.y.shape[0])

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Dataset:
        """Return the data set of these rows; the hash is dropped, for it no longer holds."""
        index = np.asarray(rows, dtype=np.intp)
        per_row = {
            name: _rows_of(getattr(self, name), index)
            for name in ("X", "y", "groups", "time", "part", "weight")
        }
        return dataclasses.replace(self, **per_row, hash="")

    @property
    def classes(self) -> NDArray[Any]:
        """The distinct labels, sorted."""
        return np.unique(self._labelled())

    @property
    def counts(self) -> dict[Any, int]:
        """Rows (of masks, pixels) per class, most frequent first; ties in label order."""
        labels, counts = np.unique(self._labelled(), return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return {labels[i].item() if hasattr(labels[i], "item") else labels[i]: int(counts[i]) for i in order}

    def _labelled(self) -> Any:
        """Labels that are one: masks mark pixels without a label by a negative number."""
        return self.y[self.y >= 0] if self.task == "segmentation" else self.y

    @property
    def rare_class(self) -> Any:
        """The least frequent label; among equals the last in label order."""
        return list(self.counts)[-1]

    def to_dict(self) -> dict[str, Any]:
        """Return a summary; the rows themselves stay out of it."""
        return {
            "name": self.name,
            "rows": len(self),
            "columns": len(self.schema.columns) if self.schema else None,
            "task": self.task,
            "modality": self.modality,
            "classes": {str(label): count for label, count in self.counts.items()},
            "target": self.schema.target if self.schema else None,
            "schema": self.schema.to_dict() if self.schema else None,
            "grouped": self.groups is not None,
            "timed": self.time is not None,
            "licence": self.licence,
            "hash": self.hash,
        }


@dataclass(frozen=True, eq=False)
class Finding(_Record):
    """What one check says of one data set: found, clear, or not applicable and why.

    ``rows`` are positions in the data set that was checked, ``measures`` the numbers the
    ``explanation`` quotes, and ``advice`` what to do next.
    """

    code: str
    title: str
    outcome: Outcome
    severity: Severity = "info"
    explanation: str = ""
    advice: str = ""
    rows: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    columns: tuple[str, ...] = ()
    measures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def alarming(self) -> bool:
        """Whether the command line should exit with 1 for it."""
        return self.outcome == "found" and self.severity in ("warning", "critical")


@dataclass(frozen=True, eq=False)
class Resampled(_Record):
    """What a sampler made, with the origin of every row.

    ``origin[i]`` is the source row of output row i, or -1 where the row is synthetic;
    ``parents[i]`` are the source rows a synthetic row was made from (-1 fills short lists).
    """

    X: Any
    y: NDArray[Any]
    origin: NDArray[np.intp]
    parents: NDArray[np.intp]
    prior_before: Mapping[Any, float]
    prior_after: Mapping[Any, float]
    method: str


@dataclass(frozen=True)
class Estimate(_Record):
    """A mean with its interval and the values it came from."""

    mean: float
    low: float
    high: float
    values: tuple[float, ...] = ()
    method: str = ""


@dataclass(frozen=True, eq=False)
class Predictions(_Record):
    """What one system said about rows it had not seen; kept in memory, never in the scorecard file.

    ``rows`` (m,) positions in the data set; ``fold`` (m,) the unit that predicted the row, counted
    over repeats; ``proba`` (m, k) in class order; ``decided`` (m,) class codes.
    """

    rows: NDArray[np.intp]
    fold: NDArray[np.intp]
    proba: NDArray[np.float64]
    decided: NDArray[np.intp]


@dataclass(frozen=True)
class SyntheticValidity(_Record):
    """Whether synthetic rows lie where held-out real rows of their class lie; see `synthetic_validity`.

    ``share`` and ``share_real`` are the shares of a row's own class among its nearest held-out rows, for
    synthetic and for held-out rows; ``plausibility`` is the one over the other, with an interval from
    ``low`` to ``high``. ``enemies`` and ``enemies_real`` are the shares of rows whose nearest held-out row
    is of another class; ``copies`` that of synthetic rows that equal a training row; ``precision`` that of
    synthetic rows among held-out rows of their class, ``coverage`` that of held-out rows with a synthetic
    row among them; ``distance`` compares how far the nearest held-out row of the class is. Not finite
    where it cannot be told.
    """

    plausibility: float = math.nan
    low: float = math.nan
    high: float = math.nan
    share: float = math.nan
    share_real: float = math.nan
    enemies: float = math.nan
    enemies_real: float = math.nan
    copies: float = math.nan
    precision: float = math.nan
    coverage: float = math.nan
    distance: float = math.nan
    n_synthetic: int = 0
    n_held_out: int = 0


@dataclass(frozen=True)
class Row(_Record):
    """One system of a comparison: every metric with its interval, recall per class, its decision.

    ``validity`` has the figures of `SyntheticValidity` over the folds, for a row that makes synthetic
    rows.
    """

    system: str
    kind: RowKind
    metrics: Mapping[str, Estimate] = field(default_factory=dict)
    recall: Mapping[str, Estimate] = field(default_factory=dict)
    decision: Mapping[str, Any] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)
    status: Status = "kept"
    note: str = ""
    seconds: float = field(default=0.0, compare=False)
    validity: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True)
class Gain(_Record):
    """The paired difference of a remedy to the best row that does not resample.

    Positive is better, whatever the metric's own direction.
    """

    system: str
    against: str
    metric: str
    difference: Estimate
    p_value: float
    p_corrected: float
    helps: bool


@dataclass(frozen=True)
class Verdict(_Record):
    """What the comparison shows, in plain words."""

    sentence: str
    resampling_helps: bool
    metric: str
    best_plain: str
    best_remedy: str | None = None


@dataclass(frozen=True)
class Scorecard(_Record):
    """The result of a comparison; two are equal when everything but the times is.

    ``data`` and ``protocol`` are plain dicts (see ``docs/formats.md``); ``chosen`` names a row and
    ``corrected`` is its estimate with the luck of having been chosen taken out. ``predictions``
    stays in memory for the report's curves.
    """

    data: Mapping[str, Any]
    protocol: Mapping[str, Any]
    rows: tuple[Row, ...]
    gains: tuple[Gain, ...] = ()
    verdict: Verdict | None = None
    chosen: str = ""
    corrected: Estimate | None = None
    notes: tuple[str, ...] = ()
    version: int = SCORECARD_VERSION
    predictions: Mapping[str, Predictions] = field(
        default_factory=dict, compare=False, repr=False, metadata={"saved": False}
    )

    def row(self, system: str) -> Row:
        """Return the row of ``system``; a KeyError lists the systems there are."""
        for row in self.rows:
            if row.system == system:
                return row
        raise KeyError(f"no row {system!r}; there are {[row.system for row in self.rows]}")


@dataclass(frozen=True)
class Seal(_Record):
    """Which bytes belong together: a digest for each part and one root over all of them."""

    parts: Mapping[str, str]
    root: str
    signed: bool = False
    version: int = SEAL_VERSION
