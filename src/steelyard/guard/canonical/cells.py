"""A cell of a table in bytes: one byte for its kind, eight for its value or length, then a payload."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadTable

__all__ = [
    "HEAD_BYTES",
    "Cells",
    "dates",
    "durations",
    "floats",
    "integers",
    "nothing",
    "pieces",
    "timestamps",
    "truths",
]

HEAD_BYTES = 9
NULL, TRUTH, INT, BIG_INT, FLOAT, TEXT, BYTES = b"nbiuftx"
NAIVE, NAIVE_FAR, ZONED, ZONED_FAR, DATE, DURATION, DURATION_FAR = b"pPzZdeE"
CATEGORY = 0x80  # set in the kind of a value that is a category

LARGEST = np.iinfo(np.int64).max
NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
MICROSECONDS = {"s": 10**6, "ms": 10**3, "us": 1}
OFFSET = re.compile(r"(?:UTC)?([+-]\d\d:\d\d)")
ZONE = re.compile(r"[A-Za-z0-9_+\-/:]{1,255}")
UTC = ("UTC", "Etc/UTC", "Z", "+00:00", "-00:00", "UTC+00:00")


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one column.

    ``kinds`` (n,) bytes; ``values`` (n,) the eight bytes that follow, as integers; ``payloads`` what comes
    after them, one entry a row, or None where no cell has any.
    """

    kinds: NDArray[np.uint8]
    values: NDArray[np.int64]
    payloads: list[bytes] | None = None

    def without(self, missing: NDArray[np.bool_]) -> Cells:
        """Return the cells with the missing ones null."""
        if not missing.any():
            return self
        kinds, values = np.where(missing, np.uint8(NULL), self.kinds), np.where(missing, 0, self.values)
        payloads = self.payloads
        if payloads is not None:
            payloads = [
                b"" if gone else piece for gone, piece in zip(missing.tolist(), payloads, strict=True)
            ]
        return Cells(kinds, values, payloads)

    def as_categories(self, codes: NDArray[np.integer]) -> Cells:
        """Return the cells of rows that take these categories, by their place; a negative one is null."""
        if not len(self.kinds):
            return nothing(len(codes))
        missing, places = codes < 0, np.maximum(codes, 0)
        kinds = np.where(self.kinds == NULL, self.kinds, self.kinds | CATEGORY)[places]
        payloads = self.payloads and [self.payloads[place] for place in places.tolist()]
        return Cells(kinds, self.values[places], payloads).without(missing)


def _all(kind: int, values: NDArray[np.int64]) -> Cells:
    return Cells(np.full(len(values), kind, np.uint8), values)


def nothing(n: int) -> Cells:
    """Return ``n`` cells that hold nothing."""
    return _all(NULL, np.zeros(n, np.int64))


def truths(values: NDArray[np.bool_]) -> Cells:
    """Return the cells of truth values."""
    return _all(TRUTH, values.astype(np.int64))


def integers(values: NDArray[np.integer]) -> Cells:
    """Return the cells of whole numbers, signed or not, of any width."""
    signed = values.astype(np.int64)  # a value beyond wraps around, which the kind then tells
    if values.dtype.kind == "u":
        return Cells(np.where(values > LARGEST, np.uint8(BIG_INT), np.uint8(INT)), signed)
    return _all(INT, signed)


def floats(values: NDArray[np.floating]) -> Cells:
    """Return the cells of floats: one NaN, one zero."""
    plain = values.astype(np.float64)
    plain = np.where(np.isnan(plain), np.nan, plain) + 0.0
    return _all(FLOAT, plain.view(np.int64))


def pieces(payloads: list[bytes], *, text: bool) -> Cells:
    """Return the cells of texts, already in UTF-8, or of raw bytes."""
    lengths = np.fromiter(map(len, payloads), np.int64, count=len(payloads))
    return Cells(np.full(len(payloads), TEXT if text else BYTES, np.uint8), lengths, payloads)


def _counted(values: NDArray[np.int64], unit: str, near: int, far: int, what: str) -> Cells:
    """Counts of nanoseconds where they fit into 64 bits, else of microseconds, under a kind of their own."""
    factor = NANOSECONDS[unit]
    reach = LARGEST // factor
    fits = (values >= -reach) & (values <= reach) if factor > 1 else np.ones(len(values), dtype=bool)
    if fits.all():
        return _all(near, values * factor)
    coarse = MICROSECONDS[unit]
    reach = LARGEST // coarse
    if ((values < -reach) | (values > reach)).any():
        raise BadTable(
            f"A {what} lies too far away to be counted in microseconds. Turn the column into text first."
        )
    counts = np.where(fits, np.where(fits, values, 0) * factor, values * coarse)
    return Cells(np.where(fits, np.uint8(near), np.uint8(far)), counts)


def _zone_name(zone: str) -> str:
    """Return the name of a time zone, one for UTC and one for each fixed offset."""
    if zone in UTC:
        return "UTC"
    offset = OFFSET.fullmatch(zone)
    if offset:
        return offset[1]
    if ZONE.fullmatch(zone):
        return zone
    raise BadTable(f"The time zone {zone!r} has no name that other libraries know. Use zoneinfo.ZoneInfo.")


def timestamps(values: NDArray[np.int64], unit: str, zone: str | None) -> Cells:
    """Return the cells of times: counts since 1970 in ``unit``, of UTC where there is a zone."""
    if zone is None:
        return _counted(values, unit, NAIVE, NAIVE_FAR, "time")
    name = _zone_name(zone).encode()
    cells = _counted(values, unit, ZONED, ZONED_FAR, "time")
    return Cells(cells.kinds, cells.values, [bytes([len(name)]) + name] * len(values))


def dates(values: NDArray[np.integer]) -> Cells:
    """Return the cells of days, counted since 1970."""
    return _all(DATE, values.astype(np.int64))


def durations(values: NDArray[np.int64], unit: str) -> Cells:
    """Return the cells of lengths of time, counted in ``unit``."""
    return _counted(values, unit, DURATION, DURATION_FAR, "duration")
