"""Sound of the catalogue and of MELAUDIS comes as clips that are decoded one at a time."""

import hashlib
import io
import os
import pickle
import sys

import numpy as np
import pandas as pd
import pytest

from steelyard.data import catalogue, load
from steelyard.data.byte_store import FolderBytes, RowBytes
from steelyard.data.catalogue import CatalogueEntry, datasets
from steelyard.data.decode_clip import decode_clip
from steelyard.data.encode_audio import LogMel
from steelyard.data.lazy_clips import LazyClips
from steelyard.data.load_arrays import load_arrays
from steelyard.data.official.melaudis import read_melaudis
from steelyard.errors import BadOption, BadTable, BadTarget, MissingExtra

soundfile = pytest.importorskip("soundfile")

needs_folder = pytest.mark.skipif(not os.environ.get("STEELYARD_DATA"), reason="STEELYARD_DATA is not set")


def recorded(wave, rate=8000, kind="FLAC", **more):
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format=kind, **more)
    return file.getvalue()


def ramp(n, step=1 / 1024):
    return (np.arange(n) * step % 1).astype(np.float32)


def prepared(folder, name, files, layout, **more):
    digests = {}
    for file, data in files.items():
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digests[f"{name}/{file}"] = hashlib.sha256(data).hexdigest()
    return CatalogueEntry(
        name=name,
        title="a test",
        modality="audio",
        layout=layout,
        files=tuple(digests),
        prepared_sha256=digests,
        **more,
    )


def loaded(entry, **more):
    asked = {"target": None, "roles": {}, "positive": None, "rare": "refuse", "name": None}
    asked |= {"memory_mb": 64, "accept_sha256": (), "of_tables": {}}
    return load_arrays(entry, **{**asked, **more})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STEELYARD_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def column_entry(folder):
    frame = pd.DataFrame(
        {
            "target": list("aabb"),
            "who": [1, 1, 2, 2],
            "sound": [recorded(ramp(100 * (i + 1)), 8000 + i) for i in range(4)],
        }
    )
    file = io.BytesIO()
    frame.to_parquet(file)
    layout = {"read": "clips", "bytes": "sound"}
    return prepared(folder, "audio/toy", {"t.parquet": file.getvalue()}, layout, groups="who", licence="free")


def test_a_column_of_recordings_stays_encoded(column_entry):
    data = loaded(column_entry)
    assert (len(data), data.modality, data.task, data.licence) == (4, "audio", "binary", "free")
    assert data.groups.tolist() == [1, 1, 2, 2]
    wave, rate = data.X[2]
    assert (wave.shape, wave.dtype, rate) == ((300,), np.float32, 8002)
    np.testing.assert_allclose(wave, ramp(300), atol=2**-15)
    part = data.take([3, 0])
    assert [clip.rate for clip in part.X] == [8003, 8000]
    assert part.y.tolist() == ["b", "a"]
    assert [len(data.X[np.array([True, False, False, True])]), len(data.X[1:])] == [2, 3]
    assert pickle.loads(pickle.dumps(data.X))[1].rate == 8001
    with pytest.raises(BadTable, match="LogMel"):
        np.asarray(data.X)
    with pytest.raises(IndexError):
        data.X[4]


def test_options_of_tables_and_wrong_columns_are_refused(column_entry):
    with pytest.raises(BadOption, match="audio/toy holds sound"):
        loaded(column_entry, of_tables={"drop": "who"})
    with pytest.raises(BadTarget, match="'kind'"):
        loaded(column_entry, target="kind")


def test_another_file_than_described_is_refused(folder, column_entry):
    (folder / "audio" / "toy" / "t.parquet").write_bytes(b"other")
    with pytest.raises(BadTable, match="SHA-256"):
        loaded(column_entry)


def pieces_entry(folder, table, files=("one.flac",), **columns):
    layout = {"read": "clip files", "table": "t.csv", "columns": {"file": "file", **columns}}
    stored = {"t.csv": table.encode()} | {name: recorded(ramp(8000)) for name in files}
    return prepared(folder, "audio/pieces", stored, layout)


def test_pieces_of_recordings_are_cut_where_the_table_says(folder):
    table = "file,from,to,target\none.flac,0,0.5,a\none.flac,0.5,1.0004,a\none.flac,0.25,0.26,b\n"
    data = loaded(pieces_entry(folder, table, start="from", stop="to"), rare="keep")
    assert [clip.wave.size for clip in data.X] == [4000, 4000, 80]
    np.testing.assert_allclose(data.X[2].wave, ramp(8000)[2000:2080], atol=2**-15)
    assert [clip.wave.size for clip in data.X[1:]] == [4000, 80]


def test_tables_that_do_not_fit_their_recordings_are_refused(folder):
    with pytest.raises(BadTable, match=r"'two\.flac'"):
        loaded(pieces_entry(folder, "file,target\none.flac,a\ntwo.flac,b\n"))
    with pytest.raises(BadTable, match="'from'"):
        loaded(pieces_entry(folder, "file,target\none.flac,a\n", start="from"))
    backwards = "file,from,to,target\none.flac,0.5,0.5,a\none.flac,2,3,a\none.flac,0,.1,b\none.flac,0,.1,b\n"
    data = loaded(pieces_entry(folder, backwards, start="from", stop="to"))
    for number in (0, 1):
        with pytest.raises(BadTable, match="within its 1"):
            data.X[number]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no sound", "whole recording"),
        (b"", "whole recording"),
        (recorded(np.zeros(0), kind="WAV"), "no samples"),
        (recorded(ramp(100), kind="AU"), "got AU"),
        (recorded(ramp(9000))[:-3000], "whole recording|cut off"),
    ],
    ids=["junk", "nothing", "empty", "another format", "cut off"],
)
def test_recordings_that_cannot_be_read_are_named(data, words):
    clips = LazyClips(RowBytes([data], "a test"), ["row 0"])
    with pytest.raises(BadTable, match=words) as refused:
        clips[0]
    assert "row 0" in str(refused.value)


def test_channels_come_first():
    both = np.stack([ramp(100), 1 - ramp(100)])
    assert decode_clip(recorded(both.T), what="a test").wave.shape == (2, 100)


def test_a_recording_that_would_fill_memory_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("steelyard.data.decode_clip.MOST_SAMPLES", 99)
    with pytest.raises(BadTable, match="at most 99 samples"):
        decode_clip(recorded(ramp(100)), what="a test")


def test_starts_must_fit():
    with pytest.raises(BadTable, match="each of 2 clips"):
        LazyClips(RowBytes([b"", b""], "a test"), ["row 0", "row 1"], starts=[0.0])
    with pytest.raises(BadTable, match="row 7"):
        RowBytes([b""], "a test").read("row 7")


def test_without_soundfile_it_names_its_install_line(column_entry, monkeypatch):
    data = loaded(column_entry)
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(MissingExtra, match=r"steelyard\[audio\]"):
        data.X[0]


def test_sound_is_listed():
    assert {entry.name for entry in datasets("audio")} == {
        "audio/spoken_digits",
        "audio/cough_covid",
        "audio/icbhi_part",
    }
    assert "ODC-By 1.0" in catalogue()["series/mitbih_beats"].licence


@needs_folder
@pytest.mark.parametrize("entry", datasets("audio"), ids=lambda entry: entry.short_name)
def test_prepared_sound_is_what_the_catalogue_says(entry):
    data = load(entry.name, rare="keep")
    counts = list(data.counts.values())
    assert (len(data), len(counts), counts[-1]) == (entry.rows, entry.classes, entry.smallest)
    assert counts[0] / counts[-1] == pytest.approx(entry.ratio)
    assert (data.task, data.modality) == (entry.task, "audio")
    assert (data.groups is not None) == (entry.groups is not None)
    assert len(data.X) == len(data)
    for number in (0, len(data) - 1):
        wave, rate = data.X[number]
        assert wave.ndim == 1
        assert 0 < np.abs(wave).max() <= 1
        assert rate in (4000, 8000, 44100, 48000)


@needs_folder
def test_spoken_digits_become_spectrograms():
    data = load("spoken_digits").take(np.arange(0, 1200, 100))
    assert LogMel(64, 512, 128, seconds=0.8).fit_transform(data.X).shape == (12, 1, 64, 51)
    assert len(np.unique(load("spoken_digits").groups)) == 6


STREET = (
    "Final_Veh/Hod1/2023-11-08_14-60-1.5-Hoddle1_FF_1V-Car_L1_3Lanes_RL_stereo.wav",
    "Final_Veh/Hod2/2023-11-08_15-2-31.0-Hoddle2_FF_1V-Car_L1_3Lanes_LR_stereo.wav",
    "Final_Veh/Swan6/2023-08-04_10-0-0.4-Swanston6_FF_1V-Truck_L1_1Lane_RL_mono.wav",
    "Final_Veh/Fitz/2024-02-09_13-0-1.8-Fitzroy1_TJN_1V-Truck_2Lanes_LR_stereo.wav",
    "Final_Veh/Fitz/2024-02-09_13-0-4.8-Fitzroy1_TJF_1V-MC_2Lanes_LR_stereo.wav",
    "Final_Veh/Fitz/2024-02-09_13-1-4-Fitzroy1_FF_1V-MC_2Lanes_LR_stereo.wav",
    "Final_Veh/Fitz/2024-02-09_13-2-1.8-Fitzroy1_FF_2V-TruckCar_2Lanes_LR_stereo.wav",
    "Final_Veh/Fitz/2024-02-09_13-3-1.8-Fitzroy1_FF_NoV_2Lanes_LR_stereo.wav",
)


@pytest.fixture
def street(tmp_path):
    for name in STREET:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.stack([ramp(480), ramp(480)]).T, 48000)
    return tmp_path


def test_street_vehicles_are_told_by_their_names(street):
    data = read_melaudis(street)
    assert data.counts == {"car": 2, "motorcycle": 2, "truck": 2}
    assert set(data.groups) == {"2023-11-08 Hoddle", "2023-08-04 Swanston", "2024-02-09 Fitzroy"}
    assert data.X[0].wave.shape == (2, 480)
    assert (data.modality, data.licence) == ("audio", "CC BY 4.0")
    assert read_melaudis(street / "Final_Veh").counts == data.counts
    assert read_melaudis(street, flow="FF").counts == {"car": 2, "motorcycle": 1, "truck": 1}
    assert LogMel(40, sample_rate=16000, seconds=1.0).fit_transform(data.X).shape == (6, 1, 40, 63)


def test_what_is_not_of_melaudis_is_refused(street, tmp_path):
    with pytest.raises(BadOption, match="'flow'"):
        read_melaudis(street, flow="jam")
    soundfile.write(street / "Final_Veh" / "other.wav", ramp(10), 48000)
    with pytest.raises(BadTable, match=r"other\.wav"):
        read_melaudis(street)
    with pytest.raises(BadTable, match="got none"):
        read_melaudis(tmp_path / "nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BadTable, match="MELAUDIS_Vehicles"):
        read_melaudis(empty)
    (empty / STREET[-1].rpartition("/")[2]).write_bytes(FolderBytes(street).read(STREET[-1]))
    with pytest.raises(BadTable, match="single vehicle"):
        read_melaudis(empty)
