"""Results kept for a while, each under an id that cannot be guessed."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from steelyard.web.limits import RESULT_SECONDS

__all__ = ["Shelf", "new_id"]

Thing = TypeVar("Thing")

ID_BYTES = 16
MOST_WEIGHT = 100_000


def new_id() -> str:
    """Return an id of 128 random bits, in letters that are safe in an address and in a file name."""
    return secrets.token_hex(ID_BYTES)


class Shelf(Generic[Thing]):
    """Keeps things for an hour, and the newest ones when there is too much; for many threads.

    Parameters
    ----------
    most : int
        Total weight that is kept.
    seconds : float
        How long a thing is kept.
    clock : callable
        Seconds that only grow.

    Examples
    --------
    >>> shelf = Shelf(most=2)
    >>> first, second = shelf.put("a"), shelf.put("b")
    >>> third = shelf.put("c")
    >>> shelf.get(first), shelf.get(second), shelf.get("unknown")
    (None, 'b', None)
    """

    def __init__(
        self,
        most: int = MOST_WEIGHT,
        seconds: float = RESULT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._kept: OrderedDict[str, tuple[float, int, Thing]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, thing: Thing, weight: int = 1) -> str:
        """Keep a thing and return its id; the oldest ones make room."""
        name = new_id()
        with self._lock:
            self._kept[name] = (self._clock() + self._seconds, weight, thing)
            self._tidy()
        return name

    def get(self, name: str) -> Thing | None:
        """Return the thing of that id, or None where it is not kept any more, or never was."""
        with self._lock:
            self._tidy()
            found = self._kept.get(name)
        return None if found is None else found[2]

    def _tidy(self) -> None:
        now = self._clock()
        while self._kept:
            name, (until, _, _) = next(iter(self._kept.items()))
            total = sum(weight for _, weight, _ in self._kept.values())
            if until > now and (total <= self._most or len(self._kept) == 1):
                return
            del self._kept[name]
