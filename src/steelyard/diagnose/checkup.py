"""All checks over one data set, with what they share measured once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from steelyard.diagnose.base import Check
from steelyard.diagnose.class_overlap import ClassOverlap
from steelyard.diagnose.class_ratio import ClassRatio
from steelyard.diagnose.conflicting_duplicates import ConflictingDuplicates
from steelyard.diagnose.constant_columns import ConstantColumns
from steelyard.diagnose.effective_sample_size import EffectiveSampleSize
from steelyard.diagnose.evidence import Evidence
from steelyard.diagnose.hidden_groups import HiddenGroups
from steelyard.diagnose.hidden_time import HiddenTime
from steelyard.diagnose.joint_leak import JointLeak
from steelyard.diagnose.label_noise import LabelNoise
from steelyard.diagnose.missing_by_class import MissingByClass
from steelyard.diagnose.near_duplicates import NearDuplicates
from steelyard.diagnose.rare_levels import RareLevels
from steelyard.diagnose.regions import ClassRegions
from steelyard.diagnose.row_ids import RowIds
from steelyard.diagnose.row_kinds import RowKinds
from steelyard.diagnose.single_column_leak import SingleColumnLeak
from steelyard.diagnose.small_disjuncts import SmallDisjuncts
from steelyard.errors import BadOption
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import RandomState, root_seed
from steelyard.records import Dataset, Finding

__all__ = ["check_by_code", "checks", "checkup"]

ALL: tuple[type[Check], ...] = (
    ClassRatio,
    EffectiveSampleSize,
    ClassOverlap,
    LabelNoise,
    NearDuplicates,
    ConflictingDuplicates,
    SingleColumnLeak,
    JointLeak,
    RowIds,
    HiddenGroups,
    HiddenTime,
    SmallDisjuncts,
    RareLevels,
    ConstantColumns,
    MissingByClass,
    RowKinds,
    ClassRegions,
)


def checks() -> dict[str, type[Check]]:
    """Every check by its code, in order.

    Examples
    --------
    >>> list(checks())[:3]
    ['SY001', 'SY002', 'SY003']
    """
    return {made.code: made for made in ALL}


def check_by_code(code: str) -> Check:
    """Return a check with its default limits.

    Parameters
    ----------
    code : str
        For example ``"SY007"``; case does not count.

    Raises
    ------
    BadOption
        There is no such check; the message names the nearest ones.

    Examples
    --------
    >>> check_by_code("sy001").title
    'Class ratio'
    """
    known = checks()
    if code.upper() in known:
        return known[code.upper()]()
    near = difflib.get_close_matches(code.upper(), known, n=3)
    raise BadOption(
        f"There is no check {code!r}. Did you mean {' or '.join(near) or 'one of ' + ', '.join(known)}?"
    )


def checkup(
    dataset: Dataset,
    checks: Iterable[Check | type[Check]] | None = None,
    *,
    estimator: Any = None,
    progress: bool | None = None,
    random_state: RandomState = 0,
    jobs: int = 1,
) -> list[Finding]:
    """Run checks over a data set.

    Out-of-fold probabilities, prepared distances and neighbours are measured once and shared; large
    tables are sampled, which the findings say.

    Parameters
    ----------
    dataset : Dataset
    checks : iterable of Check, optional
        Checks, or their classes; all with their default limits when left out.
    estimator : classifier, optional
        Cross-fitted on ``dataset.X`` for the checks that need a model and have none of their own; it must
        take the table as it is. A small histogram gradient boosting by default.
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.
    random_state : int, RandomState, Generator or None
    jobs : int
        Workers; the findings do not depend on it.

    Returns
    -------
    list of Finding
        One a check, in order.

    Examples
    --------
    >>> import numpy as np
    >>> data = Dataset(np.arange(40.0).reshape(20, 2), np.repeat(["ok", "ill"], [15, 5]))
    >>> [finding.outcome for finding in checkup(data, [ClassRatio, ConstantColumns])]
    ['found', 'clear']
    """
    chosen = [check() if isinstance(check, type) else check for check in (ALL if checks is None else checks)]
    evidence = Evidence(dataset, estimator=estimator, random_state=root_seed(random_state), n_jobs=jobs)
    findings = []
    with Progress(len(chosen), "diagnosis", enabled=progress) as bar:
        for check in chosen:
            bar.advance(0, note=check.title)
            findings.append(check.check(dataset, evidence))
            bar.advance()
    return findings
