"""The default comparison of ``steelyard fit`` as one would write it with scikit-learn and imbalanced-learn.

It measures the same seven rows with the same learner on the same number of folds, calibrated and with a
tuned threshold where Steelyard does so. It does not diagnose, resume, correct for choosing the best row,
test differences, explain, report or seal.

Run: python benchmarks/by_hand.py TABLE.parquet
"""

# begin of the user's code
import sys

import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as resampling_pipeline
from imblearn.under_sampling import RandomUnderSampler
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    matthews_corrcoef,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.learn import default_learner

frame = pd.read_parquet(sys.argv[1])
X, y = frame.drop(columns="target"), (frame["target"] == "rare").to_numpy().astype(int)
counts = [int((y == 0).sum()), int((y == 1).sum())]
n_neighbors = min(5, counts[1] // 5)  # the innermost of three nested splits holds few rare rows


def boosting(class_weight=None):
    return default_learner(n_rows=len(y), class_counts=counts, class_weight=class_weight, random_state=0)


def decided(estimator):
    calibrated = CalibratedClassifierCV(estimator, cv=3, ensemble=False)
    return TunedThresholdClassifierCV(calibrated, scoring="f1", cv=3, refit=True)


systems = {
    "constant": DummyClassifier(),
    "plain": boosting(),
    "class-weight": decided(boosting("balanced")),
    "threshold": decided(boosting()),
    "logistic": decided(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))),
    "smote": decided(resampling_pipeline(SMOTE(random_state=0, k_neighbors=n_neighbors), boosting())),
    "random-under": decided(resampling_pipeline(RandomUnderSampler(random_state=0), boosting())),
}


def measure(name, train, test):
    fitted = clone(systems[name]).fit(X.iloc[train], y[train])
    proba, decided = fitted.predict_proba(X.iloc[test])[:, 1], fitted.predict(X.iloc[test])
    return {
        "system": name,
        "average_precision": average_precision_score(y[test], proba),
        "roc_auc": roc_auc_score(y[test], proba),
        "balanced_accuracy": balanced_accuracy_score(y[test], decided),
        "f1": f1_score(y[test], decided, average="macro"),
        "mcc": matthews_corrcoef(y[test], decided),
        "log_loss": log_loss(y[test], proba),
        "brier": brier_score_loss(y[test], proba),
        "recall": recall_score(y[test], decided),
    }


folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
rows = Parallel(n_jobs=2)(delayed(measure)(name, train, test) for name in systems for train, test in folds)
print(pd.DataFrame(rows).groupby("system", sort=False).mean().round(4).to_string())
# end of the user's code
