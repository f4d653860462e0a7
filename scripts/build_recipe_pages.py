"""Write docs/recipes/NAME.md from finished runs, and docs/recipes/index.md from the catalogue.

python scripts/build_recipe_pages.py [RUN ...] [--judge]

RUN is the folder of `steelyard recipe run NAME --out RUN`. With --judge the recipe's own words, printed cells
and claims are taken anew from its source and judged on the figures of the run, without running it again.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from steelyard.errors import UserError
from steelyard.recipes import catalogue, load_recipe
from steelyard.recipes.machinery.table_file import read_table_file
from steelyard.recipes.machinery.to_markdown import to_markdown
from steelyard.recipes.machinery.write_results import TABLE, write_results
from steelyard.recipes.table import Table, judge
from steelyard.store import write_whole

PAGES = Path(__file__).resolve().parents[1] / "docs" / "recipes"
MISTAKE = 2
HEAD = """# Recipes

<!-- Written by scripts/build_recipe_pages.py; change that, not this page. -->

A recipe is one flat file in [src/steelyard/recipes](../../src/steelyard/recipes) that runs the system of a paper on parts
of this library, and prints the paper's table beside ours. It says where it differs from the paper, which
protocol every figure belongs to, and what became of each comparison the paper stands on: *holds*, *does not
hold* or *cannot tell*, with its paired test.

"""
TAIL = """
```
steelyard recipe list
steelyard recipe show imovno
steelyard recipe run imovno --scale small --out imovno.steelyard
```

| scale | what for | takes |
|---|---|---|
| `smoke` | whether it runs at all; in the tests | seconds |
| `small` | the table on the recipe's page | minutes on two cores |
| `paper` | the paper's own setting, for whoever has the data and the machine | as the recipe says |

The folder then holds `report.html`, which opens anywhere and asks the network for nothing, `table.json`
([its format](../formats.md)) and `table.md`. Each finished unit of work is on disk before the next begins: a run that was
stopped, by whatever means, goes on with `--resume`. The figures do not depend on `--jobs`. A cell of the paper
that exists and that nobody could read prints "not seen"; where the paper has no such cell, ours stands alone.

From Python, `main` returns the table itself:

```
from steelyard.recipes import load_recipe

table = load_recipe("imovno").main("smoke")
table.mean("IMOVNO+", "G-mean", protocol="leak-free")
```
"""


def index() -> str:
    """The list of recipes; one that has a page links to it."""
    lines = ["| recipe | what it is |", "|---|---|"]
    for known in catalogue().values():
        page = (
            f"[`{known.name}`]({known.name}.md)"
            if (PAGES / f"{known.name}.md").exists()
            else f"`{known.name}`"
        )
        lines.append(f"| {page} | {known.title} |")
    return HEAD + "\n".join(lines) + "\n" + TAIL


def judged_anew(table: Table) -> Table:
    """The figures of a run under what the recipe's source says now."""
    module = load_recipe(table.name)
    about = inspect.cleandoc(module.__doc__ or "")
    words = getattr(module, "WORDS", table.words)
    return judge(replace(table, paper=module.PAPER, about=about), module.CLAIMS, words)


def main(arguments: Sequence[str]) -> int:
    """Write the pages."""
    anew = "--judge" in arguments
    for run in (Path(argument) for argument in arguments if argument != "--judge"):
        try:
            table = read_table_file(run / TABLE)
        except UserError as error:
            sys.stderr.write(f"error: {error}\n")
            return MISTAKE
        if anew:
            table = judged_anew(table)
            write_results(table, run)
        write_whole(PAGES / f"{table.name}.md", to_markdown(table))
    write_whole(PAGES / "index.md", index())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
