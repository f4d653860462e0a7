"""Run imbalanced-learn's own tests of its samplers with ours in their place.

Failures that have a reason are listed with it; any other makes the exit code 1. Tests that pin the rows of
a random draw cannot hold for another stream of draws; there the counts are compared by our own tests. Rows
are compared whatever their order: ours stay in the order of the source, theirs come class by class.

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
import numpy as np
import pytest
import sklearn.utils._testing

import steelyard.balance

HOMES = (imblearn.over_sampling, imblearn.under_sampling, imblearn.combine)
FOLDERS = (
    "over_sampling/tests",
    "over_sampling/_smote/tests",
    "under_sampling/_prototype_selection/tests",
    "under_sampling/_prototype_generation/tests",
    "combine/tests",
)

STREAM = "it pins the rows of a random draw, and our draws come from a stream of each class"
INSIDES = "it reads fitted attributes that belong to imbalanced-learn's implementation"
WORDS = "it pins the words of a message; ours refuses the same input in other words"
CODES = (
    "categories are compared as codes: there is no encoder to hand in or to read, and no engine of numbers"
)
SEEDS = "which rows the rule starts from is drawn by lot"
SPARSE_MIX = "a sparse table with columns of categories is refused instead of densified"
DEFAULTS = "our default model is boosting, and the rows depend on it"

#: Pattern of a test's name, and why it cannot hold for ours.
EXPLAINED: dict[str, str] = {
    "test_adasyn.py::test_ada_fit_resample*": STREAM,
    "test_random_over_sampler.py::test_ros_fit_resample*": STREAM,
    "test_random_over_sampler.py::test_random_over_sampler_shrinkage_error*": WORDS,
    "test_random_over_sampler.py::test_random_over_sampling_heterogeneous_data_smoothed_bootstrap": (
        "with a shrinkage only the numbers of a mixed table are shifted; imbalanced-learn refuses the table"
    ),
    "test_smote.py::test_sample_regular*": STREAM,
    "test_random_under_sampler.py::test_rus_fit_resample*": STREAM,
    "test_smote_enn.py::test_sample_regular*": STREAM,
    "test_smote_enn.py::test_validate_estimator_*": STREAM,
    "test_smote_tomek.py::test_sample_regular*": STREAM,
    "test_smote_tomek.py::test_validate_estimator_*": STREAM,
    "test_smote_*.py::test_parallelisation": INSIDES,
    "test_common.py::test_smote_m_neighbors*": INSIDES,
    "test_common.py::test_*_smote_k_custom_nn": CODES,
    "test_kmeans_smote.py::test_sample_kmeans_not_enough_clusters": WORDS,
    "test_kmeans_smote.py::test_*": INSIDES,
    "test_borderline_smote.py::test_borderline_smote_no_in_danger_samples*": (
        "a class without a row in danger stays as it is and the note says so; the test reads a dict of others"
    ),
    "test_smote_nc.py::test_smotenc_error": WORDS,
    "test_smote_nc.py::test_smotenc_check_target_type": WORDS,
    "test_smote_nc.py::test_smotenc_samplers_one_label": WORDS,
    "test_smote_nc.py::test_smote_nc_categorical_features_auto_error": WORDS,
    "test_smote_nc.py::test_smotenc[[]data[34][]]": SPARSE_MIX,
    "test_smote_nc.py::test_smotenc[[]data*[]]": INSIDES,
    "test_smote_nc.py::test_smotenc_pandas": INSIDES,
    "test_smote_nc.py::test_smote_nc_with_null_median_std": INSIDES,
    "test_smote_nc.py::test_smotenc_categorical_features_*": INSIDES,
    "test_smote_nc.py::test_smotenc_raising_error_all_categorical*": (
        "a table of categories alone simply works"
    ),
    "test_smote_nc.py::test_smotenc_categorical_encoder*": CODES,
    "test_smoten.py::test_smoten": CODES,
    "test_smoten.py::test_smoten_categorical_encoder": CODES,
    "test_smoten.py::test_smoten_sparse_input*": "no warning: a sparse table is not densified",
    "test_smoten.py::test_smoten_resampling": (
        "the row itself has a vote, as in the paper; imbalanced-learn asks its neighbours only"
    ),
    "test_svm_smote.py::test_svm_smote_not_svm": WORDS,
    "test_svm_smote.py::test_svm_smote_all_noise": (
        "a class of which every support vector is noise stays as it is and the note says so"
    ),
    "test_condensed_nearest_neighbour.py::test_condensed_nearest_neighbour_multiclass": INSIDES,
    "test_condensed_nearest_neighbour.py::test_cnn_fit_resample*": SEEDS,
    "test_one_sided_selection.py::test_one_sided_selection_multiclass": INSIDES,
    "test_one_sided_selection.py::test_oss_*": SEEDS,
    "test_instance_hardness_threshold.py::*": DEFAULTS,
    "test_cluster_centroids.py::test_cluster_centroids_custom_clusterer": INSIDES,
}


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


def in_any_order(compare: Any) -> Any:
    """Compare arrays of rows whatever their order."""

    def compared(actual: Any, desired: Any, *args: Any, **kwargs: Any) -> None:
        one, other = np.asarray(actual), np.asarray(desired)
        if one.shape == other.shape and one.ndim in (1, 2) and one.dtype.kind in "biufU":
            one, other = (
                np.sort(rows) if rows.ndim == 1 else rows[np.lexsort(rows.T)] for rows in (one, other)
            )
            compare(one, other, *args, **kwargs)
        else:
            compare(actual, desired, *args, **kwargs)

    return compared


def put_ours_in_place() -> list[str]:
    """Let imbalanced-learn's packages hand out our samplers under their names."""
    for name in ("assert_array_equal", "assert_allclose"):
        setattr(sklearn.utils._testing, name, in_any_order(getattr(sklearn.utils._testing, name)))
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
