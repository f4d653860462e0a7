"""Rows of a table whose label is doubtful, and pairs of classes that labels may have been moved between."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data import write_table
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.flow.source import need_table, to_dataset
from steelyard.guard.detect.activation_clustering import activation_clustering
from steelyard.guard.detect.neighbour_disagreement import neighbour_disagreement
from steelyard.guard.detect.pair_test import PairTest, pair_test
from steelyard.guard.detect.spectral_signatures import spectral_signatures
from steelyard.guard.detect.suspect_flips import suspect_flips
from steelyard.guard.detect.suspects import Suspects
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import int_seed
from steelyard.records import Dataset
from steelyard.store import write_whole

__all__ = ["SuspectReport", "suspects"]

DETECTORS = ("flips", "neighbours", "spectral", "clusters")
DEFAULT = ("flips", "neighbours")
NEAR_ENOUGH = 0.95  # share of true neighbours, in searches so large that all of them would take long
COLUMNS_ONLY = "It was made for features of a network; of plain columns it lists what is merely unusual."
YES = ("true", "1", "1.0", "yes", "y")
NO = ("false", "0", "0.0", "no", "n", "", "nan", "none", "<na>")


@dataclass(frozen=True, eq=False)
class SuspectReport:
    """What was found in a table.

    ``table`` has one line for each doubtful row: ``row`` (from 0), ``given``, ``suggested``, ``score`` (mean
    of the detectors that judged the row), a column with each detector's score, and ``evidence``. ``pairs`` is
    the test of ordered pairs, None where it could not be done; ``notes`` say what could not be judged.
    """

    table: pd.DataFrame
    by_detector: Mapping[str, Suspects]
    pairs: PairTest | None
    notes: tuple[str, ...]
    n_rows: int

    @property
    def alarming(self) -> bool:
        """Whether any row or pair was found."""
        return len(self.table) > 0 or (self.pairs is not None and len(self.pairs.found) > 0)

    def to_dict(self, top: int | None = None) -> dict[str, Any]:
        """Return the report as lists, numbers and strings that JSON can hold."""
        listed = self.table if top is None else self.table.head(top)
        columns = [name for name in listed.columns if name not in ("row", "evidence")]
        rows = [
            {
                "row": int(line["row"]),
                **{name: _plain(line[name]) for name in columns},
                "evidence": line["evidence"],
            }
            for line in listed.to_dict("records")
        ]
        return {
            "n_rows": self.n_rows,
            "n_suspects": len(self.table),
            "detectors": {name: len(found) for name, found in self.by_detector.items()},
            "pairs": None if self.pairs is None else self.pairs.to_dict(),
            "suspects": rows,
            "notes": list(self.notes),
        }


def _plain(value: Any) -> Any:
    item = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(item, float) and not np.isfinite(item) else item


def suspects(
    source: Any,
    target: str | None = None,
    *,
    detectors: Sequence[str] = DEFAULT,
    trusted: str | None = None,
    out: str | Path | None = None,
    top: int | None = None,
    reading: Mapping[str, Any] | None = None,
    random_state: int = 0,
    jobs: int = 1,
    progress: bool | None = None,
) -> SuspectReport:
    """Find the rows of a table whose label is doubtful, and test each pair of classes for moved labels.

    Parameters
    ----------
    source : Dataset, path, catalogue name or frame
    target : str, optional
        The label column.
    detectors : list of str
        Of "flips" (a model that has not seen the row; with the pair test), "neighbours", "spectral" and
        "clusters". The last two were made for features of networks; here they get the prepared columns.
    trusted : str, optional
        Column that says yes for rows whose label was checked, drawn by lot. It is no feature.
    out : path, optional
        Where to write all doubtful rows: CSV, TSV, Parquet or Feather by its suffix.
    top : int, optional
        Most rows to list; all by default.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`; with groups, no model sees rows of a group it judges.
    random_state : int
    jobs : int
        Workers; the result does not depend on it.
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.

    Returns
    -------
    SuspectReport
        A row is listed when at least one detector suspects it. Rows are in order of the mean score over the
        detectors that judged them, first rows first among equals; the suggested label is that of the detector
        that doubts the row the most.

    Raises
    ------
    UserError
        The table cannot be read, an option is unknown, or no detector could work.

    Notes
    -----
    Doubt is no proof. Rows of classes that overlap are doubted too, and when most labels of a class are
    wrong, the right ones are.

    Examples
    --------
    >>> found = suspects("ecoli", detectors=["neighbours"], reading={"rare": "drop"})
    >>> found.table.columns.tolist()
    ['row', 'given', 'suggested', 'score', 'neighbours', 'evidence']
    """
    chosen = _chosen(detectors)
    if top is not None and (isinstance(top, bool) or not isinstance(top, int) or top < 1):
        raise BadOption(f"The 'top' parameter of suspects must be an int in the range [1, inf). Got {top!r}.")
    dataset = to_dataset(source, target, reading)
    need_table(dataset, "The search for doubtful labels")
    dataset, checked = _take_trusted(dataset, trusted)
    evidence = Evidence(dataset, random_state=random_state, n_jobs=jobs, row_budget=len(dataset))
    found: dict[str, Suspects] = {}
    pairs: PairTest | None = None
    notes: list[str] = []
    with Progress(len(chosen), "suspects", enabled=progress) as bar:
        for name in chosen:
            bar.advance(0, note=name)
            try:
                found[name] = _ask(name, evidence, random_state, jobs)
                if name == "flips":
                    pairs = pair_test(
                        dataset.y, _all_proba(evidence), classes=evidence.classes, trusted=checked
                    )
            except NotApplicable as reason:
                notes.append(f"{name}: {reason}")
            bar.advance()
    if not found:
        raise CannotEvaluate(f"No detector could work. {' '.join(notes)}")
    notes += [f"{name}: {COLUMNS_ONLY}" for name in chosen if name in found and name not in DEFAULT]
    notes += [f"{name}: {answer.note}" for name, answer in found.items() if answer.note]
    if pairs is not None and pairs.note:
        notes.append(f"pairs: {pairs.note}")
    notes += [
        str(said) for said in getattr(dataset.X, "attrs", {}).get("notes", ()) if "left out" in str(said)
    ]
    table = _combine(found, pairs)
    table = table if top is None else table.head(top)
    if out is not None:
        write_whole(Path(out), lambda file: write_table(table, file, suffix=Path(out).suffix))
    return SuspectReport(table, found, pairs, tuple(notes), len(dataset))


def _chosen(detectors: Sequence[str]) -> list[str]:
    wanted = [detectors] if isinstance(detectors, str) else list(dict.fromkeys(detectors))
    unknown = [name for name in wanted if name not in DETECTORS]
    if unknown or not wanted:
        raise BadOption(f"Detectors are {', '.join(DETECTORS)}. Got {unknown or wanted} instead.")
    return [name for name in DETECTORS if name in wanted]


def _take_trusted(dataset: Dataset, column: str | None) -> tuple[Dataset, NDArray[np.bool_] | None]:
    """Part the column that says which labels were checked from the features."""
    if column is None:
        return dataset, None
    if column not in dataset.X.columns:
        raise BadOption(f"There is no column {column!r} to say which labels were checked. Name another.")
    words = dataset.X[column].astype(str).str.strip().str.lower()
    odd = sorted(set(words) - {*YES, *NO})
    if odd:
        raise BadOption(
            f"Column {column!r} must say yes or no (or true or false, 1 or 0) in each row. "
            f"Got {odd[0]!r} instead."
        )
    rest = dataset.X.drop(columns=column)
    if not rest.shape[1]:
        raise BadOption(f"Column {column!r} is the only feature. Without it there is nothing to learn from.")
    rest.attrs = dict(dataset.X.attrs)
    schema = dataset.schema and dataclasses.replace(
        dataset.schema,
        columns=tuple(kept for kept in dataset.schema.columns if kept.name != column),
        left_out={**dataset.schema.left_out, column: "trusted"},
    )
    return dataclasses.replace(dataset, X=rest, schema=schema, hash=""), words.isin(YES).to_numpy()


def _all_proba(evidence: Evidence) -> NDArray[np.float64]:
    """Out-of-fold probabilities of all rows, NaN where no fold tested them."""
    proba = np.full((len(evidence.dataset), evidence.classes.size), np.nan)
    proba[evidence.sample] = evidence.proba
    told = ~np.isnan(proba).any(axis=1)
    proba[told] /= proba[told].sum(axis=1, keepdims=True)
    return proba


def _ask(name: str, evidence: Evidence, random_state: int, jobs: int) -> Suspects:
    dataset = evidence.dataset
    if name == "flips":
        return suspect_flips(dataset.y, _all_proba(evidence), classes=evidence.classes)
    if name == "neighbours":
        return neighbour_disagreement(
            evidence.dense, dataset.y, groups=dataset.groups, recall=NEAR_ENOUGH, n_jobs=jobs
        )
    if name == "spectral":
        return spectral_signatures(evidence.dense, dataset.y)
    return activation_clustering(
        evidence.dense, dataset.y, random_state=int_seed(random_state, "suspects", "clusters")
    )


def _combine(found: Mapping[str, Suspects], pairs: PairTest | None) -> pd.DataFrame:
    """Lines of all rows that anything suspects, by the mean score of the detectors."""
    scores = np.stack([answer.every for answer in found.values()], axis=1)
    told = np.isfinite(scores)
    mean = np.where(told, scores, 0.0).sum(axis=1) / np.maximum(told.sum(axis=1), 1)
    said: dict[int, list[str]] = {}
    suggested: dict[int, tuple[float, Any]] = {}
    given: dict[int, Any] = {}
    for answer in (*found.values(), *([pairs.suspects] if pairs else [])):
        lines = zip(
            *(values.tolist() for values in (answer.rows, answer.given, answer.suggested, answer.score)),
            answer.evidence,
            strict=True,
        )
        for row, label, other, score, words in lines:
            said.setdefault(row, []).append(words)
            given[row] = label
            if row not in suggested or score > suggested[row][0]:
                suggested[row] = (score, other)
    rows = np.array(sorted(said), dtype=np.intp)
    rows = rows[np.argsort(-mean[rows], kind="stable")]
    listed = rows.tolist()
    return pd.DataFrame(
        {
            "row": rows,
            "given": [given[row] for row in listed],
            "suggested": [suggested[row][1] for row in listed],
            "score": mean[rows],
            **{name: answer.every[rows] for name, answer in found.items()},
            "evidence": ["; ".join(said[row]) for row in listed],
        }
    )
