import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import BadTable
from steelyard.web.read_peptides import read_peptides

A, B, C = "ACDEFGHIKLMN", "LLLLLLAAAAAA", "WWWWWYYYYYFF"


def lines(parsed):
    return [(item.number, item.name, item.sequence) for item in parsed.items]


def test_a_list_keeps_every_line_and_its_place():
    parsed = read_peptides(f"{A}\n\n{B.lower()}\nx1!\n\n")
    assert parsed.kind == "list"
    assert lines(parsed) == [
        (1, "peptide 1", A),
        (2, "peptide 2", ""),
        (3, "peptide 3", B),
        (4, "peptide 4", "X1!"),
    ]


@pytest.mark.parametrize("text", [f"{A}, {B}, {C}", f"{A};{B};{C}", f"{A}\t{B}\t{C}"])
def test_peptides_on_one_line_are_one_each(text):
    assert [item.sequence for item in read_peptides(text).items] == [A, B, C]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_fasta_keeps_names_and_joins_lines_whatever_ends_them(ending):
    text = ending.join([">first | of two", A[:6], A[6:], "", ">empty", ">second", B.lower()])
    parsed = read_peptides(text)
    assert parsed.kind == "fasta"
    assert lines(parsed) == [(1, "first | of two", A), (2, "empty", ""), (3, "second", B)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_finds_its_columns_by_name(delimiter):
    text = "\n".join(
        delimiter.join(row) for row in [["id", "dose", "Peptide"], ["p1", "3", A], ["p2", "", B]]
    )
    parsed = read_peptides(text)
    assert (parsed.kind, parsed.columns) == ("table", ("id", "dose", "Peptide"))
    assert (parsed.column, parsed.name_column) == ("Peptide", "id")
    assert lines(parsed) == [(1, "p1", A), (2, "p2", B)]


def test_a_table_finds_peptides_in_a_column_without_a_telling_name():
    parsed = read_peptides(f"who,what\nmouse,{A}\nrat,{B}")
    assert (parsed.column, parsed.name_column) == ("what", None)


def test_chosen_columns_count():
    text = f"id,first,second\np1,{A},{B}\np2,{B},{C}"
    parsed = read_peptides(text, "second", "first")
    assert lines(parsed) == [(1, A, B), (2, B, C)]


def test_names_of_columns_that_are_made_of_amino_acids_are_names():
    parsed = read_peptides(f"treatments,first\n{A},p1\n{B},p2")
    assert parsed.columns == ("treatments", "first")
    assert read_peptides(f"{A.lower()},first\n{B.lower()},p2").columns == ("column 1", "column 2")


def test_a_table_without_a_header_has_numbered_columns():
    parsed = read_peptides(f"p1,{A}\np2,{B}")
    assert parsed.columns == ("column 1", "column 2")
    assert [item.sequence for item in parsed.items] == [A, B]


def test_a_single_column_with_a_header_is_a_table():
    parsed = read_peptides(f"peptide_sequence\n{A}\n{B}")
    assert (parsed.kind, parsed.column) == ("table", "peptide_sequence")
    assert [item.sequence for item in parsed.items] == [A, B]


def test_rows_of_another_width_and_empty_rows_keep_their_place():
    parsed = read_peptides(f"id,peptide\np1,{A}\np2\n\np4,{B},spare\np5,{C}")
    told = [(item.number, item.sequence, item.refusal is None) for item in parsed.items]
    assert told == [(1, A, True), (2, "", False), (3, "", True), (4, B, False), (5, C, True)]


def test_quoted_cells_may_hold_delimiters_and_line_ends():
    parsed = read_peptides(f'name,peptide\n"one, two\nthree",{A}')
    assert lines(parsed) == [(1, "one, two three", A)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "got nothing"),
        (" \n\t\n", "got nothing"),
        (f'id,peptide\n"p1,{A}', "Mend the quotes"),
        ("id,peptide\n", "got none"),
        ("dose,place\n1,2", "Choose the column"),
        (f"peptide,peptide\n{A},{B}", "Rename the columns"),
        ("; only a comment\n", "FASTA"),
    ],
)
def test_what_is_no_input_is_told_in_a_sentence(text, says):
    with pytest.raises(BadTable, match=says):
        read_peptides(text)


def test_a_column_that_is_not_there_lists_those_that_are():
    with pytest.raises(BadTable, match="one of the columns id, peptide, got 'other'"):
        read_peptides(f"id,peptide\np,{A}", "other")


@given(st.text(max_size=300))
def test_any_text_gives_numbered_items_or_a_sentence(text):
    try:
        parsed = read_peptides(text)
    except BadTable:
        return
    assert [item.number for item in parsed.items] == list(range(1, len(parsed.items) + 1))
    assert all(item.name for item in parsed.items)


@given(st.lists(st.text("ACDEFGHIKLMNPQRSTVWY", min_size=5, max_size=30), min_size=1, max_size=20))
def test_a_list_of_peptides_comes_back_as_it_is(sequences):
    assert [item.sequence for item in read_peptides("\n".join(sequences)).items] == sequences
