"""A random part of a record, so that its hash cannot be guessed from what the record is likely to be."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from steelyard.errors import BadOption

__all__ = ["SALT_BYTES", "check_secret", "new_secret", "record_salt"]

SALT_BYTES = 16
SECRET_BYTES = 32
LARGEST_PLACE = 2**64 - 1
PURPOSE = b"steelyard salt"  # keeps these salts apart from any other use of the same secret


def new_secret() -> bytes:
    """Return 32 random bytes to derive the salts of one commitment from; keep them beside it, in private.

    Examples
    --------
    >>> len(new_secret()), new_secret() == new_secret()
    (32, False)
    """
    return secrets.token_bytes(SECRET_BYTES)


def check_secret(secret: Any, name: str = "salt") -> bytes:
    """``secret`` if it is ``bytes`` of length 32.

    Raises
    ------
    BadOption
        It is not.
    """
    if isinstance(secret, bytes) and len(secret) == SECRET_BYTES:
        return secret
    got = f"{len(secret)} bytes" if isinstance(secret, bytes) else repr(type(secret).__name__)
    raise BadOption(
        f"The {name!r} parameter must be bytes of length {SECRET_BYTES}. Got {got} instead. "
        "Make it by new_secret() and keep it: without it the same rows give another root."
    )


def record_salt(secret: bytes, place: int) -> bytes:
    """Return the salt of the record at this place.

    Parameters
    ----------
    secret : bytes of length 32
        Made by `new_secret`, one for each commitment.
    place : int
        Place of the record in the tree, from 0.

    Returns
    -------
    bytes of length 16

    Raises
    ------
    BadOption
        The secret or the place is not what it has to be.

    Notes
    -----
    A record of few possible values (yes or no, an age) can be found from its hash by trying all of them; with
    a salt inside, it cannot. The salt is keyed BLAKE2b of the place: who is shown one record with its salt
    learns nothing about the salts of the others. A salt hides what is in a leaf from those who see hashes
    only; it does not hide the leaf from the one it is shown to.

    References
    ----------
    Saarinen, M.-J., Aumasson, J.-P. (2015). *The BLAKE2 Cryptographic Hash and Message Authentication Code*.
    RFC 7693.

    Examples
    --------
    >>> secret = bytes(32)
    >>> len(record_salt(secret, 0)), record_salt(secret, 0) == record_salt(secret, 1)
    (16, False)
    """
    check_secret(secret, "secret")
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= LARGEST_PLACE:
        raise BadOption(
            f"The 'place' parameter must be an int from 0 to {LARGEST_PLACE}. Got {place!r} instead."
        )
    return hashlib.blake2b(
        place.to_bytes(8, "little"), digest_size=SALT_BYTES, key=secret, person=PURPOSE
    ).digest()
