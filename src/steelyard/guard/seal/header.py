"""How a seal begins as text: what it is, the statement for people to read, and the envelope that holds it."""

from __future__ import annotations

import json
from typing import Any

from steelyard.errors import SealBroken
from steelyard.guard.seal.envelope import Envelope, read_envelope
from steelyard.guard.seal.statement import Statement, read_statement

__all__ = ["read_header", "write_header"]


def write_header(
    envelope: Envelope,
    predicate_type: str,
    *,
    format: str,
    version: int,
    salt: bytes | None = None,
    indent: int | None = None,
) -> str:
    """Return the header of a seal, always the same text for the same seal.

    Parameters
    ----------
    envelope : Envelope
    predicate_type : str
        Of the statement inside.
    format : str
    version : int
    salt : bytes, optional
        The secret that salts are made of.
    indent : int, optional
        None for one line.
    """
    content = {"format": format, "version": version}
    if salt is not None:
        content["salt"] = salt.hex()
    content["statement"] = read_statement(envelope.payload, predicate_type).to_dict()
    content["envelope"] = envelope.to_dict()
    return json.dumps(content, indent=indent, ensure_ascii=False) + "\n"


def read_header(
    text: str, predicate_type: str, *, format: str, version: int, indent: int | None = None
) -> tuple[Envelope, Statement, bytes | None]:
    """Read the header of a seal; anything but what `write_header` writes is refused.

    Returns
    -------
    envelope, statement, salt

    Raises
    ------
    SealBroken
        It is damaged, edited, of another kind or of another version; the reason alone.
    """
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SealBroken("it is not readable as JSON: it is damaged") from error
    if not isinstance(content, dict) or content.get("format") != format:
        raise SealBroken(f"it is no {format!r} of steelyard")
    if type(content.get("version")) is not int or content["version"] != version:
        raise SealBroken(
            f"it has version {content.get('version')!r}, this steelyard reads version {version}. "
            "Use the version of steelyard that wrote it"
        )
    envelope = read_envelope(content.get("envelope"))
    statement = read_statement(envelope.payload, predicate_type)
    salt = None
    if "salt" in content:
        try:
            salt = bytes.fromhex(content["salt"])
        except (TypeError, ValueError) as error:
            raise SealBroken("its salt is not hexadecimal: it is damaged") from error
    again = write_header(envelope, predicate_type, format=format, version=version, salt=salt, indent=indent)
    if again != text:
        raise SealBroken("it is not written as steelyard writes it: it was edited")
    return envelope, statement, salt
