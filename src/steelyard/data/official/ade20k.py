"""ADE20K as the scene parsing challenge of 2016 gave it: photographs and a class for each pixel."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pandas as pd

from steelyard.data.array_dataset import dataset_of
from steelyard.data.array_items import ArrayItems
from steelyard.data.byte_store import ByteStore, FolderBytes, ZipBytes
from steelyard.data.decode_image import Size
from steelyard.data.lazy_images import LazyImages, LazyMasks
from steelyard.data.read_table import MEMORY_MB
from steelyard.errors import BadTable
from steelyard.records import Dataset

__all__ = ["ade20k_items", "read_ade20k"]

USUAL_SIZE = (512, 512)
PARTS = {"training": "train", "validation": "dev"}
FOLDERS = (("images", ".jpg"), ("annotations", ".png"))
DEPTH = 3  # images/training/name.jpg
FIRST_CLASS = 1  # 0 marks pixels without a label


def read_ade20k(path: str | Path, *, size: Size = USUAL_SIZE, memory_mb: int = MEMORY_MB) -> Dataset:
    """Read ADE20K.

    Parameters
    ----------
    path : path-like
        ``ADEChallengeData2016.zip`` as it is downloaded, or the folder that comes out of it.
    size : (height, width), default=(512, 512)
        What images and masks are scaled and cut to alike; the labels of pixels are never mixed.
    memory_mb : int
        Budget in MiB where many are read at once.

    Returns
    -------
    Dataset
        ``X`` and ``y`` stay in their files until they are asked for: images (n, 3, h, w), masks (n, h, w)
        with the classes 0 to 149, which are 1 to 150 in the files, and -100 where there is no label.
        ``part`` is "train" or "dev" (the official validation part).

    Raises
    ------
    BadTable
        Not this set, an image without its mask, or a damaged archive.

    Notes
    -----
    A ``Dataset`` of masks that are still in files has no digest, and its ``counts`` read every mask:
    take a part of it first.

    References
    ----------
    Zhou et al., Scene parsing through ADE20K dataset, CVPR 2017; https://groups.csail.mit.edu/vision/datasets/ADE20K.
    """
    return dataset_of(
        ade20k_items(Path(path), size=size, memory_mb=memory_mb),
        roles={"part": "part"},
        name="ade20k",
        licence="images for non-commercial research and education only; annotations BSD-3-Clause",
    )


def ade20k_items(path: Path, *, size: Size = USUAL_SIZE, memory_mb: int) -> ArrayItems:
    """Images and masks of ADE20K with the columns ``name`` and ``part``."""
    store: ByteStore = FolderBytes(path) if path.is_dir() else ZipBytes(path)
    found: dict[tuple[str, str, str], str] = {}
    for name in store.names():
        pure = PurePosixPath(name)
        if len(pure.parts) >= DEPTH and (pure.parts[-3], pure.suffix) in FOLDERS:
            found[pure.parts[-3], pure.parts[-2], pure.stem] = name
    items = sorted(
        ((part, stem) for role, part, stem in found if role == "images" and part in PARTS),
        key=lambda item: (list(PARTS).index(item[0]), item[1]),
    )
    if not items:
        raise BadTable(
            f"Expected images/training/*.jpg and annotations/training/*.png in {str(path)!r}, got neither. "
            "Give the archive ADEChallengeData2016.zip or its folder."
        )
    lone = [stem for part, stem in items if ("annotations", part, stem) not in found]
    if lone:
        raise BadTable(f"Expected a mask for each image in {str(path)!r}, got none for {lone[0]!r}.")
    told = pd.DataFrame({"name": [stem for _, stem in items], "part": [PARTS[part] for part, _ in items]})
    photographs = [found["images", part, stem] for part, stem in items]
    labels = [found["annotations", part, stem] for part, stem in items]
    return ArrayItems(
        LazyImages(store, photographs, size=size, memory_mb=memory_mb),
        told,
        LazyMasks(store, labels, size=size, first=FIRST_CLASS, memory_mb=memory_mb),
    )
