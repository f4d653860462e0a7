"""Write docs/datasets.md from the catalogue; ``--check`` only says whether it is current.

python scripts/build_datasets_page.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from steelyard.data.catalogue import CatalogueEntry, catalogue

PAGE = Path(__file__).resolve().parents[1] / "docs" / "datasets.md"
WHERE = {"package": "in the package", "download": "download", "folder": "prepared folder"}
HEAD = """# Data sets

<!-- Written by scripts/build_datasets_page.py from the catalogue; change that, not this page. -->

`steelyard.data.load(name)` and every command take the name of a set in place of a file. The last part of a
name is enough where it is unique; where it is not, the set inside the package is meant.

```python
>>> import steelyard
>>> data = steelyard.load("ecoli")
>>> len(data), len(data.counts)
(336, 8)

```

A set is looked for in the package, then in the folder that the environment variable `STEELYARD_DATA`
names, then at its official address, from where it goes to the cache folder (`STEELYARD_CACHE`, else
`steelyard` in your user cache). The SHA-256 of each file is checked every time. Where nobody we can cite
has written down the digest of an official file, the first download says what came and asks for
`accept_sha256=` (`--accept-sha256`).

What counts as a missing cell in delimited text: an empty one, `NA`, `NaN`, `nan` and `null`. `None`, `NO`,
`-` and `?` are values, because they mean something in real tables; `read_table(..., missing_words=...)`
changes the list. In ARFF and KEEL files `?` and `<null>` are missing.

Licence letters: **A** may be passed on with attribution, **S** under its own share-alike or copyleft terms,
**N** for non-commercial use only, **?** unclear. Ratio is the most over the least frequent class; of a
multi-label set, absent over present of the rarest label; of masks, pixels; "–" where nobody has counted.
Views are two-class problems made of a set in the package.

Images and series come as arrays, channels first. Pillow, which reads JPEG and PNG, comes with
`steelyard[image]`. Sound comes as clips that stay encoded until they are asked for: `wave, rate = data.X[0]`;
`steelyard.data.LogMel` makes spectrograms of one size of them. soundfile, which reads FLAC and WAV, comes with
`steelyard[audio]`.
"""


def table(entries: Sequence[CatalogueEntry]) -> str:
    """One line a set."""
    lines = [
        "| name | about | rows | features | classes | ratio | smallest | where | licence |",
        "|---|---|--:|--:|--:|--:|--:|---|---|",
    ]
    for e in entries:
        features = " x ".join(map(str, e.shape)) if e.shape else e.features or "–"
        ratio, smallest = (f"{e.ratio:,.1f}", f"{e.smallest:,}") if e.ratio else ("–", "–")
        lines.append(
            f"| `{e.name}` | {e.title} | {e.rows:,} | {features} | {e.classes} | {ratio} | {smallest} | "
            f"{WHERE[e.where]} | {e.licence_letter} |"
        )
    return "\n".join(lines) + "\n"


def details(entry: CatalogueEntry) -> str:
    """What an honest experiment with one set must know."""
    lines = [f"\n### {entry.name}\n"]
    labels = ", ".join(filter(None, [entry.target, *entry.other_targets]))
    if entry.task == "segmentation":
        labels = "a class for each pixel"
    lines += [f"{entry.title}. Task: {entry.task}. Label: {labels}."]
    if entry.view_of:
        lines += [f"A view of `{entry.view_of}`: {entry.positive} against the rest."]
    roles = [f"{role} `{name}`" for role in ("groups", "time", "part") if (name := getattr(entry, role))]
    if roles:
        lines += [f"Used for splitting: {', '.join(roles)}."]
    if entry.drop:
        lines += ["", "Left out:", ""] + [f"- `{column}`: {why}" for column, why in entry.drop.items()]
    rules = [
        f"- rows where `{rule['column']}` is {', '.join(map(str, rule['values']))}: {rule['why']}"
        for rule in entry.exclude
    ]
    lines += rules if entry.drop else (["", "Left out:", "", *rules] if rules else [])
    if entry.traps:
        lines += ["", "Mind:", ""] + [f"- {trap}" for trap in entry.traps]
    lines += ["", f"Licence: {entry.licence}. {entry.attribution}."]
    if entry.url and entry.url not in entry.attribution:
        lines += [f"Page: <{entry.url}>."]
    for file in dict.fromkeys((file.url, file.sha256) for file in entry.official):
        lines += [
            "Official file: "
            f"<{file[0]}>" + (f", SHA-256 `{file[1]}`." if file[1] else ", no digest on record.")
        ]
    if not entry.official and not entry.packaged:
        lines += [f"Only from a prepared folder: {entry.by_hand}."]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    known = catalogue()
    members = ("tabular/keel_", "peptide/")
    alone = [e for e in known.values() if not e.name.startswith(members) or e.packaged]
    pieces = [HEAD]
    packaged = [e for e in alone if e.packaged]
    pieces += [f"\n## In the package ({len(packaged)})\n\n", table(packaged)]
    wider = [e for e in alone if not e.packaged]
    for modality, title in (
        ("table", "Tables"),
        ("text", "Texts"),
        ("image", "Images"),
        ("series", "Series"),
        ("audio", "Sound"),
    ):
        chosen = [e for e in wider if e.modality == modality]
        pieces += [f"\n## {title} ({len(chosen)})\n\n", table(chosen)]
    for name in (
        "peptide/proinflammatory",
        "peptide/therapeutic",
        "tabular/keel_binary",
        "tabular/keel_multiclass",
    ):
        chosen = [e for e in known.values() if e.name.startswith(f"{name}/") and not e.packaged]
        pieces += [f"\n## {name} ({len(chosen)})\n\n", table(chosen), f"\n{chosen[0].attribution}.\n"]
    pieces += ["\n## One by one\n", *map(details, alone)]
    return "".join(pieces)


def main(arguments: Sequence[str]) -> int:
    """Write the page, or check it."""
    fresh = page()
    if "--check" in arguments:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == fresh
        if not current:
            sys.stderr.write("docs/datasets.md is not current: run python scripts/build_datasets_page.py\n")
        return 0 if current else 1
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
