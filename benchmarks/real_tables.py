"""``steelyard fit`` on real tables of the catalogue, and the page that says what came out.

Every run is the command line's; a finished one is read again, a killed one goes on. Needs the catalogue's
files (``STEELYARD_DATA``) for the tables that are not in the package.

Run: make results
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESAMPLING = (
    "smote",
    "random-under",
    "random-over",
    "borderline-smote",
    "polynom-fit-smote",
    "smote-tomek",
    "self-paced",
    "balanced-forest",
    "rusboost",
)
RESAMPLING_LARGE = ("random-under", "tomek-links", "self-paced", "balanced-forest", "rusboost")
OTHERS = ("logistic",)


@dataclass(frozen=True)
class Table:
    """A table, why it is here, and the options its traps ask for."""

    name: str
    why: str
    options: tuple[str, ...] = ()
    large: bool = False
    slow: bool = False

    @property
    def remedies(self) -> tuple[str, ...]:
        """What is compared beside the baselines."""
        return RESAMPLING_LARGE if self.large else (*OTHERS, *RESAMPLING)


PROTOCOL = ("--folds", "5", "--repeats", "1")

TABLES = (
    Table("keel_binary/abalone19", "129 : 1, classes overlap"),
    Table("keel_binary/poker-8_vs_6", "86 : 1, 17 rare rows"),
    Table("keel_binary/winequality-red-3_vs_5", "68 : 1, 10 rare rows"),
    Table("keel_multiclass/yeast", "10 classes, 93 : 1"),
    Table("keel_multiclass/winequality-white", "7 classes, 440 : 1, a fifth are repeats"),
    Table("keel_multiclass/nursery", "all categorical, 2,160 : 1", large=True, slow=True),
    Table("tabular/mammography", "42 : 1"),
    Table("tabular/flights", "336,776 rows, by time, mixed", large=True),
    Table("tabular/coswara_metadata", "8 classes, mixed, mostly missing", large=True),
    Table("tabular/nsl_kdd", "5 classes, 1,223 : 1, mixed", large=True, slow=True),
    Table("keel_multiclass/page-blocks", "5 classes, 175 : 1", large=True),
    Table("tabular/diabetes130", "101,766 stays, grouped by patient, mixed", large=True, slow=True),
    Table(
        "keel_multiclass/abalone",
        "28 classes, 689 : 1, classes of one row",
        ("--rare", "merge"),
        large=True,
        slow=True,
    ),
    Table("tabular/fars", "100,968 rows, 8 classes, 4,680 : 1, mixed", large=True, slow=True),
)


def run(table: Table, folder: Path) -> dict[str, Any]:
    """Fit a table unless its folder is finished; return the scorecard."""
    out = folder / f"{table.name.replace('/', '_')}.steelyard"
    if not (out / "scorecard.json").exists():
        command = [sys.executable, "-m", "steelyard", "fit", table.name, "--out", str(out), "--jobs", "2"]
        command += [*PROTOCOL, *table.options, "--with", ",".join(table.remedies)]
        if out.exists():
            command.append("--resume")
        subprocess.run(command, check=True)
    return json.loads((out / "scorecard.json").read_text(encoding="utf-8"))


def cell(estimate: dict[str, Any] | None) -> str:
    """Mean and interval."""
    if estimate is None or estimate["mean"] is None:
        return "-"
    low, high = estimate["low"], estimate["high"]
    interval = "" if low is None or high is None else f" [{low:.3f}, {high:.3f}]"
    return f"{estimate['mean']:.3f}{interval}"


def best_of(card: dict[str, Any], names: tuple[str, ...], metric: str) -> dict[str, Any] | None:
    """The best row that was not dropped among these systems."""
    rows = [
        row
        for row in card["rows"]
        if row["system"] in names and metric in row["metrics"] and row["metrics"][metric]["mean"] is not None
    ]
    return max(rows, key=lambda row: row["metrics"][metric]["mean"], default=None)


def line(table: Table, card: dict[str, Any]) -> str:
    """A row of the page."""
    metric = card["protocol"]["metric"]
    rows = {row["system"]: row for row in card["rows"]}
    rival = best_of(card, (*RESAMPLING, *RESAMPLING_LARGE), metric)
    rival_cell = "-" if rival is None else f"{rival['system']}: {cell(rival['metrics'][metric])}"
    helps = "yes" if card["verdict"]["resampling_helps"] else "no evidence"
    return (
        f"| `{table.name}` | {table.why} | {card['data']['rows']:,} | {cell(rows['plain']['metrics'][metric])} | "
        f"{rival_cell} | {card['chosen']}: {cell(rows[card['chosen']]['metrics'][metric])} | "
        f"{cell(card['corrected'])} | {helps} |"
    )


def page(results: list[tuple[Table, dict[str, Any]]]) -> str:
    """The whole page."""
    helped = sum(card["verdict"]["resampling_helps"] for _, card in results)
    return "\n".join(
        [
            "# Real tables",
            "",
            "Printed by `make results`: `steelyard fit` on tables of the catalogue, five folds once, two "
            "workers. The figures are average precision (of the rare class, or the mean over classes), "
            "with 95 % intervals. The learner is the same boosting model in every row but the forests and "
            "ensembles; every row but `plain` is calibrated out of fold. The best remedy that resamples is "
            f"the best of {len(RESAMPLING)} (of {len(RESAMPLING_LARGE)} on large tables), chosen by the "
            "figure that is shown, so it is flattered. *Corrected* is the estimate of our choice with the "
            "luck of being chosen taken out.",
            "",
            "| table | why it is hard | rows | plain learner | best remedy that resamples | our choice | "
            "corrected | does resampling help? |",
            "|---|---|---|---|---|---|---|---|",
            *(line(*result) for result in results),
            "",
            f"Resampling helped, with an interval that excludes zero after correction for choosing, on {helped} of "
            f"{len(results)} tables. That is not the same as no effect: where a fold holds a handful of rare rows, the "
            "interval is so wide that even a doubled average precision is not told from luck.",
            "",
            "## What each report said",
            "",
            *(f"- `{table.name}`: {card['verdict']['sentence']}" for table, card in results),
            "",
        ]
    )


def main() -> None:
    """Run what is asked for and print the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=ROOT / "build" / "results")
    options.add_argument("--only", nargs="*", help="names of tables; all but the slow ones by default")
    options.add_argument("--all", action="store_true", help="the slow ones too")
    options.add_argument("--write", type=Path)
    options.add_argument("--finished", action="store_true", help="only read runs that are finished")
    asked = options.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    results = []
    for table in TABLES:
        if table.name not in asked.only if asked.only else table.slow and not asked.all:
            continue
        stem = table.name.replace("/", "_")
        if asked.finished and not (asked.folder / f"{stem}.steelyard" / "scorecard.json").exists():
            continue
        card = run(table, asked.folder)
        results.append((table, card))
    text = page(results)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
