"""The records of a folder: each file with its label."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from steelyard.errors import BadTable
from steelyard.guard.hash_files import files_of, hash_file
from steelyard.guard.seal.entry import Entry
from steelyard.guard.seal.labels_file import Labels
from steelyard.kernels.progress import track

__all__ = ["FolderFiles", "find_files", "hash_entries"]

NO_DIGEST = ""


@dataclass(frozen=True)
class FolderFiles:
    """Files that were found, not yet read: names on disk with their entries, and labels without a file."""

    folder: Path
    skipped: tuple[str, ...]
    found: tuple[tuple[str, Entry], ...]
    stray: tuple[str, ...]


def _names(folder: Path, skipped: Sequence[str]) -> list[str]:
    if not folder.is_dir():
        raise BadTable(f"Expected a folder of files, got {str(folder)!r}, which is none. Check the path.")
    left_out = set(skipped)
    return [
        name
        for name in files_of(folder)
        if os.path.realpath(os.path.join(folder, *name.split("/"))) not in left_out
    ]


def find_files(
    folder: Path, labels: Labels | None, skip: Sequence[os.PathLike[str] | str] = ()
) -> FolderFiles:
    """Find the files of a folder and what their labels are.

    Parameters
    ----------
    folder : Path
    labels : Labels, optional
        Its file is no record, wherever it lies.
    skip : sequence of path
        Files that are no records, such as the seal itself.

    Raises
    ------
    BadTable
        The folder holds no files, or something that is neither file nor folder; see `files_of`.
    """
    skipped = tuple(os.path.realpath(path) for path in [*skip, *([labels.path] if labels else [])])
    rows = dict(labels.rows) if labels else {}
    found = []
    for name in _names(folder, skipped):
        path = unicodedata.normalize("NFC", name)
        row = rows.pop(path, {})
        found.append(
            (
                name,
                Entry(
                    row.get("id") or path,
                    path,
                    NO_DIGEST,
                    row.get("label"),
                    row.get("split"),
                    row.get("group"),
                ),
            )
        )
    if not found:
        raise BadTable(f"Expected a folder of files, got {str(folder)!r} without any. Check the path.")
    ids = Counter(entry.id for _, entry in found)
    twice = next((name for name, count in ids.items() if count > 1), None)
    if twice is not None:
        raise BadTable(f"Two files have the id {twice!r}. Give each file its own.")
    return FolderFiles(folder, skipped, tuple(found), tuple(rows))


def hash_entries(
    files: FolderFiles, order: Sequence[str] | None = None, *, progress: bool | None = None
) -> Iterator[Entry]:
    """Read the files one by one and yield their entries with digests.

    Parameters
    ----------
    files : FolderFiles
    order : sequence of str, optional
        Ids that come first, in this order (those of an earlier log); the others follow in order of their
        UTF-8 bytes.
    progress : bool, optional

    Raises
    ------
    BadTable
        A file cannot be read, changed while it was read, or came or left meanwhile.
    """
    by_id = {entry.id: (name, entry) for name, entry in files.found}
    first = [name for name in order or () if name in by_id]
    already = set(first)
    rest = sorted((name for name in by_id if name not in already), key=lambda name: name.encode("utf-8"))
    for record in track([*first, *rest], "hashing", enabled=progress):
        name, entry = by_id[record]
        yield entry._replace(sha256=hash_file(os.path.join(files.folder, *name.split("/"))).sha256)
    if _names(files.folder, files.skipped) != [name for name, _ in files.found]:
        raise BadTable(f"Files came into {str(files.folder)!r} or left it while it was read. Try again.")
