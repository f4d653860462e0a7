"""A recipe's docstring as paragraphs and lists, with what is code in them marked."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Block", "about_blocks", "inline_pieces"]

ITEM = re.compile(r"^\s*(?:\(?(?P<number>\d+)[.)]|(?P<bullet>[-*]))\s+(?P<text>.*)$")
UNDERLINE = re.compile(r"^[-=~]{3,}\s*$")
INLINE = re.compile(
    r"``(?P<code>.+?)``|`(?P<name>[^`]+?)`|\*\*(?P<strong>.+?)\*\*|(?P<link>https?://[^\s<>]+[^\s<>.,;:)])"
)


@dataclass(frozen=True)
class Block:
    """One block: a 'paragraph' or 'heading' with its text, or a list, 'numbered' or 'bullets', with items."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def about_blocks(about: str) -> list[Block]:
    r"""Split a docstring into blocks.

    Parameters
    ----------
    about : str
        Paragraphs parted by empty lines, lists whose items begin with ``1.``, ``(1)`` or ``-``, headings
        that are underlined.

    Returns
    -------
    list of Block

    Examples
    --------
    >>> about = "One\nline.\n\n1. First,\n   long.\n2. Second."
    >>> [(block.kind, block.text or block.items) for block in about_blocks(about)]
    [('paragraph', 'One line.'), ('numbered', ('First, long.', 'Second.'))]
    """
    blocks: list[Block] = []
    lines: list[str] = []
    items: list[str] = []
    kind = "paragraph"

    def close() -> None:
        nonlocal kind
        if items:
            blocks.append(Block(kind, items=tuple(items)))
        elif lines:
            blocks.append(Block("paragraph", text=" ".join(lines)))
        items.clear()
        lines.clear()
        kind = "paragraph"

    for line in about.splitlines():
        item = ITEM.match(line)
        if not line.strip():
            if not items:
                close()
        elif UNDERLINE.match(line) and len(lines) == 1 and not items:
            blocks.append(Block("heading", text=lines.pop()))
        elif item:
            wanted = "numbered" if item["number"] else "bullets"
            if kind != wanted:
                close()
            kind = wanted
            items.append(item["text"].strip())
        elif items and line.startswith(" "):
            items[-1] = f"{items[-1]} {line.strip()}"
        else:
            if items:
                close()
            lines.append(line.strip())
    close()
    return blocks


def inline_pieces(text: str) -> list[tuple[str, str]]:
    """Split text into pieces: 'code', 'strong', 'link' and plain 'text'.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of (kind, text)

    Examples
    --------
    >>> inline_pieces("Call ``run`` at https://example.org.")
    [('text', 'Call '), ('code', 'run'), ('text', ' at '), ('link', 'https://example.org'), ('text', '.')]
    """
    pieces: list[tuple[str, str]] = []
    end = 0
    for found in INLINE.finditer(text):
        if found.start() > end:
            pieces.append(("text", text[end : found.start()]))
        kind = found.lastgroup or "text"
        pieces.append(("code" if kind == "name" else kind, found[kind]))
        end = found.end()
    if end < len(text):
        pieces.append(("text", text[end:]))
    return pieces
