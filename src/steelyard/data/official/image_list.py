"""Lists of a path and a label a line over a folder of images, as ImageNet-LT and iNaturalist come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from steelyard.data.array_dataset import dataset_of
from steelyard.data.array_items import ArrayItems
from steelyard.data.byte_store import FolderBytes
from steelyard.data.decode_image import Size
from steelyard.data.lazy_images import LazyImages
from steelyard.data.open_archive import inside
from steelyard.errors import BadTable
from steelyard.records import Dataset

__all__ = ["read_image_list"]

MIB = 2**20
LIST_MB = 256
USUAL_SIZE = (224, 224)


def read_image_list(
    lists: str | Path | Mapping[str, str | Path], root: str | Path, *, size: Size = USUAL_SIZE
) -> Dataset:
    """Read a long-tailed set that is given as lists over a folder.

    Parameters
    ----------
    lists : path-like, or mapping of part to path-like
        Text files with a path below ``root``, a blank and a whole number a line, such as
        ``{"train": "ImageNet_LT_train.txt", "test": "ImageNet_LT_test.txt"}``.
    root : path-like
        The folder the paths start from.
    size : (height, width), default=(224, 224)
        What every image is scaled and cut to when it is read.

    Returns
    -------
    Dataset
        ``X`` are images that stay in their files until they are asked for, of shape (n, 3, h, w); ``y`` the
        labels as numbers; ``part`` where ``lists`` names parts.

    Raises
    ------
    BadTable
        A line of another form, a path that leads out of the folder, or a file that is not there. Whether
        the images can be decoded is found when they are read.

    References
    ----------
    Liu et al., Large-scale long-tailed recognition in an open world, CVPR 2019 (ImageNet-LT, Places-LT);
    Van Horn et al., The iNaturalist species classification and detection dataset, CVPR 2018.
    """
    store = FolderBytes(Path(root))
    named = lists if isinstance(lists, Mapping) else {"": lists}
    frames = [_lines(Path(path)).assign(part=part) for part, path in named.items()]
    columns = pd.concat(frames, ignore_index=True)
    missing = [name for name in columns["path"] if not (store.root / name).is_file()]
    if missing:
        raise BadTable(
            f"Expected {len(columns):,} images below {str(root)!r}, got none for {len(missing):,} of them, "
            f"the first is {missing[0]!r}. Unpack the images there."
        )
    return dataset_of(
        ArrayItems(LazyImages(store, columns["path"], size=size), columns),
        target="label",
        roles={"part": "part"} if isinstance(lists, Mapping) else None,
        name=Path(next(iter(named.values()))).stem,
    )


def _lines(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise BadTable(f"Expected a list at {str(path)!r}, got no file there.")
    if path.stat().st_size > LIST_MB * MIB:
        raise BadTable(f"Expected a list of at most {LIST_MB} MiB, got more in {str(path)!r}.")
    names, labels = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        name, _, label = line.strip().rpartition(" ")
        if not name or not label.isdecimal():
            raise BadTable(
                f"Expected a path, a blank and a label in line {number} of {str(path)!r}, got {line[:80]!r}."
            )
        if not inside(name):
            raise BadTable(
                f"Expected paths below one folder in {str(path)!r}, got {name!r} in line {number}, which "
                "leads out of it."
            )
        names.append(name)
        labels.append(int(label))
    if not names:
        raise BadTable(f"Expected lines with a path and a label in {str(path)!r}, got none.")
    return pd.DataFrame({"path": names, "label": np.asarray(labels, dtype=np.int64)})
