"""What is signed: an in-toto statement that says of a root what it is the root of."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.errors import SealBroken

__all__ = ["DATA_SEAL", "MODEL_SEAL", "STATEMENT", "Statement", "read_statement"]

STATEMENT = "https://in-toto.io/Statement/v1"
# Names, not places: nothing is ever fetched from them.
DATA_SEAL = "https://steelyard.dev/data-seal/v1"
MODEL_SEAL = "https://steelyard.dev/model-seal/v1"
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Statement:
    """A root, the name of what it is over, and the predicate: everything that is said of it.

    Examples
    --------
    >>> made = Statement("beats", bytes(32), DATA_SEAL, {"tree_size": 3})
    >>> read_statement(made.to_bytes(), DATA_SEAL) == made
    True
    """

    name: str
    root: bytes
    predicate_type: str
    predicate: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as JSON knows it."""
        return {
            "_type": STATEMENT,
            "subject": [{"name": self.name, "digest": {"sha256": self.root.hex()}}],
            "predicateType": self.predicate_type,
            "predicate": dict(self.predicate),
        }

    def to_bytes(self) -> bytes:
        """Return the bytes that are signed: JSON with sorted keys and no blanks."""
        return json.dumps(
            self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode("utf-8")


def read_statement(payload: bytes, predicate_type: str) -> Statement:
    """Read a statement of one predicate type; any other is refused.

    Parameters
    ----------
    payload : bytes
    predicate_type : str
        What the reader expects; a seal of a model must not pass as one of data.

    Raises
    ------
    SealBroken
        It is no such statement; the reason alone.
    """
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise SealBroken("its statement is not readable as JSON: it is damaged") from error
    if not isinstance(content, dict) or content.get("_type") != STATEMENT:
        raise SealBroken(f"it holds no in-toto statement of type {STATEMENT!r}")
    found = content.get("predicateType")
    if found != predicate_type:
        family = predicate_type.rpartition("/")[0]
        if isinstance(found, str) and found.rpartition("/")[0] == family:
            raise SealBroken(
                f"its statement is of type {found!r}, this steelyard reads {predicate_type!r}. "
                "Use the version of steelyard that wrote it"
            )
        raise SealBroken(f"its statement is of type {found!r}, expected {predicate_type!r}")
    try:
        (subject,) = content["subject"]
        name, digest, predicate = subject["name"], subject["digest"]["sha256"], content["predicate"]
    except (ValueError, TypeError, KeyError) as error:
        raise SealBroken("its statement names no single subject with a digest") from error
    if not isinstance(name, str) or not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise SealBroken("its statement names no single subject with a digest")
    if not isinstance(predicate, dict):
        raise SealBroken("its statement has no predicate")
    made = Statement(name, bytes.fromhex(digest), predicate_type, predicate)
    if not _same(made, payload):
        raise SealBroken("its statement is not written as steelyard writes it: it was edited")
    return made


def _same(made: Statement, payload: bytes) -> bool:
    try:
        return made.to_bytes() == payload
    except (ValueError, RecursionError):  # not a number, half a character, or nested too deep
        return False
