"""What every check is: a code, limits that are parameters, and one of three outcomes."""

from __future__ import annotations

import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.records import Dataset, Finding, Severity

__all__ = ["Check"]

TASKS = ("binary", "multiclass")
EVERY_MODALITY = "rows"


class Check(ABC):
    """One question about a data set, answered by found, clear, or not applicable and why.

    A subclass sets the class attributes and writes ``_examine``; its limits are constructor
    parameters, and ``limits`` says which values they may take.

    Attributes
    ----------
    code, title : str
        ``SY001`` and what the check is about.
    severity : {"info", "warning", "critical"}
        Of a finding, unless the check says otherwise for this one: info describes the data, a warning
        would spoil a model or its evaluation, critical makes figures meaningless.
    slow : bool
        Whether a model or neighbours are needed.
    works_on : tuple of str
        Modalities; ``("rows",)`` for all.
    limits : mapping of str to (low, high)
        Ranges of the numeric parameters, ends included.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    slow: ClassVar[bool] = False
    works_on: ClassVar[tuple[str, ...]] = ("table",)
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {}

    estimator: Any = None

    def check(self, dataset: Dataset, evidence: Evidence | None = None) -> Finding:
        """Examine a data set.

        Parameters
        ----------
        dataset : Dataset
        evidence : Evidence, optional
            What was measured before on this data set, shared by several checks.

        Returns
        -------
        Finding

        Raises
        ------
        BadOption
            A parameter outside its range.
        """
        self._check_parameters()
        if evidence is None:
            evidence = Evidence(dataset, estimator=self.estimator)
        elif self.estimator is not None and self.estimator is not evidence.estimator:
            evidence = dataclasses.replace(evidence, estimator=self.estimator)
        try:
            self._check_suits(dataset)
            return self._examine(evidence)
        except (NotApplicable, CannotEvaluate) as reason:
            return Finding(self.code, self.title, "not applicable", self.severity, explanation=str(reason))

    @abstractmethod
    def _examine(self, evidence: Evidence) -> Finding:
        """Answer the question; raise NotApplicable where it cannot be asked."""

    def _check_parameters(self) -> None:
        name = type(self).__name__
        for parameter, (low, high) in self.limits.items():
            value = getattr(self, parameter)
            number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
            if not number or not low <= value <= high:
                raise BadOption(
                    f"The {parameter!r} parameter of {name} must be a number from {low:g} to {high:g}. "
                    f"Got {value!r} instead."
                )

    def _check_suits(self, dataset: Dataset) -> None:
        if EVERY_MODALITY not in self.works_on and dataset.modality not in self.works_on:
            raise NotApplicable(f"It works on {' and '.join(self.works_on)}, not on {dataset.modality}.")
        if dataset.task not in TASKS:
            raise NotApplicable(f"It needs one class per row; the task is {dataset.task}.")
        if np.unique(dataset.y).size < len(TASKS):
            raise NotApplicable("It needs at least two classes; all rows have the same label.")

    def _clear(self, explanation: str, measures: Mapping[str, Any] | None = None) -> Finding:
        return Finding(
            self.code, self.title, "clear", self.severity, explanation=explanation, measures=measures or {}
        )

    def _found(
        self,
        explanation: str,
        advice: str,
        *,
        severity: Severity | None = None,
        rows: NDArray[np.intp] | None = None,
        columns: Sequence[str] = (),
        measures: Mapping[str, Any] | None = None,
    ) -> Finding:
        at_fault = np.empty(0, dtype=np.intp) if rows is None else np.asarray(rows, dtype=np.intp)
        return Finding(
            self.code,
            self.title,
            "found",
            severity or self.severity,
            explanation=explanation,
            advice=advice,
            rows=at_fault,
            columns=tuple(columns),
            measures=measures or {},
        )
