"""Sound that stays in its files, or encoded in memory, until it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.byte_store import ByteStore
from steelyard.data.decode_clip import Clip, decode_clip
from steelyard.errors import BadTable

__all__ = ["LazyClips"]


class LazyClips:
    """Clips of any length and sampling rate, decoded one at a time.

    Parameters
    ----------
    store : ByteStore
        Where the recordings are.
    names : sequence of str
        One a clip.
    starts, stops : sequence of float, optional
        Seconds within the recording; the whole recording by default.

    Notes
    -----
    An item is a `Clip`: ``wave, rate = clips[0]``, a float32 waveform of shape (t,), or (channels, t) where
    there are several channels, full scale 1, and its samples a second. Clips differ in length, so there is no
    array of all of them; `steelyard.data.LogMel` makes one.

    Examples
    --------
    >>> import pytest; _ = pytest.importorskip("soundfile")
    >>> import pathlib, tempfile, soundfile
    >>> from steelyard.data.byte_store import FolderBytes
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> soundfile.write(folder / "a.flac", np.zeros(800), 8000)
    >>> clips = LazyClips(FolderBytes(folder), ["a.flac", "a.flac"], starts=[0, 0.05], stops=[0.1, 0.1])
    >>> len(clips), clips[0].wave.shape, clips[1].wave.shape, clips[1].rate
    (2, (800,), (400,), 8000)
    """

    def __init__(
        self,
        store: ByteStore,
        names: Sequence[str] | NDArray[Any],
        *,
        starts: Sequence[float] | NDArray[Any] | None = None,
        stops: Sequence[float] | NDArray[Any] | None = None,
    ) -> None:
        self.store = store
        self.item_names = np.asarray(names, dtype=object)
        self.starts = None if starts is None else np.asarray(starts, dtype=np.float64)
        self.stops = None if stops is None else np.asarray(stops, dtype=np.float64)
        for told in (self.starts, self.stops):
            if told is not None and told.shape != self.item_names.shape:
                raise BadTable(
                    f"Expected a start and a stop for each of {len(self):,} clips, got shape {told.shape}."
                )

    def __len__(self) -> int:
        return int(self.item_names.size)

    def __getitem__(self, which: Any) -> Any:
        """Decode one clip now; a slice or an array of numbers or truth values gives these, still encoded."""
        if isinstance(which, (int, np.integer)):
            return self._read(int(which))
        pieces = {
            name: None if told is None else told[which]
            for name, told in (("starts", self.starts), ("stops", self.stops))
        }
        return LazyClips(self.store, self.item_names[which], **pieces)

    def take(self, rows: Any) -> LazyClips:
        """These clips, still encoded."""
        taken: LazyClips = self[np.asarray(rows, dtype=np.intp)]
        return taken

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Refuse: what would be an array of equal lengths is for an encoder to make."""
        raise BadTable(
            f"Expected an encoder between {len(self):,} clips of several lengths and an array, got none. "
            "Use steelyard.data.LogMel().fit_transform(clips)."
        )

    def _read(self, number: int) -> Clip:
        name = str(self.item_names[number])
        return decode_clip(
            self.store.read(name),
            what=repr(name),
            start=0.0 if self.starts is None else float(self.starts[number]),
            stop=None if self.stops is None else float(self.stops[number]),
        )
