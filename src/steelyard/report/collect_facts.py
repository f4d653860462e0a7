"""The strip of key figures: how rare, how good, how much is found, and whether probabilities hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelyard.records import Scorecard
from steelyard.report.collect_systems import digits_of
from steelyard.report.metric_words import metric_words
from steelyard.report.write_numbers import count, figure, interval, one_in, percent

__all__ = ["facts"]

WELL_CALIBRATED = 0.25
"""Largest gap of mean promised and seen share, as a part of the latter, that is still called small."""


def facts(
    data: dict[str, Any],
    card: Scorecard | None,
    metric: str | None,
    chance: Mapping[str, float | None],
    curves: dict[str, Any],
    confusion: dict[str, Any] | None,
) -> list[dict[str, str]]:
    """Return the strip of key figures: label, figure, note."""
    strip: list[dict[str, str]] = []
    rare = data.get("rare")
    if rare and data.get("rows"):
        share = rare["rows"] / data["rows"]
        title = "Rare class" if data["n_classes"] == 2 else f"Rarest of {data['n_classes']} classes"
        note = f"{count(rare['rows'])} of {count(data['rows'])} rows ({percent(share)}) are “{rare['label']}”"
        strip.append({"label": title, "figure": one_in(share), "note": note})
    chosen = next((row for row in card.rows if row.system == card.chosen), None) if card else None
    if card is not None and chosen is not None:
        for name in dict.fromkeys([metric or "", "average_precision"]):
            value = chosen.metrics.get(name)
            if name == metric and card.corrected is not None:
                value = card.corrected
            if value is None:
                continue
            digits = digits_of(card, name)
            note = interval(value.low, value.high, digits)
            if chance.get(name) is not None:
                note += f"; chance level {figure(chance[name], digits)}"
            strip.append(
                {"label": metric_words(name).title, "figure": figure(value.mean, digits), "note": note},
            )
    if confusion and confusion.get("positive") is not None:
        at = confusion["counts"][confusion["positive"]]
        hit, total = at[confusion["positive"]], sum(at)
        flagged = sum(line[confusion["positive"]] for line in confusion["counts"])
        if total:
            right = percent(hit / flagged) if flagged else "none"
            strip.append(
                {
                    "label": "Found at the threshold",
                    "figure": percent(hit / total),
                    "note": f"of the rare rows; {right} of the {count(flagged)} flagged are right",
                }
            )
    strip.extend(_calibration_fact(curves))
    return strip


def _calibration_fact(curves: dict[str, Any]) -> list[dict[str, str]]:
    lines = curves.get("calibration") or []
    if not lines or not lines[0]["seen"]:
        return []
    promised, seen = lines[0]["promised"], lines[0]["seen"]
    gap = promised / seen - 1.0
    if abs(gap) <= WELL_CALIBRATED:
        words = "Close"
    else:
        words = (
            f"{promised / seen:.1f}× too high" if gap > 0 else f"{seen / max(promised, 1e-12):.1f}× too low"
        )
    note = f"mean probability {percent(promised)}, seen {percent(seen)}"
    return [{"label": "Probabilities", "figure": words, "note": note}]
