"""ADE20K: images and masks stay in the archive until they are asked for."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from steelyard.data.array_items import IGNORED
from steelyard.data.official.ade20k import read_ade20k
from steelyard.errors import BadTable

Image = pytest.importorskip("PIL.Image")

ROOT = "ADEChallengeData2016/"


def encoded(pixels, format_):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format=format_, quality=95)
    return file.getvalue()


def content(sizes=((8, 12), (10, 8), (16, 16)), part="training"):
    rng = np.random.default_rng(0)
    files = {}
    for number, (height, width) in enumerate(sizes):
        stem = f"ADE_{part[:-3]}_{number:08d}"
        mask = rng.integers(0, 151, (height, width), dtype=np.uint8)
        grey = np.full((height, width, 3), 40 * number + 40, dtype=np.uint8)
        files[f"{ROOT}images/{part}/{stem}.jpg"] = encoded(grey, "JPEG")
        files[f"{ROOT}annotations/{part}/{stem}.png"] = encoded(mask, "PNG")
    return files


def packed(path, files):
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


@pytest.fixture
def files():
    more = {f"{ROOT}objectInfo150.txt": b"Idx", f"{ROOT}images/": b""}
    return {**content(part="validation", sizes=((8, 8),)), **content(), **more}


def test_items_are_read_when_they_are_asked_for(tmp_path, files):
    data = read_ade20k(packed(tmp_path / "a.zip", files), size=(8, 8))
    assert data.part.tolist() == ["train"] * 3 + ["dev"]
    assert data.X.shape == (4, 3, 8, 8)
    assert data.y.shape == (4, 8, 8)
    assert [int(data.X[i].mean().round()) for i in range(4)] == [40, 80, 120, 40]
    assert data.X[0].dtype == np.uint8
    assert data.take([2, 0]).X.shape == (2, 3, 8, 8)
    assert int(np.asarray(data.take([2]).X).mean().round()) == 120
    assert data.hash == ""
    assert (data.task, len(data)) == ("segmentation", 4)


def test_classes_are_counted_from_0_and_0_is_no_label(tmp_path, files):
    name = f"{ROOT}annotations/training/ADE_train_00000002.png"
    stored = np.asarray(Image.open(io.BytesIO(files[name]))).astype(int)
    data = read_ade20k(packed(tmp_path / "a.zip", files), size=(16, 16))
    assert np.array_equal(data.y[2], np.where(stored == 0, IGNORED, stored - 1))
    assert data.y[2].max() <= 149


def test_image_and_mask_are_cut_alike(tmp_path):
    """A mask that is painted as its image must still match it after both were brought to one size."""
    left = np.zeros((20, 40), dtype=np.uint8)
    left[:, 12:] = 200
    image = np.repeat(left[..., None], 3, axis=-1)
    files = {
        f"{ROOT}images/training/a.jpg": encoded(image, "JPEG"),
        f"{ROOT}annotations/training/a.png": encoded((left > 0).astype(np.uint8) + 1, "PNG"),
    }
    data = read_ade20k(packed(tmp_path / "a.zip", files), size=(10, 10))
    assert np.mean((data.X[0][0] > 100) == (data.y[0] == 1)) > 0.9


def test_a_folder_reads_as_its_archive_and_items_travel_to_workers(tmp_path, files):
    path = packed(tmp_path / "a.zip", files)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
    inside, outside = read_ade20k(path, size=(8, 8)), read_ade20k(tmp_path / "out", size=(8, 8))
    sent = pickle.loads(pickle.dumps(inside.X))
    for number in range(4):
        assert np.array_equal(inside.X[number], outside.X[number])
        assert np.array_equal(inside.X[number], sent[number])
        assert np.array_equal(inside.y[number], outside.y[number])


def test_more_than_the_budget_is_never_read_at_once(tmp_path, files):
    data = read_ade20k(packed(tmp_path / "a.zip", files), size=(512, 512), memory_mb=2)
    with pytest.raises(BadTable, match="fit 2 MiB, got 4 of shape"):
        np.asarray(data.X)
    assert np.asarray(data.X[:2]).shape == (2, 3, 512, 512)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: {n: d for n, d in f.items() if "annotations" not in n}, "mask for each image"),
        (lambda f: {"readme.txt": b""}, "got neither"),
        (lambda f: {**f, "../out.jpg": b""}, "below one folder"),
    ],
)
def test_archives_that_are_not_the_set(tmp_path, files, spoil, words):
    with pytest.raises(BadTable, match=words):
        read_ade20k(packed(tmp_path / "a.zip", spoil(files)), size=(8, 8))


def test_a_damaged_archive_or_image(tmp_path, files):
    path = packed(tmp_path / "a.zip", files)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(BadTable, match="whole zip archive"):
        read_ade20k(path)
    name = f"{ROOT}images/training/ADE_train_00000000.jpg"
    data = read_ade20k(packed(tmp_path / "b.zip", {**files, name: files[name][:100]}), size=(8, 8))
    with pytest.raises(BadTable, match="ADE_train_00000000"):
        data.X[0]
    assert data.X[1].shape == (3, 8, 8)
