"""From a name of the catalogue to images, series or sound."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from steelyard.data.array_dataset import ROLES, dataset_of
from steelyard.data.catalogue import CatalogueEntry
from steelyard.data.check_target import Rare
from steelyard.data.entry_arrays import entry_arrays
from steelyard.errors import BadOption
from steelyard.records import Dataset

__all__ = ["load_arrays"]


def load_arrays(
    entry: CatalogueEntry,
    *,
    target: str | None,
    roles: Mapping[str, Any],
    positive: Any,
    rare: Rare,
    name: str | None,
    memory_mb: int,
    accept_sha256: Collection[str],
    of_tables: Mapping[str, Any],
) -> Dataset:
    """Load images, series or sound of the catalogue.

    Parameters
    ----------
    entry : CatalogueEntry
    target, positive, rare, name, memory_mb, accept_sha256
        As in :func:`steelyard.data.load`.
    roles : mapping
        ``groups``, ``time``, ``weight`` and ``part``, as there.
    of_tables : mapping
        Options that mean something for tables only; they must be empty.

    Returns
    -------
    Dataset

    Raises
    ------
    BadOption
        An option of tables, or one that names nothing.
    BadTarget
        No such label.
    """
    given = [option for option, value in of_tables.items() if value]
    if given:
        raise BadOption(
            f"{given[0]!r} is an option for tables; {entry.name} holds {_plural(entry.modality)}. "
            "Leave it out."
        )
    items = entry_arrays(entry, memory_mb=memory_mb, accept_sha256=accept_sha256)
    told = {role: getattr(entry, role, None) if roles.get(role) is None else roles[role] for role in ROLES}
    return dataset_of(
        items,
        target=entry.target if target is None else target,
        roles=told,
        positive=entry.positive if positive is None else positive,
        rare=rare,
        modality=entry.modality,
        name=name or entry.short_name,
        licence=entry.licence,
    )


def _plural(modality: str) -> str:
    return {"image": "images", "audio": "sound"}.get(modality, modality)
