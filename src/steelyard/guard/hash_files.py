"""Digests of files and folders, with an error for whatever could make one of them mean something else."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from steelyard.errors import BadTable

__all__ = ["HashedFile", "files_of", "hash_file", "hash_folder"]

OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True)
class HashedFile:
    """A file's name (relative to its folder, where it was found in one), SHA-256 in hexadecimal, and size."""

    path: str
    sha256: str
    size: int


def _shown(path: str | os.PathLike[str]) -> str:
    return ascii(os.fspath(path))


def _unreadable(path: str | os.PathLike[str], error: OSError) -> BadTable:
    return BadTable(
        f"{_shown(path)} cannot be read: {error.strerror}. Nothing is left out in silence: give the right to "
        "read it, or take it out of the folder."
    )


def _identity(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _opener(path: str, _: int) -> int:
    return os.open(path, OPEN_FLAGS)  # does not wait for a writer, should a pipe have taken the name


def hash_file(path: str | os.PathLike[str]) -> HashedFile:
    """Return the SHA-256 of a file's bytes, read in pieces.

    Parameters
    ----------
    path : path

    Returns
    -------
    HashedFile
        With the path as it was given.

    Raises
    ------
    BadTable
        It cannot be read, is not a plain file, or changed while it was read.

    Notes
    -----
    A change is seen by the size, the time of the last change and the identity of the file, before and after.
    Someone who sets the time back, or who writes within one tick of the file system's clock after the first
    look, is not seen by this; the digest is then of bytes that the file never held together.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.txt")
    ...     _ = path.write_bytes(b"steel")
    ...     hashed = hash_file(path)
    >>> hashed.size, hashed.sha256[:8]
    (5, 'b86262f9')
    """
    try:
        with open(path, "rb", buffering=0, opener=_opener) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise BadTable(f"{_shown(path)} is not a plain file. Take it out of the folder.")
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            read, after = file.tell(), os.fstat(file.fileno())
        at_name = os.stat(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not _identity(before) == _identity(after) == _identity(at_name) or read != before.st_size:
        raise BadTable(
            f"{_shown(path)} changed while it was read. Wait until nothing writes to it, and try again."
        )
    return HashedFile(os.fspath(path), digest, read)


def _check_name(path: str) -> None:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise BadTable(f"The name {_shown(path)} is not UTF-8. Rename the file.") from None


def _check_link(root: str, name: str) -> None:
    """Refuse a link out of the folder, to nothing or to a folder."""
    full = os.path.join(root, name)
    target = os.path.realpath(full)
    if os.path.commonpath([root, target]) != root:
        raise BadTable(
            f"{_shown(name)} is a link out of the folder, to {_shown(target)}. Copy what it points to."
        )
    if os.path.isdir(full):
        raise BadTable(f"{_shown(name)} is a link to a folder, which would be read twice. Remove the link.")
    if not os.path.exists(full):
        raise BadTable(f"{_shown(name)} is a link to nothing. Remove the link.")


def files_of(folder: str | os.PathLike[str]) -> list[str]:
    """Return the names of all files in a folder and the folders in it, sorted.

    Parameters
    ----------
    folder : path

    Returns
    -------
    list of str
        Relative, with forward slashes, hidden ones too; in the order of their code points.

    Raises
    ------
    BadTable
        The folder cannot be read or is none; a name is not UTF-8; two names differ only in how an accent is
        stored; a link leads out of the folder, to a folder or to nothing; something is neither a file nor a
        folder. A link to a file inside the folder is taken as a file.
    """
    root = os.path.realpath(folder)
    waiting, names = [""], []
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(os.path.join(root, inside)) as found:
                entries = list(found)
        except OSError as error:
            raise _unreadable(os.path.join(folder, inside), error) from error
        for entry in entries:
            name = f"{inside}/{entry.name}" if inside else entry.name
            _check_name(name)
            if entry.is_symlink():
                _check_link(root, name)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif entry.is_file():
                names.append(name)
            else:
                raise BadTable(f"{_shown(name)} is neither a file nor a folder. Take it out of the folder.")
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(unicodedata.normalize("NFC", name), name)
        if other is not name:
            raise BadTable(
                f"{_shown(other)} and {_shown(name)} differ only in how an accent is stored. Rename one."
            )
    return sorted(names)


def hash_folder(folder: str | os.PathLike[str]) -> Iterator[HashedFile]:
    """Return the digest of every file of a folder, one by one.

    Parameters
    ----------
    folder : path

    Returns
    -------
    iterator of HashedFile
        In the order of `files_of`, by which paths are named.

    Raises
    ------
    BadTable
        As `files_of` and `hash_file`; the folder holds no file; files came or went while others were read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "a.txt").write_bytes(b"steel")
    ...     [(hashed.path, hashed.size) for hashed in hash_folder(folder)]
    [('a.txt', 5)]
    """
    names = files_of(folder)
    if not names:
        raise BadTable(f"{_shown(folder)} holds no file. A commitment needs at least one.")
    for name in names:
        hashed = hash_file(os.path.join(folder, *name.split("/")))
        yield HashedFile(name, hashed.sha256, hashed.size)
    if files_of(folder) != names:
        raise BadTable(f"Files came into {_shown(folder)} or left it while it was read. Try again.")
