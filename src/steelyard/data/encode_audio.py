"""Clips to logarithmic mel spectrograms of one size."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft, signal
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from steelyard.data.mel_filters import mel_filters
from steelyard.errors import BadOption, BadTable

__all__ = ["LogMel"]

STANDARDS = ("clip", None)
LEAST_POWER = 1e-10  # -100 dB of full scale: silence has a logarithm too
DECIBEL = 10.0
FLAT = 1e-4  # dB; what deviates less is silence and rounding
PAIR = 2  # (wave, rate)
CHANNELS_FIRST = 2  # dimensions (channels, t)


class LogMel(TransformerMixin, BaseEstimator):
    """Log-mel spectrograms of equal size from clips of any length and rate.

    Parameters
    ----------
    n_mels : int, default=128
        Bands.
    n_fft : int, default=1024
        Samples a frame.
    hop : int, default=256
        Samples from one frame to the next.
    sample_rate : int or None, default=None
        What every clip is brought to; None is the most frequent rate that ``fit`` sees, the lowest of
        equally frequent ones.
    seconds : float or None, default=None
        Length that every clip is cut or padded to; None is that of the longest clip that ``fit`` sees.
    standardise : {"clip", None}, default="clip"
        "clip" gives each spectrogram mean 0 and deviation 1; None leaves decibels.
    range_db : float, default=80.0
        Decibels below the loudest value of a clip at which its levels end: what is padded or hidden in the
        noise of the recorder else outweighs what is heard. ``numpy.inf`` ends them nowhere.

    Attributes
    ----------
    sample_rate_ : int
    length_ : int
        Samples a clip, after resampling; at least one.
    shape_ : tuple of int
        Of one spectrogram, (1, mels, frames).

    Notes
    -----
    A frame is weighted by Hann's window, its power spectrum weighted by triangular filters (see
    `mel_filters`), and the result put in decibels of full scale, no lower than -100 and ``range_db``. Frames
    are centred at multiples of ``hop`` over a clip with silence on both sides, so there are
    ``1 + length // hop``.

    Clips longer than ``seconds`` are cut about their middle, shorter ones get silence after their end.
    Several channels become their mean. A clip of one sample is a click in silence. A silent clip is -100 dB
    throughout, and zeros where it is standardised. Nothing but rate and length is learned from clips.

    Fourier transform, window and polyphase resampling are those of SciPy. It gives what librosa's
    ``melspectrogram`` and ``power_to_db`` give, and starts at once: librosa compiles for half a
    minute at its first call on a machine.

    References
    ----------
    Davis and Mermelstein, Comparison of parametric representations for monosyllabic word recognition in
    continuously spoken sentences, IEEE TASSP 28, 1980; Slaney, Auditory toolbox, 1998, for the filters.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000).astype(np.float32)
    >>> mel = LogMel(n_mels=32, n_fft=512, sample_rate=8000)
    >>> mel.fit_transform([tone, tone[:4000]]).shape
    (2, 1, 32, 32)
    """

    def __init__(
        self,
        n_mels: int = 128,
        n_fft: int = 1024,
        hop: int = 256,
        sample_rate: int | None = None,
        seconds: float | None = None,
        standardise: str | None = "clip",
        range_db: float = 80.0,
    ) -> None:
        self.n_mels = n_mels
        self.n_fft = n_fft
        self.hop = hop
        self.sample_rate = sample_rate
        self.seconds = seconds
        self.standardise = standardise
        self.range_db = range_db

    def fit(self, X: Any, y: Any = None) -> LogMel:
        """Note rate and length; where both are given, no clip is read.

        Parameters
        ----------
        X : LazyClips, or sequence of n clips
            A clip is a pair of waveform and rate, or a waveform alone, which is taken to have
            ``sample_rate``. A waveform has shape (t,) or (channels, t).
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        BadOption
            A parameter makes no sense.
        BadTable
            No clips, or one that is no waveform.
        """
        self._check_parameters()
        if len(X) == 0:
            raise BadTable("Expected clips, got none.")
        if self.sample_rate is None or self.seconds is None:
            told = [(wave.size, rate) for wave, rate in self._clips(X)]
            rates, counts = np.unique([rate for _, rate in told], return_counts=True)
            longest = max(size / rate for size, rate in told)
        self.sample_rate_ = int(rates[counts.argmax()]) if self.sample_rate is None else int(self.sample_rate)
        seconds = longest if self.seconds is None else self.seconds
        self.length_ = max(1, round(seconds * self.sample_rate_))
        self.filters_ = mel_filters(self.sample_rate_, self.n_fft, self.n_mels)
        self.shape_ = (1, self.n_mels, 1 + self.length_ // self.hop)
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Return the spectrogram of each clip.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        ndarray of float32, shape (n, 1, mels, frames)

        Raises
        ------
        BadTable
            A clip that is no waveform, is empty, or holds NaN or infinite numbers.
        """
        check_is_fitted(self)
        made = np.empty((len(X), *self.shape_), dtype=np.float32)
        for number, (wave, rate) in enumerate(self._clips(X)):
            made[number, 0] = self._spectrogram(self._fitted(wave, rate))
        return made

    def _spectrogram(self, wave: NDArray[np.float32]) -> NDArray[np.float32]:
        around = np.pad(wave, (self.n_fft // 2, self.n_fft - self.n_fft // 2))
        frames = sliding_window_view(around, self.n_fft)[:: self.hop][: self.shape_[2]]
        window = signal.get_window("hann", self.n_fft).astype(np.float32)
        power = np.square(np.abs(fft.rfft(frames * window, axis=1)))
        levels = DECIBEL * np.log10(np.maximum(power @ self.filters_.T, LEAST_POWER)).T
        levels = np.maximum(levels, levels.max() - self.range_db)
        if self.standardise is None:
            return np.asarray(levels, dtype=np.float32)
        spread = levels.std()
        centred = levels - levels.mean()
        return np.asarray(centred / spread if spread > FLAT else np.zeros_like(centred), dtype=np.float32)

    def _fitted(self, wave: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        """The waveform at the common rate and of the common length."""
        if rate != self.sample_rate_:
            common = gcd(rate, self.sample_rate_)
            wave = signal.resample_poly(wave, self.sample_rate_ // common, rate // common)
        if wave.size >= self.length_:
            first = (wave.size - self.length_) // 2
            return wave[first : first + self.length_]
        return np.pad(wave, (0, self.length_ - wave.size))

    def _clips(self, X: Any) -> Iterator[tuple[NDArray[np.float32], int]]:
        """Waveform of one channel, and rate, of each clip."""
        for number in range(len(X)):
            clip = X[number]
            if isinstance(clip, tuple) and len(clip) == PAIR:
                wave, rate = clip
            elif self.sample_rate is None:
                raise BadTable(
                    f"Expected the rate of clip {number}, got a waveform alone. Give pairs (wave, rate), or "
                    "set sample_rate."
                )
            else:
                wave, rate = clip, self.sample_rate
            yield _one_channel(wave, number), _whole_rate(rate, number)

    def _check_parameters(self) -> None:
        for name in ("n_mels", "n_fft", "hop", "sample_rate"):
            value = getattr(self, name)
            least = 2 if name == "n_fft" else 1
            if value is None and name == "sample_rate":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise BadOption(
                    f"The {name!r} parameter of LogMel must be an int in the range [{least}, inf). "
                    f"Got {value!r} instead."
                )
        seconds = self.seconds
        if seconds is not None and not (
            isinstance(seconds, (int, float, np.number))
            and not isinstance(seconds, bool)
            and 0 < seconds < np.inf
        ):
            raise BadOption(
                "The 'seconds' parameter of LogMel must be None or a float in the range (0, inf). "
                f"Got {seconds!r} instead."
            )
        if isinstance(self.range_db, bool) or not (
            isinstance(self.range_db, (int, float, np.number)) and self.range_db > 0
        ):
            raise BadOption(
                "The 'range_db' parameter of LogMel must be a float in the range (0, inf]. "
                f"Got {self.range_db!r} instead."
            )
        if self.standardise not in STANDARDS:
            raise BadOption(
                f"The 'standardise' parameter of LogMel must be one of {STANDARDS}. "
                f"Got {self.standardise!r} instead."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, False
        tags.transformer_tags.preserves_dtype = []
        return tags


def _one_channel(wave: Any, number: int) -> NDArray[np.float32]:
    array = np.asarray(wave)
    if array.ndim not in (1, CHANNELS_FIRST) or array.dtype.kind not in "fiu":
        raise BadTable(
            f"Expected a waveform of shape (t,) or (channels, t) as clip {number}, got shape {array.shape} "
            f"of {array.dtype}."
        )
    if array.dtype.kind in "iu":
        raise BadTable(
            f"Expected floats between -1 and 1 as clip {number}, got {array.dtype}. Divide by the full scale "
            "of the recording, such as 32768 for 16 bits."
        )
    if array.ndim == CHANNELS_FIRST and array.shape[0] > array.shape[1]:
        raise BadTable(
            f"Expected channels first, (channels, t), as clip {number}, got shape {array.shape}. Use wave.T."
        )
    if array.size == 0:
        raise BadTable(f"Expected sound as clip {number}, got no samples. Leave it out.")
    mono = array.astype(np.float32, copy=False)
    if not np.isfinite(mono).all():
        raise BadTable(
            f"Expected finite numbers in clip {number}, got NaN or infinity. Mend it or leave it out."
        )
    return mono.mean(axis=0) if mono.ndim == CHANNELS_FIRST else mono


def _whole_rate(rate: Any, number: int) -> int:
    if isinstance(rate, bool) or not isinstance(rate, (int, np.integer)) or rate < 1:
        raise BadTable(f"Expected a whole number of samples a second for clip {number}, got {rate!r}.")
    return int(rate)
