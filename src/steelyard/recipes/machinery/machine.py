"""The machine a table was made on, and the versions its figures depend on."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import joblib

from steelyard.flow.versions import versions

__all__ = ["all_versions", "machine_line"]

OPTIONAL = ("lightgbm", "numba", "torch", "skorch", "transformers")
CPU_INFO = Path("/proc/cpuinfo")
GIB = 2**30


def machine_line() -> str:
    """Return processor, cores, memory and system in one line.

    Examples
    --------
    >>> "core" in machine_line()
    True
    """
    cores = joblib.cpu_count()
    parts = [_processor(), f"{cores} core{'s' if cores > 1 else ''}", _memory(), platform.system()]
    return ", ".join(filter(None, parts))


def _processor() -> str:
    if CPU_INFO.exists():
        named = re.search(r"^model name\s*:\s*(.+)$", CPU_INFO.read_text(errors="replace"), re.MULTILINE)
        if named:
            return " ".join(named[1].split())
    return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # systems that do not tell
        return ""
    return f"{pages * size / GIB:.0f} GiB"


def all_versions() -> dict[str, str]:
    """Return the versions of the core packages and of the optional ones that are installed."""
    found = versions()
    for name in OPTIONAL:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
