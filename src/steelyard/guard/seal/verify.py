"""Checking a data set against its seal, and naming what is not as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.errors import BadOption, SealBroken
from steelyard.guard.seal.chain import refuse_rollback, root_from
from steelyard.guard.seal.croissant import check_croissant, croissant_path
from steelyard.guard.seal.data_seal import DataSeal, Trust, read_data_seal
from steelyard.guard.seal.entry import Entry
from steelyard.guard.seal.folder_entries import find_files, hash_entries
from steelyard.guard.seal.labels_file import read_labels
from steelyard.guard.seal.predicate import LOG, Tally
from steelyard.guard.seal.table_entries import columns_of, row_entries

__all__ = ["Verification", "changes_between", "verify_data"]

PARTS = {"path": "path", "sha256": "content", "label": "label", "split": "split", "group": "group"}


@dataclass
class Verification:
    """What a check found.

    Attributes
    ----------
    root : str
        Root of the seal, in hexadecimal.
    sealed, found : int
        Records in the seal and in the data.
    checked : bool
        Whether the signature was checked against a trusted key.
    changed : list of dict
        ``id``, and under ``was`` and ``now`` whichever of content (a digest), path, label, split and group
        differs.
    missing, extra : list of str
        Ids of records that are gone or were never sealed; labels without a file are extra.
    moved : list of str
        Ids of records of a log that are not where they were.
    classes, splits : dict of str to list
        Counts as sealed and as found, where they differ.
    """

    root: str
    sealed: int
    checked: bool
    found: int = 0
    changed: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    classes: dict[str, list[int]] = field(default_factory=dict)
    splits: dict[str, list[int]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the data is what was sealed."""
        differs = (self.changed, self.missing, self.extra, self.moved, self.classes, self.splits)
        return self.found == self.sealed and not any(differs)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON knows it."""
        return {"holds": self.holds, **vars(self)}


def changes_between(was: Mapping[str, int], now: Mapping[str, int]) -> dict[str, list[int]]:
    """Counts that differ, as before and after.

    Examples
    --------
    >>> changes_between({"car": 3, "truck": 1}, {"car": 4})
    {'car': [3, 4], 'truck': [1, 0]}
    """
    return {
        name: [was.get(name, 0), now.get(name, 0)]
        for name in sorted({*was, *now})
        if was.get(name, 0) != now.get(name, 0)
    }


def difference(old: Entry, new: Entry) -> dict[str, Any] | None:
    """What differs between two entries of one id, or None."""
    if old == new:
        return None
    parts = [name for name in PARTS if getattr(old, name) != getattr(new, name)]
    return {
        "id": old.id,
        "was": {PARTS[name]: getattr(old, name) for name in parts},
        "now": {PARTS[name]: getattr(new, name) for name in parts},
    }


def verify_data(
    source: Any,
    seal: str | os.PathLike[str],
    *,
    trust: Trust = None,
    unsigned: bool = False,
    labels: str | os.PathLike[str] | None = None,
    last: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Verification:
    """Check a data set against its seal.

    In this order: the signature against the trusted key; the types of statement and predicate; the records of
    the seal against its root and counts; that it is the last seal seen, or follows it; the metadata beside
    it; then every file or row is read and hashed again, with its label and split, and compared.

    Parameters
    ----------
    source : path or frame
        The folder or the table.
    seal : path
    trust : PublicKey or path, optional
        The key that must have signed it.
    unsigned : bool
        Do without a trusted key: accidents are detected, an attacker is not, who can seal anew.
    labels : path, optional
        The labels of a folder; where they are not given, a file of the sealed name is looked for beside the
        seal, beside the folder and in it.
    last : str or path, optional
        The last seal that was accepted, or its root: an older one is refused.
    progress : bool, optional

    Returns
    -------
    Verification
        ``holds`` says whether all is as it was.

    Raises
    ------
    SealBroken
        The seal is damaged, edited, not signed by the trusted key, older than the last one, or of other
        columns.
    BadTable
        The data cannot be read.
    BadOption
        Neither ``trust`` nor ``unsigned``; labels that cannot be found.
    """
    if trust is None and not unsigned:
        raise BadOption(
            "Whose seal is it? Give the public key of whoever signed it (--trust pub.pem), or pass "
            "--unsigned to look for accidents only: an attacker can seal anew."
        )
    if trust is not None and unsigned:
        raise BadOption("--trust and --unsigned exclude each other. Leave --unsigned out.")
    made = read_data_seal(seal, trust=trust)
    if last is not None:
        _follow(made, last, trust)
    check_croissant(seal, made.predicate.croissant)
    entries, stray = _found(source, Path(seal), made, labels, progress)
    return _compare(made, entries, stray)


def _follow(made: DataSeal, last: str | os.PathLike[str], trust: Trust) -> None:
    if not isinstance(last, (str, os.PathLike)):
        raise BadOption(f"The 'last' parameter must be a seal or a root. Got {last!r} instead.")
    if os.path.exists(last):
        before = read_data_seal(last, trust=trust)
        seen = [before.root, *before.predicate.earlier_roots]
    else:
        seen = [root_from(os.fspath(last), "last")]
    refuse_rollback([made.root, *made.predicate.earlier_roots], seen)


def _found(
    source: Any, seal: Path, made: DataSeal, labels: Any, progress: bool | None
) -> tuple[Iterator[Entry], tuple[str, ...]]:
    told = made.predicate.source
    if made.predicate.rows:
        if labels is not None:
            raise BadOption("--labels is for a folder, and the seal is of a table. Leave it out.")
        names = columns_of(source)
        if names != told["columns"]:
            raise SealBroken(
                f"the columns are not those that were sealed: expected {', '.join(told['columns'])}, got "
                f"{', '.join(names)}. Use the table that was sealed."
            )
        return row_entries(source, {role: told[role] for role in ("target", "id", "part", "groups")}), ()
    folder = Path(source)
    read = None
    if told["labels"] is None and labels is not None:
        raise BadOption("The folder was sealed without labels. Leave --labels out.")
    if told["labels"] is not None:
        read = read_labels(labels or _labels(told["labels"], seal, folder), told["columns"])
    beside = croissant_path(seal)
    files = find_files(folder, read, [seal, *([beside] if made.predicate.croissant else [])])
    order = [entry.id for entry in made.entries] if made.predicate.mode == LOG else None
    return hash_entries(files, order, progress=progress), files.stray


def _labels(name: str, seal: Path, folder: Path) -> Path:
    if set(name) & set("/\\\0"):
        raise SealBroken(f"the seal names its labels {name!r}, which is no name of a file.")
    places = {
        os.path.realpath(place / name) for place in (seal.absolute().parent, folder.absolute().parent, folder)
    }
    found = sorted(place for place in places if os.path.isfile(place))
    if len(found) != 1:
        got = "none" if not found else ", ".join(map(repr, found))
        raise BadOption(f"Expected one file of labels {name!r}, got {got}. Give --labels.")
    return Path(found[0])


def _unknown(made: DataSeal, stray: tuple[str, ...]) -> list[str]:
    """Labels without a file that was ever sealed; the others are of files that are missing."""
    paths = {entry.path for entry in made.entries} if stray else set()
    return [path for path in stray if path not in paths]


def _compare(made: DataSeal, entries: Iterator[Entry], stray: tuple[str, ...]) -> Verification:
    result = Verification(made.root, made.predicate.tree_size, made.checked, extra=_unknown(made, stray))
    places = {entry.id: place for place, entry in enumerate(made.entries)}
    is_log = made.predicate.mode == LOG
    tally = Tally()
    for place, entry in enumerate(entries):
        result.found += 1
        tally.add(entry)
        sealed_at = places.pop(entry.id, None)
        if sealed_at is None:
            result.extra.append(entry.id)
            continue
        change = difference(made.entries[sealed_at], entry)
        if change:
            result.changed.append(change)
        if is_log and sealed_at != place:
            result.moved.append(entry.id)
    result.missing = list(places)
    result.classes = changes_between(made.predicate.classes, tally.classes)
    result.splits = changes_between(made.predicate.splits, tally.splits)
    return result
