"""What the catalogue says of one public data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CatalogueEntry", "OfficialFile"]

ARRAYS = ("image", "series", "audio")


@dataclass(frozen=True)
class OfficialFile:
    """One file at an official address; ``sha256`` is None where nobody we can cite has written it down.

    ``member`` is the file inside a zip archive, ``part`` the official part its rows belong to.
    """

    url: str
    sha256: str | None = None
    member: str | None = None
    part: str | None = None
    max_mb: int = 64


@dataclass(frozen=True)
class CatalogueEntry:
    """One public data set.

    Attributes
    ----------
    name : str
        Its path in the data index, such as ``tabular/fars``; the last part alone is enough where unique.
    title, task, modality : str
        What it is about; ``binary``, ``multiclass``, ``multilabel`` or ``segmentation``; ``table``,
        ``text``, ``peptide``, ``image``, ``series`` or ``audio``.
    target : str or None
        The label column; None when one of ``other_targets`` must be chosen.
    other_targets : tuple of str
        Further label columns, which are never features.
    files, parts : tuple of str
        Prepared files below the folder ``STEELYARD_DATA``, and the official part of each (or none).
    prepared_sha256, official_sha256 : mapping
        Digest per prepared file, and per official address (None where unknown).
    packaged : str or None
        Its file inside the package.
    url : str or None
        A page that describes it.
    official : tuple of OfficialFile
        Where it can be downloaded; empty where ``by_hand`` says what is needed instead.
    licence, licence_letter, attribution : str
        Its terms, in words and as a letter: A with attribution, S share-alike, N non-commercial, ? unclear.
    traps : tuple of str
        What an honest experiment must know.
    drop : mapping of str to str
        Columns that are no features, and why.
    groups, time, part : str or None
        Columns with these roles; ``time`` is made of ``derive_time`` (year, month, ...) where that is given.
    text : tuple of str
        Free-text columns.
    layout : mapping
        How images, series or clips lie in the files: ``read`` names the reader, the rest are its arguments;
        ``part_names`` are other words for the official parts.
    shape : tuple of int
        Of one image or series, channels first; none for clips, which differ in length.
    rows, features, classes, smallest : int
        As loaded; ``ratio`` is the most over the least frequent class. Of a multi-label set ``classes``
        counts the labels, and the other two are those of the rarest, absent over present. Of masks the
        last three are of pixels. 0 where nobody has counted yet.
    """

    name: str
    title: str
    modality: str = "table"
    task: str = "multiclass"
    target: str | None = "target"
    other_targets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    prepared_sha256: Mapping[str, str] = field(default_factory=dict)
    packaged: str | None = None
    packaged_sha256: str | None = None
    url: str | None = None
    official: tuple[OfficialFile, ...] = ()
    official_format: Mapping[str, Any] = field(default_factory=dict)
    by_hand: str = ""
    licence: str = ""
    licence_letter: str = "?"
    attribution: str = ""
    traps: tuple[str, ...] = ()
    drop: Mapping[str, str] = field(default_factory=dict)
    groups: str | None = None
    time: str | None = None
    derive_time: tuple[str, ...] = ()
    part: str | None = None
    text: tuple[str, ...] = ()
    exclude: tuple[Mapping[str, Any], ...] = ()
    drop_missing_target: bool = False
    nominal: bool = False
    layout: Mapping[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] = ()
    view_of: str | None = None
    positive: str | None = None
    rows: int = 0
    features: int = 0
    classes: int = 0
    ratio: float = 0.0
    smallest: int = 0

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]

    @property
    def official_sha256(self) -> dict[str, str | None]:
        """Digest of each official file, None where it is not known."""
        return {file.url: file.sha256 for file in self.official}

    @property
    def where(self) -> str:
        """Where it is found: in the package, at its official address, or only in a prepared folder."""
        return "package" if self.packaged else "download" if self.official else "folder"

    @property
    def in_arrays(self) -> bool:
        """Whether it is images, series or sound, not a table."""
        return self.modality in ARRAYS
