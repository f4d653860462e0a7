"""Files in their makers' own format, brought to the columns the catalogue describes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from steelyard.data.catalogue import OfficialFile
from steelyard.data.read_delimited import MISSING_WORDS, read_delimited
from steelyard.errors import BadTable

__all__ = ["read_official"]

MIB = 2**20
TARGET = "target"
LISTED = 5


def read_official(path: Path, file: OfficialFile, described: Mapping[str, Any]) -> pd.DataFrame:
    """Read one official file.

    Parameters
    ----------
    path : Path
        The downloaded file.
    file : OfficialFile
        Says which member of an archive is meant.
    described : mapping
        ``separator`` (``"space"`` for runs of blanks), ``columns`` (names; absent where the file has a
        header), ``skip`` (lines before the rows), ``comment`` (a mark of lines to pass over), ``padded``
        (True where a blank follows each separator), ``quote`` (the quote character), ``quotes`` (False
        where quotes are plain characters), ``missing`` (words), ``rename``, ``drop``, ``strip`` (characters
        at the ends of labels), and ``labels`` (a new name for each label) or ``families`` (the labels under
        each new name), read from the column ``labels_from``.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    BadTable
        The file is not in the format described.
    """
    text = _text(path, file, described.get("encoding", "utf-8"))
    rows = list(_rows(text, described))
    header = described.get("columns") or (rows.pop(0) if rows else [])
    if not rows or any(len(row) != len(header) for row in rows):
        wrong = next((row for row in rows if len(row) != len(header)), [])
        raise BadTable(
            f"Expected rows of {len(header)} cells in {path.name} from {file.url}, got {len(wrong)}. Its "
            "format has changed; use a prepared folder (STEELYARD_DATA)."
        )
    plain = io.StringIO(newline="")
    writer = csv.writer(plain, lineterminator="\n")
    writer.writerow(name or f"unnamed_{i}" for i, name in enumerate(header))
    writer.writerows(rows)
    frame = read_delimited(
        plain.getvalue().encode("utf-8"),
        path,
        delimiter=",",
        missing_words=(*MISSING_WORDS, *described.get("missing", ())),
    )
    frame = frame.rename(columns=described.get("rename", {})).drop(columns=list(described.get("drop", ())))
    return _labelled(frame, described)


def _text(path: Path, file: OfficialFile, encoding: str) -> str:
    most = file.max_mb * MIB
    try:
        if file.member is None:
            return path.read_bytes().decode(encoding)
        with zipfile.ZipFile(path) as archive, archive.open(file.member) as member:
            data = member.read(most + 1)
    except (KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise BadTable(
            f"Expected {file.member or 'text'} in {path.name} from {file.url}, got something else "
            f"({error}). Use a prepared folder (STEELYARD_DATA)."
        ) from error
    if len(data) > most:
        raise BadTable(
            f"Expected at most {file.max_mb} MiB in {file.member} of {file.url}, got more. It is not opened."
        )
    return data.decode(encoding)


def _rows(text: str, described: Mapping[str, Any]) -> Iterator[list[str]]:
    separator = described.get("separator", ",")
    lines = text.splitlines(keepends=True)[described.get("skip", 0) :]
    if comment := described.get("comment"):
        lines = [line for line in lines if not line.startswith(comment)]
    if separator == "space":
        yield from (line.split() for line in lines if line.strip())
        return
    quoting = csv.QUOTE_MINIMAL if described.get("quotes", True) else csv.QUOTE_NONE
    for row in csv.reader(
        lines,
        delimiter=separator,
        skipinitialspace=described.get("padded", False),
        quoting=quoting,
        quotechar=described.get("quote", '"'),
    ):
        if any(cell.strip() for cell in row):
            yield row


def _labelled(frame: pd.DataFrame, described: Mapping[str, Any]) -> pd.DataFrame:
    source = described.get("labels_from", TARGET)
    if marks := described.get("strip"):
        frame[source] = frame[source].astype("str").str.strip(marks)
    labels = {word: family for family, words in described.get("families", {}).items() for word in words}
    labels |= described.get("labels", {})
    if labels:
        words = frame[source].map(lambda value: labels.get(str(value)))
        if words.isna().any():
            strange = sorted({str(value) for value in frame.loc[words.isna(), source]})
            raise BadTable(
                f"Expected the labels {', '.join(sorted(labels))} in {source!r}, got "
                f"{', '.join(strange[:LISTED])}. Its format has changed; use a prepared folder "
                "(STEELYARD_DATA)."
            )
        frame[TARGET] = words
    return frame
