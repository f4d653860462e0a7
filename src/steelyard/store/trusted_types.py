"""What a model file may hold: a fixed list, here in the source, of types and of how each is read.

A file is a tree of nodes, each naming a loader (how it is read) and a type (what it becomes). Only the
pairs below are read, besides the classes defined in our own packages, and those only as plain objects:
made without calling their constructor, then given their attributes. What the file itself declares is
never asked. The list holds what the flow makes and the usual learners and preparers of scikit-learn and
imbalanced-learn. No function is on it that does anything with a value from a file. Fitted trees of
neighbours and kernel machines are left out, for their compiled code believes whatever it reads.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from importlib import import_module

__all__ = ["OWN_LOADERS", "TRUSTED", "is_trusted"]

OBJECT = "ObjectNode"
OWN_PACKAGES = tuple(f"steelyard.{name}." for name in ("balance", "data", "decide", "learn")) + (
    "steelyard.records.",
)
OWN_LOADERS = frozenset({OBJECT, "ConstructorFromReduceNode", "FunctionNode", "TypeNode"})
"""How a class the user trusts by name may be read."""


_NUMPY_SCALARS = frozenset(
    f"numpy.{name}"
    for name in (
        *("bool", "bool_", "str_", "datetime64", "timedelta64", "float16", "float32", "float64"),
        *("int8", "int16", "int32", "int64", "intc", "longlong"),
        *("uint8", "uint16", "uint32", "uint64", "uintc", "ulonglong"),
    )
)
_PLAIN_TYPES = frozenset(f"builtins.{name}" for name in ("bool", "float", "int", "str"))

_SKLEARN = {
    "_loss.link": "HalfLogitLink IdentityLink Interval LogitLink LogLink MultinomialLogit",
    "_loss.loss": "ExponentialLoss HalfBinomialLoss HalfMultinomialLoss HalfSquaredError",
    "calibration": "CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration",
    "cluster._kmeans": "KMeans MiniBatchKMeans",
    "compose._column_transformer": "ColumnTransformer",
    "decomposition._pca": "PCA",
    "decomposition._truncated_svd": "TruncatedSVD",
    "discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
    "dummy": "DummyClassifier",
    "ensemble._bagging": "BaggingClassifier",
    "ensemble._forest": "ExtraTreesClassifier RandomForestClassifier",
    "ensemble._gb": "GradientBoostingClassifier",
    "ensemble._hist_gradient_boosting.binning": "_BinMapper",
    "ensemble._hist_gradient_boosting.gradient_boosting": "HistGradientBoostingClassifier",
    "ensemble._hist_gradient_boosting.predictor": "TreePredictor",
    "ensemble._stacking": "StackingClassifier",
    "ensemble._voting": "VotingClassifier",
    "ensemble._weight_boosting": "AdaBoostClassifier",
    "feature_extraction.text": "CountVectorizer TfidfTransformer TfidfVectorizer",
    "impute._base": "MissingIndicator SimpleImputer",
    "isotonic": "IsotonicRegression",
    "linear_model._logistic": "LogisticRegression LogisticRegressionCV",
    "linear_model._ridge": "RidgeClassifier",
    "linear_model._stochastic_gradient": "SGDClassifier",
    "model_selection._split": "KFold StratifiedGroupKFold StratifiedKFold",
    "naive_bayes": "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB",
    "neighbors._classification": "KNeighborsClassifier",
    "neighbors._unsupervised": "NearestNeighbors",
    "pipeline": "FeatureUnion Pipeline",
    "preprocessing._data": "MaxAbsScaler MinMaxScaler PowerTransformer QuantileTransformer "
    "RobustScaler StandardScaler",
    "preprocessing._encoders": "OneHotEncoder OrdinalEncoder",
    "preprocessing._function_transformer": "FunctionTransformer",
    "preprocessing._label": "LabelBinarizer LabelEncoder",
    "preprocessing._target_encoder": "TargetEncoder",
    "svm._classes": "LinearSVC",
    "tree._classes": "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier",
}
_IMBLEARN = {
    "combine._smote_enn": "SMOTEENN",
    "combine._smote_tomek": "SMOTETomek",
    "ensemble._bagging": "BalancedBaggingClassifier",
    "ensemble._easy_ensemble": "EasyEnsembleClassifier",
    "ensemble._forest": "BalancedRandomForestClassifier",
    "ensemble._weight_boosting": "RUSBoostClassifier",
    "over_sampling._adasyn": "ADASYN",
    "over_sampling._random_over_sampler": "RandomOverSampler",
    "over_sampling._smote.base": "SMOTE SMOTEN SMOTENC",
    "over_sampling._smote.cluster": "KMeansSMOTE",
    "over_sampling._smote.filter": "BorderlineSMOTE SVMSMOTE",
    "pipeline": "Pipeline",
    "under_sampling._prototype_generation._cluster_centroids": "ClusterCentroids",
    "under_sampling._prototype_selection._condensed_nearest_neighbour": "CondensedNearestNeighbour",
    "under_sampling._prototype_selection._edited_nearest_neighbours": "AllKNN EditedNearestNeighbours "
    "RepeatedEditedNearestNeighbours",
    "under_sampling._prototype_selection._instance_hardness_threshold": "InstanceHardnessThreshold",
    "under_sampling._prototype_selection._nearmiss": "NearMiss",
    "under_sampling._prototype_selection._neighbourhood_cleaning_rule": "NeighbourhoodCleaningRule",
    "under_sampling._prototype_selection._one_sided_selection": "OneSidedSelection",
    "under_sampling._prototype_selection._random_under_sampler": "RandomUnderSampler",
    "under_sampling._prototype_selection._tomek_links": "TomekLinks",
}
_LIGHTGBM = {"basic": "Booster", "sklearn": "LGBMClassifier"}


def _in(package: str, modules: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        f"{package}.{module}.{name}" for module, names in modules.items() for name in names.split()
    )


TRUSTED: Mapping[str, frozenset[str]] = {
    "JsonNode": frozenset({"builtins.str"}),
    "DictNode": frozenset({"builtins.dict", "collections.OrderedDict"}),
    "DefaultDictNode": frozenset({"collections.defaultdict"}),
    "ListNode": frozenset({"builtins.list"}),
    "TupleNode": frozenset({"builtins.tuple"}),
    "SetNode": frozenset({"builtins.set"}),
    "SliceNode": frozenset({"builtins.slice"}),
    "TypeNode": _PLAIN_TYPES | _NUMPY_SCALARS | {"collections.OrderedDict"},
    "ConstructorFromReduceNode": frozenset({"builtins.frozenset"}),
    "NdArrayNode": _NUMPY_SCALARS | {"numpy.ndarray"},
    "DTypeNode": frozenset({"numpy.dtype"}),
    "RandomStateNode": frozenset({"numpy.random.mtrand.RandomState"}),
    "RandomGeneratorNode": frozenset({"numpy.random._generator.Generator"}),
    # HistGradientBoosting hands its numeric columns through a partial of this check.
    "PartialNode": frozenset({"functools.partial"}),
    "FunctionNode": frozenset({"sklearn.utils.validation.check_array"}),
    "TreeNode": frozenset({"sklearn.tree._tree.Tree"}),
    "LossNode": _in(
        "sklearn",
        {"_loss._loss": "CyExponentialLoss CyHalfBinomialLoss CyHalfMultinomialLoss CyHalfSquaredError"},
    ),
    OBJECT: _in("sklearn", _SKLEARN) | _in("imblearn", _IMBLEARN) | _in("lightgbm", _LIGHTGBM),
}
"""For each loader the types it may make."""


def is_trusted(loader: str, name: str, also: Collection[str] = ()) -> bool:
    """Whether a node of a model file may be read.

    Parameters
    ----------
    loader : str
        How the file wants it read, in skops' words.
    name : str
        Full name of the type.
    also : collection of str
        Full names the user trusts.

    Examples
    --------
    >>> is_trusted("ObjectNode", "sklearn.dummy.DummyClassifier")
    True
    >>> is_trusted("FunctionNode", "os.system"), is_trusted("OperatorFuncNode", "operator.methodcaller")
    (False, False)
    """
    if name in TRUSTED.get(loader, ()):
        return True
    if loader in OWN_LOADERS and name in also:
        return True
    return loader == OBJECT and name.startswith(OWN_PACKAGES) and _defined_there(name)


def _defined_there(name: str) -> bool:
    """Whether ``name`` is a class that its module defines, and not one it merely imports."""
    module, _, short = name.rpartition(".")
    try:
        import_module(module)
    except ImportError:
        return False
    found = vars(sys.modules[module]).get(short)
    return isinstance(found, type) and found.__module__ == module
