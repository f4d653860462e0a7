"""A record of text, whole numbers and truth values as canonical JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelyard.errors import BadOption
from steelyard.guard.canonical.plain_text import plain_text
from steelyard.kernels.optional import require

__all__ = ["json_record"]

LARGEST_INT = 2**53 - 1  # what every JSON reader holds exactly; RFC 8785 refuses more
DEEPEST = 64  # lists and mappings inside each other; deeper ones would end in a recursion error


def _plain(value: Any, where: str, depth: int) -> Any:
    """``value`` as the canonical form takes it, or an error that names the place."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value, f"The value at {where}")
    if isinstance(value, int):
        if abs(value) > LARGEST_INT:
            raise BadOption(
                f"The number at {where} must lie within {LARGEST_INT} of 0. Got {value} instead. "
                "Give it as text."
            )
        return int(value)
    if depth >= DEEPEST and isinstance(value, (Mapping, list, tuple)):
        raise BadOption(f"The value at {where} is nested more than {DEEPEST} deep. Flatten the record.")
    if isinstance(value, Mapping):
        plain: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise BadOption(f"The keys at {where} must be text. Got {key!r} instead.")
            name = plain_text(key, f"The key {key!a} at {where}")
            if name in plain:
                raise BadOption(f"The key {name!r} at {where} comes twice once its accents are in one form.")
            plain[name] = _plain(item, f"{where}.{name}", depth + 1)
        return plain
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}[{place}]", depth + 1) for place, item in enumerate(value)]
    raise BadOption(
        f"The value at {where} must be text, a whole number, True, False, None, a list or a mapping. "
        f"Got {type(value).__name__!r} instead. Numbers with a fraction are written in more than one way: "
        "give them as text, or commit to the table by table_rows."
    )


def json_record(record: Mapping[str, Any]) -> bytes:
    """Return the one canonical form of a small record of text, whole numbers and truth values.

    Parameters
    ----------
    record : mapping
        Text keys; values None, bool, int, str, and lists and mappings of these.

    Returns
    -------
    bytes
        JSON without spaces, its keys sorted, in UTF-8.

    Raises
    ------
    BadOption
        It is not a mapping; a key is not text, or comes twice once in form NFC; a value is of another type (a
        float, bytes, a date), beyond 2**53 - 1, half of a surrogate pair, or nested too deep.
    MissingExtra
        The package ``rfc8785`` is not installed.

    Notes
    -----
    The form is that of RFC 8785, made by the package ``rfc8785``. Bringing text to Unicode's form NFC and
    refusing floats is ours: two names that look alike and differ only in how an accent is stored become one,
    so look for names that come twice before a leaf is made of them.

    References
    ----------
    Rundgren, A., Jordan, B., Erdtman, S. (2020). *JSON Canonicalization Scheme*. RFC 8785.

    Examples
    --------
    >>> json_record({"label": "car", "id": 7})
    b'{"id":7,"label":"car"}'
    """
    if not isinstance(record, Mapping):
        raise BadOption(f"The 'record' parameter must be a mapping. Got {type(record).__name__!r} instead.")
    rfc8785 = require("rfc8785", extra="guard", for_="a canonical record")
    made: bytes = rfc8785.dumps(_plain(record, "record", 0))
    return made
