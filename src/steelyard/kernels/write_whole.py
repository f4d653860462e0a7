"""A file is there whole, or it is not there: written beside its place, then moved into it."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from steelyard.errors import UserError

__all__ = ["write_whole"]

FULL = (errno.ENOSPC, errno.EDQUOT)
NAME_KEPT = 64  # characters of the name in the temporary one, which must not grow too long


def _reason(error: OSError) -> str:
    """What stopped the writing, in words."""
    if error.errno in FULL:
        return "the disk is full: nothing was written. Free some space, or choose another place"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "this place may not be written to. Choose another"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "its folder does not exist. Create it, or choose another"
    if error.errno == errno.EISDIR:
        return "there is a folder of that name. Choose another name"
    return f"{error.strerror or error}: nothing was written"


def write_whole(path: str | os.PathLike[str], content: Callable[[BinaryIO], object] | bytes | str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    The bytes go to a temporary file in the same folder, are forced to the disk, and replace ``path``
    in one step. Whatever goes wrong on the way (a full disk, Ctrl-C, an error in the writer) leaves
    ``path`` as it was and no temporary file behind.

    Parameters
    ----------
    path : path
        Where the file goes; its folder must exist.
    content : bytes, str or callable
        The content (text becomes UTF-8), or a function that writes it to the binary file it is given.

    Raises
    ------
    UserError
        The system refused: the disk is full, the folder is missing or read-only.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     note = pathlib.Path(folder, "note.txt")
    ...     write_whole(note, "whole")
    ...     note.read_text()
    'whole'
    """
    target = Path(path)
    # Opened by hand and not by tempfile, so that the permissions are those of any new file.
    partial = target.parent / f".{target.name[:NAME_KEPT]}.{secrets.token_hex(8)}.part"
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "wb") as file:
            if callable(content):
                content(file)
            else:
                file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(partial, target.stat().st_mode & 0o777)
        os.replace(partial, target)
        _settle(target.parent)
    except OSError as error:
        raise UserError(f"cannot write {str(target)!r}: {_reason(error)}.") from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(partial)  # gone already when all went well


def _settle(folder: Path) -> None:
    """Force the new name in ``folder`` to the disk, where the system has a way to ask for it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
