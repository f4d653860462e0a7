"""Text of names and labels in one Unicode form."""

from __future__ import annotations

import unicodedata

from steelyard.errors import BadOption

__all__ = ["plain_text"]


def plain_text(text: str, what: str) -> str:
    r"""Return ``text`` in Unicode's form NFC, in which an accent is written in one way only.

    Parameters
    ----------
    text : str
    what : str
        How to call it in a message.

    Raises
    ------
    BadOption
        It holds half of a surrogate pair, as names that are not UTF-8 do once Python has read them.

    Examples
    --------
    >>> plain_text("e\u0301", "the label") == "\u00e9"
    True
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadOption(
            f"{what} must be text that UTF-8 can hold. Got {text!a}, whose character {error.start} is half "
            "of a pair, as in a file name that is not UTF-8. Rename it, or mend how the text was read."
        ) from None
    return unicodedata.normalize("NFC", text)
