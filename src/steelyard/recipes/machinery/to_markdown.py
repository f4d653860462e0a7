"""A recipe's table as a Markdown page for the docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.recipes.machinery.about_blocks import Block, inline_pieces
from steelyard.recipes.machinery.collect_page import collect_page
from steelyard.recipes.machinery.results import Table

__all__ = ["to_markdown"]

WRITTEN = (
    "<!-- Written from a run's table.json by scripts/build_recipe_pages.py; change the recipe instead. -->"
)
ESCAPED = str.maketrans(
    {"|": "\\|", "<": "&lt;", ">": "&gt;", "*": "\\*", "_": "\\_", "[": "\\[", "]": "\\]"}
)
RULES = {"l": "---", "r": "--:"}


def to_markdown(table: Table) -> str:
    """Return the page of a table.

    Parameters
    ----------
    table : Table

    Returns
    -------
    str
    """
    page = collect_page(table)
    parts = [f"# {_text(page['title'])}", WRITTEN, _inline(page["citation"]), *map(_block, page["about"])]
    parts += [f"```\n{page['command']}\n```"]
    parts += ["## What must hold", _text(page["headline"])]
    if page["verdicts"]:
        parts.append(_grid(["claim", "verdict", "figures"], "lll", map(_claim, page["verdicts"])))
    parts += [_text(words) for words in page["words"]]
    parts += ["## How a claim is judged", *map(_text, page["rule"])]
    parts += ["## The table", _lead(page)]
    for metric in page["main"]:
        parts += [f"### {_text(metric)}", _metric(page, metric)]
    means = [group for group in page["groups"] if _is_mean(group)] or page["groups"]
    if page["others"]:
        parts += ["### Other metrics", _others(means, page["others"])]
    parts += ["## How it was made", _grid(["", ""], "ll", map(_fact, page["facts"])), _text(page["versions"])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(text: Any) -> str:
    """Text with nothing in it that Markdown would read as its own."""
    return str(text).translate(ESCAPED)


def _inline(text: str) -> str:
    written = {"code": "`{}`", "strong": "**{}**", "link": "<{}>"}
    return "".join(
        written[kind].format(piece) if kind in written else _text(piece)
        for kind, piece in inline_pieces(text)
    )


def _block(block: Block) -> str:
    if block.kind == "heading":
        return f"## {_inline(block.text)}"
    if block.kind == "paragraph":
        return _inline(block.text)
    marks = [f"{number}." for number in range(1, len(block.items) + 1)]
    marks = marks if block.kind == "numbered" else ["-"] * len(block.items)
    return "\n".join(f"{mark} {_inline(item)}" for mark, item in zip(marks, block.items, strict=True))


def _grid(head: Sequence[str], align: str, rows: Any) -> str:
    lines = [head, [RULES[letter] for letter in align], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _claim(verdict: Mapping[str, Any]) -> list[str]:
    return [_text(verdict["text"]), f"**{verdict['verdict']}**", _text(verdict["words"])]


def _fact(fact: Mapping[str, str]) -> list[str]:
    return [fact["label"], _text(fact["value"])]


def _is_mean(group: Mapping[str, Any]) -> bool:
    return bool(group["is_mean"])


def _lead(page: Mapping[str, Any]) -> str:
    lead = (
        "Ours is the mean over seeds with Student's 95 % interval of it, which says how much another seed "
        "would change the figure, not how much other data would."
    )
    if page["not_measured"]:
        lead += f" Printed cells that were not measured at this scale: {page['not_measured']}."
    return lead


def _metric(page: Mapping[str, Any], metric: str) -> str:
    rows = []
    for group in page["groups"]:
        for line in group["rows"]:
            cell = line["cells"].get(metric)
            if cell:
                ours = " ".join(
                    filter(None, [cell["interval"], f"({cell['seeds']})" if cell["seeds"] else ""])
                )
                names = [_text(group["dataset"]), _text(line["system"]), _text(line["protocol"])]
                rows.append([*names, cell["paper"], cell["ours"], ours, cell["difference"]])
    head = ["data set", "system", "protocol", "paper", "ours", "95 % interval", "difference"]
    return _grid(head, "lllrrlr", rows)


def _others(groups: Sequence[Mapping[str, Any]], metrics: Sequence[str]) -> str:
    rows = [
        [
            *(_text(name) for name in (group["dataset"], line["system"], line["protocol"])),
            *(line["cells"][metric]["ours"] if metric in line["cells"] else "" for metric in metrics),
        ]
        for group in groups
        for line in group["rows"]
    ]
    return _grid(["data set", "system", "protocol", *map(_text, metrics)], "lll" + "r" * len(metrics), rows)
