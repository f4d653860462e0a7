"""Sections of a page that scripts write, each between marks of its own, so that none undoes another's."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_section"]


def write_section(page: Path, name: str, text: str) -> None:
    """Put ``text`` where the page holds the section of this name, or at its end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    head, _, rest = old.partition(begin)
    tail = rest.partition(end)[2].strip()
    parts = [head.strip(), f"{begin}\n{text.strip()}\n{end}", tail]
    page.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
