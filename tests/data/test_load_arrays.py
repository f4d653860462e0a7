"""Images, series and masks of the catalogue come as arrays that are what it says."""

import hashlib
import io
import os
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from steelyard.data import catalogue, load
from steelyard.data.array_items import IGNORED
from steelyard.data.catalogue import CatalogueEntry
from steelyard.data.entry_arrays import entry_arrays
from steelyard.data.load_arrays import load_arrays
from steelyard.errors import BadOption, BadTable, BadTarget, MissingExtra

Image = pytest.importorskip("PIL.Image")

FOLDER = os.environ.get("STEELYARD_DATA")
needs_folder = pytest.mark.skipif(not FOLDER, reason="STEELYARD_DATA is not set")
ARRAYS = [
    entry.name
    for entry in catalogue().values()
    if entry.shape and entry.in_arrays and not entry.official and entry.files
]


def encoded(pixels, format_="PNG"):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format=format_)
    return file.getvalue()


def photographs(n=6, side=4):
    return np.random.default_rng(0).integers(0, 256, (n, side, side, 3), dtype=np.uint8)


def prepared(folder, name, files, **more):
    """A set of files in a prepared folder, and its entry."""
    digests = {}
    for file, data in files.items():
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digests[f"{name}/{file}"] = hashlib.sha256(data).hexdigest()
    entry = {"title": "a test", "modality": "image", "files": tuple(digests), "prepared_sha256": digests}
    return CatalogueEntry(name=name, **{**entry, **more})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STEELYARD_DATA", str(tmp_path))
    return tmp_path


def parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


def labelled(images, labels, **more):
    return parquet(pd.DataFrame({"target": labels, "picture": [encoded(i) for i in images], **more}))


def loaded(entry, **more):
    asked = {"target": None, "roles": {}, "positive": None, "rare": "refuse", "name": None}
    asked |= {"memory_mb": 64, "accept_sha256": (), "of_tables": {}}
    return load_arrays(entry, **{**asked, **more})


def encoded_entry(folder, **more):
    images = photographs()
    files = {
        "train.parquet": labelled(images[:4], ["a", "a", "b", "b"], who=[1, 1, 2, 3]),
        "test.parquet": labelled(images[4:], ["a", "b"], who=[4, 5]),
    }
    layout = {"read": "encoded", "bytes": "picture"}
    parts = ("train", "test")
    return images, prepared(folder, "image/toy", files, layout=layout, part="part", parts=parts, **more)


def test_encoded_images_have_channels_first_and_their_part(folder):
    images, entry = encoded_entry(folder, groups="who", licence="free")
    data = loaded(entry)
    assert np.array_equal(data.X, np.moveaxis(images, -1, 1))
    assert data.X.dtype == np.uint8
    assert data.part.tolist() == ["train"] * 4 + ["test"] * 2
    assert data.groups.tolist() == [1, 1, 2, 3, 4, 5]
    assert (data.task, data.modality, data.name, data.licence) == ("binary", "image", "toy", "free")
    assert loaded(entry, roles={"groups": False, "part": False}).groups is None
    assert loaded(entry, roles={"time": "who"}).time.tolist() == [1, 1, 2, 3, 4, 5]
    assert data.hash == loaded(entry).hash
    assert data.take([5, 0]).X.shape == (2, 3, 4, 4)


def test_images_left_out_take_their_rows_with_them(folder):
    images, entry = encoded_entry(folder, exclude=({"column": "who", "values": [2, 4], "why": "a test"},))
    items = entry_arrays(entry)
    assert items.columns["who"].tolist() == [1, 1, 3, 5]
    assert np.array_equal(items.X, np.moveaxis(images[[0, 1, 3, 5]], -1, 1))


def test_another_file_than_described_is_refused(folder):
    _, entry = encoded_entry(folder)
    (folder / "image" / "toy" / "test.parquet").write_bytes(b"other")
    with pytest.raises(BadTable, match="SHA-256"):
        loaded(entry)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"of_tables": {"drop": "who"}}, BadOption, "'drop' is an option for tables; image/toy holds images"),
        ({"target": "kind"}, BadTarget, "'kind'"),
        ({"roles": {"groups": "whom"}}, BadOption, "Did you mean 'who'"),
        ({"positive": "z"}, BadTarget, "'z'"),
        ({"memory_mb": 0}, BadTable, "0 MiB"),
    ],
)
def test_options_that_make_no_sense_say_so(folder, asked, error, words):
    _, entry = encoded_entry(folder)
    with pytest.raises(error, match=words):
        loaded(entry, **asked)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([b"no image", b"no image"], "row 0"),
        ([encoded(photographs(1)[0])] * 2 + [encoded(photographs(1, side=5)[0])], "at 2"),
        ([encoded(photographs(1, side=30)[0], "JPEG")[:-200]] * 2, "truncated"),
        ([encoded(photographs(1)[0], "GIF")] * 2, "whole image"),
        (["words", "words"], "Expected bytes"),
    ],
    ids=["junk", "sizes", "cut off", "another format", "words"],
)
def test_images_that_cannot_be_read_are_named(folder, cells, words):
    frame = pd.DataFrame({"target": ["a", "b", "a"][: len(cells)], "picture": cells})
    entry = prepared(
        folder, "image/bad", {"t.parquet": parquet(frame)}, layout={"read": "encoded", "bytes": "picture"}
    )
    with pytest.raises(BadTable, match=words):
        loaded(entry)


def test_an_image_that_would_fill_memory_is_refused_before_it_is_unpacked(folder, monkeypatch):
    monkeypatch.setattr("steelyard.data.decode_image.MOST_PIXELS", 15)
    _, entry = encoded_entry(folder)
    with pytest.raises(BadTable, match="at most 15 pixels"):
        loaded(entry)


def test_without_pillow_it_names_its_install_line(folder, monkeypatch):
    _, entry = encoded_entry(folder)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtra, match=r"steelyard\[image\]"):
        loaded(entry)


def masks_entry(folder, **left_out):
    rng = np.random.default_rng(1)
    drawn = rng.random((2, 4, 4)) > 0.5
    field = rng.random((2, 4, 4)) > 0.3
    files = {}
    for number in range(2):
        files |= {
            f"image/{number}.png": encoded(photographs(2)[number]),
            f"label/{number}.png": encoded(drawn[number].astype(np.uint8) * 255),
            f"field/{number}.png": encoded(field[number]),
        }
    files = {name: data for name, data in files.items() if name not in left_out.get("without", ())}
    folders = {"image": "image", "label": "label", "field": "field"}
    layout = {"read": "masks", "folders": folders}
    return drawn, field, prepared(folder, "image/drawn", files, layout=layout, task="segmentation")


def test_masks_are_classes_inside_the_field_and_ignored_outside(folder):
    drawn, field, entry = masks_entry(folder)
    data = loaded(entry)
    assert data.task == "segmentation"
    assert np.array_equal(data.y, np.where(field, drawn, IGNORED))
    assert data.X.shape == (2, 3, 4, 4)
    assert len(data) == 2
    assert data.take([1]).y.shape == (1, 4, 4)
    with pytest.raises(BadOption, match="positive class"):
        loaded(entry, positive=1)


def test_an_image_without_its_mask_is_refused(folder):
    _, _, entry = masks_entry(folder, without=("label/1.png",))
    with pytest.raises(BadTable, match=r"'label'.*\['1'\]"):
        loaded(entry)


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def series_entry(folder, data, **more):
    layout = {
        "read": "series",
        "rows": "signal",
        "divide_by": 1000,
        "part_names": {"ds1": "train", "ds2": "test"},
    }
    return prepared(
        folder, "series/toy", {"t.npz": data}, modality="series", layout=layout, part="split", **more
    )


def test_series_are_in_their_unit_with_one_channel(folder):
    signal = np.array([[1000, -500], [0, 250], [1, 2], [3, 4]], dtype=np.int16)
    told = {"target": list("aabb"), "split": ["ds1", "ds2", "ds1", "ds2"]}
    data = loaded(series_entry(folder, npz(signal=signal, **told)))
    assert data.X.dtype == np.float32
    assert data.X[:2].tolist() == [[[1.0, -0.5]], [[0.0, 0.25]]]
    assert data.part.tolist() == ["train", "test", "train", "test"]
    assert data.modality == "series"


def test_arrays_that_do_not_fit_are_refused(folder):
    good = npz(signal=np.zeros((4, 2)), target=list("aabb"), split=["ds1"] * 4)
    with pytest.raises(BadTable, match=r"whole \.npz"):
        loaded(series_entry(folder, good[:-40]))
    with pytest.raises(BadTable, match="'signal'"):
        loaded(series_entry(folder, npz(other=np.zeros((4, 2)))))
    with pytest.raises(BadTable, match="4 values"):
        loaded(series_entry(folder, npz(signal=np.zeros((4, 2)), target=list("abb"))))
    with pytest.raises(BadTable, match=r"whole \.npz"):
        loaded(series_entry(folder, npz(signal=np.zeros((4, 2)), target=np.array([{}, 1, 2, 3], object))))
    with pytest.raises(BadTable, match="fit 1 MiB"):
        loaded(series_entry(folder, npz(signal=np.zeros((2**17, 2)), target=[0] * 2**17)), memory_mb=1)


def test_image_parts_are_joined(folder):
    arrays = {
        "train_images": np.zeros((3, 2, 2), np.uint8),
        "train_labels": np.array([[0], [1], [0]], np.uint8),
        "val_images": np.ones((2, 2, 2), np.uint8),
        "val_labels": np.array([[0], [1]], np.uint8),
    }
    layout = {"read": "image parts", "parts": {"train": "train", "val": "dev"}}
    data = loaded(prepared(folder, "image/parts", {"t.npz": npz(**arrays)}, layout=layout, part="part"))
    assert data.X.shape == (5, 1, 2, 2)
    assert data.y.tolist() == [0, 1, 0, 0, 1]
    assert data.part.tolist() == ["train"] * 3 + ["dev"] * 2


def test_a_class_of_one_item_is_dealt_with_as_for_tables(folder):
    entry = prepared(
        folder,
        "image/one",
        {"t.parquet": labelled(photographs(5), list("aabbc"))},
        layout={"read": "encoded", "bytes": "picture"},
    )
    with pytest.raises(BadTarget, match="'c'"):
        loaded(entry)
    data = loaded(entry, rare="drop")
    assert data.X.shape[0] == len(data.y) == 4
    assert loaded(entry, positive="a", rare="keep").counts == {"rest": 3, "a": 2}


def test_without_the_folder_it_says_where_the_set_comes_from(monkeypatch):
    monkeypatch.delenv("STEELYARD_DATA", raising=False)
    with pytest.raises(BadTable, match="STEELYARD_DATA is not set"):
        load("image/ham10000_64")
    with pytest.raises(BadOption, match="cifar10_lt"):
        load("image/cifar10_ltt")


def test_a_set_without_prepared_files_is_never_empty(folder):
    entry = replace(catalogue()["image/cifar10"], official=(), by_hand="a test")
    with pytest.raises(BadTable, match="has not got it"):
        entry_arrays(entry)


def test_every_array_set_says_how_it_lies_in_its_files():
    for entry in catalogue().values():
        assert entry.in_arrays == bool(entry.layout), entry.name
        assert bool(entry.shape) == (entry.in_arrays and entry.modality != "audio"), entry.name
        if entry.shape:
            assert entry.features == int(np.prod(entry.shape)), entry.name


@needs_folder
@pytest.mark.parametrize("name", ARRAYS)
def test_prepared_sets_are_what_the_catalogue_says(name):
    entry, data = catalogue()[name], load(name)
    y = data.y[data.y != IGNORED] if data.task == "segmentation" else data.y
    counts = sorted(np.unique(y, return_counts=True)[1].tolist())
    assert data.X.shape == (entry.rows, *entry.shape)
    assert (len(counts), counts[0]) == (entry.classes, entry.smallest)
    assert counts[-1] / counts[0] == pytest.approx(entry.ratio, rel=0.01)
    assert (data.task, data.modality) == (entry.task, entry.modality)
    assert (data.part is not None) == (entry.part is not None)
    assert (data.groups is not None) == (entry.groups is not None)
    assert data.X.dtype == (np.uint8 if entry.modality == "image" else np.float32)


@needs_folder
def test_heartbeats_of_one_person_stand_on_one_side():
    data = load("mitbih_beats")
    sides = {record: set(data.part[data.groups == record]) for record in np.unique(data.groups)}
    assert all(len(side) == 1 for side in sides.values())
    assert 202 not in sides
    assert 201 in sides
    assert Counter(data.part.tolist()) == {"train": 50980, "test": 32438}
    assert -10 < data.X.min() < data.X.max() < 10  # millivolts
    with pytest.raises(BadOption, match="'drop'"):
        load("mitbih_beats", drop="record")


@needs_folder
def test_the_vessels_of_a_known_photograph():
    data = load("drive_vessels")
    with Image.open(f"{FOLDER}/image/drive_vessels/label/23.png") as mask:
        drawn = np.asarray(mask)
    with Image.open(f"{FOLDER}/image/drive_vessels/field/23.png") as mask:
        field = np.asarray(mask)
    assert np.array_equal(data.y[2], np.where(field, drawn, IGNORED))
