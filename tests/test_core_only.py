"""What a bare core install promises: everything but the extras, and a clear word about those."""

from importlib.util import find_spec

import pandas as pd
import pytest

from steelyard.errors import MissingExtra
from steelyard.learn import learner_by_name, learners


def test_every_learner_is_listed_whether_or_not_its_package_is_there():
    assert {"logistic", "lightgbm", "hist-gradient-boosting"} <= set(learners())


@pytest.mark.skipif(find_spec("lightgbm") is not None, reason="lightgbm is installed here")
def test_an_extra_that_is_missing_names_its_install_line():
    with pytest.raises(MissingExtra, match=r"steelyard\[boost\]"):
        learner_by_name("lightgbm").make(n_rows=10, class_counts=[5, 5], random_state=0)


@pytest.mark.skipif(find_spec("lightgbm") is None, reason="lightgbm is not installed here")
def test_an_extra_that_is_there_works():
    learner_by_name("lightgbm").make(n_rows=10, class_counts=[5, 5], random_state=0)


@pytest.mark.skipif(find_spec("distributed") is not None, reason="dask is installed here")
def test_resampling_in_parts_names_its_install_line(tmp_path):
    from steelyard.balance import RandomUnderSampler
    from steelyard.balance.scale import resample_parquet

    source = tmp_path / "claims.parquet"
    pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}).to_parquet(source)
    with pytest.raises(MissingExtra, match=r"steelyard\[scale\]"):
        resample_parquet(source, "y", RandomUnderSampler(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == [source]
