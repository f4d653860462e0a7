"""What is said of the rows a sampler made up, in one line."""

from __future__ import annotations

import math
from typing import Any

from steelyard.records import Estimate, Row

__all__ = ["synthetic_rows"]


def synthetic_rows(row: Row) -> dict[str, Any] | None:
    """Return what is known of a system's synthetic rows, None where it makes none.

    Parameters
    ----------
    row : Row

    Returns
    -------
    dict or None
        ``words``, the line beside the system; ``detail``, what else is worth a line, perhaps empty.

    Examples
    --------
    >>> share = Estimate(0.83, 0.78, 0.88)
    >>> synthetic_rows(Row("smote", "remedy", validity={"plausibility": share}))["words"]
    'synthetic rows 83% as plausible as held-out real ones [78, 88]'
    """
    if not row.validity:
        return None
    ratio = row.validity["plausibility"]
    if not math.isfinite(ratio.mean):
        return {
            "words": "synthetic rows: too few held-out real ones of the class to judge them",
            "detail": "",
        }
    words = f"synthetic rows {_share(ratio.mean)} as plausible as held-out real ones{_interval(ratio)}"
    return {"words": words, "detail": _detail(row)}


def _share(value: float) -> str:
    return f"{100 * value:.0f}%"


def _interval(one: Estimate) -> str:
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return ""
    return f" [{100 * one.low:.0f}, {100 * one.high:.0f}]"


def _detail(row: Row) -> str:
    parts = []
    ours, theirs = (row.validity.get(name) for name in ("enemies", "enemies_real"))
    if ours is not None and theirs is not None and math.isfinite(ours.mean):
        parts.append(
            f"nearest to a row of another class: {_share(ours.mean)} of them, "
            f"{_share(theirs.mean)} of real rows"
        )
    copies = row.validity.get("copies")
    if copies is not None and copies.mean > 0:
        parts.append(f"{_share(copies.mean)} are copies of training rows")
    return "; ".join(parts)
