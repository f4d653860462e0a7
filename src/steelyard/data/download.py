"""One bounded, checked download, written beside its place and then moved there."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from steelyard.errors import BadTable
from steelyard.kernels.progress import Progress

__all__ = ["download"]

PIECE = 2**16
TIMEOUT_S = 60
MIB = 2**20
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
AGENT = "steelyard (https data set download)"


def download(url: str, path: Path, *, accepted: Collection[str], max_mb: int) -> str:
    """Fetch a file if it is one of those expected; keep nothing otherwise.

    Parameters
    ----------
    url : str
        ``https``, or ``http`` on this machine.
    path : Path
        Where it goes; its folders are made.
    accepted : collection of str
        SHA-256 digests in hexadecimal. With none the file is fetched, its digest returned, and it is
        not kept.
    max_mb : int
        More than this is refused, whatever the server says beforehand.

    Returns
    -------
    str
        The digest of what came.

    Raises
    ------
    BadTable
        The address cannot be reached, the file is too large, cut off, or not the one expected.
    """
    _refuse_address(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            digest = _copy(url, file, max_mb)
            file.flush()
            os.fsync(file.fileno())
        if accepted and digest not in accepted:
            raise BadTable(
                f"Expected {url} to have SHA-256 {' or '.join(sorted(accepted))}, got {digest}. The file "
                "there has changed, or something stands between: look at it before you use it."
            )
        if accepted:
            os.replace(name, path)
        return digest
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _refuse_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        raise BadTable(f"Expected an https address, got {url!r}. Nothing is fetched over other protocols.")


def _copy(url: str, file: object, max_mb: int) -> str:
    """Copy what the address sends, counting and hashing it on the way."""
    # No file, ftp or data handlers: an address, or what it redirects to, must be on the web.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    most, size, digest = max_mb * MIB, 0, hashlib.sha256()
    try:
        request = urllib.request.Request(url, headers={"User-Agent": AGENT})
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            _refuse_address(answer.url)
            announced = int(answer.headers.get("Content-Length") or 0)
            if announced > most:
                raise _too_large(url, announced, max_mb)
            with Progress(max(announced, 1), f"downloading {url.rpartition('/')[2]}") as progress:
                while piece := answer.read(PIECE):
                    size += len(piece)
                    if size > most:
                        raise _too_large(url, size, max_mb)
                    digest.update(piece)
                    file.write(piece)  # type: ignore[attr-defined]
                    progress.advance(len(piece))
    except urllib.error.HTTPError as error:
        error.close()
        raise BadTable(
            f"Expected a file at {url}, got HTTP {error.code} {error.reason}. It may have moved; look at "
            "the page of the data set."
        ) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise BadTable(
            f"Expected {url} to answer, got {getattr(error, 'reason', error) or type(error).__name__}. "
            "Check the network, or set STEELYARD_DATA to a folder that has the set."
        ) from error
    if announced and size < announced:
        raise BadTable(f"Expected {announced:,} bytes from {url}, got {size:,}: it was cut off. Try again.")
    return digest.hexdigest()


def _too_large(url: str, size: int, max_mb: int) -> BadTable:
    return BadTable(
        f"Expected at most {max_mb} MiB from {url}, got {size / MIB:,.0f} MiB or more. This is not the file "
        "the catalogue describes."
    )
