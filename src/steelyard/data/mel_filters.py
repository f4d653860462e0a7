"""Triangular filters of equal area along the mel scale of the Auditory Toolbox."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["mel_filters"]

HERTZ_PER_MEL = 200 / 3  # below the knee
KNEE = 1000.0  # hertz; above, the scale is logarithmic
LOG_STEP = np.log(6.4) / 27  # 27 steps from 1,000 to 6,400 hertz


def mel_filters(rate: int, n_fft: int, n_mels: int) -> NDArray[np.float32]:
    """Return the weight of each frequency in each band, shape (n_mels, 1 + n_fft // 2).

    Parameters
    ----------
    rate : int
        Samples a second.
    n_fft : int
        Samples a frame.
    n_mels : int
        Bands, from 0 to half the rate.

    Returns
    -------
    ndarray of float32
        Per hertz.

    Raises
    ------
    BadOption
        So many bands that one holds no frequency of the transform.

    Notes
    -----
    Band b rises from corner b to corner b + 1 and falls to corner b + 2, of ``n_mels + 2`` corners equally
    spaced in mels. A mel is 200/3 hertz up to 1,000 hertz, and a factor of ``6.4**(1/27)`` above. The
    triangle has height 2 over its width, so each band has area 1. These are the filters of Slaney's toolbox,
    which librosa calls ``htk=False, norm="slaney"``.

    References
    ----------
    Slaney, Auditory toolbox, version 2, Interval Research Corporation technical report 1998-010.

    Examples
    --------
    >>> filters = mel_filters(8000, 512, 40)
    >>> filters.shape, bool(np.all(filters.sum(axis=1) > 0))
    ((40, 257), True)
    """
    corners = _hertz(np.linspace(0.0, _mels(rate / 2), n_mels + 2))
    frequencies = np.arange(1 + n_fft // 2) * rate / n_fft
    low, middle, high = (corners[step : step + n_mels, None] for step in range(3))
    rise = (frequencies - low) / (middle - low)
    fall = (high - frequencies) / (high - middle)
    filters = np.maximum(0.0, np.minimum(rise, fall)) * 2 / (high - low)
    empty = np.flatnonzero(filters.sum(axis=1) == 0)
    if empty.size:
        raise BadOption(
            f"Expected each of {n_mels} bands to hold a frequency of a transform of {n_fft} samples at "
            f"{rate:,} hertz, got {empty.size} without. Lower n_mels or raise n_fft."
        )
    return np.asarray(filters, dtype=np.float32)


def _mels(hertz: float) -> float:
    if hertz < KNEE:
        return hertz / HERTZ_PER_MEL
    return float(KNEE / HERTZ_PER_MEL + np.log(hertz / KNEE) / LOG_STEP)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    above = np.maximum(mels - KNEE / HERTZ_PER_MEL, 0.0)
    return np.minimum(mels, KNEE / HERTZ_PER_MEL) * HERTZ_PER_MEL * np.exp(above * LOG_STEP)
