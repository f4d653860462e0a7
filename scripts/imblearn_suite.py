"""Run imbalanced-learn's own tests of its samplers with ours in their place.

Failures that have a reason are listed with it; any other makes the exit code 1. Tests that pin the rows of
a random draw cannot hold for another stream of draws; there the counts are compared by our own tests.

Run: python scripts/imblearn_suite.py
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from fnmatch import fnmatch
from io import StringIO
from pathlib import Path
from typing import Any

import imblearn
import imblearn.combine
import imblearn.over_sampling
import imblearn.under_sampling
import pytest

import steelyard.balance

HOMES = (imblearn.over_sampling, imblearn.under_sampling, imblearn.combine)
FOLDERS = (
    "over_sampling/tests",
    "over_sampling/_smote/tests",
    "under_sampling/_prototype_selection/tests",
    "under_sampling/_prototype_generation/tests",
    "combine/tests",
)

#: Pattern of a test's name, and why it cannot hold for ours.
EXPLAINED: dict[str, str] = {}


class Outcomes:
    """What became of each test."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.failed: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the outcome and the last line of what went wrong."""
        name = report.nodeid.rpartition("/")[2]
        if report.failed:
            self.failed[name] = str(report.longrepr).strip().splitlines()[-1]
        elif report.when == "call" and report.passed:
            self.passed.append(name)


def put_ours_in_place() -> list[str]:
    """Let imbalanced-learn's packages hand out our samplers under their names."""
    replaced = []
    for home in HOMES:
        for name in home.__all__:
            if hasattr(steelyard.balance, name):
                setattr(home, name, getattr(steelyard.balance, name))
                replaced.append(name)
    return replaced


def reason_for(name: str) -> str | None:
    """Why a test cannot hold, if that is known."""
    return next((reason for pattern, reason in EXPLAINED.items() if fnmatch(name, pattern)), None)


def main() -> int:
    """Run the tests and sort the failures."""
    replaced = put_ours_in_place()
    root = Path(imblearn.__file__).parent
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory() as folder:
        settings = ["-q", "--no-header", "--tb=line", "-p", "no:cacheprovider"]
        settings += ["-W", "ignore", "-c", "/dev/null", "--rootdir", folder, "--import-mode=importlib"]
        with redirect_stdout(StringIO()):
            pytest.main([*settings, *(str(root / part) for part in FOLDERS)], plugins=[outcomes])
    explained: Counter[str] = Counter()
    unexplained = {}
    for name, said in outcomes.failed.items():
        reason = reason_for(name)
        if reason is None:
            unexplained[name] = said
        else:
            explained[reason] += 1
    print(
        f"{len(replaced)} samplers in place: {len(outcomes.passed)} tests pass, {explained.total()} fail for a "
        f"reason that is known, {len(unexplained)} for none."
    )
    for reason, count in explained.most_common():
        print(f"  {count:3d}  {reason}")
    for name, said in unexplained.items():
        print(f"  ?    {name}\n       {said[:300]}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
