"""The audit of a model file: every node of its tree against the trust list, before any is made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from steelyard.errors import BadModel
from steelyard.store.trusted_types import OWN_LOADERS, is_trusted

__all__ = ["Audit", "audit"]

MAX_NODES = 20_000_000


@dataclass
class Audit:
    """What an audit found: names that are trusted, names that could be, and nodes that never are."""

    trusted: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


def audit(schema: Any, also: Collection[str] = ()) -> Audit:
    """Go through the tree of a model file and sort the types it names.

    Parameters
    ----------
    schema : dict
        The tree, as read from JSON.
    also : collection of str
        Full names the user trusts.

    Returns
    -------
    Audit
        ``unknown`` types would be read if the user trusted them by name; ``refused`` ones never are.

    Raises
    ------
    BadModel
        The tree is malformed or too large; the reason alone.
    """
    found = Audit()
    judged: dict[tuple[str, str], bool] = {}
    open_nodes: list[Any] = [schema]
    n_nodes = 0
    while open_nodes:
        n_nodes += 1
        if n_nodes > MAX_NODES:
            raise BadModel(f"its tree has more than {MAX_NODES} nodes")
        node = open_nodes.pop()
        if isinstance(node, list):
            open_nodes += [item for item in node if isinstance(item, (dict, list))]
        elif isinstance(node, dict):
            open_nodes += [item for item in node.values() if isinstance(item, (dict, list))]
            if "__loader__" in node or "__class__" in node or "__module__" in node:
                _judge(node, also, found, judged)
        else:
            raise BadModel("its tree is malformed")
    return found


def _judge(
    node: dict[str, Any], also: Collection[str], found: Audit, judged: dict[tuple[str, str], bool]
) -> None:
    parts = [node.get(name) for name in ("__loader__", "__module__", "__class__")]
    if not all(isinstance(part, str) for part in parts):
        raise BadModel("its tree is malformed")
    loader, name = str(parts[0]), f"{parts[1]}.{parts[2]}"
    if (loader, name) not in judged:
        judged[loader, name] = is_trusted(loader, name, also)
    if judged[loader, name]:
        found.trusted.add(name)
    elif loader in OWN_LOADERS:
        found.unknown.add(name)
    else:
        found.refused.add(f"{name} ({loader})")
