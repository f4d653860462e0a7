import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from steelyard.report import collect

SAMPLE = "steelyard_report_sample"


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module beside this file, under a name of its own so that no other test folder meets it."""
    spec = importlib.util.spec_from_file_location(SAMPLE, Path(__file__).with_name("sample.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[SAMPLE] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def binary(sample: ModuleType) -> dict[str, Any]:
    """Records of a two-class comparison."""
    dataset = sample.binary_dataset()
    return {"dataset": dataset, "card": sample.scorecard_of(dataset), "findings": sample.findings_of(dataset)}


@pytest.fixture(scope="session")
def many(sample: ModuleType) -> dict[str, Any]:
    """Records of a ten-class comparison."""
    dataset = sample.many_dataset()
    return {"dataset": dataset, "card": sample.scorecard_of(dataset), "findings": sample.findings_of(dataset)}


@pytest.fixture(scope="session")
def full_report(sample: ModuleType, binary: dict[str, Any]) -> dict[str, Any]:
    """A report with every part."""
    return collect(
        binary["dataset"],
        binary["findings"],
        binary["card"],
        explanations=sample.explanations_of(binary["dataset"]),
        seal=sample.seal_of(),
        settings={"version": "0.1.0", "versions": {"numpy": "2"}, "rule": "f1"},
        announcements=["One column of dates became numbers."],
    )
