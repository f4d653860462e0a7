"""One process at a time: a lock on a file that the system itself lets go when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from steelyard.errors import UserError

__all__ = ["Lock"]

if sys.platform == "win32":
    import msvcrt

    def _hold(handle: int) -> None:
        # Beyond the text, for a locked byte cannot be read by others.
        os.lseek(handle, 2**20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _hold(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """A lock file that carries the number of the process holding it.

    A process that is killed, by whatever means, lets go at once: there are no stale locks to remove.

    Parameters
    ----------
    path : Path
        The file; made when it is not there.

    Raises
    ------
    UserError
        Another process holds it, or the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise UserError(
                f"cannot write {str(path)!r}: {error.strerror}. Choose another folder."
            ) from error
        try:
            _hold(handle)
        except OSError as error:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise UserError(
                f"{str(path.parent.parent)!r} is in use by another run (process {holder}). "
                "Wait for it to end, or choose another folder with --out."
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    @property
    def current(self) -> bool:
        """Whether the locked file is still the one of that name; its folder may have been removed since."""
        if self._handle is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._handle), os.stat(self.path))
        except OSError:
            return False

    def release(self) -> None:
        """Let go; doing so twice does no harm."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
