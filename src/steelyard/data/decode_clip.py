"""One recording, as bytes, to a waveform; nothing but the expected formats is ever decoded."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadTable
from steelyard.kernels.optional import require

__all__ = ["Clip", "decode_clip"]

FORMATS = ("FLAC", "WAV", "WAVEX", "OGG", "AIFF")
MOST_SAMPLES = 2**26  # 23 minutes at 48 kHz, all channels together


class Clip(NamedTuple):
    """A waveform and how many samples a second it has.

    Parameters
    ----------
    wave : ndarray of float32
        Shape (t,), or (channels, t) where there are several; full scale is 1.
    rate : int
        Samples a second.
    """

    wave: NDArray[np.float32]
    rate: int


def decode_clip(data: bytes, *, what: str, start: float = 0.0, stop: float | None = None) -> Clip:
    """Decode a recording, or a piece of it.

    Parameters
    ----------
    data : bytes
        FLAC, WAV, Ogg or AIFF.
    what : str
        Which recording this is, for messages.
    start, stop : float
        Seconds; all of it by default. The piece has at least one sample.

    Returns
    -------
    Clip

    Raises
    ------
    BadTable
        Not a whole recording of these formats, an empty one, one of more than 67 million samples, or a piece
        that begins after its end.
    MissingExtra
        The package soundfile is not installed.
    """
    soundfile = require("soundfile", extra="audio", for_="Reading sound")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.format not in FORMATS:
                raise BadTable(
                    f"Expected {', '.join(FORMATS)} in {what}, got {file.format}. Convert it first."
                )
            first, last = _piece(file, start, stop, what)
            file.seek(first)
            wave = file.read(last - first, dtype="float32", always_2d=True)
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, OSError, RuntimeError) as error:
        raise BadTable(
            f"Expected a whole recording ({', '.join(FORMATS)}) in {what}, got something else ({error}). "
            "Fetch it again."
        ) from error
    if len(wave) != last - first:
        raise BadTable(
            f"Expected {last - first:,} samples in {what}, got {len(wave):,}: it is cut off. Fetch it again."
        )
    return Clip(np.ascontiguousarray(wave[:, 0] if wave.shape[1] == 1 else wave.T), rate)


def _piece(file: Any, start: float, stop: float | None, what: str) -> tuple[int, int]:
    """First sample, and the one after the last; a stop a little after the end means the end."""
    n, rate = int(file.frames), int(file.samplerate)
    if n < 1:
        raise BadTable(f"Expected sound in {what}, got no samples. Leave it out.")
    first = round(start * rate)
    last = n if stop is None else min(round(stop * rate), n)
    if not 0 <= first < last:
        raise BadTable(
            f"Expected a piece of {what} within its {n / rate:.3f} seconds, got {start} to {stop}. "
            "Correct the times."
        )
    if (last - first) * int(file.channels) > MOST_SAMPLES:
        raise BadTable(f"Expected at most {MOST_SAMPLES:,} samples in {what}, got more. Cut it first.")
    return first, last
