"""Diagnosis alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from steelyard.diagnose import check_by_code, checkup
from steelyard.flow.source import to_dataset
from steelyard.records import Finding
from steelyard.report import collect, render
from steelyard.store import write_whole

__all__ = ["check"]


def check(
    source: Any,
    target: str | None = None,
    *,
    only: Sequence[str] | None = None,
    html: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    random_state: int = 0,
    progress: bool | None = None,
) -> list[Finding]:
    """Find out which kind of imbalance a table has, and what else is wrong with it.

    Parameters
    ----------
    source : Dataset, path, catalogue name or frame
    target : str, optional
        The label column.
    only : list of str, optional
        Codes of the checks to run, such as ``["SY001", "SY007"]``; all by default.
    html : path, optional
        Where to write the findings as a page.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    random_state : int
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.

    Returns
    -------
    list of Finding
        One for each check: found, clear, or not applicable and why.

    Raises
    ------
    UserError
        The table cannot be read or learned from, or a code is unknown.

    Examples
    --------
    >>> findings = check("ecoli", only=["SY001"], reading={"rare": "drop"})
    >>> findings[0].code, findings[0].outcome
    ('SY001', 'found')
    """
    dataset = to_dataset(source, target, reading)
    chosen = None if only is None else [check_by_code(code) for code in only]
    findings = checkup(dataset, chosen, random_state=random_state, progress=progress)
    if html is not None:
        write_whole(Path(html), render(collect(dataset, findings, None)))
    return findings
