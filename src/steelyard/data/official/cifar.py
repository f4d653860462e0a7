"""CIFAR-10 and CIFAR-100 in their binary version: a label byte or two, then 3,072 bytes of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import pandas as pd

from steelyard.data.array_dataset import dataset_of
from steelyard.data.array_items import ArrayItems
from steelyard.data.open_archive import tar_files
from steelyard.data.read_table import MEMORY_MB
from steelyard.errors import BadTable
from steelyard.records import Dataset

__all__ = ["cifar10_items", "cifar100_items", "read_cifar10", "read_cifar100"]

MIB = 2**20
SHAPE = (3, 32, 32)
PIXELS = 3072
FILE_MB, TOTAL_MB = 160, 256
LICENCE = "none stated; for research, with citation of Krizhevsky (2009)"


@dataclass(frozen=True)
class _Layout:
    """Which files hold what: records by part, and the names of each label byte."""

    parts: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.parts} | {file for _, file in self.labels}


CIFAR10 = _Layout(
    (*((f"data_batch_{number}.bin", "train") for number in range(1, 6)), ("test_batch.bin", "test")),
    (("target", "batches.meta.txt"),),
)
CIFAR100 = _Layout(
    (("train.bin", "train"), ("test.bin", "test")),
    (("coarse", "coarse_label_names.txt"), ("fine", "fine_label_names.txt")),
)


def read_cifar10(path: str | Path, *, memory_mb: int = MEMORY_MB) -> Dataset:
    """Read CIFAR-10.

    Parameters
    ----------
    path : path-like
        ``cifar-10-binary.tar.gz`` as it is downloaded, or the folder that comes out of it. The pickled
        "python version" is not read.
    memory_mb : int
        Budget in MiB.

    Returns
    -------
    Dataset
        ``X`` of uint8, shape (60000, 3, 32, 32); ``y`` the names of the classes; ``part`` "train" and "test".

    Raises
    ------
    BadTable
        A file is missing, cut off, too large, or has a label that has no name.

    References
    ----------
    Krizhevsky, Learning multiple layers of features from tiny images, 2009;
    https://www.cs.toronto.edu/~kriz/cifar.html.
    """
    return dataset_of(
        cifar10_items(Path(path), memory_mb=memory_mb),
        target="target",
        roles={"part": "part"},
        name="cifar10",
        licence=LICENCE,
    )


def read_cifar100(
    path: str | Path, *, labels: Literal["fine", "coarse"] = "fine", memory_mb: int = MEMORY_MB
) -> Dataset:
    """Read CIFAR-100.

    Parameters
    ----------
    path : path-like
        ``cifar-100-binary.tar.gz`` or the folder that comes out of it.
    labels : {"fine", "coarse"}
        The hundred classes or the twenty groups of five.
    memory_mb : int
        Budget in MiB.

    Returns
    -------
    Dataset
        As of `read_cifar10`.

    Raises
    ------
    BadTable
        As of `read_cifar10`.
    """
    return dataset_of(
        cifar100_items(Path(path), memory_mb=memory_mb),
        target=labels,
        roles={"part": "part"},
        name="cifar100",
        licence=LICENCE,
    )


def cifar10_items(path: Path, *, memory_mb: int) -> ArrayItems:
    """Images of CIFAR-10 with the columns ``target`` and ``part``."""
    return _items(path, CIFAR10, memory_mb)


def cifar100_items(path: Path, *, memory_mb: int) -> ArrayItems:
    """Images of CIFAR-100 with the columns ``coarse``, ``fine`` and ``part``."""
    return _items(path, CIFAR100, memory_mb)


def _items(path: Path, layout: _Layout, memory_mb: int) -> ArrayItems:
    files = _files(path, layout, memory_mb)
    names = {column: _names(files[file]) for column, file in layout.labels}
    width = len(layout.labels) + PIXELS
    images, columns = [], []
    for file, part in layout.parts:
        if len(files[file]) % width or not files[file]:
            raise BadTable(
                f"Expected whole records of {width:,} bytes in {file!r} of {str(path)!r}, got "
                f"{len(files[file]):,} bytes. It is cut off or the python version; fetch the binary version."
            )
        records = np.frombuffer(files[file], dtype=np.uint8).reshape(-1, width)
        images.append(records[:, len(layout.labels) :].reshape(-1, *SHAPE))
        told = {
            column: _words(records[:, number], names[column], file)
            for number, (column, _) in enumerate(layout.labels)
        }
        columns.append(pd.DataFrame({**told, "part": part}))
    return ArrayItems(np.concatenate(images), pd.concat(columns, ignore_index=True))


def _files(path: Path, layout: _Layout, memory_mb: int) -> dict[str, bytes]:
    if path.is_dir():
        there = {name: path / name for name in layout.files if (path / name).is_file()}
        size = sum(file.stat().st_size for file in there.values())
        _refuse_size(size, path, memory_mb)
        found = {name: file.read_bytes() for name, file in there.items()}
    else:
        found = {
            PurePosixPath(name).name: data
            for name, data in tar_files(
                path,
                lambda name: PurePosixPath(name).name in layout.files,
                file_mb=FILE_MB,
                total_mb=min(TOTAL_MB, memory_mb),
            )
        }
    missing = sorted(layout.files - set(found))
    if missing:
        raise BadTable(
            f"Expected the files {sorted(layout.files)} in {str(path)!r}, got none of {missing}. Fetch the "
            "binary version of the set."
        )
    return found


def _refuse_size(size: int, path: Path, memory_mb: int) -> None:
    most = min(TOTAL_MB, memory_mb)
    if size > most * MIB:
        raise BadTable(f"Expected at most {most} MiB in {str(path)!r}, got {size / MIB:,.0f}.")


def _names(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").split()


def _words(codes: np.ndarray, names: list[str], file: str) -> np.ndarray:
    if codes.max() >= len(names):
        raise BadTable(
            f"Expected labels below {len(names)}, as many as there are names, in {file!r}, got "
            f"{codes.max()}. It is another set or damaged."
        )
    return np.asarray(names)[codes]
