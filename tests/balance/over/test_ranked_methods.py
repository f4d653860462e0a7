"""What sets each ranked over-sampler apart: its own invariants."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from steelyard.balance.over.assembled_smote import AssembledSMOTE
from steelyard.balance.over.ccr import CCR
from steelyard.balance.over.geometric_smote import GeometricSMOTE
from steelyard.balance.over.guided_smote import GuidedSMOTE
from steelyard.balance.over.mwmote import MWMOTE
from steelyard.balance.over.prowsyn import ProWSyn
from steelyard.balance.over.rejection_smote import RejectionSMOTE
from steelyard.balance.over.rose import ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE
from steelyard.balance.over.smobd import SMOBD
from steelyard.balance.over.smote_ipf import SMOTEIPF
from steelyard.errors import CannotResample
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.proximity_levels import proximity_levels

RARE = 60


def rows(n_rare=24, shift=1.5, seed=0, width=2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(RARE + n_rare, width))
    X[RARE:] += shift
    return X, np.repeat(["common", "rare"], [RARE, n_rare])


def made(sampler, X, y, **more):
    X_out, _ = sampler.fit_resample(X, y, **more)
    synthetic = sampler.origin_ < 0
    return X_out[synthetic], sampler.parents_[synthetic], sampler.steps_[synthetic]


def nearest(X, row, pool, k):
    others = [other for other in pool if other != row]
    return sorted(others, key=lambda other: (((X[other] - X[row]) ** 2).sum(), other))[:k]


def assert_between(X, children, parents, steps):
    start, end = X[parents[:, 0]], X[parents[:, 1]]
    np.testing.assert_allclose(children, start + steps[:, None] * (end - start), atol=1e-9)
    assert ((steps >= 0) & (steps <= 1)).all()


class TestProWSyn:
    def test_both_parents_are_of_one_layer_and_outer_layers_give_more(self):
        X, y = rows(n_rare=40, shift=3.0)
        X = np.concatenate([X, X[:RARE] + 50])
        y = np.concatenate([y, np.repeat("common", RARE)])
        sampler = ProWSyn(random_state=0, n_neighbors=2, n_levels=4)
        children, parents, steps = made(sampler, X, y)
        assert_between(X, children, parents, steps)
        rare, common = np.flatnonzero(y == "rare"), np.flatnonzero(y == "common")
        level = dict(zip(rare, proximity_levels(Neighborhood(X), rare, common, 2, 4), strict=True))
        levels = np.array([[level[parent] for parent in pair] for pair in parents])
        assert (levels[:, 0] == levels[:, 1]).all()
        assert (parents[:, 0] != parents[:, 1]).all()

    def test_the_weight_of_a_layer_does_not_depend_on_its_size(self):
        rng = np.random.default_rng(0)
        near, far = rng.normal(size=(4, 2)) * 0.1 + [2, 0], rng.normal(size=(40, 2)) * 0.1 + [9, 0]
        X = np.concatenate([rng.normal(size=(4000, 2)) * 0.1, near, far])
        y = np.repeat([0, 1], [4000, 44])
        sampler = ProWSyn(random_state=0, n_neighbors=4, n_levels=2, theta=1.0)
        _, parents, _ = made(sampler, X, y)
        share = (parents[:, 0] < 4004).mean()
        assert share == pytest.approx(1 / (1 + np.exp(-1)), abs=0.03)

    def test_layers_of_one_row_each_are_paired_across_and_that_is_said(self):
        X = np.array([[0.0]] * 6 + [[1.0], [2.0], [3.0]])
        y = np.repeat([0, 1], [6, 3])
        sampler = ProWSyn(random_state=0, n_neighbors=1, n_levels=3)
        made(sampler, X, y)
        assert sampler.note_ == "class 1: no layer has two rows, so rows are paired across layers"


class TestMWMOTE:
    def test_noise_starts_nothing_and_partners_are_of_the_cluster(self):
        X, y = rows(n_rare=30, shift=6.0)
        X[RARE + 29] = [-1.0, 0.0]  # a rare row amid common ones
        X[RARE + 20 : RARE + 29] += [40, 0]  # and a second cluster, far away
        children, parents, steps = made(MWMOTE(random_state=0, k3=5), X, y)
        assert_between(X, children, parents, steps)
        assert (parents != RARE + 29).all()
        assert ((X[parents[:, 0], 0] > 20) == (X[parents[:, 1], 0] > 20)).all()

    def test_starts_follow_the_weights_of_the_paper(self):
        X, y = rows(n_rare=12, shift=2.0)
        X = np.concatenate([X, X[:RARE].repeat(40, axis=0) - 30])
        y = np.concatenate([y, np.repeat("common", RARE * 40)])
        sampler = MWMOTE(random_state=0, k1=5, k2=3, k3=4, cluster_factor=100.0)
        _, parents, _ = made(sampler, X, y)
        rare, common = np.flatnonzero(y == "rare"), np.flatnonzero(y == "common")
        heard = [row for row in rare if (y[nearest(X, row, range(len(X)), 5)] == "rare").any()]
        border = {enemy for row in heard for enemy in nearest(X, row, common, 3)}
        weight = dict.fromkeys(rare.tolist(), 0.0)
        for enemy in border:
            close = {}
            for row in nearest(X, enemy, rare, 4):
                distance = np.linalg.norm(X[row] - X[enemy]) / 2
                close[row] = min(1 / distance, 5.0) / 5.0 * 2.0
            for row, factor in close.items():
                weight[row] += factor * factor / sum(close.values())
        expected = np.array(list(weight.values())) / sum(weight.values())
        found = np.bincount(parents[:, 0] - RARE, minlength=12) / len(parents)
        np.testing.assert_allclose(found, expected, atol=0.04)

    def test_a_class_of_noise_is_refused(self):
        X = np.arange(24.0)[:, None]
        y = np.where(np.arange(24) % 8 == 4, "rare", "common")
        with pytest.raises(CannotResample, match="every row is noise: none of its class is among its 5"):
            MWMOTE(random_state=0).fit_resample(X, y)

    def test_a_large_class_is_refused_before_its_pairs_are_listed(self, monkeypatch):
        monkeypatch.setattr("steelyard.balance.over.mwmote.MOST_ROWS", 20)
        X, y = rows()
        with pytest.raises(CannotResample, match="24 rows, more than 20"):
            MWMOTE().fit_resample(X, y)


class TestSafeLevelSMOTE:
    def test_every_child_keeps_to_its_range(self):
        X, y = rows(n_rare=30, shift=1.0)
        children, parents, steps = made(SafeLevelSMOTE(random_state=0), X, y)
        assert_between(X, children, parents, steps)
        level = {
            row: int((y[nearest(X, row, range(len(X)), 5)] == "rare").sum()) for row in range(RARE, len(X))
        }
        assert 0 in level.values()
        kinds = set()
        for (base, partner, *_), step in zip(parents, steps, strict=True):
            one, other = level[base], level[partner]
            assert one + other > 0, "a child of noise"
            if other == 0:
                assert step == 0
                kinds.add("copy")
            elif one >= other:
                assert step <= other / one
                kinds.add("near the row")
            else:
                assert step >= 1 - one / other
                kinds.add("near the neighbour")
        assert kinds == {"copy", "near the row", "near the neighbour"}


class TestRejectionSMOTE:
    def test_no_child_lies_among_other_classes(self):
        X, y = rows(n_rare=24, shift=2.0)
        children, parents, steps = made(RejectionSMOTE(random_state=0, rejection_level=0.4), X, y)
        assert_between(X, children, parents, steps)
        vote = KNeighborsClassifier(5).fit(X, y).predict_proba(children)[:, 0]
        assert (vote <= 0.4 + 1e-9).all()
        careless = RejectionSMOTE(random_state=0, rejection_level=1.0)
        everything, _, _ = made(careless, X, y)
        assert (KNeighborsClassifier(5).fit(X, y).predict_proba(everything)[:, 0] > 0.4).any()

    def test_what_cannot_be_had_is_said(self):
        X, y = rows(n_rare=4, shift=0.0)
        sampler = RejectionSMOTE(random_state=0, rejection_level=0.0)
        made(sampler, X, y)
        assert "56 of 56 synthetic rows lie among other classes, for after 20 rounds" in sampler.note_

    def test_a_child_of_a_mixed_table_is_judged_with_its_categories(self):
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({"x": rng.normal(size=80), "kind": ["a"] * 60 + ["b"] * 20})
        y = np.repeat([0, 1], [60, 20])
        sampler = RejectionSMOTE(random_state=0, rejection_level=0.0)
        sampler.fit_resample(frame, y)
        # Only the category tells the classes apart; every child has it, so none is rejected for long.
        assert sampler.note_ == ""


class TestSMOBD:
    def test_noise_starts_nothing_and_weights_are_kept(self):
        X, y = rows(n_rare=20, shift=0.0)
        X = np.concatenate([X, X[:RARE].repeat(60, axis=0)])
        y = np.concatenate([y, np.repeat("common", RARE * 60)])
        X[RARE + 19] = [30.0, 30.0]
        sampler = SMOBD(random_state=0, n_neighbors=4, eta=0.3, radius=1.0)
        children, parents, steps = made(sampler, X, y)
        assert_between(X, children, parents, steps)
        assert (parents[:, 0] != RARE + 19).all()
        rare = range(RARE, RARE + 20)
        core = np.array([np.linalg.norm(X[row] - X[nearest(X, row, rare, 4)[-1]]) for row in rare])
        crowd = np.array([(np.linalg.norm(X[list(rare)] - X[row], axis=1) <= 1).sum() - 1 for row in rare])
        weight = 0.3 * core / core.max() + 0.7 * crowd / crowd.max()
        weight[19] = 0
        found = np.bincount(parents[:, 0] - RARE, minlength=20) / len(parents)
        np.testing.assert_allclose(found, weight / weight.sum(), atol=0.02)


class TestGuidedSMOTE:
    def test_the_partner_is_the_neighbour_most_in_the_main_direction(self):
        X, y = rows(n_rare=24)
        X[RARE:] *= [5, 1]
        children, parents, steps = made(GuidedSMOTE(random_state=0), X, y)
        assert_between(X, children, parents, steps)
        values, vectors = np.linalg.eigh(np.cov(X[RARE:].T))
        main = vectors[:, np.argmax(values)]
        for base, partner, *_ in parents:
            around = nearest(X, base, range(RARE, len(X)), 5)
            cosine = [abs((X[o] - X[base]) @ main) / np.linalg.norm(X[o] - X[base]) for o in around]
            assert partner == around[int(np.argmax(cosine))]


class TestAssembledSMOTE:
    def test_parents_are_of_one_straight_piece(self):
        across = np.stack([np.linspace(0, 9, 30), np.zeros(30)], axis=1)
        upward = np.stack([np.full(30, 9.2), np.linspace(0.5, 9, 30)], axis=1)
        rng = np.random.default_rng(0)
        rare = np.concatenate([across, upward]) + rng.normal(size=(60, 2)) * 0.02
        common = np.concatenate([rare + offset for offset in ([0.05, 0.15], [-0.05, -0.15])])
        X, y = np.concatenate([common, rare]), np.repeat([0, 1], [120, 60])
        children, parents, steps = made(AssembledSMOTE(random_state=0, min_cluster=5), X, y)
        assert_between(X, children, parents, steps)
        corner = (parents[:, :2] - 120) < 30
        assert (corner[:, 0] == corner[:, 1]).all()

    def test_border_and_inside_do_not_mix(self):
        X, y = rows(n_rare=40, shift=3.0)
        X = np.concatenate([X, X[:RARE] - 40])
        y = np.concatenate([y, np.repeat("common", RARE)])
        _, parents, _ = made(AssembledSMOTE(random_state=0), X, y)
        border = {
            row for row in range(RARE, RARE + 40) if (y[nearest(X, row, range(len(X)), 5)] == "common").any()
        }
        assert 0 < len(border) < 40
        assert all((one in border) == (other in border) for one, other, *_ in parents)


class TestGeometricSMOTE:
    @pytest.mark.parametrize("strategy", ["minority", "majority", "combined"])
    def test_children_lie_in_the_half_ball_that_faces_the_surface(self, strategy):
        X, y = rows(n_rare=24, shift=2.0)
        sampler = GeometricSMOTE(random_state=0, k_neighbors=4, selection_strategy=strategy)
        children, parents, _ = made(sampler, X, y)
        kinds = set()
        for child, (base, partner) in zip(children, parents[:, :2], strict=True):
            enemy = nearest(X, base, range(RARE), 1)[0]
            surface = X[partner] if partner >= 0 else X[enemy]
            radius = np.linalg.norm(surface - X[base])
            if partner >= 0:
                assert partner in nearest(X, base, range(RARE, len(X)), 4)
            if strategy == "combined" and partner >= 0:
                assert radius <= np.linalg.norm(X[enemy] - X[base])
            assert np.linalg.norm(child - X[base]) <= radius + 1e-9
            assert (child - X[base]) @ (surface - X[base]) >= -1e-9
            kinds.add(partner >= 0)
        assert kinds == {"minority": {True}, "majority": {False}, "combined": {True, False}}[strategy]

    def test_pressed_to_the_line_it_is_smote(self):
        X, y = rows()
        sampler = GeometricSMOTE(random_state=0, deformation_factor=1.0, selection_strategy="minority")
        children, parents, _ = made(sampler, X, y)
        spoke, part = X[parents[:, 1]] - X[parents[:, 0]], children - X[parents[:, 0]]
        step = (spoke * part).sum(axis=1) / (spoke**2).sum(axis=1)
        assert ((step >= 0) & (step <= 1)).all()
        np.testing.assert_allclose(part, step[:, None] * spoke, atol=1e-9)

    def test_gaps_stay(self):
        X, y = rows()
        X[RARE : RARE + 6, 1] = np.nan
        children, parents, _ = made(GeometricSMOTE(random_state=0), X, y)
        np.testing.assert_array_equal(np.isnan(children[:, 1]), np.isnan(X[parents[:, 0], 1]))


class TestROSE:
    def test_children_spread_around_one_row_as_the_kernel_says(self):
        rng = np.random.default_rng(0)
        X = np.concatenate([rng.normal(size=(6000, 2)), rng.normal(size=(30, 2)) * [1, 10]])
        y = np.repeat([0, 1], [6000, 30])
        children, parents, _ = made(ROSE(random_state=0, shrinkage=0.5), X, y)
        assert parents.shape[1] == 1
        moved = children - X[parents[:, 0]]
        expected = 0.5 * (4 / (4 * 30)) ** (1 / 6) * X[6000:].std(axis=0, ddof=1)
        np.testing.assert_allclose(moved.std(axis=0), expected, rtol=0.05)
        assert np.abs(moved.mean(axis=0) / expected).max() < 0.1

    def test_without_width_it_copies(self):
        X, y = rows()
        children, parents, _ = made(ROSE(random_state=0, shrinkage=0.0), X, y)
        np.testing.assert_array_equal(children, X[parents[:, 0]])


class TestCCR:
    def test_children_lie_inside_spheres_and_pushed_rows_outside(self):
        X, y = rows(n_rare=12, shift=0.5)
        sampler = CCR(random_state=0, energy=0.8)
        X_out, y_out = sampler.fit_resample(X, y)
        origin, parents = sampler.origin_, sampler.parents_[:, 0]
        pushed, added = (origin < 0) & (y_out == "common"), (origin < 0) & (y_out == "rare")
        assert pushed.any()
        assert added.sum() == RARE - 12
        assert (y_out == "common").sum() == RARE
        radius = {row: self.radius(X, row, 0.8) for row in range(RARE, RARE + 12)}
        for child, parent in zip(X_out[added], parents[added], strict=True):
            assert np.abs(child - X[parent]).sum() <= radius[parent] + 1e-9
        for place, parent in zip(X_out[pushed], parents[pushed], strict=True):
            expected = X[parent].copy()
            for row, reach in radius.items():
                apart = X[parent] - X[row]
                distance = np.abs(apart).sum()
                if distance < reach:
                    expected += (reach - distance) / distance * apart
            np.testing.assert_allclose(place, expected)

    def radius(self, X, row, energy):
        distances = np.sort(np.abs(X[:RARE] - X[row]).sum(axis=1))
        radius, inside, left = 0.0, 0, energy
        while inside < RARE and distances[inside] < radius + left / (inside + 1):
            left -= (distances[inside] - radius) * (inside + 1)
            radius, inside = distances[inside], inside + 1
        return radius + left / (inside + 1)

    def test_crowded_rows_are_filled_more(self):
        X = np.concatenate([np.random.default_rng(0).normal(size=(400, 2)) * 0.1, [[0.0, 0.0], [50.0, 50.0]]])
        _, parents, _ = made(CCR(random_state=0, cleaning_strategy="ignore"), X, np.repeat([0, 1], [400, 2]))
        assert (parents[:, 0] == 400).mean() > 0.8

    def test_without_cleaning_every_row_stays(self):
        X, y = rows(n_rare=12, shift=0.5)
        sampler = CCR(random_state=0, energy=0.8, cleaning_strategy="ignore")
        X_out, _ = sampler.fit_resample(X, y)
        np.testing.assert_array_equal(X_out[: len(X)], X)
        assert sampler.note_ == ""

    def test_a_row_at_the_very_middle_is_pushed_somewhere(self):
        X = np.array([[0.0, 0.0], [5.0, 5.0], [6.0, 6.0], [0.0, 0.0], [9.0, 9.0]])
        sampler = CCR(random_state=0, energy=1.0)
        X_out, _ = sampler.fit_resample(X, [0, 0, 0, 1, 1])
        moved = X_out[(sampler.origin_ < 0) & (sampler.parents_[:, 0] == 0)]
        assert np.abs(moved).sum() == pytest.approx(0.5)

    def test_spheres_push_only_their_own_group(self):
        X, y = rows(n_rare=12, shift=0.5)
        groups = np.repeat([0, 1], [RARE, 12])
        sampler = CCR(random_state=0, energy=0.8)
        X_out, _ = sampler.fit_resample(X, y, groups=groups)
        np.testing.assert_array_equal(X_out[: len(X)], X)


class TestSMOTEIPF:
    def rows(self):
        X, y = make_classification(
            200,
            4,
            n_redundant=0,
            weights=[0.8],
            flip_y=0,
            class_sep=2.5,
            n_clusters_per_class=1,
            random_state=0,
        )
        y[:6] = 1 - y[:6]
        return X, y

    def test_wrong_labels_go_and_the_rest_stays(self):
        X, y = self.rows()
        sampler = SMOTEIPF(random_state=0, fit_on="part")
        X_out, y_out = sampler.fit_resample(X, y)
        lost = np.setdiff1d(np.arange(200), sampler.origin_)
        assert len(set(lost) & set(range(6))) >= 4
        assert len(lost) <= 15
        n_made = int((sampler.origin_ < 0).sum())
        wanted = 2 * max(np.bincount(y)) - 200
        assert sampler.note_ == (
            f"left out {wanted - n_made} of {wanted} synthetic rows and {len(lost)} of 200 rows that came in"
        )
        made = sampler.origin_ < 0
        start, end = X[sampler.parents_[made, 0]], X[sampler.parents_[made, 1]]
        step = sampler.steps_[made][:, None]
        np.testing.assert_allclose(X_out[made], start + step * (end - start), atol=1e-9)
        np.testing.assert_array_equal(y_out[made], y[sampler.parents_[made, 0]])

    def test_models_of_the_rest_leave_out_fewer_rows(self):
        X, y = self.rows()
        kept = {}
        for fit_on in ("part", "rest"):
            sampler = SMOTEIPF(random_state=0, fit_on=fit_on)
            sampler.fit_resample(X, y)
            kept[fit_on] = len(sampler.origin_)
        assert kept["part"] < kept["rest"] < 2 * np.bincount(y).max()

    def test_any_classifier_may_judge(self):
        X, y = self.rows()
        sampler = SMOTEIPF(random_state=0, estimator=LogisticRegression(), n_parts=4)
        sampler.fit_resample(X, y)
        assert "left out" in sampler.note_

    def test_two_fits_with_one_seed_are_equal_and_the_estimator_is_untouched(self):
        X, y = self.rows()
        judge = LogisticRegression()
        first = SMOTEIPF(random_state=0, estimator=judge, n_parts=4).fit_resample(X, y)[0]
        second = SMOTEIPF(random_state=0, estimator=judge, n_parts=4).fit_resample(X, y)[0]
        np.testing.assert_array_equal(first, second)
        assert not hasattr(judge, "coef_")

    def test_nothing_to_do_filters_nothing(self):
        X, _y = self.rows()
        balanced = np.arange(200) % 2
        sampler = SMOTEIPF(random_state=0)
        X_out, _ = sampler.fit_resample(X, balanced)
        np.testing.assert_array_equal(X_out, X)
        assert sampler.note_ == "nothing to do: every class has the rows asked for"
