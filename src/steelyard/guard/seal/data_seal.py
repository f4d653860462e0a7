"""The seal of a data set as a file: a signed root over all records, and the list of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from steelyard.errors import SealBroken, UserError
from steelyard.guard.canonical.salt import record_salt
from steelyard.guard.seal.entry import Entry, leaf_data, read_line
from steelyard.guard.seal.envelope import Envelope
from steelyard.guard.seal.header import read_header, write_header
from steelyard.guard.seal.key_files import load_public_key
from steelyard.guard.seal.keys import PublicKey
from steelyard.guard.seal.predicate import SNAPSHOT, Predicate, Tally
from steelyard.guard.seal.statement import DATA_SEAL, Statement
from steelyard.kernels.merkle_tree import Tree, leaf_hash
from steelyard.kernels.write_whole import write_whole

__all__ = ["DataSeal", "is_data_seal", "read_data_seal", "trusted", "write_data_seal"]

FORMAT, VERSION = "steelyard-data-seal", 1
MAX_HEADER_BYTES, MAX_LINE_BYTES = 2**24, 2**20
COPY_BYTES = 2**20
SECRET_BYTES = 32

Trust = PublicKey | str | os.PathLike[str] | None


@dataclass(frozen=True)
class DataSeal:
    """A seal as read: what is signed, by whom, and the records.

    Attributes
    ----------
    statement : Statement
    predicate : Predicate
    envelope : Envelope
    entries : tuple of Entry
        In the order of the leaves.
    salt : bytes or None
        The secret that the salts are made of.
    checked : bool
        Whether the signature was checked against a trusted key.
    """

    statement: Statement
    predicate: Predicate
    envelope: Envelope
    entries: tuple[Entry, ...]
    salt: bytes | None = None
    checked: bool = False

    @property
    def root(self) -> str:
        """Root of the tree, in hexadecimal."""
        return self.statement.root.hex()

    @property
    def signers(self) -> list[str]:
        """Key ids the envelope names; they say nothing unless ``checked``."""
        return [name for name, _ in self.envelope.signatures]

    def leaf_hashes(self) -> list[bytes]:
        """Return the hash of each leaf, in order."""
        return [leaf_hash(data) for data in leaves(self.entries, self.salt)]


def leaves(entries: Iterator[Entry] | tuple[Entry, ...], secret: bytes | None) -> Iterator[bytes]:
    """Yield the bytes of each leaf."""
    for place, entry in enumerate(entries):
        yield leaf_data(entry, None if secret is None else record_salt(secret, place))


def trusted(trust: Trust) -> PublicKey | None:
    """Return the public key, read where a path was given."""
    return trust if trust is None or isinstance(trust, PublicKey) else load_public_key(trust)


def write_data_seal(path: Path, envelope: Envelope, salt: bytes | None, lines: BinaryIO) -> None:
    """Write the header and, after it, the lines of the records, whole or not at all."""
    header = write_header(envelope, DATA_SEAL, format=FORMAT, version=VERSION, salt=salt).encode("utf-8")
    if len(header) > MAX_HEADER_BYTES:
        raise UserError(
            f"the seal would begin with {len(header)} bytes, more than the {MAX_HEADER_BYTES} that are read: "
            "too many labels, columns or earlier roots. Seal without --target, or begin a new line of seals."
        )

    def write(file: BinaryIO) -> None:
        file.write(header)
        lines.seek(0)
        while piece := lines.read(COPY_BYTES):
            file.write(piece)

    write_whole(path, write)


def is_data_seal(path: Path) -> bool:
    """Whether a file begins as the seal of a data set does, of whatever version."""
    start = f'{{"format": "{FORMAT}"'.encode("ascii")
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(start)) == start
    except OSError:
        return False


def spool(folder: Path) -> BinaryIO:
    """Return a file without a name for the lines, on the disk the seal goes to."""
    try:
        return tempfile.TemporaryFile(dir=folder)  # type: ignore[return-value]
    except OSError as error:
        raise UserError(
            f"cannot write to {str(folder)!r}: {error.strerror}. Choose another place."
        ) from error


def read_data_seal(path: str | os.PathLike[str], *, trust: Trust = None) -> DataSeal:
    """Read the seal of a data set and check that it agrees with itself, not yet with the data.

    Parameters
    ----------
    path : path
    trust : PublicKey or path, optional
        Who must have signed it, and nobody else. Without, the signature is not checked at all.

    Returns
    -------
    DataSeal

    Raises
    ------
    SealBroken
        It is damaged, cut, edited, of a newer format, unsigned or signed by another key; its records do not
        give its root.
    UserError
        It cannot be read, or ``trust`` cannot.
    """
    key = trusted(trust)
    shown = os.fspath(path)
    if not os.path.isfile(path):
        what = "is no file" if os.path.exists(path) else "is not there"
        raise UserError(f"the seal {shown!r} {what}. Check the path.")
    try:
        with open(path, "rb") as file:
            return _read(file, key)
    except OSError as error:
        raise UserError(
            f"cannot read the seal {shown!r}: {error.strerror}. Check its permissions."
        ) from error
    except SealBroken as error:
        raise SealBroken(f"the seal {shown!r} is refused: {str(error).rstrip('.')}.") from error


def _line(file: BinaryIO, most: int) -> str:
    data = file.readline(most + 1)
    if len(data) > most:
        raise SealBroken(f"a line of it is longer than {most} bytes")
    if not data.endswith(b"\n"):
        raise SealBroken("it ends too early: it was cut")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SealBroken("it is not text in UTF-8: it is damaged") from error


def _read(file: BinaryIO, key: PublicKey | None) -> DataSeal:
    text = _line(file, MAX_HEADER_BYTES)
    envelope, statement, salt = read_header(text, DATA_SEAL, format=FORMAT, version=VERSION)
    if key is not None:
        envelope.verify(key)
    predicate = Predicate.read(statement.predicate)
    if (salt is not None) != predicate.salted or (salt is not None and len(salt) != SECRET_BYTES):
        raise SealBroken("its salt is not what its statement says")
    entries = tuple(
        read_line(_line(file, MAX_LINE_BYTES), predicate.rows) for _ in range(predicate.tree_size)
    )
    if file.read(1):
        raise SealBroken(f"it lists more than the {predicate.tree_size} records it says")
    tree, tally = Tree(), Tally()
    tree.extend(leaves(entries, salt))
    if tree.root() != statement.root:
        raise SealBroken("its records do not give its root: a record was changed, added or removed in it")
    for entry in entries:
        tally.add(entry)
    if tally.classes != predicate.classes or tally.splits != predicate.splits:
        raise SealBroken("its counts of classes and splits are not those of its records")
    _check_names(entries, predicate)
    return DataSeal(statement, predicate, envelope, entries, salt, key is not None)


def _check_names(entries: tuple[Entry, ...], predicate: Predicate) -> None:
    ids = [entry.id for entry in entries]
    paths = [entry.path for entry in entries if entry.path is not None]
    if len(set(ids)) != len(ids) or len(set(paths)) != len(paths):
        raise SealBroken("it lists two records of one name")
    if predicate.mode == SNAPSHOT and ids != sorted(ids, key=lambda name: name.encode("utf-8")):
        raise SealBroken("it is a snapshot whose records are not in order of id")
