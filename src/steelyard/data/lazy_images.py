"""Images and masks that stay in their files until they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.array_items import IGNORED
from steelyard.data.byte_store import ByteStore
from steelyard.data.decode_image import Size, decode_image, decode_mask
from steelyard.data.read_images import stacked
from steelyard.data.read_table import MEMORY_MB
from steelyard.errors import BadTable

__all__ = ["LazyImages", "LazyMasks"]

MIB = 2**20


class _Lazy:
    """What images and masks share: a name an item, an array of equal size each."""

    item_shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __init__(self, store: ByteStore, names: Sequence[str] | NDArray[Any], *, memory_mb: int) -> None:
        self.store = store
        self.item_names = np.asarray(names, dtype=object)
        self.memory_mb = memory_mb

    @property
    def shape(self) -> tuple[int, ...]:
        """As of the array of all items."""
        return (len(self), *self.item_shape)

    @property
    def ndim(self) -> int:
        """Dimensions of the array of all items."""
        return len(self.shape)

    def __len__(self) -> int:
        return int(self.item_names.size)

    def __getitem__(self, which: Any) -> Any:
        """Read one item now; a slice or an array of numbers gives these items, still in their files."""
        if isinstance(which, (int, np.integer)):
            return self._read(str(self.item_names[which]))
        return self._of(self.item_names[which])

    def take(self, rows: Any) -> Any:
        """These items, still in their files."""
        return self._of(self.item_names[np.asarray(rows, dtype=np.intp)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Read all items, if they fit the budget."""
        size = int(np.prod(self.shape)) * self.dtype.itemsize
        if size > self.memory_mb * MIB:
            raise BadTable(
                f"Expected items that fit {self.memory_mb:,} MiB, got {len(self):,} of shape "
                f"{self.item_shape}, {size / MIB:,.0f} MiB. Read them one at a time, take fewer, or "
                "raise memory_mb."
            )
        read = stacked((self[i] for i in range(len(self))), len(self), "a set", memory_mb=self.memory_mb)
        return read if dtype is None else read.astype(dtype)

    @abstractmethod
    def _of(self, names: NDArray[Any]) -> Any:
        """The same kind of object over these names."""

    @abstractmethod
    def _read(self, name: str) -> NDArray[Any]:
        """One item, read now."""


class LazyImages(_Lazy):
    """Images of equal size, read from their files one at a time.

    Parameters
    ----------
    store : ByteStore
        Where the files are.
    names : sequence of str
        One an item.
    size : (height, width)
        What every image is brought to; see :func:`steelyard.data.decode_image.decode_image`.
    channels : {3, 1}, default=3
    memory_mb : int
        Budget in MiB where all are read at once (``numpy.asarray``).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from PIL import Image
    >>> from steelyard.data.byte_store import FolderBytes
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> Image.new("RGB", (6, 4)).save(folder / "a.png")
    >>> images = LazyImages(FolderBytes(folder), ["a.png", "a.png"], size=(2, 2))
    >>> images.shape, images[0].shape, len(images[:1])
    ((2, 3, 2, 2), (3, 2, 2), 1)
    """

    dtype = np.dtype(np.uint8)

    def __init__(
        self, store: ByteStore, names: Any, *, size: Size, channels: int = 3, memory_mb: int = MEMORY_MB
    ) -> None:
        super().__init__(store, names, memory_mb=memory_mb)
        self.size = tuple(size)
        self.channels = channels
        self.item_shape = (channels, *self.size)

    def _of(self, names: NDArray[Any]) -> LazyImages:
        return LazyImages(self.store, names, size=self.size, channels=self.channels, memory_mb=self.memory_mb)

    def _read(self, name: str) -> NDArray[np.uint8]:
        return decode_image(self.store.read(name), what=repr(name), channels=self.channels, size=self.size)


class LazyMasks(_Lazy):
    """Labels of pixels, read from their files one at a time.

    Parameters
    ----------
    store, names, size, memory_mb
        As of `LazyImages`.
    first : int, default=0
        The stored number of class 0; smaller ones mean no label.
    """

    dtype = np.dtype(np.int16)

    def __init__(
        self, store: ByteStore, names: Any, *, size: Size, first: int = 0, memory_mb: int = MEMORY_MB
    ) -> None:
        super().__init__(store, names, memory_mb=memory_mb)
        self.size = tuple(size)
        self.first = first
        self.item_shape = self.size

    def _of(self, names: NDArray[Any]) -> LazyMasks:
        return LazyMasks(self.store, names, size=self.size, first=self.first, memory_mb=self.memory_mb)

    def _read(self, name: str) -> NDArray[np.int16]:
        stored = decode_mask(self.store.read(name), what=repr(name), size=self.size).astype(np.int16)
        return np.where(stored < self.first, np.int16(IGNORED), stored - np.int16(self.first))
