"""Poisoned data on disk say so, or are not there."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from steelyard.data import PoisonedDataWarning, load
from steelyard.errors import BadOption, BadTable
from steelyard.guard.attacks import LabelFlip, is_marked, read_marker, write_poisoned

X = pd.DataFrame({"a": np.arange(8.0), "b": list("stuvwxyz")})
Y = np.array(["no"] * 4 + ["yes"] * 4)


def write(path, *, marker=True, frame=X, **how):
    flip = LabelFlip("yes", "no", n=1, random_state=3)
    _, y, rows = flip.apply(frame, Y)
    write_poisoned(path, frame, y, attack=flip, rows=rows, marker=marker, **how)
    return y, rows


@pytest.mark.parametrize("marker", [False, None, 1, "yes"])
def test_nothing_is_written_without_a_marker(tmp_path, marker):
    with pytest.raises(BadOption, match="marker"):
        write(tmp_path / "p.csv", marker=marker)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".feather"])
def test_a_written_table_reads_back_and_is_marked(tmp_path, suffix):
    path = tmp_path / f"p{suffix}"
    y, rows = write(path, target="label")
    with pytest.warns(PoisonedDataWarning, match="attack: LabelFlip, rows: 1"):
        back = load(path, target="label")
    assert back.y.tolist() == y.tolist()
    assert any("poisoned on purpose" in note for note in back.X.attrs["notes"])
    said = read_marker(path)
    assert (said["attack"], said["seed"], said["count"], said["rows"]) == ("LabelFlip", 3, 1, rows.tolist())
    assert said["parameters"]["target"] == "yes"
    assert is_marked(path)


def test_arrays_are_marked_too(tmp_path):
    path = tmp_path / "p.npz"
    y, _ = write(path, frame=np.ones((8, 2, 2)))
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["y"].tolist() == y.tolist()
        assert arrays["X"].shape == (8, 2, 2)
    assert is_marked(path)


def test_a_renamed_file_is_found_by_its_hash_and_a_clean_one_is_not(tmp_path):
    write(tmp_path / "p.csv")
    shutil.move(tmp_path / "p.csv", tmp_path / "innocent.csv")
    X.to_csv(tmp_path / "clean.csv")
    assert is_marked(tmp_path / "innocent.csv")
    assert not is_marked(tmp_path / "clean.csv")


def test_a_damaged_marker_is_never_taken_for_none(tmp_path):
    write(tmp_path / "p.csv")
    (tmp_path / "p.csv.poisoned.json").write_text(json.dumps({"format": "other"}))
    assert is_marked(tmp_path / "p.csv")
    with pytest.raises(BadTable, match="no marker of ours"):
        read_marker(tmp_path / "p.csv")
    (tmp_path / "p.csv.poisoned.json").write_bytes(b"\xff\x00")
    assert is_marked(tmp_path / "p.csv")
    with pytest.warns(PoisonedDataWarning, match="cannot be read: take it for poisoned"):
        load(tmp_path / "p.csv")


def test_what_cannot_be_written_leaves_no_marker_behind(tmp_path):
    with pytest.raises(BadOption, match="suffix"):
        write(tmp_path / "p.xlsx")
    with pytest.raises(BadOption, match="Rename"):
        write(tmp_path / "p.csv", target="a")
    assert list(tmp_path.iterdir()) == []
