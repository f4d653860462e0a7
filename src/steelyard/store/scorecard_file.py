"""The scorecard as a file: ``scorecard.json`` and ``score.json``, one shape, documented and versioned."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steelyard.errors import UserError
from steelyard.kernels.write_whole import write_whole
from steelyard.records import SCORECARD_VERSION, Estimate, Gain, Row, Scorecard, Verdict

__all__ = ["read_scorecard", "write_scorecard"]

FORMAT = "steelyard-scorecard"
MAX_SCORECARD_BYTES = 2**28


def write_scorecard(scorecard: Scorecard, path: str | os.PathLike[str]) -> None:
    """Write a scorecard as JSON; what is not a finite number becomes null.

    Parameters
    ----------
    scorecard : Scorecard
        Its predictions stay behind: they are for the report of the same run.
    path : path

    Examples
    --------
    >>> import tempfile, pathlib
    >>> card = Scorecard(data={"name": "toy"}, protocol={}, rows=(), chosen="")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "scorecard.json")
    ...     write_scorecard(card, path)
    ...     read_scorecard(path) == card
    True
    """
    content = {"format": FORMAT, **scorecard.to_dict()}
    write_whole(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def _number(value: Any) -> float:
    """A number as it was; null stands for one that was not finite."""
    return math.nan if value is None else float(value)


def _estimate(plain: Mapping[str, Any]) -> Estimate:
    return Estimate(
        mean=_number(plain["mean"]),
        low=_number(plain["low"]),
        high=_number(plain["high"]),
        values=tuple(_number(value) for value in plain["values"]),
        method=plain["method"],
    )


def _estimates(plain: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: _estimate(value) for name, value in plain.items()}


def _row(plain: Mapping[str, Any]) -> Row:
    return Row(
        system=plain["system"],
        kind=plain["kind"],
        metrics=_estimates(plain["metrics"]),
        recall=_estimates(plain["recall"]),
        decision=plain["decision"],
        calibration=plain["calibration"],
        status=plain["status"],
        note=plain["note"],
        seconds=_number(plain["seconds"]),
        validity=_estimates(plain.get("validity", {})),  # not in files of before it was measured
    )


def _gain(plain: Mapping[str, Any]) -> Gain:
    return Gain(
        system=plain["system"],
        against=plain["against"],
        metric=plain["metric"],
        difference=_estimate(plain["difference"]),
        p_value=_number(plain["p_value"]),
        p_corrected=_number(plain["p_corrected"]),
        helps=plain["helps"],
    )


def read_scorecard(path: str | os.PathLike[str]) -> Scorecard:
    """Read a scorecard back; all but its predictions is as it was written.

    Parameters
    ----------
    path : path
        A ``scorecard.json`` or ``score.json``.

    Returns
    -------
    Scorecard

    Raises
    ------
    UserError
        The file cannot be read, is no scorecard, or has a version this steelyard does not know.
    """
    shown = repr(str(path))
    try:
        if Path(path).stat().st_size > MAX_SCORECARD_BYTES:
            raise UserError(f"{shown} is larger than {MAX_SCORECARD_BYTES} bytes: it is no scorecard.")
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {shown}: {error.strerror}. Check the path.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise UserError(f"{shown} is not a JSON file: it is damaged, or another file.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UserError(f"{shown} is not a scorecard: expected 'format' to be {FORMAT!r}.")
    if content.get("version") != SCORECARD_VERSION:
        raise UserError(
            f"{shown} has scorecard version {content.get('version')!r}; this steelyard reads version "
            f"{SCORECARD_VERSION}. Use the version of steelyard that wrote it."
        )
    try:
        return Scorecard(
            data=content["data"],
            protocol=content["protocol"],
            rows=tuple(_row(row) for row in content["rows"]),
            gains=tuple(_gain(gain) for gain in content["gains"]),
            verdict=Verdict(**content["verdict"]) if content["verdict"] else None,
            chosen=content["chosen"],
            corrected=_estimate(content["corrected"]) if content["corrected"] else None,
            notes=tuple(content["notes"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{shown} does not follow the scorecard format: {error!r}. See docs/formats.md."
        ) from error
