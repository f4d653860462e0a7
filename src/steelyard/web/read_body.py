"""The body of a request, read in pieces and never further than its limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steelyard.errors import UserError

__all__ = ["TooLarge", "read_body", "save_body"]


class TooLarge(UserError):
    """A body beyond its limit; nothing of it was kept."""


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:g} MB"


async def _pieces(request: Any, limit: int) -> Any:
    too_large = TooLarge(
        f"Expected at most {_mb(limit)}, got more. Split the file, or leave out what is not needed."
    )
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise too_large
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise too_large
        yield piece


async def read_body(request: Any, limit: int) -> bytes:
    """Return the body.

    Raises
    ------
    TooLarge
        It is longer than ``limit`` bytes; no more than that was read.
    """
    return b"".join([piece async for piece in _pieces(request, limit)])


async def save_body(request: Any, path: Path, limit: int) -> int:
    """Write the body to a new file and return its size; a file that was not finished is removed.

    Raises
    ------
    TooLarge
        It is longer than ``limit`` bytes.
    """
    size = 0
    try:
        with path.open("xb") as file:
            async for piece in _pieces(request, limit):
                size += file.write(piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size
