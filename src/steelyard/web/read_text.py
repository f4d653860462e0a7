"""Bytes of an uploaded file as text: the encoding is found, and a guess is told."""

from __future__ import annotations

import codecs

from steelyard.errors import BadTable

__all__ = ["read_text"]

WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FALLBACK = "cp1252"  # what Windows writes where it does not write UTF-8


def read_text(data: bytes) -> tuple[str, str | None]:
    """Return the text of ``data`` and, where the encoding was a guess, a sentence about it.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    text : str
        Without a byte order mark.
    note : str or None

    Raises
    ------
    BadTable
        The bytes are not text.

    Examples
    --------
    >>> read_text(b"ACDEF")
    ('ACDEF', None)
    >>> read_text("Müller".encode("cp1252"))[1][:38]
    'The file is not UTF-8; it was read as '
    """
    if data.startswith(WIDE_MARKS):
        try:
            return data.decode("utf-16"), None
        except UnicodeDecodeError as error:
            raise BadTable(
                f"Expected text, got a file that begins as UTF-16 and is not ({error.reason}). "
                "Save it again as plain text in UTF-8."
            ) from error
    if 0 in data:
        raise BadTable(
            "Expected text, got a binary file. Spreadsheets and documents must be saved as CSV or plain "
            "text first."
        )
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        odd = f"0x{data[error.start]:02x}"
    text = data.decode(FALLBACK, errors="replace")
    return text, (
        f"The file is not UTF-8; it was read as Windows text (byte {odd}). Check that names look right."
    )
