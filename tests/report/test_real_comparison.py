import dataclasses

import numpy as np
import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.base import clone

from steelyard.decide import CostThreshold
from steelyard.evaluate import System, compare, score
from steelyard.evaluate.promise import promise_held
from steelyard.explain import permutation_importance, row_reasons
from steelyard.report import collect, render, summary, to_text

COST = np.array([[0.0, 1.0], [20.0, 0.0]])


def test_what_the_protocol_makes_has_a_page_and_so_has_a_score_on_new_rows(sample):
    dataset = sample.binary_dataset()
    names = dataset.schema.names
    dataset = dataclasses.replace(dataset, X=pd.DataFrame(dataset.X, columns=names))
    plain = sample.learners()["plain"][1]
    over = make_pipeline(RandomOverSampler(random_state=0), clone(plain))
    systems = {
        "plain": System("plain", "plain", CostThreshold(plain, cost=COST)),
        "over": System("over", "remedy", CostThreshold(over, cost=COST), resamples=True),
    }
    card = compare(systems, dataset, cost=COST, folds=3, repeats=1, progress=False)
    model = systems["plain"].estimator.fit(dataset.X, dataset.y)
    explanations = {
        "importance": permutation_importance(model, dataset.X, dataset.y, repeats=2, columns=list(names[:2])),
        "reasons": [
            {"row": 0, "label": "malignant", **why}
            for why in row_reasons(model, dataset.X.iloc[:1], dataset.X, samples=5)
        ],
    }
    report = collect(dataset, [], card, explanations=explanations)
    page = render(report)
    assert report["costs"]["given"] == 20.0
    assert report["confusion"]["cost_per_row"] > 0
    assert report["systems"]["lead"][0] == "expected_cost"
    assert len(report["verdict"]["answers"]) == 5
    assert all(row.system in page for row in card.rows)
    assert card.chosen in to_text(summary(report))

    fresh = score(model, dataset, cost=COST)
    promise = promise_held(card, fresh)
    scored = collect(dataset, [], fresh, settings={"kind": "score", "promise": promise})
    assert "promised" in scored["verdict"]["headline"]
    assert scored["confusion"]["counts"]
    assert "Score on new data" in render(scored)
