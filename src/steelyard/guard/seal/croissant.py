"""Metadata beside a seal in the Croissant format, made by ``mlcroissant``; nothing is fetched."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from steelyard.errors import BadOption, SealBroken, UserError
from steelyard.guard.hash_files import hash_file
from steelyard.guard.seal.predicate import FOLDER, Tally
from steelyard.kernels.optional import require
from steelyard.kernels.write_whole import write_whole

__all__ = ["check_croissant", "croissant_path", "write_croissant"]

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
ENCODINGS = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".parquet": "application/vnd.apache.parquet",
}
OTHER_ENCODING = "application/octet-stream"
RECORDS = "records"
SHA256 = "sha256"
MOST_NAMED = 20  # classes in the description


def croissant_path(seal: Path) -> Path:
    """Return where the metadata of a seal goes."""
    return seal.with_name(f"{seal.name}.croissant.json")


def _described(told: dict[str, Any], tally: Tally, root: bytes) -> str:
    what = "files of a folder" if told["kind"] == FOLDER else "rows of a table"
    named = sorted(tally.classes.items())[:MOST_NAMED]
    classes = ", ".join(f"{label}: {count}" for label, count in named) or "none"
    more = ", ..." if len(tally.classes) > MOST_NAMED else ""
    sealed = f"Records are {what}, sealed by steelyard under the root sha256:{root.hex()}."
    return f"{sealed} Labels: {classes}{more}."


def write_croissant(
    seal: Path,
    name: str,
    told: dict[str, Any],
    source: Any,
    labels: Any,
    tally: Tally,
    root: bytes,
    licence: str | None,
) -> dict[str, str]:
    """Write the metadata beside a seal.

    The table, or the labels of a folder, is a ``FileObject`` with its digest; its columns are the fields of
    one ``RecordSet``. The files of a folder are one ``FileSet``, for the seal lists them one by one.

    Returns
    -------
    dict
        ``name`` and ``sha256`` of the file that was written.

    Raises
    ------
    BadOption
        The data is in memory only: metadata describes files.
    MissingExtra
        The package ``mlcroissant`` is not installed.

    References
    ----------
    MLCommons (2026). *Croissant Format Specification*, version 1.1.
    """
    if isinstance(source, pd.DataFrame):
        raise BadOption(
            "Croissant metadata describes files, and the table is in memory. Write it to a file first."
        )
    croissant = require("mlcroissant", extra="guard", for_="Croissant metadata")
    table = labels if told["kind"] == FOLDER else source
    names = list(told["columns"].values()) if told["kind"] == FOLDER else told["columns"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of properties that are recommended and nobody told us
        made = _metadata(croissant, name, told, table, Path(source), names)
        made.description = _described(told, tally, root)
        made.license = [licence] if licence else None
        text = json.dumps(made.to_json(), indent=2, ensure_ascii=False) + "\n"
    target = croissant_path(seal)
    write_whole(target, text)
    return {"name": target.name, SHA256: hash_file(target).sha256}


def _metadata(
    croissant: Any, name: str, told: dict[str, Any], table: Any, source: Path, names: list[str]
) -> Any:
    distribution, records = [], []
    if told["kind"] == FOLDER:
        distribution.append(
            croissant.FileSet(
                id="files", name="files", includes=[f"{source.name}/**"], encoding_formats=[OTHER_ENCODING]
            )
        )
    if table is not None:
        file = Path(table)
        distribution.append(
            croissant.FileObject(
                id="table",
                name=file.name,
                content_url=file.name,
                encoding_formats=[ENCODINGS.get(file.suffix.lower(), OTHER_ENCODING)],
                sha256=hash_file(file).sha256,
            )
        )
        fields = [
            croissant.Field(
                id=f"{RECORDS}/{column}",
                name=column,
                data_types=croissant.DataType.TEXT,
                source=croissant.Source(file_object="table", extract=croissant.Extract(column=column)),
            )
            for column in names
        ]
        records.append(croissant.RecordSet(id=RECORDS, name=RECORDS, fields=fields))
    return croissant.Metadata(
        name=name, conforms_to=[CONFORMS_TO], distribution=distribution, record_sets=records
    )


def check_croissant(seal: str | os.PathLike[str], beside: Any) -> None:
    """Check that the metadata beside a seal is what was signed with it.

    Raises
    ------
    SealBroken
        It is missing or differs.
    """
    if beside is None:
        return
    path = Path(seal).parent / beside["name"]
    try:
        found = hash_file(path).sha256
    except UserError as error:
        raise SealBroken(f"the metadata sealed as {beside['name']!r} cannot be read: {error}") from error
    if found != beside[SHA256]:
        raise SealBroken(
            f"the metadata {str(path)!r} is not what was sealed: expected sha256:{beside[SHA256]}, got "
            f"sha256:{found}. Restore it from a good copy."
        )
