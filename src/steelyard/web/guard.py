"""Who may ask: only pages of this server, under a name it has; and what every answer carries."""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Guard", "is_loopback", "names_of"]

SAFE = ("GET", "HEAD")
LOCAL_NAMES = frozenset({"localhost"})
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'"


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach a server that is bound to ``name``.

    Examples
    --------
    >>> [is_loopback(name) for name in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "lab.example")]
    [True, True, True, False, False]
    """
    address = _address(name)
    return name.lower() in LOCAL_NAMES if address is None else address.is_loopback


def names_of(host: str) -> frozenset[str]:
    """Names, besides addresses, under which a server bound to ``host`` may be asked for."""
    if is_loopback(host):
        return LOCAL_NAMES
    own = {host, socket.gethostname(), socket.getfqdn()}
    return LOCAL_NAMES | {name.lower() for name in own if _address(name) is None}


def _host_name(value: str) -> str | None:
    """The name in a Host header, without the port; None where it is not one."""
    try:
        parts = urlsplit(f"//{value}")
        _ = parts.port  # raises where the port is no number
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    return parts.hostname


class Guard:
    """Middleware that refuses foreign names and foreign pages, and sets the headers of safe answers.

    A page of another site can make a browser send requests here, and by rebinding its own name to
    127.0.0.1 it could read the answers. So the Host header must be an address or a name of this server
    (the loopback alone, when bound to it), and whatever changes something must come from a page of this
    server, as told by Origin, or by Sec-Fetch-Site where a browser leaves Origin out.

    Parameters
    ----------
    app : ASGI application
    host : str
        What the server is bound to.
    """

    def __init__(self, app: Any, host: str) -> None:
        self._app = app
        self._only_loopback = is_loopback(host)
        self._names = names_of(host)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(send, refusal)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                there = {name.decode("latin-1").lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *_missing(there)]
            await send(message)

        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Any) -> str | None:
        """Why a request is not answered, or None."""
        hosts = _header(scope, b"host")
        if len(hosts) != 1 or not self._is_ours(_host_name(hosts[0])):
            return (
                "This page answers only under the address that 'steelyard serve' printed. Open that "
                "address; if you asked for another name, start the server with --host and that name."
            )
        if scope["method"] in SAFE:
            return None
        origins, sites = _header(scope, b"origin"), _header(scope, b"sec-fetch-site")
        if origins:
            same = len(origins) == 1 and urlsplit(origins[0]).netloc.lower() == hosts[0].lower()
        else:
            same = sites == ["same-origin"]
        return None if same else "Only this server's own page may ask for that. Open the page and use it."

    def _is_ours(self, name: str | None) -> bool:
        if name is None:
            return False
        address = _address(name)
        if address is None:
            return name in self._names
        return address.is_loopback or not self._only_loopback


def _header(scope: Any, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _missing(there: Iterable[str]) -> list[tuple[bytes, bytes]]:
    wanted = {**HEADERS, "content-security-policy": CLOSED_POLICY}
    return [(name.encode(), value.encode()) for name, value in wanted.items() if name not in there]


async def _refuse(send: Any, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers + _missing(())})
    await send({"type": "http.response.body", "body": body})
