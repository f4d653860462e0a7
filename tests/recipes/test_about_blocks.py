"""A docstring becomes paragraphs and lists, and no word of it is lost."""

import re

from hypothesis import given
from hypothesis import strategies as st

from steelyard.recipes.machinery.about_blocks import about_blocks, inline_pieces

ABOUT = """Title, authors, 2025, https://example.org/a.

Claim: it is
better.

Changed
-------
1. This, over
   two lines.

2) That.
(3) Third.

- a bullet
Then ``code``, `name` and **weight**.
"""


def test_blocks_of_every_kind():
    blocks = [(block.kind, block.text or block.items) for block in about_blocks(ABOUT)]
    assert blocks == [
        ("paragraph", "Title, authors, 2025, https://example.org/a."),
        ("paragraph", "Claim: it is better."),
        ("heading", "Changed"),
        ("numbered", ("This, over two lines.", "That.", "Third.")),
        ("bullets", ("a bullet",)),
        ("paragraph", "Then ``code``, `name` and **weight**."),
    ]


def test_pieces():
    assert inline_pieces("Then ``code``, `name` and **weight**.") == [
        ("text", "Then "),
        ("code", "code"),
        ("text", ", "),
        ("code", "name"),
        ("text", " and "),
        ("strong", "weight"),
        ("text", "."),
    ]


@given(st.text(alphabet="ab 1.-(`*\n", max_size=60))
def test_no_letter_is_lost(text):
    kept = "".join(
        "".join(piece for _, piece in inline_pieces(part))
        for block in about_blocks(text)
        for part in (block.text, *block.items)
    )
    assert re.sub(r"[^ab]", "", kept) == re.sub(r"[^ab]", "", text)
