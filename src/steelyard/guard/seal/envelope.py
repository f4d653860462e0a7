"""The envelope of a signature: DSSE, which signs the type of what is inside together with its bytes."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from steelyard.errors import SealBroken
from steelyard.guard.seal.keys import PrivateKey, PublicKey

__all__ = ["PAYLOAD_TYPE", "Envelope", "pae", "read_envelope", "wrap"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_SIGNATURES = 16


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: the bytes that a DSSE signature is over.

    Parameters
    ----------
    payload_type : str
    payload : bytes

    References
    ----------
    Secure Systems Lab. *DSSE: Dead Simple Signing Envelope*, protocol version 1.0.2.
    https://github.com/secure-systems-lab/dsse/blob/master/protocol.md

    Examples
    --------
    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True)
class Envelope:
    """A payload, its type and its signatures (key id and bytes); none where nobody signed.

    DSSE asks for at least one signature. An envelope without one is ours: it holds what it holds, and is
    vouched for by nobody.
    """

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...] = ()
    payload_type: str = PAYLOAD_TYPE

    def verify(self, trust: PublicKey) -> None:
        """Check the signatures against a key.

        Raises
        ------
        SealBroken
            It is unsigned, signed by another key, or a signature is false.
        """
        trust.verify(pae(self.payload_type, self.payload), self.signatures)

    def to_dict(self) -> dict[str, Any]:
        """Return the envelope as JSON knows it."""
        return {
            "payloadType": self.payload_type,
            "payload": base64.b64encode(self.payload).decode("ascii"),
            "signatures": [
                {"keyid": name, "sig": base64.b64encode(sig).decode("ascii")} for name, sig in self.signatures
            ],
        }


def wrap(payload: bytes, key: PrivateKey | None = None) -> Envelope:
    """Put a payload into an envelope, signed where there is a key.

    Examples
    --------
    >>> from steelyard.guard.seal.keys import generate_key
    >>> key = generate_key()
    >>> read_envelope(wrap(b"{}", key).to_dict()).verify(key.public())
    """
    signatures = () if key is None else tuple(key.sign(pae(PAYLOAD_TYPE, payload)))
    return Envelope(payload, signatures)


def _decoded(text: Any) -> bytes:
    """Bytes from base64 in the one way it is written."""
    try:
        data = base64.b64decode(text, validate=True)
        if base64.b64encode(data).decode("ascii") == text:
            return data
    except (binascii.Error, ValueError, TypeError):
        pass
    raise SealBroken("its envelope is not written in base64: it is damaged")


def read_envelope(content: Any) -> Envelope:
    """Read an envelope from what JSON holds; nothing is verified yet.

    Raises
    ------
    SealBroken
        It is none, or holds more than an envelope does; the reason alone.
    """
    if not isinstance(content, dict) or set(content) != {"payload", "payloadType", "signatures"}:
        raise SealBroken("it holds no DSSE envelope")
    if content["payloadType"] != PAYLOAD_TYPE:
        raise SealBroken(f"its payload type is {content['payloadType']!r}, expected {PAYLOAD_TYPE!r}")
    signatures = content["signatures"]
    if not isinstance(signatures, list) or len(signatures) > MOST_SIGNATURES:
        raise SealBroken(f"its envelope needs a list of at most {MOST_SIGNATURES} signatures")
    for signature in signatures:
        if (
            not isinstance(signature, dict)
            or set(signature) != {"keyid", "sig"}
            or not isinstance(signature["keyid"], str)
        ):
            raise SealBroken("a signature in its envelope is malformed")
    found = tuple((signature["keyid"], _decoded(signature["sig"])) for signature in signatures)
    if len({name for name, _ in found}) != len(found):
        raise SealBroken("its envelope holds two signatures of one key")
    return Envelope(_decoded(content["payload"]), found)
