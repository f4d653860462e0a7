"""A sampler that breaks a promise is caught, and told which."""

import numpy as np
import pytest

from steelyard.balance import SMOTE, ContractBroken, RandomOverSampler, RandomUnderSampler, check_sampler


class Draws(RandomUnderSampler):
    """Draws all classes from one stream."""

    def _select(self, task):
        rng = np.random.default_rng(task.seed)
        kept = [rng.choice(task.rows_of(c), size=w, replace=False) for c, w in enumerate(task.wanted)][::-1]
        rng = np.random.default_rng(task.seed)
        kept = [
            rng.choice(task.rows_of(c), size=task.wanted[c], replace=False)
            for c in reversed(range(len(task.wanted)))
        ]
        return np.sort(np.concatenate(kept))


class Short(RandomOverSampler):
    """Makes one row fewer than asked."""

    def _select(self, task):
        return super()._select(task)[:-1]


class Unseeded(RandomUnderSampler):
    """Ignores its seed."""

    def _select(self, task):
        return np.sort(np.random.default_rng().permutation(super()._select(task))[:-2])


class Liar(RandomOverSampler):
    """Names the wrong origin."""

    def fit_resample(self, X, y, **params):
        made = super().fit_resample(X, y, **params)
        self.origin_ = np.roll(self.origin_, 1)
        return made


class ForeignParents(SMOTE):
    """Names parents of another class."""

    def fit_resample(self, X, y, **params):
        made = super().fit_resample(X, y, **params)
        self.parents_[self.origin_ < 0] = 0
        return made


class Silent(RandomOverSampler):
    """Says nothing when it does nothing."""

    def fit_resample(self, X, y, **params):
        made = super().fit_resample(X, y, **params)
        self.note_ = ""
        return made


class Careless(RandomOverSampler):
    """Writes into the caller's table."""

    def fit_resample(self, X, y, **params):
        if isinstance(X, np.ndarray):
            X[0] = 0
        return super().fit_resample(X, y, **params)


class Global(RandomOverSampler):
    """Draws from numpy's global state."""

    def fit_resample(self, X, y, **params):
        np.random.random()  # noqa: NPY002
        return super().fit_resample(X, y, **params)


class Changing(RandomOverSampler):
    """Changes its own parameter."""

    def fit_resample(self, X, y, **params):
        made = super().fit_resample(X, y, **params)
        self.sampling_strategy = "all"
        return made


class Plain(RandomOverSampler):
    """Gives arrays back for frames."""

    def fit_resample(self, X, y, **params):
        X_out, y_out = super().fit_resample(X, y, **params)
        return np.asarray(X_out), y_out


class Gullible(RandomOverSampler):
    """Takes any strategy."""

    def fit_resample(self, X, y, **params):
        if self.sampling_strategy == "most":
            return X, y
        return super().fit_resample(X, y, **params)


class Weightless(RandomOverSampler):
    """Loses the weights."""

    def fit_resample(self, X, y, **params):
        made = super().fit_resample(X, y, **params)
        self.sample_weight_ = np.ones(len(made[1]))
        return made


@pytest.mark.parametrize(
    ("sampler", "promise"),
    [
        (Draws(), "independent classes"),
        (Short(), "class counts"),
        (Unseeded(), "class counts"),
        (Liar(), "provenance"),
        (ForeignParents(), "provenance"),
        (Silent(), "never silent"),
        (Careless(), "input unchanged"),
        (Global(), "repeatable"),
        (Changing(), "copies"),
        (Plain(), "frames"),
        (Gullible(), "refusals"),
        (Weightless(), "groups and weights"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_a_broken_promise_is_named(sampler, promise):
    with pytest.raises(ContractBroken, match=f"{type(sampler).__name__}.* promise '{promise}'"):
        check_sampler(sampler)


def test_a_promise_may_be_skipped_by_name_only():
    check_sampler(Silent(), skip=["never silent"])
    with pytest.raises(ValueError, match="skip must name promises among"):
        check_sampler(Silent(), skip=["silence"])


def test_something_that_is_no_sampler_is_caught():
    with pytest.raises(ContractBroken, match="fails while its promise 'copies' is tried"):
        check_sampler(object())
