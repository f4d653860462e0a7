"""Lists of paths and labels over a folder of images."""

import numpy as np
import pytest

from steelyard.data.official.image_list import read_image_list
from steelyard.errors import BadTable

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def root(tmp_path):
    """Six photographs of three kinds, each of its own grey."""
    for number in range(6):
        path = tmp_path / "images" / "train" / f"n{number % 3}" / f"photo {number}.JPEG"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (10 + number, 8), (20 * number,) * 3).save(path)
    return tmp_path / "images"


def listed(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def lines(numbers):
    return [f"train/n{i % 3}/photo {i}.JPEG {i % 3}" for i in numbers]


def test_images_are_read_in_the_order_of_the_list(root, tmp_path):
    path = listed(tmp_path / "Toy_LT_train.txt", [*lines([4, 0, 1, 2]), ""])
    data = read_image_list(path, root, size=(6, 5))
    assert data.y.tolist() == [1, 0, 1, 2]
    assert data.X.shape == (4, 3, 6, 5)
    assert [int(data.X[i].mean().round()) for i in range(4)] == [80, 0, 20, 40]
    assert (data.name, data.part, data.task) == ("Toy_LT_train", None, "multiclass")


def test_parts_come_from_their_lists(root, tmp_path):
    lists = {
        "train": listed(tmp_path / "a.txt", lines([0, 1, 2])),
        "test": listed(tmp_path / "b.txt", lines([3, 4, 5])),
    }
    data = read_image_list(lists, root, size=(4, 4))
    assert data.part.tolist() == ["train"] * 3 + ["test"] * 3
    test = data.take(np.flatnonzero(data.part == "test"))
    assert int(test.X[2].mean().round()) == 100


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("train/n0/photo 0.JPEG", "line 2"),
        ("train/n0/photo 0.JPEG one", "line 2"),
        ("../secret.JPEG 1", "leads out"),
        ("/etc/passwd 1", "leads out"),
        ("train/n0/none.JPEG 1", "'train/n0/none.JPEG'"),
    ],
)
def test_lines_that_cannot_be_meant(root, tmp_path, line, words):
    with pytest.raises(BadTable, match=words):
        read_image_list(listed(tmp_path / "a.txt", [*lines([1]), line]), root)


def test_what_is_not_there(root, tmp_path):
    with pytest.raises(BadTable, match="no file there"):
        read_image_list(tmp_path / "none.txt", root)
    with pytest.raises(BadTable, match="Expected a folder"):
        read_image_list(listed(tmp_path / "a.txt", lines([0, 1])), tmp_path / "none")
    with pytest.raises(BadTable, match="got none"):
        read_image_list(listed(tmp_path / "e.txt", [""]), root)
