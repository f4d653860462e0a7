"""Files below a folder, inside a zip archive or in cells, read when they are asked for, each bounded."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from steelyard.data.open_archive import inside
from steelyard.errors import BadTable

__all__ = ["ByteStore", "FolderBytes", "RowBytes", "ZipBytes"]

MIB = 2**20
FILE_MB = 64
ROW = "row "


class ByteStore(Protocol):
    """Where the bytes of an item come from."""

    def names(self) -> list[str]:
        """Names of all files, sorted."""

    def read(self, name: str) -> bytes:
        """Bytes of one file."""


class FolderBytes:
    """Files below a folder.

    Parameters
    ----------
    root : Path
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise BadTable(f"Expected a folder at {str(root)!r}, got none.")
        self.root = root

    def names(self) -> list[str]:
        """Names of all files below the folder, with ``/`` between parts."""
        return sorted(
            path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()
        )

    def read(self, name: str) -> bytes:
        """Bytes of one file; a name that leads out of the folder is refused."""
        path = self.root / name
        if not inside(name):
            raise BadTable(f"Expected a path below {str(self.root)!r}, got {name!r}, which leads out of it.")
        if not path.is_file():
            raise BadTable(f"Expected the file {name!r} below {str(self.root)!r}, got none.")
        if path.stat().st_size > FILE_MB * MIB:
            raise BadTable(f"Expected at most {FILE_MB} MiB in {str(path)!r}, got more.")
        return path.read_bytes()


class RowBytes:
    """Files that are the cells of a column, named by their row.

    Parameters
    ----------
    cells : sequence of bytes
    what : str
        Where they come from, for messages.

    Examples
    --------
    >>> store = RowBytes([b"first", b"second"], "a test")
    >>> store.names(), store.read("row 1")
    (['row 0', 'row 1'], b'second')
    """

    def __init__(self, cells: Sequence[bytes], what: str) -> None:
        self.cells, self.what = cells, what

    def names(self) -> list[str]:
        """Names of all cells, in the order of the rows."""
        return [f"{ROW}{number}" for number in range(len(self.cells))]

    def read(self, name: str) -> bytes:
        """Bytes of one cell."""
        number = name.removeprefix(ROW)
        if not number.isdecimal() or int(number) >= len(self.cells):
            raise BadTable(f"Expected one of {len(self.cells):,} rows of {self.what!r}, got {name!r}.")
        return self.cells[int(number)]


class ZipBytes:
    """Files inside a zip archive, which is opened once in each process.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive: zipfile.ZipFile | None = None
        outside = [name for name in self._opened().namelist() if not inside(name)]
        if outside:
            raise BadTable(
                f"Expected names below one folder in {str(path)!r}, got {outside[0]!r}. It is not opened."
            )

    def __getstate__(self) -> dict[str, Any]:
        """All but the open file, which belongs to this process."""
        return {"path": self.path, "_archive": None}

    def names(self) -> list[str]:
        """Names of all files in the archive."""
        return sorted(name for name in self._opened().namelist() if not name.endswith("/"))

    def read(self, name: str) -> bytes:
        """Bytes of one file, never more than the budget whatever the archive says."""
        try:
            with self._opened().open(name) as member:
                data = member.read(FILE_MB * MIB + 1)
        except KeyError as error:
            raise BadTable(f"Expected {name!r} in {str(self.path)!r}, got no such file.") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise BadTable(f"Expected a whole file {name!r} in {str(self.path)!r}, got: {error}.") from error
        if len(data) > FILE_MB * MIB:
            raise BadTable(f"Expected at most {FILE_MB} MiB in {name!r} of {str(self.path)!r}, got more.")
        return data

    def _opened(self) -> zipfile.ZipFile:
        if self._archive is None:
            try:
                self._archive = zipfile.ZipFile(self.path)
            except (zipfile.BadZipFile, OSError) as error:
                raise BadTable(
                    f"Expected a whole zip archive, got {str(self.path)!r}: {error}. Fetch it again."
                ) from error
        return self._archive
