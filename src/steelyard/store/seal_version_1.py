"""Seals of version 1, which steelyard 0.1 wrote: read as before, never written, and never signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from steelyard.errors import SealBroken, UserError
from steelyard.kernels.hashing import sha256_bytes
from steelyard.records import Seal
from steelyard.store.seal import FORMAT, seal

__all__ = ["digest_of_versions", "is_version_1", "read_version_1"]

VERSION = 1
VERSIONS = "versions"


def digest_of_versions(versions: Mapping[str, str]) -> str:
    """Return the digest of package versions, the same for the same versions."""
    return sha256_bytes(json.dumps(dict(versions), sort_keys=True, separators=(",", ":")).encode())


def _content(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def is_version_1(text: str) -> bool:
    """Whether this is a seal that says it is of version 1."""
    content = _content(text)
    return isinstance(content, dict) and content.get("format") == FORMAT and content.get("version") == VERSION


def _text(made: Seal, versions: Mapping[str, str]) -> str:
    """The one way such a seal was written."""
    content = {
        "format": FORMAT,
        "version": made.version,
        "root": made.root,
        "signed": made.signed,
        "parts": dict(made.parts),
        "versions": dict(sorted(versions.items())),
    }
    return json.dumps(content, indent=2) + "\n"


def read_version_1(text: str) -> tuple[Seal, dict[str, str]]:
    """Read a seal of version 1 and its versions.

    Raises
    ------
    SealBroken
        It is damaged or edited; the reason alone.
    """
    content = _content(text)
    parts, versions = content.get("parts"), content.get("versions")
    for value in (parts, versions):
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise SealBroken("it lists no parts and versions: it is damaged")
    try:
        made = seal(parts, version=VERSION)
    except UserError as error:
        raise SealBroken(f"it is damaged: {error}") from error
    if _text(made, versions) != text:
        raise SealBroken("it is not written as steelyard writes it, or its root does not match its parts")
    if made.parts.get(VERSIONS) != digest_of_versions(versions):
        raise SealBroken("its versions are not those that were sealed")
    return made, versions
