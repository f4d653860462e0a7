"""Seconds and megabytes of installing Steelyard's core, beside imbalanced-learn with pandas and pyarrow.

Each goes into a fresh virtual environment under ``constraints.txt``.

Run: python benchmarks/install_size.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETS = {
    "imbalanced-learn": ["imbalanced-learn"],
    "imbalanced-learn, pandas, pyarrow": ["imbalanced-learn", "pandas", "pyarrow"],
    "steelyard (core)": [str(ROOT)],
}


def megabytes(folder: Path) -> float:
    """Size of all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def install(packages: list[str]) -> tuple[float, float]:
    """Seconds of the installer and megabytes the environment grew by."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        before = megabytes(Path(folder))
        start = time.monotonic()
        python = str(Path(folder) / "bin" / "python")
        constraints = str(ROOT / "constraints.txt")
        subprocess.run([python, "-m", "pip", "install", "-q", "-c", constraints, *packages], check=True)
        return time.monotonic() - start, megabytes(Path(folder)) - before


def main() -> None:
    """Print a line for each set."""
    for name, packages in SETS.items():
        seconds, size = install(packages)
        print(f"{name}\t{seconds:.1f}\t{size:.0f}")


if __name__ == "__main__":
    main()
