"""Cells of a column of Python objects, each value by its own type."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from steelyard.errors import BadTable
from steelyard.guard.canonical import cells
from steelyard.guard.canonical.arrow_cells import refused
from steelyard.guard.canonical.cells import Cells

__all__ = ["object_cells"]

LARGEST_INT, LARGEST_UINT, SMALLEST_INT = 2**63 - 1, 2**64 - 1, -(2**63)


def _kind(value: Any) -> tuple[str, Any]:
    """What a value is, and what sets it apart from others of its kind that are told together."""
    if value is None or value is pd.NA or value is pd.NaT:
        return "nothing", None
    if isinstance(value, (bool, np.bool_)):
        return "truth", None
    if isinstance(value, (int, np.integer)):
        return ("big", None) if value > LARGEST_INT else ("int", None)
    if isinstance(value, (float, np.float16, np.float32)):  # np.float64 is a float
        return ("nothing", None) if value != value else ("float", None)
    if isinstance(value, str):
        return "text", None
    if isinstance(value, bytes):
        return "bytes", None
    if isinstance(value, (datetime.datetime, np.datetime64)):
        if pd.isna(value):
            return "nothing", None
        stamp = pd.Timestamp(value)
        return "time", (stamp.unit, None if stamp.tzinfo is None else str(stamp.tzinfo))
    if isinstance(value, datetime.date):
        return "date", None
    if isinstance(value, (datetime.timedelta, np.timedelta64)):
        return ("nothing", None) if pd.isna(value) else ("duration", pd.Timedelta(value).unit)
    return "other", type(value).__name__


def _utf8(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadTable(
            f"Column {name!r} holds {text!a}, text that UTF-8 cannot hold. Mend how the table was read."
        ) from None


def _encoded(values: list[Any], kind: str, detail: Any, name: str) -> Cells:
    """Cells of values of one kind."""
    if kind == "nothing":
        return cells.nothing(len(values))
    if kind == "truth":
        return cells.truths(np.array(values, dtype=bool))
    if kind in ("int", "big"):
        if min(values) < SMALLEST_INT or max(values) > LARGEST_UINT:
            raise BadTable(
                f"Column {name!r} holds a whole number that 64 bits cannot. Turn the column into text first."
            )
        return cells.integers(np.array(values, dtype=np.int64 if kind == "int" else np.uint64))
    if kind == "float":
        return cells.floats(np.array(values, dtype=np.float64))
    if kind == "text":
        return cells.pieces([_utf8(value, name) for value in values], text=True)
    if kind == "bytes":
        return cells.pieces([bytes(value) for value in values], text=False)
    if kind == "time":
        unit, zone = detail
        stamps = np.array([pd.Timestamp(value).to_datetime64() for value in values], dtype=f"M8[{unit}]")
        return cells.timestamps(stamps.view(np.int64), unit, zone)
    if kind == "date":
        return cells.dates(np.array(values, dtype="M8[D]").view(np.int64))
    if kind == "duration":
        lengths = np.array([pd.Timedelta(value).to_timedelta64() for value in values], dtype=f"m8[{detail}]")
        return cells.durations(lengths.view(np.int64), detail)
    raise refused(name, f"a value of type {detail!r}")


def object_cells(values: Sequence[Any], name: str) -> Cells:
    """Return the cells of any Python values.

    Parameters
    ----------
    values : sequence
        None, NA, NaT and a NaN among objects are null; kinds may be mixed.
    name : str
        Of the column, for messages.

    Raises
    ------
    BadTable
        A value that is not taken: a decimal, a list, a number beyond 64 bits, text that is not Unicode.
    """
    try:
        told = [_kind(value) for value in values]
    except (pd.errors.OutOfBoundsDatetime, pd.errors.OutOfBoundsTimedelta, OverflowError):
        raise BadTable(
            f"Column {name!r} holds a time or duration too far away to be counted in microseconds. "
            "Turn the column into text first."
        ) from None
    groups: dict[tuple[str, Any], list[int]] = {}
    for place, kind in enumerate(told):
        groups.setdefault(kind, []).append(place)
    kinds, numbers = np.empty(len(told), np.uint8), np.empty(len(told), np.int64)
    payloads: list[bytes] | None = None
    for (kind, detail), places in groups.items():
        found = _encoded([values[place] for place in places], kind, detail, name)
        kinds[places], numbers[places] = found.kinds, found.values
        if found.payloads is not None:
            payloads = payloads or [b""] * len(told)
            for place, piece in zip(places, found.payloads, strict=True):
                payloads[place] = piece
    return Cells(kinds, numbers, payloads)
