"""Findings as cards: what was found, gravest first; what is clear; what could not be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steelyard.records import Finding

__all__ = ["findings_by_outcome"]

GRAVITY = {"critical": 0, "warning": 1, "info": 2}
SEVERITY_WORDS = {"critical": "Critical", "warning": "Warning", "info": "Good to know"}
ROWS_LISTED = 12
COLUMNS_LISTED = 12


def findings_by_outcome(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings in three lists, with a few of the rows at fault."""
    ordered = sorted(findings, key=lambda f: (GRAVITY.get(f.severity, len(GRAVITY)), f.code))
    return {
        "found": [_card(f) for f in ordered if f.outcome == "found"],
        "clear": [_card(f) for f in ordered if f.outcome == "clear"],
        "not_applicable": [_card(f) for f in ordered if f.outcome == "not applicable"],
        "alarming": sum(f.alarming for f in ordered),
        "n": len(ordered),
    }


def _card(finding: Finding) -> dict[str, Any]:
    rows = [int(row) for row in list(finding.rows)[:ROWS_LISTED]]
    return {
        "code": finding.code,
        "title": finding.title,
        "severity": finding.severity,
        "severity_words": SEVERITY_WORDS.get(finding.severity, finding.severity),
        "explanation": finding.explanation,
        "advice": finding.advice,
        "rows": rows,
        "n_rows": len(finding.rows),
        "columns": list(finding.columns[:COLUMNS_LISTED]),
        "n_columns": len(finding.columns),
        "page": f"docs/checks/{finding.code}.md",
    }
