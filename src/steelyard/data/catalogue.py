"""The public data sets Steelyard knows: where they come from, under which terms, and their traps."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from steelyard.data.catalogue_entry import CatalogueEntry, OfficialFile
from steelyard.errors import BadOption

__all__ = ["BUNDLED", "CatalogueEntry", "OfficialFile", "catalogue", "datasets", "find_entry"]

HERE = Path(__file__).parent
BUNDLED = HERE / "bundled"
MODALITIES = {
    "table": "table",
    "tabular": "table",
    "text": "text",
    "peptide": "peptide",
    "image": "image",
    "series": "series",
    "audio": "audio",
}
INDICES = ("keel_index.csv", "peptide_index.csv")
NEAR = 4


@cache
def _all() -> dict[str, CatalogueEntry]:
    described = tomllib.loads((HERE / "catalogue.toml").read_text(encoding="utf-8"))
    bundled = json.loads((BUNDLED / "index.json").read_text(encoding="utf-8"))
    collections = {name: terms for name, terms in described.items() if terms.pop("collection", False)}
    entries = [_entry(name, terms) for name, terms in described.items() if name not in collections]
    for index in INDICES:
        with (HERE / index).open(encoding="utf-8", newline="") as file:
            entries += [_member(row, collections[row["collection"]]) for row in csv.DictReader(file)]
    by_name = {}
    for entry in entries:
        if entry.name in bundled:
            file = bundled[entry.name]
            entry = replace(entry, packaged=file["file"], packaged_sha256=file["sha256"])
        by_name[entry.name] = entry
    for name, entry in by_name.items():
        if entry.view_of:
            by_name[name] = _view(entry, by_name[entry.view_of])
    return dict(sorted(by_name.items()))


def _entry(name: str, terms: Mapping[str, Any]) -> CatalogueEntry:
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in terms.items()}
    files = plain.pop("prepared", {})
    plain["target"] = plain.get("target", "target") or None  # TOML has no null
    official = tuple(OfficialFile(**file) for file in plain.pop("official", ()))
    return CatalogueEntry(
        name=name,
        files=tuple(f"{name}/{file}" for file in files),
        prepared_sha256={f"{name}/{file}": digest for file, digest in files.items()},
        official=official,
        **plain,
    )


def _member(row: Mapping[str, str], terms: Mapping[str, Any]) -> CatalogueEntry:
    """One set of a collection: the collection's terms, and its own where it has any."""
    own = terms.get("sets", {}).get(row["name"], {})
    shared = {key: value for key, value in terms.items() if key != "sets"}
    name = f"{row['collection']}/{row['name']}"
    entry = _entry(name, {**shared, **own})
    file = f"{name}.csv"
    rows, nominal, features = int(row["rows"]), int(row["nominal"]), int(row["features"])
    traps = entry.traps
    if 0 < nominal < features:
        traps += (
            f"{nominal} of its {features} columns are nominal by declaration; those coded as numbers are "
            "read as numbers.",
        )
    return replace(
        entry,
        title=own.get("title", f"{entry.title}: {row['name']}"),
        files=(file,),
        prepared_sha256={file: row["sha256"]},
        traps=traps,
        nominal=nominal == features,
        rows=rows,
        features=features,
        classes=int(row["classes"]),
        ratio=float(row["ratio"]),
        smallest=int(row["smallest"]),
    )


def _view(entry: CatalogueEntry, source: CatalogueEntry) -> CatalogueEntry:
    own = {
        key: getattr(entry, key)
        for key in ("name", "title", "task", "view_of", "positive", "rows", "classes", "ratio", "smallest")
    }
    return replace(source, traps=(*entry.traps, *source.traps), **own)


def catalogue() -> dict[str, CatalogueEntry]:
    """Return every data set of the catalogue by its full name.

    Examples
    --------
    >>> catalogue()["tabular/adult"].task
    'binary'
    """
    return dict(_all())


def datasets(on: str | None = None) -> list[CatalogueEntry]:
    """List the data sets, all or those of one modality; the packaged ones come first.

    Parameters
    ----------
    on : {"table", "text", "peptide", "image", "series", "audio"}, optional

    Returns
    -------
    list of CatalogueEntry

    Raises
    ------
    BadOption
        A modality the catalogue has no sets of.

    Examples
    --------
    >>> datasets("text")[0].name
    'text/sms_spam'
    """
    if on is not None and on not in MODALITIES:
        raise BadOption(
            f"The 'on' parameter of datasets must be one of {tuple(MODALITIES)}. Got {on!r} instead."
        )
    chosen = [entry for entry in _all().values() if on is None or entry.modality == MODALITIES[on]]
    return sorted(chosen, key=lambda entry: (entry.packaged is None, entry.name))


def find_entry(name: str, *, missing_ok: bool = False) -> CatalogueEntry | None:
    """Find a data set by its full name or by the last parts of it.

    Where several sets end in the same part, the one in the package is meant.

    Parameters
    ----------
    name : str
    missing_ok : bool, default=False
        Return None instead of raising when there is no such set.

    Returns
    -------
    CatalogueEntry or None

    Raises
    ------
    BadOption
        No such set, or several; the message lists them.

    Examples
    --------
    >>> find_entry("ecoli").name
    'tabular/keel_multiclass/ecoli'
    """
    entries = _all()
    wanted = name.strip("/")
    if wanted in entries:
        return entries[wanted]
    found = [entry for full, entry in entries.items() if full.endswith(f"/{wanted}")]
    packaged = [entry for entry in found if entry.packaged]
    if len(found) == 1 or len(packaged) == 1:
        return (packaged or found)[0]
    if found:
        names = ", ".join(entry.name for entry in found)
        raise BadOption(
            f"Expected the name of one data set, got {name!r}, which could be {names}. Give the full name."
        )
    if missing_ok:
        return None
    near = _near(wanted, entries)
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Run 'steelyard list datasets'."
    raise BadOption(f"Expected a file or the name of a data set, got {name!r}, which is neither. {hint}")


def _near(wanted: str, entries: Mapping[str, CatalogueEntry]) -> list[str]:
    names = list(dict.fromkeys(entry.short_name for entry in entries.values()))
    return get_close_matches(wanted.rpartition("/")[2], names, n=NEAR)
