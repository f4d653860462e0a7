"""Where the files of a data set are: in the package, in a prepared folder, or downloaded and checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from steelyard.data.catalogue import BUNDLED, CatalogueEntry, OfficialFile
from steelyard.data.download import download
from steelyard.errors import BadOption, BadTable
from steelyard.kernels.hashing import sha256_file

__all__ = ["CACHE_VARIABLE", "FOLDER_VARIABLE", "Located", "cache_folder", "locate"]

FOLDER_VARIABLE = "STEELYARD_DATA"
CACHE_VARIABLE = "STEELYARD_CACHE"
ACCEPTED = ".accepted"


@dataclass(frozen=True)
class Located:
    """A file that is on disk and is the one meant: ``official`` if it is in its makers' own format."""

    path: Path
    part: str | None = None
    official: OfficialFile | None = None


def cache_folder() -> Path:
    """Return the folder for downloads, not made here: ``STEELYARD_CACHE``, else the user's cache."""
    if own := os.environ.get(CACHE_VARIABLE):
        return Path(own)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "steelyard"


def locate(entry: CatalogueEntry, *, accept_sha256: Collection[str] = ()) -> list[Located]:
    """Find the files of a data set, checking the digest of each.

    The package comes first, then the folder named by ``STEELYARD_DATA``, then the official address,
    whose files are kept in the cache folder.

    Parameters
    ----------
    entry : CatalogueEntry
    accept_sha256 : collection of str
        Digests of downloads that the catalogue has none for, once you have looked at them.

    Returns
    -------
    list of Located

    Raises
    ------
    BadTable
        A file that is not the one the catalogue describes, or a download that fails.
    BadOption
        A download whose digest nobody has written down and you have not accepted.

    Examples
    --------
    >>> from steelyard.data.catalogue import find_entry
    >>> [file.path.name for file in locate(find_entry("adult"))]
    ['adult.parquet']
    """
    if entry.packaged:
        path = BUNDLED / entry.packaged
        _check(path, entry.packaged_sha256 or "", "Install the package again.")
        return [Located(path)]
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        paths = [Path(folder) / file for file in entry.files]
        if paths and all(path.is_file() for path in paths):
            for path, file in zip(paths, entry.files, strict=True):
                _check(
                    path, entry.prepared_sha256[file], "It was changed or is another edition; fetch it again."
                )
            parts = entry.parts or (None,) * len(paths)
            return [Located(path, part) for path, part in zip(paths, parts, strict=True)]
    if not entry.official:
        looked = (
            f"the folder {folder!r} ({FOLDER_VARIABLE}) has not got it"
            if folder
            else f"{FOLDER_VARIABLE} is not set"
        )
        raise BadTable(
            f"Expected the data set {entry.name!r} in the package or a prepared folder, got neither: "
            f"{looked}. "
            f"It cannot be downloaded as it is: {entry.by_hand or 'its source needs preparation'}. Set "
            f"{FOLDER_VARIABLE} to a folder that has {', '.join(entry.files)}."
        )
    return [Located(_official(entry, file, accept_sha256), file.part, file) for file in entry.official]


def _check(path: Path, digest: str, advice: str) -> None:
    if not path.is_file():
        raise BadTable(f"Expected the file {str(path)!r}, got none there. {advice}")
    got = sha256_file(path).removeprefix("sha256:")
    if got != digest:
        raise BadTable(f"Expected {str(path)!r} with SHA-256 {digest}, got {got}. {advice}")


def _official(entry: CatalogueEntry, file: OfficialFile, accept: Collection[str]) -> Path:
    """The downloaded file, from the cache if it is there."""
    path = cache_folder() / entry.name / file.url.rpartition("/")[2].replace("%", "_")
    accepted = path.with_name(path.name + ACCEPTED)
    known = file.sha256
    if known is None and accepted.is_file():
        known = accepted.read_text(encoding="ascii").strip()
    if path.is_file() and known:
        _check(path, known, "Delete it, and it is downloaded again.")
        return path
    wanted = {known} if known else {digest.removeprefix("sha256:").lower() for digest in accept}
    got = download(file.url, path, accepted=wanted, max_mb=file.max_mb)
    if got not in wanted:
        raise BadOption(
            f"Expected a digest to check {file.url} against, got none on record. What came has SHA-256 "
            f"{got}. If you trust it, load again with accept_sha256={got!r} (--accept-sha256), which is "
            "then remembered."
        )
    if file.sha256 is None:
        accepted.write_text(got + "\n", encoding="ascii")
    return path
