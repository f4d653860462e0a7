"""What a run folder's units belong to: recipe, scale, the units themselves and the recipe's source."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from steelyard.kernels.hashing import sha256_bytes, sha256_file
from steelyard.recipes.machinery.run_units import keys_of
from steelyard.recipes.machinery.unit import Unit

__all__ = ["run_key"]


def run_key(name: str, scale: str, units: Sequence[Unit]) -> dict[str, Any]:
    """Return everything that changes the figures of a run, besides the versions of packages.

    Parameters
    ----------
    name, scale : str
    units : sequence of Unit

    Returns
    -------
    dict
    """
    return {
        "recipe": name,
        "scale": scale,
        "units": sha256_bytes("\n".join(keys_of(units)).encode("utf-8")),
        "source": _sources(units),
    }


def _sources(units: Sequence[Unit]) -> dict[str, str]:
    """Digest of each file that the units' functions come from."""
    found = {}
    for unit in units:
        work: Any = unit.measure
        while isinstance(work, functools.partial):
            work = work.func
        module = getattr(work, "__module__", None) or type(work).__module__
        file = getattr(sys.modules.get(module), "__file__", None)
        if file and Path(file).exists():
            found[module] = sha256_file(file)
    return found
