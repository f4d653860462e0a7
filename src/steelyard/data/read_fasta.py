"""Sequences out of FASTA text, and the peptides among them that can be used."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.check_parameter import check_choice, check_whole
from steelyard.data.encode_peptide.residues import AMINO_ACIDS, as_sequences
from steelyard.errors import BadOption, BadTable

__all__ = ["Change", "Refusal", "ValidatedPeptides", "read_fasta", "validate_peptides"]

MAX_MB = 64
BYTES_PER_MB = 2**20
LISTED = 3
SHOWN = 40  # letters of a sequence in a message
STOP = "*"  # translation programs end a protein with it
GZIP_MAGIC = b"\x1f\x8b"


def read_fasta(source: Any, *, max_mb: int = MAX_MB) -> pd.DataFrame:
    r"""Read FASTA: a line that begins with '>' names the sequence on the lines after it.

    Parameters
    ----------
    source : path, str, bytes or open file
        A string that has a line break or begins with '>' is the text itself, any other one a path. Gzipped
        files are read too.
    max_mb : int, default=64
        More is refused before it is read, unpacked size included.

    Returns
    -------
    pandas.DataFrame
        One row a record: ``name`` (all after the '>'), ``sequence`` (blanks left out, otherwise as it stands,
        possibly empty), ``line`` (of the name, from 1).

    Raises
    ------
    BadTable
        No FASTA, no text, too large, or without any record; the message names the line.

    Examples
    --------
    >>> read_fasta(">first\nACD\nEF\n>second\nGH")
         name sequence  line
    0   first    ACDEF     1
    1  second       GH     4
    """
    check_whole("read_fasta", "max_mb", max_mb, 1)
    names: list[str] = []
    pieces: list[list[str]] = []
    numbers: list[int] = []
    for number, raw in enumerate(_text(source, max_mb).splitlines(), 1):
        line = raw.strip()
        if line.startswith(">"):
            names.append(line[1:].strip())
            pieces.append([])
            numbers.append(number)
        elif line and not line.startswith(";"):
            if not pieces:
                raise BadTable(
                    f"Expected FASTA, whose first line begins with '>', got {line[:SHOWN]!r} in line "
                    f"{number}. Put a line such as '>my peptide' before each sequence."
                )
            pieces[-1].append("".join(line.split()))
    if not names:
        raise BadTable(
            "Expected FASTA with at least one record, got none. Begin with a line such as '>name'."
        )
    return pd.DataFrame({"name": names, "sequence": ["".join(own) for own in pieces], "line": numbers})


def _text(source: Any, max_mb: int) -> str:
    limit = max_mb * BYTES_PER_MB
    if isinstance(source, str) and ("\n" in source or "\r" in source or source.lstrip().startswith(">")):
        data = source.encode()
    elif isinstance(source, bytes):
        data = source
    elif isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if not path.is_file():
            raise BadTable(f"Expected a FASTA file, got {str(path)!r}, which is not there. Check the path.")
        with path.open("rb") as file:
            packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read(limit + 1)
    elif hasattr(source, "read"):
        read = source.read(limit + 1)
        data = read.encode() if isinstance(read, str) else read
    else:
        raise BadTable(f"Expected a path, text, bytes or an open file, got {source!r}.")
    if len(data) > limit:
        raise BadTable(f"Expected at most {max_mb} MB of FASTA, got more. Split it, or raise max_mb.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(
            f"Expected FASTA as text, got a byte at place {error.start} that is none. "
            "Save it as plain text (UTF-8)."
        ) from error
    if "\0" in text:
        raise BadTable("Expected FASTA as text, got a file with zero bytes. Save it as plain text (UTF-8).")
    return text


@dataclass(frozen=True)
class Change:
    """A peptide that was written otherwise: the row it came in, what it was, what it is now, and why."""

    row: int
    was: str
    now: str
    why: str


@dataclass(frozen=True)
class Refusal:
    """What is no peptide to be scored: the row it came in, what was given, and why it is refused."""

    row: int
    given: str
    why: str


@dataclass(frozen=True, eq=False)
class ValidatedPeptides:
    """Peptides of the twenty amino acids, and all that happened on the way.

    ``sequences`` those that are left; ``rows`` (m,) the row each came in; ``changes`` what was rewritten;
    ``refused`` what was left out.
    """

    sequences: list[str]
    rows: NDArray[np.intp]
    changes: tuple[Change, ...]
    refused: tuple[Refusal, ...]


def validate_peptides(
    sequences: Sequence[Any],
    *,
    on_invalid: Literal["raise", "drop"] = "raise",
    shortest: int = 1,
    longest: int | None = None,
) -> ValidatedPeptides:
    """Say of each string whether it is a peptide of the twenty amino acids, and tidy its spelling.

    Small letters become capitals, blanks inside and one '*' at the end are left out. A letter is never left
    out: without it, it would be another peptide.

    Parameters
    ----------
    sequences : sequence of n str, or a table with one column
    on_invalid : {"raise", "drop"}, default="raise"
        What to do when there is one that is none.
    shortest, longest : int
        Residues a peptide may have; any number by default.

    Returns
    -------
    ValidatedPeptides
        With "drop" possibly empty.

    Raises
    ------
    BadTable
        With "raise", one that is no peptide; the first few are listed.
    BadOption
        A parameter that makes no sense.

    Examples
    --------
    >>> told = validate_peptides(["acd", "AXC", "GGH"], on_invalid="drop")
    >>> told.sequences, told.rows.tolist(), told.changes[0].why
    (['ACD', 'GGH'], [0, 2], 'small letters')
    >>> told.refused[0].why
    "letter 'X' at place 2 is none of the 20 amino acids"
    """
    check_choice("validate_peptides", "on_invalid", on_invalid, ("raise", "drop"))
    check_whole("validate_peptides", "shortest", shortest, 1)
    if longest is not None:
        check_whole("validate_peptides", "longest", longest, 1)
        if longest < shortest:
            raise BadOption(
                f"Expected longest to be at least shortest, got {longest} and {shortest}. Swap them."
            )
    kept: list[str] = []
    rows: list[int] = []
    changes: list[Change] = []
    refused: list[Refusal] = []
    for row, given in enumerate(as_sequences(sequences)):
        tidy, how = _tidied(given)
        why = _fault(given, tidy, shortest, longest)
        if why:
            refused.append(Refusal(row, "" if _is_missing(given) else str(given), why))
            continue
        kept.append(tidy)
        rows.append(row)
        if how:
            changes.append(Change(row, given, tidy, how))
    if refused and on_invalid == "raise":
        listed = "; ".join(f"row {one.row}, {one.given[:SHOWN]!r}: {one.why}" for one in refused[:LISTED])
        more = f"; and {len(refused) - LISTED:,} more" if len(refused) > LISTED else ""
        raise BadTable(
            f"Expected peptides of the letters {AMINO_ACIDS}, got {len(refused):,} that are none: {listed}"
            f"{more}. Mend them, or leave them out with on_invalid='drop'."
        )
    return ValidatedPeptides(kept, np.array(rows, dtype=np.intp), tuple(changes), tuple(refused))


def _is_missing(given: Any) -> bool:
    return given is None or (not isinstance(given, str) and bool(pd.isna(given)))


def _tidied(given: Any) -> tuple[str, str]:
    """The string as it is used, and what was done to it."""
    if not isinstance(given, str):
        return "", ""
    tidy = "".join(given.split())
    done = ["blanks"] if tidy != given else []
    if tidy.endswith(STOP):
        tidy = tidy[: -len(STOP)]
        done.append("a stop at the end")
    capitals = tidy.upper() if tidy.isascii() else tidy
    if capitals != tidy:
        done.append("small letters")
    return capitals, ", ".join(done)


def _fault(given: Any, tidy: str, shortest: int, longest: int | None) -> str:
    """Why it is no peptide, or nothing."""
    if _is_missing(given):
        return "empty"
    if not isinstance(given, str):
        return f"{type(given).__name__} instead of text"
    if not tidy:
        return "empty"
    wrong = next((place for place, letter in enumerate(tidy) if letter not in AMINO_ACIDS), None)
    if wrong is not None:
        return f"letter {tidy[wrong]!r} at place {wrong + 1} is none of the {len(AMINO_ACIDS)} amino acids"
    if len(tidy) < shortest:
        return f"{len(tidy)} residues, fewer than {shortest}"
    if longest is not None and len(tidy) > longest:
        return f"{len(tidy)} residues, more than {longest}"
    return ""
