"""Spectrograms are what slower and other makers of them give, and odd clips have a stated meaning."""

import numpy as np
import pytest
from scipy import signal
from sklearn.base import clone

from steelyard.data.decode_clip import Clip
from steelyard.data.encode_audio import LogMel
from steelyard.data.mel_filters import mel_filters
from steelyard.errors import BadOption, BadTable

RATE = 8000
LEVELS = {"standardise": None, "range_db": np.inf}


def noise(n=4000, seed=0):
    return (np.random.default_rng(seed).normal(size=n) / 5).astype(np.float32)


def plain_filters(rate, n_fft, n_mels):
    """The definition, a triangle at a time."""

    def mels(hertz):
        return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * np.log(hertz / 1000) / np.log(6.4)

    def hertz(mel):
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    top = mels(rate / 2)
    corners = [hertz(top * i / (n_mels + 1)) for i in range(n_mels + 2)]
    made = np.zeros((n_mels, n_fft // 2 + 1))
    for band in range(n_mels):
        low, middle, high = corners[band : band + 3]
        for k in range(n_fft // 2 + 1):
            f = k * rate / n_fft
            if low < f <= middle:
                made[band, k] = (f - low) / (middle - low) * 2 / (high - low)
            elif middle < f < high:
                made[band, k] = (high - f) / (high - middle) * 2 / (high - low)
    return made


@pytest.mark.parametrize(
    ("rate", "n_fft", "n_mels"), [(8000, 512, 64), (16000, 1024, 128), (44100, 1024, 128), (1500, 64, 10)]
)
def test_filters_are_those_of_the_definition(rate, n_fft, n_mels):
    made, slow = mel_filters(rate, n_fft, n_mels), plain_filters(rate, n_fft, n_mels)
    np.testing.assert_allclose(made, slow, atol=1e-6 * slow.max())


@pytest.mark.parametrize(("rate", "n_fft", "n_mels"), [(8000, 512, 64), (44100, 1024, 128)])
def test_filters_are_those_of_librosa(rate, n_fft, n_mels):
    librosa = pytest.importorskip("librosa")
    theirs = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_mels)
    np.testing.assert_allclose(mel_filters(rate, n_fft, n_mels), theirs, atol=1e-6 * theirs.max())


def test_filters_are_those_of_transformers():
    audio_utils = pytest.importorskip("transformers.audio_utils")
    theirs = audio_utils.mel_filter_bank(257, 64, 0.0, RATE / 2, RATE, norm="slaney", mel_scale="slaney").T
    np.testing.assert_allclose(mel_filters(RATE, 512, 64), theirs, atol=1e-6 * theirs.max())


def test_a_bank_with_an_empty_band_is_refused():
    with pytest.raises(BadOption, match="Lower n_mels or raise n_fft"):
        mel_filters(48000, 128, 128)
    with pytest.raises(BadOption, match="Lower n_mels"):
        LogMel(n_fft=64, sample_rate=RATE).fit([noise()])


@pytest.mark.parametrize(("n", "n_fft", "hop"), [(4000, 512, 128), (4001, 500, 123), (700, 511, 64)])
def test_levels_are_those_of_scipys_transform(n, n_fft, hop):
    wave = noise(n)
    made = LogMel(20, n_fft, hop, RATE, **LEVELS).fit_transform([wave])[0, 0]
    slow = signal.ShortTimeFFT(signal.get_window("hann", n_fft), hop, fs=RATE, mfft=n_fft)
    power = slow.spectrogram(wave.astype(float), p0=0, p1=1 + n // hop)
    levels = 10 * np.log10(np.maximum(plain_filters(RATE, n_fft, 20) @ power, 1e-10))
    assert made.shape == (20, 1 + n // hop)
    np.testing.assert_allclose(made, levels, atol=2e-3)


def test_a_tone_is_loudest_in_its_band():
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    levels = LogMel(40, 512, 128, RATE, **LEVELS).fit_transform([tone])[0, 0]
    loudest = levels[:, 30].argmax()
    frequencies = np.arange(257) * RATE / 512
    weights = mel_filters(RATE, 512, 40)[loudest]
    assert frequencies[weights > 0].min() < 1000 < frequencies[weights > 0].max()


def test_every_clip_gets_one_size_by_cutting_its_ends_or_adding_silence():
    long, short = noise(6000), noise(1000, seed=1)
    made = LogMel(20, 512, 128, RATE, seconds=0.5, **LEVELS).fit([long]).transform([long, short])
    alone = LogMel(20, 512, 128, RATE, seconds=0.5, **LEVELS).fit([long])
    assert made.shape == (2, 1, 20, 1 + 4000 // 128)
    np.testing.assert_array_equal(made[0], alone.transform([long[1000:5000]])[0])
    np.testing.assert_array_equal(made[1], alone.transform([np.pad(short, (0, 3000))])[0])
    assert np.all(made[1, 0, :, -1] == -100)


def test_fit_learns_rate_and_length_and_nothing_else():
    clips = [Clip(noise(4000), 8000), Clip(noise(9000), 16000), Clip(noise(4800), 8000)]
    mel = LogMel(20, 512, 128).fit(clips)
    assert (mel.sample_rate_, mel.length_, mel.shape_) == (8000, 4800, (1, 20, 38))
    other = LogMel(20, 512, 128).fit([Clip(3 * noise(4800, seed=5), 8000)])
    np.testing.assert_array_equal(mel.transform(clips), other.transform(clips))
    assert mel.transform(clips).dtype == np.float32
    assert LogMel(20, 512, 128).fit([Clip(noise(), 16000), Clip(noise(), 8000)]).sample_rate_ == 8000
    assert not hasattr(clone(mel), "length_")


def test_where_rate_and_length_are_given_no_clip_is_read():
    class Never:
        def __len__(self):
            return 3

        def __getitem__(self, number):
            raise AssertionError("read")

    assert LogMel(sample_rate=RATE, seconds=1).fit(Never()).length_ == RATE


def test_other_rates_are_resampled():
    times = np.arange(44100) / 44100
    high = Clip(np.sin(2 * np.pi * 440 * times).astype(np.float32), 44100)
    low = Clip(np.sin(2 * np.pi * 440 * times[:8000] * 44100 / 8000).astype(np.float32), 8000)
    made = LogMel(20, 512, 128, RATE, seconds=1.0, **LEVELS).fit_transform([high, low])
    assert made[:, 0, :, 10:50].argmax(axis=1).std() == 0
    loud = made[1, 0] > made[1, 0].max() - 30
    assert np.abs(made[0, 0] - made[1, 0])[loud].max() < 1


def test_standardised_clips_have_mean_0_and_deviation_1_whatever_their_loudness():
    mel = LogMel(20, 512, 128, RATE)
    made = mel.fit_transform([noise(), 0.5 * noise()])
    np.testing.assert_allclose(made.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(made.std(axis=(1, 2, 3)), 1, atol=1e-5)
    np.testing.assert_allclose(made[0], made[1], atol=1e-4)


def test_levels_end_so_far_below_the_loudest():
    wave = np.concatenate([noise(2000), np.zeros(2000, np.float32)])
    every = LogMel(20, 512, 128, RATE, **LEVELS).fit_transform([wave])
    made = LogMel(20, 512, 128, RATE, standardise=None, range_db=30).fit_transform([wave])
    np.testing.assert_array_equal(made, np.maximum(every, every.max() - 30))
    assert every.min() == -100 < made.min()


def test_silence_is_a_floor_and_zeros():
    quiet = np.zeros(4000, np.float32)
    assert np.all(LogMel(20, 512, 128, RATE, **LEVELS).fit_transform([quiet]) == -100)
    assert np.all(LogMel(20, 512, 128, RATE).fit_transform([quiet, quiet]) == 0)


def test_a_clip_of_one_sample_is_a_click():
    made = LogMel(20, 512, 128, RATE, **LEVELS).fit_transform([np.ones(1, np.float32)])
    assert made.shape == (1, 1, 20, 1)
    assert np.isfinite(made).all()
    assert made.min() > -100


def test_channels_become_their_mean():
    left, right = noise(), noise(seed=1)
    mel = LogMel(20, 512, 128, RATE).fit([left])
    np.testing.assert_allclose(
        mel.transform([np.stack([left, right])]), mel.transform([(left + right) / 2]), atol=1e-4
    )


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        (np.array([0.0, np.nan]), "clip 1, got NaN or infinity"),
        (np.array([0.0, np.inf]), "NaN or infinity"),
        (np.zeros(0), "clip 1, got no samples"),
        (np.zeros((4000, 2)), r"Use wave\.T"),
        (np.zeros((2, 2, 2)), "shape"),
        (np.array(["a", "b"]), "waveform"),
        (np.array([1, 2], dtype=np.int16), "32768"),
        ((np.zeros(4), 0), "samples a second for clip 1"),
        ((np.zeros(4), 8000.5), "samples a second for clip 1"),
    ],
)
def test_clips_that_make_no_sense_are_named(clip, words):
    mel = LogMel(20, 512, 128, RATE)
    with pytest.raises(BadTable, match=words):
        mel.fit_transform([noise(), clip])


def test_without_a_rate_there_is_nothing_to_go_by():
    with pytest.raises(BadTable, match="set sample_rate"):
        LogMel().fit([noise()])
    with pytest.raises(BadTable, match="got none"):
        LogMel(sample_rate=RATE).fit([])


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_mels": 0}, "'n_mels'"),
        ({"n_fft": 1}, "'n_fft'"),
        ({"hop": 2.5}, "'hop'"),
        ({"hop": True}, "'hop'"),
        ({"sample_rate": -1}, "'sample_rate'"),
        ({"seconds": 0}, "'seconds'"),
        ({"seconds": float("nan")}, "'seconds'"),
        ({"standardise": "all"}, "'standardise'"),
        ({"range_db": 0}, "'range_db'"),
        ({"range_db": True}, "'range_db'"),
    ],
)
def test_parameters_that_make_no_sense_say_so(parameters, words):
    with pytest.raises(BadOption, match=words):
        LogMel(**parameters).fit([Clip(noise(), RATE)])
