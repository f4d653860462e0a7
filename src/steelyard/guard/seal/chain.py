"""Earlier roots, so that an old seal cannot pass as the newest one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelyard.errors import BadOption, SealBroken

__all__ = ["MOST_EARLIER", "refuse_rollback", "root_from"]

MOST_EARLIER = 10_000
ROOT = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def root_from(text: str, what: str = "root") -> str:
    """Return the 64 hexadecimal digits of a root, given with or without ``sha256:``.

    Raises
    ------
    BadOption
        It is no root.
    """
    found = ROOT.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if found is None:
        raise BadOption(f"The {what!r} must be 'sha256:' and 64 hexadecimal digits. Got {text!r} instead.")
    return found[1]


def refuse_rollback(line: Sequence[str], seen: Sequence[str]) -> None:
    """Check that a seal is the last one that was seen, or follows it.

    Parameters
    ----------
    line : sequence of str
        Root of the seal at hand and those it says came before, the newest first; all of it is signed.
    seen : sequence of str
        The same of the last seal that was accepted, as far as it is known: the root alone will do.

    Raises
    ------
    SealBroken
        It neither is nor follows that one.

    Examples
    --------
    >>> refuse_rollback(["c", "b", "a"], seen=["b"])
    >>> refuse_rollback(["c", "b", "a"], seen=["b", "a"])
    """
    known = len(seen)
    if not any(list(line[place : place + known]) == list(seen) for place in range(len(line))):
        raise SealBroken(
            f"it does not follow the seal that was seen last, sha256:{seen[0]}: it is older, or of another "
            "line. Expected that root, or a seal made with --previous from it. Get the newest seal."
        )
