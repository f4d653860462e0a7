"""How the figures were made: settings and protocol as label and value, whatever keys there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelyard.report.metric_words import metric_words
from steelyard.report.write_numbers import percent, quantity

__all__ = ["duration", "protocol_lines", "versions_line"]

WORDS = {
    "splitter": "How rows were split",
    "split": "How rows were split",
    "folds": "Folds",
    "repeats": "Repeats",
    "units": "Fits per system",
    "metric": "Decides between systems",
    "positive": "Class of interest",
    "cost": "Costs",
    "review": "Rows that can be reviewed",
    "min_recall": "Least recall asked for",
    "prevalence": "Prevalence where it is used",
    "selection": "Correction for choosing",
    "random_state": "Random seed",
    "seed": "Random seed",
    "rule": "Threshold rule",
    "calibration": "Calibration",
    "learner": "Default learner",
    "drop_hopeless": "Hopeless rows stopped early",
    "dropping": "When a row is stopped early",
    "gains": "Gains",
    "recall": "Intervals of recall",
    "budget": "Budget of each system",
    "level": "Level of intervals",
    "intervals": "Intervals",
    "seconds": "Time taken",
    "command": "Command",
    "not_evaluated": "Classes too small to evaluate",
}
SELECTION = {"bbc": "bootstrap bias-corrected cross-validation", "nested": "nested cross-validation"}
LEFT_OUT = {
    "chance",
    "classes",
    "created",
    "jobs",
    "kind",
    "metrics",
    "promise",
    "resume",
    "title",
    "version",
    "versions",
}
DEEPEST = 2
LONGEST_LIST = 12


def protocol_lines(*sources: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return one line for each thing that was set; the first source that knows a key wins."""
    seen: dict[str, Any] = {}
    for source in sources:
        for key, value in source.items():
            if key not in LEFT_OUT and value not in (None, "", [], {}, ()):
                seen.setdefault(str(key), value)
    ordered = [key for key in WORDS if key in seen] + [key for key in seen if key not in WORDS]
    return [
        {"label": WORDS.get(key, key.replace("_", " ").capitalize()), "value": _value(key, seen[key])}
        for key in ordered
    ]


def _value(key: str, value: Any, depth: int = 0) -> str:
    if key == "metric":
        return metric_words(str(value)).title
    if key == "selection":
        return SELECTION.get(str(value), str(value))
    if key == "level":
        return percent(value)
    if key == "seconds":
        return duration(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in ("random_state", "seed"):
        return str(value)
    if isinstance(value, (int, float)):
        return quantity(value)
    if isinstance(value, Mapping):
        if depth >= DEEPEST:
            return "…"
        parts = [f"{name}: {_value('', item, depth + 1)}" for name, item in value.items()]
    elif isinstance(value, (list, tuple)):
        if depth >= DEEPEST:
            return "…"
        parts = [_value("", item, depth + 1) for item in value]
    else:
        return str(value)
    if len(parts) > LONGEST_LIST:
        parts = [*parts[:LONGEST_LIST], f"and {len(parts) - LONGEST_LIST} more"]
    return ", ".join(parts)


def duration(seconds: Any) -> str:
    """Write a time.

    >>> duration(0.42), duration(75), duration(7300)
    ('0.4 s', '1 min 15 s', '2 h 1 min')
    """
    if not isinstance(seconds, (int, float)) or seconds != seconds:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def versions_line(*sources: Mapping[str, Any]) -> str:
    """Return the versions of what was used, in one line."""
    for source in sources:
        versions = source.get("versions")
        if isinstance(versions, Mapping) and versions:
            return ", ".join(f"{name} {number}" for name, number in versions.items())
    return ""
