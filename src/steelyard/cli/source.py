"""The table a command works on, and the class it is after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from steelyard.cli.options import reading_of

if TYPE_CHECKING:  # records bring numpy, which --help does without
    from steelyard.records import Dataset

__all__ = ["label_of", "read_source"]


def read_source(source: str, target: str | None, options: Mapping[str, Any]) -> Dataset:
    """Read the table as the options say."""
    from steelyard.data import load

    return load(source, target=target, **reading_of(options))


def label_of(dataset: Dataset, text: str | None) -> Any:
    """The label that reads as ``text``; labels of a table may be numbers, options are text."""
    return next((label for label in dataset.counts if str(label) == text), text)
