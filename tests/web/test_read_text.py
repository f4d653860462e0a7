import pytest

from steelyard.errors import BadTable
from steelyard.web.read_text import read_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_and_unicode_are_read_without_a_word(encoding):
    assert read_text("naïve\nACD".encode(encoding)) == ("naïve\nACD", None)


def test_windows_text_is_read_with_a_word_about_it():
    text, note = read_text("Müller,ACD".encode("cp1252"))
    assert text == "Müller,ACD"
    assert "0xfc" in note


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00", b"\xff\xfeA", b"ACD\x00EF"])
def test_what_is_not_text_is_refused(data):
    with pytest.raises(BadTable, match="Expected text"):
        read_text(data)
