"""What changed between two seals of a data set, told from the seals alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from steelyard.errors import BadOption
from steelyard.guard.merkle import consistency_proof, verify_consistency
from steelyard.guard.seal.data_seal import DataSeal
from steelyard.guard.seal.predicate import LOG
from steelyard.guard.seal.verify import changes_between, difference

__all__ = ["SealDiff", "diff_seals"]


@dataclass
class SealDiff:
    """What lies between two seals.

    Attributes
    ----------
    old_root, new_root : str
    follows : bool
        Whether the new seal names the old root among those before it.
    append_only : bool or None
        Whether the tree only grew, by the consistency proof of RFC 9162; None where that cannot be told, for
        one of them is a snapshot, or they are salted differently.
    proof : list of str
        The hashes of that proof, where there is one.
    added, removed : list of str
        Ids.
    changed : list of dict
        As in `Verification`; ``relabelled`` counts those whose label differs.
    classes, splits : dict of str to list
        Counts before and after, where they differ.
    """

    old_root: str
    new_root: str
    follows: bool
    append_only: bool | None = None
    proof: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    classes: dict[str, list[int]] = field(default_factory=dict)
    splits: dict[str, list[int]] = field(default_factory=dict)

    @property
    def relabelled(self) -> list[str]:
        """Ids of records whose label differs."""
        return [change["id"] for change in self.changed if "label" in change["was"]]

    @property
    def only_grew(self) -> bool:
        """Whether every record of the old seal is in the new one as it was."""
        return not self.removed and not self.changed and self.append_only is not False

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON knows it."""
        return {"only_grew": self.only_grew, **vars(self), "relabelled": self.relabelled}


def diff_seals(old: DataSeal, new: DataSeal) -> SealDiff:
    """Compare two seals of one data set.

    Parameters
    ----------
    old, new : DataSeal
        As `read_data_seal` gives them; signatures are checked there, so paths are not taken.

    Raises
    ------
    BadOption
        One is of a folder and one of a table, or something is no seal that was read.
    """
    for seal in (old, new):
        if not isinstance(seal, DataSeal):
            raise BadOption(f"Seals are compared as read_data_seal gives them. Got {seal!r} instead.")
    if old.predicate.leaf_schema != new.predicate.leaf_schema:
        raise BadOption("One seal is of a folder and one of a table. Compare two of a kind.")
    result = SealDiff(old.root, new.root, old.root in new.predicate.earlier_roots)
    after = {entry.id: entry for entry in new.entries}
    for entry in old.entries:
        found = after.pop(entry.id, None)
        if found is None:
            result.removed.append(entry.id)
        elif change := difference(entry, found):
            result.changed.append(change)
    result.added = list(after)
    result.classes = changes_between(old.predicate.classes, new.predicate.classes)
    result.splits = changes_between(old.predicate.splits, new.predicate.splits)
    if old.predicate.mode == new.predicate.mode == LOG and old.salt == new.salt:
        result.append_only, result.proof = _grown(old, new)
    return result


def _grown(old: DataSeal, new: DataSeal) -> tuple[bool, list[str]]:
    if len(old.entries) > len(new.entries):
        return False, []
    proof = consistency_proof(new.leaf_hashes(), len(old.entries))
    holds = verify_consistency(
        len(old.entries), len(new.entries), proof, old.statement.root, new.statement.root
    )
    return holds, [node.hex() for node in proof] if holds else []
