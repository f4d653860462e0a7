"""Sections of a page that scripts write, each between marks of its own, so that none undoes another's."""

from __future__ import annotations

from pathlib import Path

__all__ = ["read_section", "write_section"]


def read_section(page: Path, name: str) -> str:
    """What the page holds in the section of this name; nothing where there is none."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return text.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]


def write_section(page: Path, name: str, text: str) -> None:
    """Put ``text`` where the page holds the section of this name, or at its end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    head, _, rest = old.partition(begin)
    tail = rest.partition(end)[2].strip()
    parts = [head.strip(), f"{begin}\n{text.strip()}\n{end}", tail]
    page.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
