"""What a data seal says of its root: its size, the form of its leaves, the classes it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from steelyard.errors import SealBroken
from steelyard.guard.seal.chain import MOST_EARLIER
from steelyard.guard.seal.entry import Entry, schema_of
from steelyard.guard.seal.statement import DIGEST

__all__ = ["LOG", "SNAPSHOT", "Predicate", "Tally"]

SNAPSHOT, LOG = "snapshot", "log"
FOLDER, TABLE = "folder", "table"
SOURCE_KEYS = {
    FOLDER: {"kind", "labels", "columns"},
    TABLE: {"kind", "target", "id", "part", "groups", "columns"},
}


class Tally:
    """Counts of labels and of splits; records without one are left out."""

    def __init__(self) -> None:
        self.classes: Counter[str] = Counter()
        self.splits: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Count one record."""
        if entry.label is not None:
            self.classes[entry.label] += 1
        if entry.split is not None:
            self.splits[entry.split] += 1


@dataclass(frozen=True)
class Predicate:
    """The predicate of a data seal; all of it is signed.

    Attributes
    ----------
    tree_size : int
        Number of records.
    leaf_schema : str
        Name and version of the form a leaf has.
    hash : str
        ``"sha256"``.
    mode : str
        ``"snapshot"`` (leaves in order of id) or ``"log"`` (in order of arrival).
    source : dict
        What was sealed: a folder and its labels, or a table and the columns that mean something.
    classes, splits : dict of str to int
        Records of each label and split.
    salted : bool
    previous_root : str or None
    earlier_roots : tuple of str
        All roots before this one, the newest first.
    croissant : dict or None
        Name and digest of the metadata beside the seal.
    """

    tree_size: int
    leaf_schema: str
    mode: str
    source: Mapping[str, Any]
    classes: Mapping[str, int]
    splits: Mapping[str, int]
    salted: bool
    previous_root: str | None
    earlier_roots: tuple[str, ...]
    croissant: Mapping[str, str] | None
    hash: str = "sha256"

    @property
    def rows(self) -> bool:
        """Whether the records are rows of a table."""
        return bool(self.source["kind"] == TABLE)

    def to_dict(self) -> dict[str, Any]:
        """Return the predicate as JSON knows it."""
        return {**asdict(self), "earlier_roots": list(self.earlier_roots)}

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Predicate:
        """Read a predicate, every part of it checked.

        Raises
        ------
        SealBroken
            A part is missing, unknown or malformed; the reason alone.
        """
        if set(content) != {field.name for field in fields(cls)}:
            raise SealBroken("its statement does not say what a data seal says")
        made = cls(**content)
        _check(made)
        return cls(**{**content, "earlier_roots": tuple(content["earlier_roots"])})


def _counts(value: Any) -> bool:
    return isinstance(value, dict) and all(type(count) is int and count > 0 for count in value.values())


def _root(value: Any) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def _source(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("kind") not in (FOLDER, TABLE):
        return False
    if set(value) != SOURCE_KEYS[value["kind"]]:
        return False
    if value["kind"] == FOLDER:
        columns = value["columns"]
        return isinstance(value["labels"], (str, type(None))) and (
            isinstance(columns, dict) and all(isinstance(name, str) for name in columns.values())
        )
    return (
        isinstance(value["columns"], list)
        and all(isinstance(name, str) for name in value["columns"])
        and all(isinstance(value[key], (str, type(None))) for key in ("target", "id", "part", "groups"))
    )


def _croissant(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict)
        and set(value) == {"name", "sha256"}
        and isinstance(value["name"], str)
        and not set(value["name"]) & set("/\\\0")
        and value["name"] not in ("", ".", "..")
        and _root(value["sha256"])
    )


def _check(made: Predicate) -> None:
    earlier = made.earlier_roots
    sound = (
        type(made.tree_size) is int
        and made.tree_size > 0
        and made.hash == "sha256"
        and made.mode in (SNAPSHOT, LOG)
        and _source(made.source)
        and made.leaf_schema == schema_of(made.rows)
        and _counts(made.classes)
        and _counts(made.splits)
        and type(made.salted) is bool
        and isinstance(earlier, list)
        and len(earlier) <= MOST_EARLIER
        and all(map(_root, earlier))
        and made.previous_root == (earlier[0] if earlier else None)
        and _croissant(made.croissant)
    )
    if not sound:
        raise SealBroken("a part of its statement is malformed, or of a version this steelyard does not read")
