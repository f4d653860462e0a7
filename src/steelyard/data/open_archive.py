"""The files of a tar archive, a few named ones, each bounded, none written to disk."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from steelyard.errors import BadTable

__all__ = ["inside", "tar_files"]

MIB = 2**20
MOST_MEMBERS = 10_000


def inside(name: str) -> bool:
    r"""Whether a name in an archive or a list stays below the folder it is meant for.

    Examples
    --------
    >>> inside("train/cat/1.jpg"), inside("../secret"), inside("/etc/passwd"), inside(r"a\..\b")
    (True, False, False, False)
    """
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def tar_files(
    path: Path, wanted: Callable[[str], bool], *, file_mb: int, total_mb: int
) -> Iterator[tuple[str, bytes]]:
    """Read files of a tar archive, plain or compressed, in the order they stand in it.

    Parameters
    ----------
    path : Path
    wanted : callable
        Says of the name of a file whether it is read.
    file_mb, total_mb : int
        Budgets in MiB for one file and for the whole archive, unpacked; more is refused.

    Yields
    ------
    name : str
    data : bytes

    Raises
    ------
    BadTable
        The archive is damaged or too large, or a name in it leads out of its folder.
    """
    total = 0
    try:
        with tarfile.open(path, "r|*") as archive:
            for number, member in enumerate(archive):
                total += member.size
                if not inside(member.name):
                    raise BadTable(
                        f"Expected names below one folder in {str(path)!r}, got {member.name!r}. "
                        "It is not opened."
                    )
                if number >= MOST_MEMBERS or member.size > file_mb * MIB or total > total_mb * MIB:
                    raise BadTable(
                        f"Expected files of at most {file_mb} MiB, {total_mb} MiB in all, in {str(path)!r}, "
                        f"got more at {member.name!r}. It is not read further."
                    )
                if member.isfile() and wanted(member.name):
                    data = archive.extractfile(member)
                    yield member.name, b"" if data is None else data.read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        if isinstance(error, FileNotFoundError):
            raise BadTable(f"Expected an archive at {str(path)!r}, got no file there.") from error
        raise BadTable(
            f"Expected a whole tar archive, got {str(path)!r}: {error}. It may be cut off; fetch it again."
        ) from error
