"""Both samplers one after the other, with rows named as they came in."""

import numpy as np
import pandas as pd
import pytest

from steelyard.balance import RandomUnderSampler, check_sampler
from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP
from steelyard.balance.over.omrp import OMRP
from steelyard.data import load
from steelyard.errors import BadOption


def test_every_promise_is_kept():
    check_sampler(BigJumpOMRP(random_state=0))


def test_exactly_the_two_one_after_the_other():
    data = load("glass")
    cleaner = BigJumpCleaner(standardize=True, random_state=1)
    over = OMRP(standardize=True, random_state=2)
    both = BigJumpOMRP(cleaner=cleaner, over=over)
    X_both, y_both = both.fit_resample(data.X, data.y)
    X_clean, y_clean = cleaner.fit_resample(data.X, data.y)
    X_two, y_two = over.fit_resample(X_clean, y_clean)
    pd.testing.assert_frame_equal(X_both, X_two)
    np.testing.assert_array_equal(y_both, y_two)
    rows = cleaner.sample_indices_
    np.testing.assert_array_equal(both.origin_[: rows.size], rows)
    known = over.parents_ >= 0
    np.testing.assert_array_equal(both.parents_[known], rows[over.parents_[known]])
    assert (both.parents_[~known] == -1).all()


def test_kept_rows_are_rows_that_came_in_and_parents_have_the_label():
    data = load("glass")
    sampler = BigJumpOMRP(random_state=0, standardize=True)
    X_out, y_out = sampler.fit_resample(data.X, data.y)
    kept = sampler.origin_ >= 0
    assert (X_out[kept].to_numpy() == data.X.to_numpy()[sampler.origin_[kept]]).all()
    assert (data.y[sampler.parents_[~kept, 0]] == y_out[~kept]).all()
    assert kept.sum() < len(data)
    assert len(set(np.unique(y_out, return_counts=True)[1])) == 1


def test_seeds_of_the_parts_are_left_alone_and_others_follow():
    X, y = np.random.default_rng(0).normal(size=(80, 2)), np.repeat([0, 1], [60, 20])
    fixed = BigJumpOMRP(over=OMRP(random_state=5))
    loose = BigJumpOMRP(over=OMRP())
    same = [fixed.set_params(random_state=seed).fit_resample(X, y)[0] for seed in (0, 1)]
    other = [loose.set_params(random_state=seed).fit_resample(X, y)[0] for seed in (0, 1)]
    np.testing.assert_array_equal(*same)
    assert not np.array_equal(*other)
    assert fixed.over.random_state == 5
    assert loose.over.random_state is None


def test_weights_and_groups_go_along():
    X, y = np.random.default_rng(0).normal(size=(80, 2)), np.repeat([0, 1], [60, 20])
    groups, weight = np.arange(80) % 4, np.linspace(1, 2, 80)
    sampler = BigJumpOMRP(random_state=0)
    sampler.fit_resample(X, y, groups=groups, sample_weight=weight)
    kept = sampler.origin_ >= 0
    np.testing.assert_array_equal(sampler.groups_[kept], groups[sampler.origin_[kept]])
    np.testing.assert_array_equal(sampler.sample_weight_[kept], weight[sampler.origin_[kept]])


@pytest.mark.parametrize(
    "changes", [{"cleaner": OMRP()}, {"over": BigJumpCleaner()}, {"over": RandomUnderSampler()}]
)
def test_parts_of_the_wrong_kind(changes):
    with pytest.raises(BadOption, match="parameter of BigJumpOMRP must be"):
        BigJumpOMRP(**changes).fit_resample(np.arange(20.0)[:, None], np.arange(20) % 2)
