"""STARE: twenty photographs of the retina and the vessels that one expert drew."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from steelyard.data.array_dataset import dataset_of
from steelyard.data.array_items import ArrayItems
from steelyard.data.decode_image import decode_image
from steelyard.data.open_archive import tar_files
from steelyard.data.read_images import stacked
from steelyard.data.read_table import MEMORY_MB
from steelyard.errors import BadTable
from steelyard.records import Dataset

__all__ = ["read_stare", "stare_items"]

MIB = 2**20
FILE_MB, TOTAL_MB = 16, 128
SUFFIX = ".ppm.gz"
EXPERTS = (".ah", ".vk")
VESSEL = 128  # masks are drawn in 0 and 255


def read_stare(images: str | Path, labels: str | Path, *, memory_mb: int = MEMORY_MB) -> Dataset:
    """Read STARE.

    Parameters
    ----------
    images, labels : path-like
        ``stare-images.tar``, and ``labels-ah.tar`` or ``labels-vk.tar``, as they are downloaded.
    memory_mb : int
        Budget in MiB.

    Returns
    -------
    Dataset
        ``X`` of uint8, shape (n, 3, h, w); ``y`` masks (n, h, w), 1 where there is a vessel. There is no
        official split: split by image.

    Raises
    ------
    BadTable
        An image without its mask, a damaged archive, or a name in it that leads out of its folder.

    References
    ----------
    Hoover, Kouznetsova and Goldbaum, Locating blood vessels in retinal images by piecewise threshold
    probing of a matched filter response, IEEE Transactions on Medical Imaging 19, 2000;
    https://cecas.clemson.edu/~ahoover/stare.
    """
    return dataset_of(
        stare_items(Path(images), Path(labels), memory_mb=memory_mb),
        name="stare",
        licence="none stated; for research, with citation",
    )


def stare_items(images: Path, labels: Path, *, memory_mb: int) -> ArrayItems:
    """Images and masks of STARE with the column ``name``."""
    photographs, drawn = _unpacked(images), _unpacked(labels)
    if sorted(photographs) != sorted(drawn) or not photographs:
        lone = sorted(set(photographs) ^ set(drawn))
        raise BadTable(
            f"Expected a mask in {str(labels)!r} for each image of {str(images)!r}, got none for {lone[:3]}."
        )
    names = sorted(photographs)
    X = stacked(
        (decode_image(photographs[name], what=name, channels=3) for name in names),
        len(names),
        str(images),
        memory_mb=memory_mb,
    )
    masks = stacked(
        (decode_image(drawn[name], what=name, channels=1)[0] for name in names),
        len(names),
        str(labels),
        memory_mb=memory_mb,
    )
    if masks.shape[1:] != X.shape[2:]:
        raise BadTable(f"Expected masks of the images' size {X.shape[2:]}, got {masks.shape[1:]}.")
    return ArrayItems(X, pd.DataFrame({"name": names}), (masks >= VESSEL).astype(np.int16))


def _unpacked(path: Path) -> dict[str, bytes]:
    """The images of one archive by their names, such as ``im0001``."""
    found = {}
    for name, packed in tar_files(
        path, lambda name: name.endswith(SUFFIX), file_mb=FILE_MB, total_mb=TOTAL_MB
    ):
        stem = PurePosixPath(name).name.removesuffix(SUFFIX)
        for expert in EXPERTS:
            stem = stem.removesuffix(expert)
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(packed)) as unpacked:
                data = unpacked.read(FILE_MB * MIB + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise BadTable(f"Expected a whole gzip file {name!r} in {str(path)!r}, got: {error}.") from error
        if len(data) > FILE_MB * MIB:
            raise BadTable(f"Expected at most {FILE_MB} MiB in {name!r} of {str(path)!r}, got more.")
        found[stem] = data
    return found
