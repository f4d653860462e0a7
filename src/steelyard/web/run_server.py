"""Running the server: the address is taken first, then told, then opened."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steelyard.errors import UserError
from steelyard.kernels.optional import require
from steelyard.web.guard import is_loopback

__all__ = ["HOME_VARIABLE", "default_home", "serve"]

HOME_VARIABLE = "STEELYARD_HOME"
BACKLOG = 128
GRACE = 5  # seconds open answers have when the server stops


def default_home() -> Path:
    """Return the folder for the model, not made here: ``STEELYARD_HOME``, else the user's data folder."""
    if own := os.environ.get(HOME_VARIABLE):
        return Path(own)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "steelyard"


def _socket(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes any that is free."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, proto)
    except OSError as error:
        raise UserError(f"There is no address {host!r} on this machine. Leave out --host.") from error
    try:
        if os.name == "posix":  # on Windows the option would let two servers share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)  # whoever comes before the server is up waits a moment
    except OSError as error:
        bound.close()
        raise UserError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Stop what uses it, or choose another "
            "with --port."
        ) from error
    return bound


def serve(
    home: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8642,
    open_browser: bool = True,
    say: Callable[[str], Any] = print,
) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    home : path
        Where the model is kept.
    host, port : str, int
        What to bind to; port 0 takes any that is free.
    open_browser : bool
        Whether to show the page in a browser.
    say : callable
        Told what a person should know, a line each.

    Raises
    ------
    MissingExtra
        The extra ``web`` is not installed.
    UserError
        The address or the folder cannot be used.
    """
    uvicorn = require("uvicorn", extra="web", for_="the local page")
    from steelyard.web.app import create_app

    folder = Path(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {str(folder)!r} cannot be made: {error.strerror}. Choose another with --home."
        ) from error
    bound = _socket(host, port)
    with contextlib.closing(bound):
        app = create_app(folder, host=host)
        address = _address(host, bound)
        if not is_loopback(host):
            say(
                f"warning: bound to {host}: everybody who can reach this machine can use the page and upload "
                "to it, without a password and unencrypted. Leave out --host unless you mean that."
            )
        say(f"Steelyard is at {address}  (Ctrl-C stops it; the model is kept in {folder})")
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
            ws="none",
        )
        if open_browser:
            with contextlib.suppress(webbrowser.Error):
                webbrowser.open(address)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[bound])


def _address(host: str, bound: socket.socket) -> str:
    """What to type into a browser on this machine."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    name = anywhere.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{bound.getsockname()[1]}/"
