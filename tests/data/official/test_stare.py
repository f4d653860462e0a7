"""STARE: gzipped PPM files in two tar archives."""

import gzip
import io
import tarfile

import numpy as np
import pytest

from steelyard.data.official.stare import read_stare
from steelyard.errors import BadTable

pytest.importorskip("PIL")

HEIGHT, WIDTH = 6, 5


def ppm(pixels):
    magic = b"P6" if pixels.ndim == 3 else b"P5"
    return magic + f"\n{pixels.shape[1]} {pixels.shape[0]}\n255\n".encode() + pixels.tobytes()


def tar(path, files):
    with tarfile.open(path, "w") as made:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return path


def drawn(n=3):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, HEIGHT, WIDTH, 3), dtype=np.uint8)
    return images, (rng.random((n, HEIGHT, WIDTH)) > 0.8).astype(np.uint8) * 255


def archives(folder, images, masks, expert="ah"):
    names = [f"im{number:04d}" for number in (2, 1, 77)]
    photographs = {f"{n}.ppm.gz": gzip.compress(ppm(i)) for n, i in zip(names, images, strict=False)}
    labels = {f"./{n}.{expert}.ppm.gz": gzip.compress(ppm(m)) for n, m in zip(names, masks, strict=False)}
    return tar(folder / "i.tar", photographs), tar(folder / "l.tar", labels)


@pytest.mark.parametrize("expert", ["ah", "vk"])
def test_images_and_masks_belong_together(tmp_path, expert):
    images, masks = drawn()
    data = read_stare(*archives(tmp_path, images, masks, expert))
    order = [1, 0, 2]  # by name
    assert np.array_equal(data.X, np.moveaxis(images[order], -1, 1))
    assert np.array_equal(data.y, masks[order] // 255)
    assert data.task == "segmentation"


def test_masks_drawn_in_three_equal_channels(tmp_path):
    images, masks = drawn()
    data = read_stare(*archives(tmp_path, images, np.repeat(masks[..., None], 3, axis=-1)))
    assert data.y.sum() == (masks > 0).sum()


def test_a_mask_that_is_missing_damaged_or_of_another_size(tmp_path):
    images, masks = drawn()
    with pytest.raises(BadTable, match="im0077"):
        read_stare(*archives(tmp_path, images, masks[:2]))
    with pytest.raises(BadTable, match="images' size"):
        read_stare(*archives(tmp_path, images, masks[:, 1:]))
    photographs, labels = archives(tmp_path, images, masks)
    broken = tar(tmp_path / "b.tar", {"im0001.ppm.gz": gzip.compress(ppm(images[0]))[:-9]})
    with pytest.raises(BadTable, match="whole gzip file 'im0001"):
        read_stare(broken, labels)
    with pytest.raises(BadTable, match="below one folder"):
        read_stare(tar(tmp_path / "o.tar", {"../im0001.ppm.gz": b""}), labels)
    assert len(read_stare(photographs, labels)) == 3


def test_a_file_that_unpacks_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("steelyard.data.official.stare.FILE_MB", 1)
    bomb = tar(tmp_path / "b.tar", {"im0001.ppm.gz": gzip.compress(bytes(2**21))})
    with pytest.raises(BadTable, match="at most 1 MiB"):
        read_stare(bomb, bomb)
