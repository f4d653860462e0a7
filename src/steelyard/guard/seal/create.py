"""Sealing a data set: a folder of files with their labels, or a table row by row."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from steelyard.errors import BadOption, BadTable, UserError
from steelyard.guard.canonical.salt import new_secret
from steelyard.guard.seal.chain import MOST_EARLIER
from steelyard.guard.seal.croissant import croissant_path, write_croissant
from steelyard.guard.seal.data_seal import (
    DataSeal,
    is_data_seal,
    leaves,
    read_data_seal,
    spool,
    write_data_seal,
)
from steelyard.guard.seal.entry import Entry, schema_of, write_line
from steelyard.guard.seal.envelope import wrap
from steelyard.guard.seal.folder_entries import find_files, hash_entries
from steelyard.guard.seal.key_files import load_private_key
from steelyard.guard.seal.keys import PrivateKey
from steelyard.guard.seal.labels_file import read_labels
from steelyard.guard.seal.predicate import FOLDER, LOG, SNAPSHOT, TABLE, Predicate, Tally
from steelyard.guard.seal.statement import DATA_SEAL, Statement
from steelyard.guard.seal.table_entries import columns_of, is_frame, row_entries
from steelyard.kernels.merkle_tree import Tree

__all__ = ["SealWarning", "create_seal"]


class SealWarning(UserWarning):
    """Something that is not in the seal, though one could think so."""


def create_seal(
    source: Any,
    out: str | os.PathLike[str],
    *,
    labels: str | os.PathLike[str] | None = None,
    columns: Mapping[str, str] | None = None,
    target: str | None = None,
    id: str | None = None,
    part: str | None = None,
    groups: str | None = None,
    mode: str | None = None,
    key: PrivateKey | str | os.PathLike[str] | None = None,
    previous: str | os.PathLike[str] | None = None,
    salted: bool = False,
    croissant: bool = False,
    licence: str | None = None,
    name: str | None = None,
    force: bool = False,
    progress: bool | None = None,
) -> Statement:
    r"""Seal a data set: one root over every record, its label and its split, in a file that lists them.

    A seal shows that data is what it was when it was sealed. It says nothing of what came before: labels that
    were wrong when they were sealed are sealed faithfully.

    Parameters
    ----------
    source : path or frame
        A folder, of which every file is a record; or a table (CSV, TSV, Parquet, Feather, or a frame of
        pandas, polars or pyarrow), of which every row is one, read a batch at a time.
    out : path
        Where the seal goes. It is as large as the list of records.
    labels : path, optional
        Of a folder: a CSV with the columns ``path`` and ``label`` and, if it likes, ``split``, ``group`` and
        ``id`` (the path by default).
    columns : dict of str to str, optional
        What those columns are called in the file.
    target, id, part, groups : str, optional
        Of a table: the columns of label, id (the number of the row by default), split and group.
    mode : {"snapshot", "log"}, optional
        ``"snapshot"`` orders records by id, so that the order of reading does not count; ``"log"`` keeps them
        in order of arrival, so that a later seal can prove that nothing was changed or taken away. A folder
        or a table with ids is a snapshot by default, a table without ids a log.
    key : PrivateKey or path, optional
        Without one the seal is unsigned: it detects accidents, not an attacker, who can seal anew.
    previous : path, optional
        The seal before this one. Its root, and those before it, become part of what is signed, so that an old
        seal cannot pass for the newest; in a log, its records must still be there. One that is signed must be
        signed by ``key``.
    salted : bool
        Put a random salt into each leaf, so that a record of few possible values cannot be guessed from the
        hashes a proof shows. The seal then holds the secret the salts are made of.
    croissant : bool
        Write metadata in the Croissant format beside the seal (``data.seal.croissant.json``) and sign its
        digest.
    licence : str, optional
        What the metadata says of the licence.
    name : str, optional
        What the data is called; the name of the source by default.
    force : bool
        Write over a seal that is there; never over any other file.
    progress : bool, optional

    Returns
    -------
    Statement
        What was sealed: the root, and all that is said of it.

    Raises
    ------
    BadTable
        The source cannot be read, changed while it was read, or holds two records of one name.
    BadOption
        Options that do not fit the source.
    SealBroken
        The previous seal is broken, or not signed by ``key``.

    Notes
    -----
    The tree is that of RFC 9162, the statement an in-toto Statement v1, the envelope DSSE. A leaf is the
    canonical form of id, path, digest of the bytes as stored, label, split and group. Memory does not grow
    with the size of the files, but with the number of records, for their names must differ.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "claims.csv").write_text("id,amount,fraud\na,10,no\nb,99,yes\n")
    >>> made = create_seal(folder / "claims.csv", folder / "claims.seal", target="fraud", id="id")
    >>> made.predicate["tree_size"], made.predicate["classes"]
    (2, {'no': 1, 'yes': 1})
    """
    place = Path(out)
    _check_place(place, force)
    if mode not in (None, SNAPSHOT, LOG):
        raise BadOption(f"The 'mode' parameter must be 'snapshot' or 'log'. Got {mode!r} instead.")
    signer = key if key is None or isinstance(key, PrivateKey) else load_private_key(key)
    before = None if previous is None else _previous(previous, signer)
    is_table = is_frame(source) or not Path(source).is_dir()
    roles = {"target": target, "id": id, "part": part, "groups": groups}
    if is_table:
        _refuse(labels=labels, columns=columns, what="a folder")
        mode = mode or (SNAPSHOT if id else LOG)
        told: dict[str, Any] = {"kind": TABLE, **roles, "columns": columns_of(source)}
        entries = row_entries(source, roles)
        if mode == SNAPSHOT:
            entries = iter(sorted(entries, key=lambda entry: entry.id.encode("utf-8")))
    else:
        _refuse(**roles, what="a table")
        mode = mode or SNAPSHOT
        told, entries = _folder(Path(source), labels, columns, place, before, mode, progress)
    if before is not None:
        if before.predicate.mode != mode or before.predicate.source["kind"] != told["kind"]:
            raise BadOption(
                f"The previous seal is a {before.predicate.mode} of a {before.predicate.source['kind']}, this"
                f" one a {mode} of a {told['kind']}: their roots cannot be compared. Use the same."
            )
        if mode == LOG:
            entries = _grown(entries, before)
    secret = (before.salt if before else None) or new_secret() if salted else None
    called = name or ("table" if is_frame(source) else Path(source).resolve().name)
    tree, tally = Tree(), Tally()
    with ExitStack() as stack:
        lines = stack.enter_context(spool(place.absolute().parent))
        tree.extend(leaves(_kept(entries, lines, tally), secret))
        beside = (
            write_croissant(place, called, told, source, labels, tally, tree.root(), licence)
            if croissant
            else None
        )
        predicate = Predicate(
            tree_size=tree.size,
            leaf_schema=schema_of(is_table),
            mode=mode,
            source=told,
            classes=dict(sorted(tally.classes.items())),
            splits=dict(sorted(tally.splits.items())),
            salted=salted,
            previous_root=before.root if before else None,
            earlier_roots=_earlier(before),
            croissant=beside,
        )
        statement = Statement(called, tree.root(), DATA_SEAL, predicate.to_dict())
        write_data_seal(place, wrap(statement.to_bytes(), signer), secret, lines)
    return statement


def _check_place(place: Path, force: bool) -> None:
    """Refuse to write over what is there; with force, over anything but a seal: data, labels or a key."""
    if not os.path.lexists(place):
        return
    if not force:
        raise UserError(
            f"{str(place)!r} is there already. Choose another name, or write over it with --force."
        )
    if not is_data_seal(place):
        raise UserError(f"{str(place)!r} is no seal, and only seals are written over. Choose another name.")


def _refuse(*, what: str, **options: Any) -> None:
    given = [option for option, value in options.items() if value is not None]
    if given:
        raise BadOption(
            f"--{given[0]} is for {what}, and the source is none. Leave it out, or check the path."
        )


def _previous(path: str | os.PathLike[str], signer: PrivateKey | None) -> DataSeal:
    before = read_data_seal(path)
    if before.envelope.signatures:
        if signer is None:
            raise BadOption("The previous seal is signed, so this one must be too. Give --key.")
        return read_data_seal(path, trust=signer.public())
    return before


def _earlier(before: DataSeal | None) -> tuple[str, ...]:
    if before is None:
        return ()
    roots = (before.root, *before.predicate.earlier_roots)
    if len(roots) > MOST_EARLIER:
        raise BadOption(
            f"More than {MOST_EARLIER} seals follow each other. Begin a new line without --previous."
        )
    return roots


def _folder(
    folder: Path,
    labels: str | os.PathLike[str] | None,
    columns: Mapping[str, str] | None,
    seal: Path,
    before: DataSeal | None,
    mode: str,
    progress: bool | None,
) -> tuple[dict[str, Any], Iterator[Entry]]:
    read = None if labels is None else read_labels(labels, columns)
    if read is not None and read.unused:
        warnings.warn(
            f"Not sealed are the columns {', '.join(read.unused)} of the labels. Name what they mean with "
            "--columns, or let nobody rely on them.",
            SealWarning,
            stacklevel=3,
        )
    files = find_files(folder, read, [seal, croissant_path(seal)])
    if files.stray:
        raise BadTable(
            f"{len(files.stray)} labels have no file, such as {files.stray[0]!r}. Paths are relative to the "
            "folder, with forward slashes; mend the labels, or bring the files back."
        )
    told = {
        "kind": FOLDER,
        "labels": None if read is None else read.path.name,
        "columns": {} if read is None else dict(read.columns),
    }
    order = [entry.id for entry in before.entries] if before and mode == LOG else None
    return told, hash_entries(files, order, progress=progress)


def _grown(entries: Iterator[Entry], before: DataSeal) -> Iterator[Entry]:
    """The entries, once those of the earlier log have come first and unchanged."""
    found = list(islice(entries, len(before.entries)))
    for place, old in enumerate(before.entries):
        if place >= len(found) or found[place] != old:
            raise BadTable(
                f"A log only grows, but record {old.id!r} of the previous seal was changed, moved or taken "
                "away. Put it back, or seal a snapshot."
            )
    return chain(found, entries)


def _kept(entries: Iterator[Entry], lines: BinaryIO, tally: Tally) -> Iterator[Entry]:
    """Pass entries on, writing each down and counting it."""
    for entry in entries:
        lines.write(write_line(entry).encode("utf-8"))
        tally.add(entry)
        yield entry
