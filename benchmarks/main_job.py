"""The benchmark table of the main job: prints it, and writes it where ``--write`` says.

Run: make bench
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import Cost, run
from sections import write_section
from tables import write_synthetic

HERE = Path(__file__).parent
PYTHON = sys.executable
IMPORT_RUNS = 9
SMALL, LARGE = 1_000, 100_000
GOALS = {
    "import": "below 0.15 s",
    "install time": "below 60 s",
    "install size": "at most 1.3",
    "fit large": "below 300 s",
    "fit large memory": "below 4,096 MB",
    "fit small": "below 30 s",
    "overhead": "below 10 %",
}


NOT_LARGE = f"The goals at {LARGE:,} rows were not measured in this run (`--small`)."


def verdict(met: bool) -> str:
    """How a goal stands."""
    return "met" if met else "**missed**"


def start_seconds(code: str) -> float:
    """Wall seconds of a fresh interpreter that runs ``code``."""
    start = time.perf_counter()
    subprocess.run([PYTHON, "-c", code], check=True)
    return time.perf_counter() - start


def import_seconds() -> float:
    """Median of importing the package, beyond the start of Python itself; the two in turn."""
    pairs = [(start_seconds("import steelyard"), start_seconds("pass")) for _ in range(IMPORT_RUNS)]
    return statistics.median(ours - bare for ours, bare in pairs)


def fit_cost(table: Path) -> Cost:
    """The command of the main job with its default rows, two workers."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "run")
        command = ["-m", "steelyard", "fit", str(table), "--target", "target", "--out", out]
        return run([PYTHON, *command, "--jobs", "2"], OMP_NUM_THREADS="1")


def median_cost(costs: list[Cost]) -> Cost:
    """Median of each figure."""
    return Cost(
        *(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak_mb"))
    )


def paired(table: Path, runs: int) -> tuple[Cost, Cost]:
    """Our comparison and the one written by hand, in turn."""
    pairs = [
        tuple(
            run([PYTHON, str(HERE / script), str(table)], OMP_NUM_THREADS="1")
            for script in ("with_steelyard.py", "by_hand.py")
        )
        for _ in range(runs)
    ]
    ours, hand = zip(*pairs, strict=True)
    return median_cost(list(ours)), median_cost(list(hand))


def user_lines(script: str) -> int:
    """Lines of code between the marks, without blank ones."""
    text = (HERE / script).read_text(encoding="utf-8")
    body = text.partition("# begin of the user's code")[2].partition("# end of the user's code")[0]
    return sum(bool(line.strip()) for line in body.splitlines())


def overhead(table: Path) -> tuple[float, float, float]:
    """Bare seconds, evaluated seconds and overhead."""
    printed = subprocess.run(
        [PYTHON, str(HERE / "overhead.py"), str(table)], capture_output=True, text=True, check=True
    ).stdout
    bare, whole, share = map(float, re.findall(r"-?[0-9.]+", printed))
    return bare, whole, share


def installs() -> list[tuple[str, float, float]]:
    """Name, seconds and megabytes of each install."""
    printed = subprocess.run(
        [PYTHON, str(HERE / "install_size.py")], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split("\t") for line in printed.strip().splitlines()]
    return [(name, float(seconds), float(size)) for name, seconds, size in rows]


def steps(table: Path) -> dict[str, float]:
    """Wall seconds of start-up, diagnosis and report, measured apart."""
    printed = subprocess.run(
        [PYTHON, str(HERE / "steps.py"), str(table)], capture_output=True, text=True, check=True
    ).stdout
    return {name: float(value) for name, value in re.findall(r"(\S[\S ]*?)\t([0-9.]+)", printed)}


def machine() -> str:
    """One line about where this was measured."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in facts if line.startswith("model name")), "unknown"
    )
    return f"{os.cpu_count()} cores ({model}), {platform.system()}, Python {platform.python_version()}"


def row(what: str, measured: str, goal: str, met: bool) -> str:
    """A row of the table of goals."""
    return f"| {what} | {measured} | {GOALS[goal]} | {verdict(met)} |"


def small_rows(table: Path, runs: int) -> list[str]:
    """What a small table shows."""
    seconds = import_seconds()
    cost = median_cost([fit_cost(table) for _ in range(runs)])
    return [
        row("`import steelyard`, beyond Python's own start", f"{seconds:.3f} s", "import", seconds < 0.15),
        row(f"`steelyard fit`, {SMALL:,} x 30, 2 workers", f"{cost.wall:.1f} s", "fit small", cost.wall < 30),
    ]


def large_rows(table: Path) -> list[str]:
    """What a large table shows."""
    cost = fit_cost(table)
    bare, whole, share = overhead(table)
    told = f"overhead of `evaluate` over the same bare fits ({whole:.0f} s over {bare:.0f} s of one core)"
    return [
        row(
            f"`steelyard fit`, {LARGE:,} x 30, 2 workers", f"{cost.wall:.0f} s", "fit large", cost.wall < 300
        ),
        row("its memory, all processes", f"{cost.peak_mb:,.0f} MB", "fit large memory", cost.peak_mb < 4096),
        row(told, f"{100 * share:.1f} %", "overhead", share < 0.1),
    ]


def hand_rows(n: int, table: Path, runs: int) -> list[str]:
    """Ours beside the comparison written by hand."""
    mine, theirs = paired(table, runs)
    rows = [
        f"| {n:,} x 30 | {name} | {cost.wall:.1f} s | {cost.cpu:.1f} s | {cost.peak_mb:,.0f} MB | {user_lines(script)} |"
        for name, cost, script in (
            ("Steelyard", mine, "with_steelyard.py"),
            ("by hand", theirs, "by_hand.py"),
        )
    ]
    ratios = (mine.wall / theirs.wall, mine.cpu / theirs.cpu, mine.peak_mb / theirs.peak_mb)
    return [
        *rows,
        f"| {n:,} x 30 | ratio, ours to by hand | " + " | ".join(f"{r:.2f}" for r in ratios) + " | |",
    ]


def hand_section(tables: dict[int, Path], runs: int) -> list[str]:
    """The comparison written by hand, on each table."""
    return [
        "## Beside the same comparison written by hand",
        "",
        "`benchmarks/by_hand.py` fits the same seven rows with scikit-learn and imbalanced-learn; "
        "`benchmarks/with_steelyard.py` is ours. Two workers each. Ours also corrects for choosing, tests the "
        "differences and gives intervals.",
        "",
        "| table | | wall | processor | memory | lines of user code |",
        "|---|---|---|---|---|---|",
        *(line for n, table in tables.items() for line in hand_rows(n, table, 1 if n == LARGE else runs)),
    ]


def page(large: bool, with_install: bool, with_hand: bool, runs: int) -> str:
    """Measure everything asked for and write it as a page."""
    with tempfile.TemporaryDirectory() as folder:
        tables = {n: write_synthetic(Path(folder), n) for n in ((SMALL, LARGE) if large else (SMALL,))}
        goals = small_rows(tables[SMALL], runs)
        apart = ""
        if large:
            goals += large_rows(tables[LARGE])
            parts = ", ".join(f"{name} {value:.1f} s" for name, value in steps(tables[LARGE]).items())
            apart = f"Apart from that, at {LARGE:,} x 30: {parts}."
        by_hand = hand_section(tables, runs) if with_hand else []
    lines = [
        "# Benchmarks of the main job",
        "",
        f"Printed by `make bench` on {machine()}. The tables are synthetic (two classes, 30 numeric columns, one row "
        "in a hundred rare) and serve to measure time and memory only. Wall times are of a machine that does other "
        "work too: read them as upper bounds.",
        "",
        "| what | measured | goal | |",
        "|---|---|---|---|",
        *goals,
        "",
        *([apart, ""] if apart else [NOT_LARGE, ""]),
        *by_hand,
    ]
    return "\n".join(lines + (install_section() if with_install else [])) + "\n"


def install_section() -> list[str]:
    """The weight of the core."""
    rows = installs()
    reference, core = rows[1], rows[-1]
    ratio = core[2] / reference[2]
    return [
        "",
        "## What is installed",
        "",
        "| set | seconds | MB |",
        "|---|---|---|",
        *(f"| {name} | {seconds:.0f} | {size:.0f} |" for name, seconds, size in rows),
        "",
        f"Core install: {core[1]:.0f} s (goal {GOALS['install time']}: {verdict(core[1] < 60)}); size {ratio:.2f} times "
        f"imbalanced-learn with pandas and pyarrow (goal {GOALS['install size']}: {verdict(ratio <= 1.3)}).",
    ]


def main() -> None:
    """Print the page, and write it where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", type=Path)
    options.add_argument("--no-install", action="store_true", help="leave the fresh environments out")
    options.add_argument("--small", action="store_true", help="leave the large table out")
    options.add_argument("--runs", type=int, default=3, help="of the small table; medians are shown")
    options.add_argument("--no-hand", action="store_true", help="leave the comparison written by hand out")
    asked = options.parse_args()
    text = page(
        large=not asked.small, with_install=not asked.no_install, with_hand=not asked.no_hand, runs=asked.runs
    )
    print(text)
    if asked.write is not None:
        write_section(asked.write, "main job", text)


if __name__ == "__main__":
    main()
