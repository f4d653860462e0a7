"""CIFAR in its binary version: bytes to images and names, and whatever an archive may hold instead."""

import io
import tarfile

import numpy as np
import pytest

from steelyard.data.long_tail import long_tail_rows
from steelyard.data.official.cifar import read_cifar10, read_cifar100
from steelyard.errors import BadTable

TEN = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
PER_FILE = 20


def records(n_labels, classes, seed):
    """Records as the page of the set describes them, by the slowest way."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (PER_FILE, 3, 32, 32), dtype=np.uint8)
    labels = [rng.integers(0, most, PER_FILE) for most in classes]
    data = b""
    for i in range(PER_FILE):
        data += bytes(int(labels[byte][i]) for byte in range(n_labels))
        for channel in range(3):
            for row in range(32):
                data += images[i, channel, row].tobytes()
    return data, images, labels


def cifar10():
    files, images, labels = {"batches.meta.txt": ("\n".join(TEN) + "\n\n").encode()}, [], []
    for seed, name in enumerate([*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]):
        files[name], some, (told,) = records(1, [10], seed)
        images.append(some)
        labels.extend(np.asarray(TEN)[told])
    files["readme.html"] = b"<html>"
    return files, np.concatenate(images), labels


def cifar100():
    coarse, fine = [f"group{i}" for i in range(20)], [f"kind_{i}" for i in range(100)]
    files = {
        "coarse_label_names.txt": "\n".join(coarse).encode(),
        "fine_label_names.txt": "\n".join(fine).encode(),
    }
    told = []
    for seed, name in enumerate(["train.bin", "test.bin"]):
        files[name], _, labels = records(2, [20, 100], seed)
        told.append(labels)
    return files, [coarse[i] for labels in told for i in labels[0]], [fine[i] for t in told for i in t[1]]


def archive(path, files, folder="cifar-10-batches-bin/", mode="w:gz"):
    with tarfile.open(path, mode) as made:
        for name, data in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return path


def test_cifar10_from_its_archive_and_from_a_folder(tmp_path):
    files, images, labels = cifar10()
    data = read_cifar10(archive(tmp_path / "cifar-10-binary.tar.gz", files))
    assert np.array_equal(data.X, images)
    assert data.y.tolist() == labels
    assert data.part.tolist() == ["train"] * 5 * PER_FILE + ["test"] * PER_FILE
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    assert read_cifar10(folder).hash == data.hash


def test_cifar100_has_both_levels(tmp_path):
    files, coarse, fine = cifar100()
    path = archive(tmp_path / "c.tar.gz", files, "cifar-100-binary/")
    assert read_cifar100(path).y.tolist() == fine
    assert read_cifar100(path, labels="coarse").y.tolist() == coarse


def test_a_long_tail_is_imposed_on_the_training_part(tmp_path):
    files, _, _ = cifar10()
    data = read_cifar10(archive(tmp_path / "c.tar.gz", files))
    train = data.take(np.flatnonzero(data.part == "train"))
    tail = train.take(long_tail_rows(train.y, ratio=4, random_state=0))
    assert set(tail.part) == {"train"}
    assert len(tail) < len(train)
    assert len(tail.counts) == 10


def spoiled(how, files):
    files = dict(files)
    if how == "cut record":
        files["data_batch_3.bin"] = files["data_batch_3.bin"][:-1]
    elif how == "empty":
        files["test_batch.bin"] = b""
    elif how == "missing":
        del files["data_batch_5.bin"]
    elif how == "label":
        files["data_batch_1.bin"] = b"\x0a" + files["data_batch_1.bin"][1:]
    return files


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("cut record", "'data_batch_3.bin'.*cut off"),
        ("empty", "'test_batch.bin'"),
        ("missing", r"none of \['data_batch_5.bin'\]"),
        ("label", "labels below 10.*got 10"),
    ],
)
def test_files_that_are_not_the_set(tmp_path, how, words):
    with pytest.raises(BadTable, match=words):
        read_cifar10(archive(tmp_path / "c.tar.gz", spoiled(how, cifar10()[0])))


def test_an_archive_that_is_cut_off_or_none(tmp_path):
    path = archive(tmp_path / "c.tar.gz", cifar10()[0])
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(BadTable, match="cut off"):
        read_cifar10(path)
    path.write_bytes(b"no archive")
    with pytest.raises(BadTable, match="whole tar archive"):
        read_cifar10(path)
    with pytest.raises(BadTable, match="no file there"):
        read_cifar10(tmp_path / "none.tar.gz")


@pytest.mark.parametrize("folder", ["../", "/tmp/", "a/../../"])
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path, folder):
    with pytest.raises(BadTable, match="below one folder"):
        read_cifar10(archive(tmp_path / "c.tar.gz", cifar10()[0], folder))


def test_links_are_not_followed(tmp_path):
    files = cifar10()[0]
    path = archive(tmp_path / "c.tar", {n: d for n, d in files.items() if n != "test_batch.bin"}, mode="w")
    with tarfile.open(path, "a") as made:
        link = tarfile.TarInfo("cifar-10-batches-bin/test_batch.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
    with pytest.raises(BadTable, match="none of"):
        read_cifar10(path)


def test_an_archive_of_a_size_the_set_never_has(tmp_path):
    files = cifar10()[0] | {"data_batch_1.bin": bytes(2**20 + 1)}
    with pytest.raises(BadTable, match="1 MiB in all"):
        read_cifar10(archive(tmp_path / "c.tar.gz", files), memory_mb=1)
