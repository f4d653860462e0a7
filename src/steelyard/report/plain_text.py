"""Makes any text from a table safe to print: no control characters, no half characters, no endless names."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["plain_text", "plain_tree"]

LONGEST = 2000
INVISIBLE = {"Cc", "Cs", "Cn"}
# Marks that turn the direction of the text around them: harmless in prose, a trap in a column name.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def plain_text(value: Any, longest: int = LONGEST) -> str:
    r"""Return ``value`` as text that a page or a terminal can show.

    >>> plain_text("a\tb\nc"), plain_text("x\x1b[31m"), plain_text("abcdef", longest=4)
    ('a b c', 'x�[31m', 'abc…')
    """
    text = "".join(_shown(letter) for letter in str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _shown(letter: str) -> str:
    if letter in "\t\n\r\v\f":
        return " "
    if letter in TURNING or unicodedata.category(letter) in INVISIBLE:
        return "\N{REPLACEMENT CHARACTER}"
    return letter


def plain_tree(value: Any) -> Any:
    r"""Return ``value`` as dicts, lists, numbers and plain text; what is not finite becomes None.

    >>> plain_tree({"a": (1, float("nan"), "x\ny")})
    {'a': [1, None, 'x y']}
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain_tree(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_tree(item) for item in value]
    return plain_text(value)
