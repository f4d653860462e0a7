"""Opening an archive from outside: every bound is checked before anything is unpacked."""

from __future__ import annotations

import contextlib
import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import numpy as np

from steelyard.errors import BadModel

__all__ = ["open_archive", "read_json"]

MAX_FILE_BYTES = 2**32
MAX_UNPACKED_BYTES = 2**33
MAX_MEMBERS = 1_000_000
MAX_JSON_BYTES = 2**28
MAX_DIRECTORY_BYTES = MAX_MEMBERS * 128

# The records at the end of a zip file (PKWARE APPNOTE 4.3.14 to 4.3.16): how many members there are
# and how long the list of them is, told before the list itself is read.
END, END_MARK = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
LOCATOR_SIZE, LOCATOR_MARK = 20, b"PK\x06\x07"
END_64, END_64_MARK = struct.Struct("<4sQ2H2L4Q"), b"PK\x06\x06"
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _check_directory(file: BinaryIO, size: int) -> None:
    """Refuse a file whose list of members is missing or too long."""
    tail_size = min(size, END.size + LOCATOR_SIZE + END_64.size)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    if len(tail) < END.size or tail[-END.size :][:4] != END_MARK:
        raise BadModel("it is not an archive, or its end is missing")
    _, _, _, _, members, length, _, _ = END.unpack(tail[-END.size :])
    before = tail[: -END.size]
    if before[-LOCATOR_SIZE:][:4] == LOCATOR_MARK:
        record = before[:-LOCATOR_SIZE]
        if len(record) != END_64.size or record[:4] != END_64_MARK:
            raise BadModel("its list of members cannot be found")
        _, _, _, _, _, _, _, members, length, _ = END_64.unpack(record)
    if members > MAX_MEMBERS or length > MAX_DIRECTORY_BYTES:
        raise BadModel(f"it lists more than {MAX_MEMBERS} members")


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len({member.filename for member in members}) != len(members):
        raise BadModel("it holds two members of one name")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise BadModel(f"it would unpack to more than {MAX_UNPACKED_BYTES} bytes")
    for member in members:
        if member.compress_type not in METHODS or member.flag_bits & 1:
            raise BadModel(f"member {member.filename!r} is packed or encrypted in a way that is not read")
        if member.filename.endswith(".npy"):
            with archive.open(member) as array:
                _check_array(array, member)
        elif not member.filename.endswith(".json"):
            raise BadModel(f"member {member.filename!r} is neither JSON nor an array")


def _check_array(array: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Refuse an array that holds objects, or claims another size than it has."""
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    version = np.lib.format.read_magic(array)
    if version not in readers:
        raise BadModel(f"array {member.filename!r} has a format that is not read")
    shape, _, dtype = readers[version](array)
    if dtype.hasobject:
        raise BadModel(f"array {member.filename!r} holds Python objects")
    if array.tell() + math.prod(shape) * dtype.itemsize != member.file_size:
        raise BadModel(f"array {member.filename!r} is not as large as it says")


@contextlib.contextmanager
def open_archive(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive of JSON and arrays whose sizes are within bounds.

    Parameters
    ----------
    file : binary file
        Open for reading, at any position.

    Yields
    ------
    zipfile.ZipFile

    Raises
    ------
    BadModel
        With the reason alone; the caller adds the file and what to do.
    """
    size = file.seek(0, os.SEEK_END)
    if size > MAX_FILE_BYTES:
        raise BadModel(f"it is larger than {MAX_FILE_BYTES} bytes")
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive)
            yield archive
    except (*DAMAGE, NotImplementedError, ValueError, SyntaxError) as error:
        if isinstance(error, BadModel):
            raise
        raise BadModel(f"it is damaged ({error})") from error


def read_json(archive: zipfile.ZipFile, name: str) -> Any:
    """Read a JSON member of bounded size.

    Parameters
    ----------
    archive : zipfile.ZipFile
    name : str

    Raises
    ------
    BadModel
        With the reason alone.
    """
    try:
        size = archive.getinfo(name).file_size
    except KeyError:
        raise BadModel(f"it has no member {name!r}") from None
    if size > MAX_JSON_BYTES:
        raise BadModel(f"member {name!r} is larger than {MAX_JSON_BYTES} bytes")
    try:
        return json.loads(archive.read(name))
    except (*DAMAGE, ValueError, RecursionError) as error:
        raise BadModel(f"member {name!r} is damaged") from error
