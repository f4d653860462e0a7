"""One seed in, named streams out.

Every draw in the package comes from a stream that is derived from the user's ``random_state`` and a
list of names: ``child(seed, "class", "fraud")``. Adding a class, a fold or a worker therefore moves
no other draw, and results do not depend on the order in which work is done.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

__all__ = ["RandomState", "child", "int_seed", "root_seed"]

RandomState = int | np.random.RandomState | np.random.Generator | None

MAX_INT_SEED = 2**31 - 1  # the largest seed every version of scikit-learn takes
NAME_WORDS = 4  # 128 bits of each name's digest enter the seed sequence


def root_seed(random_state: RandomState) -> int:
    """Turn whatever scikit-learn calls a ``random_state`` into one integer.

    An integer stands for itself; a generator gives up one draw (so two fits differ, as in
    scikit-learn); None is drawn from the operating system.

    Examples
    --------
    >>> root_seed(7)
    7
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(MAX_INT_SEED))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(MAX_INT_SEED))
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        if random_state < 0:
            raise ValueError(f"random_state must not be negative. Got {random_state} instead.")
        return int(random_state)
    raise ValueError(
        "random_state must be None, an int, a numpy RandomState or a numpy Generator. "
        f"Got {random_state!r} instead."
    )


def _words(name: Any) -> list[int]:
    """128 bits that stand for a name; its type counts, so 1 and '1' are two names."""
    plain = name.item() if isinstance(name, np.generic) else name
    digest = hashlib.sha256(f"{type(plain).__name__}:{plain!r}".encode()).digest()
    return [int.from_bytes(digest[4 * i : 4 * i + 4], "big") for i in range(NAME_WORDS)]


def _sequence(random_state: RandomState, names: tuple[Any, ...]) -> np.random.SeedSequence:
    key = tuple(word for name in names for word in _words(name))
    return np.random.SeedSequence(root_seed(random_state), spawn_key=key)


def child(random_state: RandomState, *names: Any) -> np.random.Generator:
    """Return the generator that belongs to these names under this seed.

    Parameters
    ----------
    random_state : int, RandomState, Generator or None
        The user's seed.
    *names : str, number or tuple
        What the stream is for, from the general to the particular.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> bool(child(0, "class", "a").integers(100) == child(0, "class", "a").integers(100))
    True
    >>> bool(child(0, "class", "a").integers(2**40) == child(0, "class", "b").integers(2**40))
    False
    """
    return np.random.Generator(np.random.PCG64(_sequence(random_state, names)))


def int_seed(random_state: RandomState, *names: Any) -> int:
    """Return an integer below 2**31 for these names, for libraries that want one.

    Examples
    --------
    >>> int_seed(0, "fold", 1) == int_seed(0, "fold", 1) != int_seed(0, "fold", 2)
    True
    """
    return int(_sequence(random_state, names).generate_state(1, np.uint32)[0] & MAX_INT_SEED)
