"""What a commitment holds of one file: which bytes, under which name, with which label, in which part."""

from __future__ import annotations

import re
from typing import Any

from steelyard.errors import BadOption
from steelyard.guard.canonical.json_record import json_record
from steelyard.guard.canonical.plain_text import plain_text
from steelyard.guard.canonical.salt import SALT_BYTES

__all__ = ["FILE_SCHEMA", "file_record"]

FILE_SCHEMA = "steelyard-file/1"
HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
NO_NAMES = ("", ".", "..")


def _relative(path: Any) -> str:
    """``path`` as a relative name with forward slashes that stays in its folder."""
    if not isinstance(path, str):
        raise BadOption(
            f"The 'path' parameter must be a str with forward slashes. Got {type(path).__name__!r} instead. "
            "Use path.relative_to(folder).as_posix()."
        )
    name = plain_text(path, "The 'path' parameter")
    if "\0" in name or any(part in NO_NAMES for part in name.split("/")):
        raise BadOption(
            "The 'path' parameter must be relative, without empty parts, '.' and '..'. "
            f"Got {path!r} instead. Use path.relative_to(folder).as_posix()."
        )
    return name


def file_record(
    *,
    id: str | int,
    path: str,
    sha256: str,
    label: Any = None,
    split: str | None = None,
    group: str | int | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return the canonical form of one file of a data set, its label and its split inside.

    Parameters
    ----------
    id : str or int
        Name of the record, once in a commitment.
    path : str
        Relative to the folder of the data, with forward slashes.
    sha256 : str
        Digest of the stored bytes, 64 hexadecimal digits with or without ``sha256:`` before them.
    label : None, bool, int, str, or a list or mapping of these
        A label with a fraction is given as text.
    split : str, optional
        The part the record belongs to, such as ``"train"``.
    group : str or int, optional
        What must not be torn apart: a patient, a session.
    salt : bytes of length 16, optional
        See `record_salt`.

    Returns
    -------
    bytes
        JSON of RFC 8785 with the keys ``group``, ``id``, ``label``, ``path``, ``schema``, ``sha256``,
        ``split`` and, when given, ``salt`` in hexadecimal.

    Raises
    ------
    BadOption
        A part is not what it has to be: a path that leaves its folder, a digest of another form, a float.
    MissingExtra
        The package ``rfc8785`` is not installed.

    Notes
    -----
    A label or split kept beside the leaf could be changed without a trace; so both are in it, ``null`` where
    there is none. An id of 7 and one of ``"7"`` are two. That ids and paths come once only is for the maker
    of the whole list to check, in form NFC.

    Examples
    --------
    >>> record = file_record(id=7, path="a/7.png", sha256="0" * 64, label="truck", split="train")
    >>> b'"label":"truck"' in record and b'"split":"train"' in record
    True
    """
    if isinstance(id, bool) or not isinstance(id, (str, int)):
        raise BadOption(f"The 'id' parameter must be a str or an int. Got {type(id).__name__!r} instead.")
    if isinstance(group, bool) or not isinstance(group, (str, int, type(None))):
        raise BadOption(
            f"The 'group' parameter must be a str, an int or None. Got {type(group).__name__!r} instead."
        )
    if not isinstance(split, (str, type(None))):
        raise BadOption(f"The 'split' parameter must be a str or None. Got {type(split).__name__!r} instead.")
    found = HASH.fullmatch(sha256) if isinstance(sha256, str) else None
    if found is None:
        raise BadOption(
            f"The 'sha256' parameter must be 64 lowercase hexadecimal digits. Got {sha256!r} instead. "
            "Use the digest of hash_file."
        )
    record = {
        "schema": FILE_SCHEMA,
        "id": id,
        "path": _relative(path),
        "sha256": found[1],
        "label": label,
        "split": split,
        "group": group,
    }
    if salt is not None:
        if not isinstance(salt, bytes) or len(salt) != SALT_BYTES:
            raise BadOption(
                f"The 'salt' parameter must be bytes of length {SALT_BYTES}. Got {salt!r} instead. "
                "Use record_salt."
            )
        record["salt"] = salt.hex()
    return json_record(record)
