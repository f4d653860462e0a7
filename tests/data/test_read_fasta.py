"""FASTA in, peptides out, and every change and refusal told."""

import gzip
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.data.encode_peptide import AMINO_ACIDS
from steelyard.data.read_fasta import read_fasta, validate_peptides
from steelyard.errors import BadOption, BadTable

TEXT = ">one| a name\r\nACD\r\n EF G \r\n\r\n;comment\r\n>\r\n>two\r\n"


def test_names_sequences_and_lines():
    read = read_fasta(TEXT)
    assert read["name"].tolist() == ["one| a name", "", "two"]
    assert read["sequence"].tolist() == ["ACDEFG", "", ""]
    assert read["line"].tolist() == [1, 6, 7]


def test_every_kind_of_source_reads_alike(tmp_path):
    want = read_fasta(TEXT)
    plain, packed = tmp_path / "a.fasta", tmp_path / "a.fasta.gz"
    plain.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    packed.write_bytes(gzip.compress(TEXT.encode()))
    for source in (plain, str(plain), packed, TEXT.encode(), io.StringIO(TEXT), io.BytesIO(TEXT.encode())):
        assert read_fasta(source).equals(want), source


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(alphabet="abc |1.", max_size=8), st.text(alphabet=AMINO_ACIDS, max_size=40)),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 9),
)
def test_what_is_written_is_read(records, width):
    lines = []
    for name, sequence in records:
        lines.append(f">{name}")
        lines += [sequence[i : i + width] for i in range(0, len(sequence), width)]
    read = read_fasta("\n".join(lines) + "\n")
    assert read["name"].tolist() == [name.strip() for name, _ in records]
    assert read["sequence"].tolist() == [sequence for _, sequence in records]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("ACD\nEFG\n", "line 1"),
        ("\n\nsequence,target\nACD,1\n", "'sequence,target' in line 3"),
        (b"", "at least one record"),
        ("\n\n", "at least one record"),
        (b">a\nAC\0D\n", "zero bytes"),
        (b">a\n\xff\xfe\n", "byte at place 3"),
        ("no_such_file.fasta", "not there"),
        (7, "an open file"),
    ],
)
def test_what_is_no_fasta_is_told_by_line(source, word):
    with pytest.raises(BadTable, match=word):
        read_fasta(source)


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress])
def test_too_large_is_refused_before_it_is_read(tmp_path, pack):
    path = tmp_path / "large.fasta"
    path.write_bytes(pack(b">a\n" + b"A" * 2_000_000))
    with pytest.raises(BadTable, match="at most 1 MB"):
        read_fasta(path, max_mb=1)
    assert len(read_fasta(path)["sequence"][0]) == 2_000_000
    with pytest.raises(BadOption, match="max_mb"):
        read_fasta(path, max_mb=0)


GIVEN = [
    "ACD",
    " a c\td ",
    "ACD*",
    "AXD",
    "",
    "   ",
    None,
    np.nan,
    12,
    "ACDEFG",
    "AÉ",
    "A*D",
    "A-D",
    "*",
    "ß",
]
REFUSED = {
    3: "letter 'X' at place 2",
    4: "empty",
    5: "empty",
    6: "empty",
    7: "empty",
    8: "int instead of text",
    10: "letter 'É' at place 2",
    11: "letter '*' at place 2",
    12: "letter '-' at place 2",
    13: "empty",
    14: "letter 'ß' at place 1",
}


def test_each_row_is_kept_changed_or_refused_with_the_reason():
    told = validate_peptides(GIVEN, on_invalid="drop")
    assert told.sequences == ["ACD", "ACD", "ACD", "ACDEFG"]
    assert told.rows.tolist() == [0, 1, 2, 9]
    assert [(c.row, c.was, c.now, c.why) for c in told.changes] == [
        (1, " a c\td ", "ACD", "blanks, small letters"),
        (2, "ACD*", "ACD", "a stop at the end"),
    ]
    assert [one.row for one in told.refused] == list(REFUSED)
    for one in told.refused:
        assert one.why.startswith(REFUSED[one.row]), one


def test_raising_lists_the_first_few():
    with pytest.raises(
        BadTable, match=r"11 that are none: row 3, 'AXD': letter 'X'.*and 8 more.*on_invalid='drop'"
    ):
        validate_peptides(GIVEN)
    assert validate_peptides(["ACD"]).refused == ()


def test_lengths_have_limits():
    told = validate_peptides(["A", "AC", "ACDE"], on_invalid="drop", shortest=2, longest=3)
    assert told.sequences == ["AC"]
    assert [one.why for one in told.refused] == ["1 residues, fewer than 2", "4 residues, more than 3"]
    assert validate_peptides(["A"], on_invalid="drop", shortest=2).sequences == []
    assert validate_peptides([]).sequences == []


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"on_invalid": "ignore"}, "on_invalid"),
        ({"shortest": 0}, "shortest"),
        ({"longest": 1.5}, "longest"),
        ({"shortest": 5, "longest": 4}, "longest to be at least shortest"),
    ],
)
def test_options_that_make_no_sense(options, word):
    with pytest.raises(BadOption, match=word):
        validate_peptides(["ACD"], **options)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=12), st.none(), st.floats()), max_size=8))
def test_every_row_ends_in_one_place_and_no_letter_is_lost(given_rows):
    told = validate_peptides(given_rows, on_invalid="drop")
    assert sorted([*told.rows.tolist(), *(one.row for one in told.refused)]) == list(range(len(given_rows)))
    for row, sequence in zip(told.rows.tolist(), told.sequences, strict=True):
        assert sequence
        assert set(sequence) <= set(AMINO_ACIDS)
        assert sequence == "".join(given_rows[row].split()).removesuffix("*").upper()


def test_frames_and_series_will_do():
    frame = pd.DataFrame({"peptide": ["ac", "DE"]}, index=["x", "y"])
    assert validate_peptides(frame).sequences == validate_peptides(frame["peptide"]).sequences == ["AC", "DE"]
