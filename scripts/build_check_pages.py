"""Write docs/checks from the docstrings of the checks; ``--check`` only says whether they are current.

Run: python scripts/build_check_pages.py [--check]
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from steelyard.diagnose import checks

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "checks"
HEADING = re.compile(r"^(\w[\w ]*)\n-+\n", re.MULTILINE)


def sections(kind: type) -> tuple[str, dict[str, str]]:
    """The running text of a docstring, and its numpydoc sections by name."""
    parts = HEADING.split(inspect.cleandoc(kind.__doc__ or ""))
    return parts[0].strip(), dict(zip(parts[1::2], (text.strip() for text in parts[2::2]), strict=True))


def defaults(kind: type) -> dict[str, str]:
    """Parameters of a check and the values they have when nobody says otherwise."""
    parameters = list(inspect.signature(kind).parameters.values())
    return {p.name: repr(p.default) for p in parameters if p.default is not inspect.Parameter.empty}


def limits(kind: type, described: str) -> list[str]:
    """The table of parameters: name, default, meaning."""
    meanings = dict(re.findall(r"^(\w[\w, ]*) :.*\n((?:    .*\n?)+)", described + "\n", re.MULTILINE))
    rows = []
    for name, default in defaults(kind).items():
        text = next((text for names, text in meanings.items() if name in names.split(", ")), "")
        rows.append(f"| `{name}` | `{default}` | {' '.join(text.split())} |")
    return (
        ["| parameter | default | meaning |", "|---|---|---|", *rows]
        if rows
        else ["It has no limits to set."]
    )


def page(kind: type) -> str:
    """One page: what it looks for, its limits, an example, and its sources."""
    text, parts = sections(kind)
    lines = [
        f"# {kind.code}: {kind.title}",
        "",
        text,
        "",
        "## Limits",
        "",
        *limits(kind, parts.get("Parameters", "")),
    ]
    if "Notes" in parts:
        lines += ["", "## When it misleads", "", parts["Notes"]]
    if "Examples" in parts:
        imports = [">>> import numpy as np", f">>> from steelyard.diagnose import {kind.__name__}"]
        lines += ["", "## Example", "", "```python", *imports, parts["Examples"], "", "```"]
    if "References" in parts:
        lines += ["", "## Source", "", parts["References"]]
    lines += [
        "",
        f"Alone: `steelyard check claims.csv --target fraud --only {kind.code}`. [All checks](index.md).",
    ]
    return "\n".join(lines) + "\n"


def index(kinds: dict[str, type]) -> str:
    """The list of all checks."""
    rows = [
        f"| [{code}]({code}.md) | {kind.title} | {sections(kind)[0].partition(chr(10) * 2)[0]} |"
        for code, kind in kinds.items()
    ]
    rows = [" ".join(row.split()) for row in rows]
    return "\n".join(
        [
            "# Checks",
            "",
            "`steelyard check` and `steelyard.diagnose.checkup` run them all. Each says *found*, *clear*, or *not applicable* "
            "and why; the rows at fault are attached. Every limit is a parameter of the class.",
            "",
            "| code | title | what it looks for |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def pages() -> dict[str, str]:
    """Every page by file name."""
    kinds = checks()
    return {"index.md": index(kinds), **{f"{code}.md": page(kind) for code, kind in kinds.items()}}


def main() -> None:
    """Write the pages, or say which are out of date."""
    made = pages()
    if "--check" in sys.argv:
        stale = [name for name, text in made.items() if not _is(FOLDER / name, text)]
        raise SystemExit(f"Out of date: {stale}. Run scripts/build_check_pages.py." if stale else 0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
