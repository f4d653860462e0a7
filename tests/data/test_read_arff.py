"""ARFF and KEEL: types from the header, and the line at fault when something is wrong."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import arff as scipy_arff

from steelyard.data import read_table
from steelyard.data.read_arff import _cells, read_arff
from steelyard.errors import BadTable

HERE = Path("t.arff")

WEKA = """% a comment
@RELATION 'the weather'
@ATTRIBUTE outlook {sunny, 'partly cloudy', rainy}
@ATTRIBUTE temperature NUMERIC
@ATTRIBUTE "windy, or not" {TRUE, FALSE}
@ATTRIBUTE note string
@ATTRIBUTE day date "yyyy-MM-dd"
@ATTRIBUTE days integer
@DATA
sunny, 85.5, FALSE, 'it\\'s hot, very', '2024-05-01', 3

% another
'partly cloudy', ?, TRUE, ?, 2024-05-02, 4
"""

KEEL = """@relation glass
@attribute RI real [1.51115, 1.53393]
@attribute Kind {a, b}
@attribute Class {positive, negative}
@inputs RI, Kind
@outputs Class
@data
1.5, a, negative
<null>, b, positive
"""


def test_weka():
    frame = read_arff(WEKA, HERE)
    assert list(frame.columns) == ["outlook", "temperature", "windy, or not", "note", "day", "days"]
    assert list(frame["outlook"].cat.categories) == ["sunny", "partly cloudy", "rainy"]
    assert frame["temperature"].tolist()[0] == 85.5
    assert np.isnan(frame["temperature"].tolist()[1])
    assert frame["note"].tolist()[0] == "it's hot, very"
    assert frame["day"].dt.day.tolist() == [1, 2]
    assert frame["days"].dtype == np.int64


def test_keel_names_its_target(tmp_path):
    path = tmp_path / "glass.dat"
    path.write_text(KEEL)
    frame = read_table(path)
    assert frame.attrs["target"] == "Class"
    assert frame["RI"].isna().tolist() == [False, True]
    assert frame["Class"].tolist() == ["negative", "positive"]


def test_sparse_rows():
    header = "@relation r\n@attribute a real\n@attribute b {x, y}\n@attribute c real\n@data\n"
    text = header + "{0 2.5, 1 y}\n{2 7}\n{}\n"
    frame = read_arff(text, HERE)
    assert frame["a"].tolist() == [2.5, 0.0, 0.0]
    assert frame["b"].tolist() == ["y", "x", "x"]
    assert frame["c"].tolist() == [0.0, 7.0, 0.0]


def test_scipy_agrees(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{a:.6g},{b},{'xyz'[b % 3]}" for a, b in zip(rng.normal(size=30), range(30), strict=True)]
    text = "@relation r\n@attribute a real\n@attribute b numeric\n@attribute c {x,y,z}\n@data\n" + "\n".join(
        rows
    )
    path = tmp_path / "t.arff"
    path.write_text(text)
    theirs, _ = scipy_arff.loadarff(path)
    ours = read_table(path)
    assert np.array_equal(ours["a"], theirs["a"])
    assert np.array_equal(ours["b"], theirs["b"])
    assert ours["c"].tolist() == [value.decode() for value in theirs["c"]]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\\"), min_size=1), min_size=1))
def test_quoted_cells_come_apart_as_they_were_joined(cells):
    line = ",".join("'" + cell.replace("'", "\\'") + "'" for cell in cells)
    assert _cells(line) == cells


HEAD = "@relation r\n@attribute a real\n@attribute c {x, y}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD, ["@data", "cut off"]),
        (HEAD + "@data\n", ["no rows"]),
        (HEAD + "@data\n1, x\n2\n", ["Expected 2 cells", "got 1", "line 6"]),
        (HEAD + "@data\n1, z\n", ["'z'", "'c'", "declared"]),
        (HEAD + "@data\none, x\n", ["numbers", "'a'", "'one'"]),
        (HEAD + "@attribute a real\n@data\n1, x, 2\n", ["'a' again", "line 4"]),
        (HEAD + "@attribute bag relational\n@data\n1, x, 2\n", ["relational", "'bag'"]),
        (HEAD + "@attribute\n@data\n1, x\n", ["@attribute name type", "line 4"]),
        (HEAD + "what is this\n@data\n1, x\n", ["'what is this'", "line 4"]),
        (HEAD + "@data\n{7 1}\n", ["index below 2", "line 5"]),
        ("@relation r\n@data\n1\n", ["@attribute"]),
    ],
)
def test_bad_files_name_the_place(text, words):
    with pytest.raises(BadTable) as caught:
        read_arff(text, HERE)
    for word in words:
        assert word in str(caught.value)


def test_a_csv_named_arff_and_bad_bytes(tmp_path):
    path = tmp_path / "t.arff"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadTable, match="@relation"):
        read_table(path)
    path.write_bytes(b"@relation caf\xe9\n@attribute a real\n@data\n1\n")
    with pytest.raises(BadTable, match="--encoding"):
        read_table(path)
    assert read_table(path, encoding="latin-1")["a"].tolist() == [1.0]


def test_too_many_attributes():
    text = "@relation r\n" + "".join(f"@attribute a{i} real\n" for i in range(50_001)) + "@data\n1\n"
    with pytest.raises(BadTable, match="50,000 columns"):
        read_arff(text, HERE)
