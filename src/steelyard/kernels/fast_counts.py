"""How many codes differ between rows and queries, compiled where numba is installed.

Counted with numpy, each column of codes is a pass over memory. Compiled, the counts stay in the
processor's registers: two to three times faster over all. Compiling takes a few seconds, so it is
done for large searches only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from steelyard.kernels.optional import require

__all__ = ["COMPILED_PAIRS", "charge_compiled", "may_compile"]

#: Pairs with codes from which compiling has paid for itself by the end.
COMPILED_PAIRS = 5e8


def may_compile(n_pairs: float) -> bool:
    """Whether a search of so many pairs should use the compiled loop.

    Examples
    --------
    >>> may_compile(1000)
    False
    """
    return n_pairs > COMPILED_PAIRS and find_spec("numba") is not None


@lru_cache(maxsize=1)
def charge_compiled() -> Callable[[Any, Any, Any, Any, Any], None]:
    """Return the loop ``charge(scores, of_rows, of_queries, counts, half_price)``.

    It takes ``half_price`` off ``scores[i, j]`` for each column c in which ``of_rows[c, i]`` and
    ``of_queries[c, j]`` differ; ``counts`` is scratch space for one line of scores.
    """
    numba = require("numba", extra="fast", for_="The compiled count of differing codes")

    def charge(scores: Any, of_rows: Any, of_queries: Any, counts: Any, half_price: Any) -> None:
        n_columns, n_queries = of_queries.shape
        for i in range(scores.shape[0]):
            for j in range(n_queries):
                counts[j] = 0
            for c in range(n_columns):
                level = of_rows[c, i]
                for j in range(n_queries):
                    counts[j] += of_queries[c, j] != level
            for j in range(n_queries):
                scores[i, j] -= counts[j] * half_price

    # Not cached on disk: the package's folder may belong to someone else.
    compiled: Callable[[Any, Any, Any, Any, Any], None] = numba.njit(charge, nogil=True)
    return compiled
