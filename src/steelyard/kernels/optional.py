"""Optional packages, asked for at the moment they are needed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from steelyard.errors import MissingExtra

__all__ = ["require"]


def require(module: str, *, extra: str, for_: str) -> ModuleType:
    """Import an optional module, or say which command installs it.

    Parameters
    ----------
    module : str
        Dotted name to import.
    extra : str
        The extra of steelyard that brings it.
    for_ : str
        What needs it, for the message.

    Raises
    ------
    MissingExtra
        The module is not installed.

    Examples
    --------
    >>> require("json", extra="none", for_="this example").__name__
    'json'
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"{for_} needs the package {module.partition('.')[0]!r}, which is not installed. "
            f"Run: pip install 'steelyard[{extra}]'"
        ) from error
