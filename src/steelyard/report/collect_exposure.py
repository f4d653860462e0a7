"""How exposed each rare class is to wrong labels: the panel's words and figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from steelyard.evaluate.exposure_curve import Exposure, ExposureCurve
from steelyard.records import Estimate

__all__ = ["exposure_figures"]


def exposure_figures(found: Exposure | None, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the panel of `steelyard.evaluate.exposure`; None when nothing was attacked.

    Parameters
    ----------
    found : Exposure or None
    settings : mapping
        ``system``, what was attacked, if not the plain learner of a report.

    Returns
    -------
    dict or None
        ``sentence``, ``most_exposed``, ``curves`` (for each class ``target``, ``to``, ``rows``, ``flips``,
        ``flips_share``, ``clean`` and ``points``), ``metric`` and how all that was measured.
    """
    if found is None:
        return None
    most = found.most_exposed
    return {
        "sentence": found.sentence,
        "most_exposed": None if most is None else str(most.target),
        "metric": found.metric,
        "metric_title": found.metric_title,
        "noise": found.noise,
        "noise_how": found.noise_how,
        "split": found.split,
        "seeds": found.seeds,
        "system": settings.get("system"),
        "curves": [_curve(curve, curve is most) for curve in found.curves],
        "not_measured": [{"label": str(label), "rows": n} for label, n in found.not_measured.items()],
        "notes": list(found.notes),
    }


def _curve(curve: ExposureCurve, most: bool) -> dict[str, Any]:
    clean, points = curve.clean, curve.points
    return {
        "target": str(curve.target),
        "to": str(curve.to),
        "most": most,
        "rows": curve.rows,
        "class_share": curve.class_share,
        "test_rows": curve.test_rows,
        "flips": curve.flips,
        "basis": curve.basis,
        "counted": curve.flips_to_break,
        "flips_share": curve.flips / curve.rows,
        "broken_at": curve.broken_at,
        "accuracy_bound": curve.accuracy_bound,
        "accuracy_can_notice": curve.accuracy_can_notice,
        "points": [
            {
                "share": point.share,
                "flipped": point.flipped,
                "asr": _value(point.asr),
                "lift": _value(point.lift),
                "recall": _value(point.recall),
                "accuracy": _value(point.accuracy),
                "balanced_accuracy": _value(point.balanced_accuracy),
                "metric": _value(point.metric),
                "fall": point.fall,
                "noticed": point.noticed,
                "accuracy_noticed": point.accuracy_noticed,
            }
            for point in (clean, *points)
        ],
    }


def _value(estimate: Estimate) -> dict[str, float | None]:
    """A figure and its interval, None where there is none."""
    known = math.isfinite(estimate.low) and math.isfinite(estimate.high)
    return {
        "mean": estimate.mean,
        "low": estimate.low if known else None,
        "high": estimate.high if known else None,
    }
