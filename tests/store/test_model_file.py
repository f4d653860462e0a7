"""A model comes back as it was, and nothing in a file is ever executed."""

import io
import json
import operator
import os
import zipfile
from functools import partial
from importlib import resources

import jsonschema
import numpy as np
import pandas as pd
import pytest
import skops.io
from imblearn.ensemble import (
    BalancedBaggingClassifier,
    BalancedRandomForestClassifier,
    EasyEnsembleClassifier,
    RUSBoostClassifier,
)
from imblearn.over_sampling import ADASYN, SMOTE
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from steelyard.data import TablePreparer
from steelyard.errors import BadModel
from steelyard.store import load_model, read_about, save_model

ABOUT = {
    "classes": ["no", "yes"],
    "positive": "yes",
    "schema": {"columns": [{"name": "a", "kind": "numeric"}]},
}
ENVELOPE = {
    "format": "steelyard-model",
    "version": 1,
    "made_with": {"steelyard": "0", "scikit-learn": "0", "numpy": "0", "skops": "0"},
    "about": {},
}
TREES = {"n_estimators": 3, "random_state": 0}


def table(n=160):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    frame.iloc[::9, 1] = np.nan
    frame["level"] = pd.Categorical(rng.choice(["x", "y", "z"], n))
    return frame, np.where(frame["a"] + rng.normal(size=n) > 1, "yes", "no")


def three(y):
    return np.where(np.arange(len(y)) % 5 == 0, "perhaps", y)


def boosted(**options):
    return HistGradientBoostingClassifier(max_iter=4, random_state=0, early_stopping=False, **options)


NATIVE = {
    "boosted": boosted(),
    "boosted, weighted": boosted(class_weight="balanced"),
    "prepared, boosted": make_pipeline(TablePreparer(random_state=0), boosted()),
    "prepared, logistic": make_pipeline(TablePreparer("dense", random_state=0), LogisticRegression()),
    "constant": make_pipeline(TablePreparer(random_state=0), DummyClassifier(strategy="prior")),
}
DENSE = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": RandomForestClassifier(**TREES),
    "extra trees": ExtraTreesClassifier(**TREES),
    "boosting": GradientBoostingClassifier(**TREES),
    "ada": AdaBoostClassifier(**TREES),
    "calibrated": CalibratedClassifierCV(LogisticRegression(), cv=2),
    "balanced bagging": BalancedBaggingClassifier(**TREES),
    "balanced forest": BalancedRandomForestClassifier(**TREES),
    "easy ensemble": EasyEnsembleClassifier(n_estimators=2, random_state=0),
    "rusboost": RUSBoostClassifier(**TREES),
    "smote": make_resampling_pipeline(SMOTE(random_state=0), LogisticRegression()),
    "adasyn": make_resampling_pipeline(ADASYN(random_state=0), boosted()),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skops"


def round_trip(model, X, y, path):
    model.fit(X, y)
    save_model(model, path, about=ABOUT)
    back = load_model(path)
    assert back.about == ABOUT
    assert back.estimator is not model
    np.testing.assert_array_equal(back.estimator.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(back.estimator.predict(X), model.predict(X))
    return back.estimator


@pytest.mark.parametrize("labels", [lambda y: y, three, lambda y: (y == "yes").astype(int)])
@pytest.mark.parametrize("name", NATIVE)
def test_models_of_tables_come_back_as_they_were(name, labels, path):
    X, y = table()
    round_trip(NATIVE[name], X, labels(y), path)


@pytest.mark.parametrize("name", DENSE)
def test_models_of_numbers_come_back_as_they_were(name, path):
    X, y = table()
    round_trip(DENSE[name], X[["a", "c"]].to_numpy(), y, path)


def test_lightgbm_comes_back_as_it_was(path):
    lightgbm = pytest.importorskip("lightgbm")
    X, y = table()
    round_trip(lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, random_state=0), X, y, path)


def test_a_prepared_model_with_every_kind_of_column(path):
    X, y = table(400)
    rng = np.random.default_rng(1)
    X = X.assign(
        day=pd.date_range("2020-01-01", periods=400, freq="D"),
        flag=rng.random(400) < 0.5,
        many=[f"m{i}" for i in rng.integers(0, 300, 400)],
        words=[" ".join(rng.choice(["red", "green", "blue", "late", "paid"], 7)) for _ in range(400)],
    )
    preparer = TablePreparer(random_state=0, kinds={"words": "text", "many": "categorical"}, max_levels=100)
    back = round_trip(make_pipeline(preparer, boosted()), X, y, path)
    assert back[0].schema_ == preparer.schema_
    assert back[0].announcements_ == preparer.announcements_
    assert back[0].shift(X) == preparer.shift(X)


def test_the_file_does_not_carry_the_training_rows(path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2000, 40)), np.arange(2000) % 20 == 0
    model = make_resampling_pipeline(SMOTE(random_state=0), LogisticRegression()).fit(X, y)
    save_model(model, path, about={})
    assert path.stat().st_size < 20_000 < X.nbytes
    assert hasattr(model[0], "nn_k_"), "the model in memory is left as it is"
    assert not hasattr(load_model(path).estimator[0], "nn_k_")


def test_what_is_known_of_a_model_is_read_without_it(path, monkeypatch):
    save_model(DummyClassifier().fit([[0]], [0]), path, about=ABOUT)
    monkeypatch.setattr(skops.io, "load", None)
    assert read_about(path) == read_about(path.parent) == ABOUT
    with zipfile.ZipFile(path) as archive:
        content = json.loads(archive.read("about.json"))
    schema = json.loads(resources.files("steelyard.store").joinpath("schemas/about.json").read_text("utf-8"))
    jsonschema.validate(content, schema)


def test_a_folder_stands_for_the_model_in_it(path):
    save_model(DummyClassifier().fit([[0]], [0]), path, about={})
    assert load_model(path.parent).estimator.predict([[1]]) == [0]


class Mine(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self


def test_a_users_own_class_needs_to_be_named_both_ways(path):
    name = f"{Mine.__module__}.Mine"
    with pytest.raises(BadModel, match=name):
        save_model(Mine().fit([[0]], [0]), path, about={})
    assert not path.exists()
    save_model(Mine().fit([[0]], [0]), path, about={}, trust=[name])
    with pytest.raises(BadModel, match=rf"not trusted: '{name}'.*--trust"):
        load_model(path)
    with pytest.raises(BadModel, match=name):
        load_model(path, trust=[f"{Mine.__module__}.Other"])
    assert isinstance(load_model(path, trust=[name]).estimator, Mine)


@pytest.mark.parametrize(
    "model",
    [
        KNeighborsClassifier(1, algorithm="kd_tree").fit([[0.0], [1.0]], [0, 1]),
        SVC().fit([[0.0], [1.0]], [0, 1]),
        FunctionTransformer(os.getcwd),
        FunctionTransformer(lambda X: X),
        FunctionTransformer(operator.methodcaller("upper")),
    ],
    ids=["neighbour tree", "kernel machine", "function", "lambda", "methodcaller"],
)
def test_what_could_not_be_loaded_is_not_saved(model, path):
    with pytest.raises(BadModel):
        save_model(model, path, about={})
    assert not path.exists()


def test_only_estimators_are_models(path):
    with pytest.raises(BadModel, match="got dict"):
        save_model({"a": 1}, path, about={})


# ---- files from outside --------------------------------------------------------------------------


def forge(content, path, envelope=ENVELOPE):
    """A file as an attacker would make it: skops' own writer, or any schema, and our envelope."""
    data = content if isinstance(content, bytes) else skops.io.dumps(content)
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        if envelope is not None:
            archive.writestr("about.json", json.dumps(envelope))
    path.write_bytes(buffer.getvalue())


def forge_schema(schema, path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", json.dumps({"protocol": 2, "_skops_version": "0.13", **schema}))
    forge(buffer.getvalue(), path)


class Evil:
    """Would run a command when read by anything like pickle."""

    def __reduce__(self):
        return os.system, ("touch executed",)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (partial(os.system, "touch executed"), "posix.system|nt.system"),
        (operator.methodcaller("system", "touch executed"), "operator.methodcaller"),
        (operator.attrgetter("os.system"), "operator.attrgetter"),
        (FunctionTransformer(os.system), "posix.system|nt.system"),
        (FunctionTransformer(eval), "builtins.eval"),
        ([os.remove, exec], "builtins.exec"),
        (Evil(), "Evil"),
        ("upper".upper, "upper"),
        (BaseEstimator().get_params, "BaseEstimator"),
    ],
    ids=["partial", "methodcaller", "attrgetter", "function", "eval", "list", "reduce", "bound", "method"],
)
def test_code_in_a_file_is_refused_and_named(content, named, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    forge(content, path)
    with pytest.raises(BadModel, match=named):
        load_model(path)
    assert not (path.parent / "executed").exists()


def node(loader, name, **more):
    module, _, short = name.rpartition(".")
    return {"__class__": short, "__module__": module, "__loader__": loader, **more}


def text(value):
    return node("JsonNode", "builtins.str", content=json.dumps(value), is_json=True)


@pytest.mark.parametrize(
    "schema",
    [
        # A dict's keys are made by calling their types: a way to call anything with a text.
        node(
            "DictNode",
            "builtins.dict",
            key_types=node("ListNode", "builtins.list", content=[node("TypeNode", "os.system")]),
            content={"touch executed": text(1)},
        ),
        node(
            "ConstructorFromReduceNode",
            "os.system",
            content=node("TupleNode", "builtins.tuple", content=[text("touch executed")]),
        ),
        node(
            "ConstructorFromReduceNode",
            "subprocess.Popen",
            content=node("TupleNode", "builtins.tuple", content=[text("x")]),
        ),
        node(
            "ConstructorFromReduceNode",
            "steelyard.records.Seal",
            content=node("TupleNode", "builtins.tuple", content=[]),
        ),
        node("ObjectNode", "steelyard.data.load.Path"),
        node("LossNode", "os.system", content=text({}), __reduce__={"args": text(["touch executed"])}),
        node("TreeNode", "os.system", content=text({}), __reduce__={"args": text(["touch executed"])}),
        node("NdArrayNode", "os.system", type="numpy", file="a.npy"),
        node("ListNode", "os.system", content=[text("touch executed")]),
        node("NoSuchNode", "builtins.dict"),
        {"__class__": "dict", "__module__": "builtins"},
        {"__class__": 1, "__module__": "builtins", "__loader__": "DictNode"},
        {},
        {"__loader__": "ListNode"},
        # Old protocols are read by older, laxer nodes.
        {
            **node(
                "FunctionNode",
                "sklearn.utils.validation.check_array",
                content={"module_path": "os", "function": "system"},
            ),
            "protocol": 0,
        },
        {**text(1), "protocol": True},
        {**text(1), "protocol": 99},
        {**text(1), "protocol": "2"},
        text(1),
    ],
)
def test_any_made_up_tree_is_refused(schema, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    forge_schema(schema, path)
    with pytest.raises(BadModel):
        load_model(path)
    assert not (path.parent / "executed").exists()


def test_a_tree_too_deep_to_read_is_refused(path):
    deep = '{"protocol": 2, "a": ' + "[" * 200_000 + "]" * 200_000 + "}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", deep)
    forge(buffer.getvalue(), path)
    with pytest.raises(BadModel, match="damaged"):
        load_model(path)


def test_no_list_of_types_in_the_file_is_asked(path):
    """Trust is in the source: a file that vouches for itself gains nothing."""
    envelope = {**ENVELOPE, "trusted": ["posix.system"], "about": {"trust": ["posix.system"]}}
    forge(FunctionTransformer(os.system), path, envelope)
    with pytest.raises(BadModel, match="system"):
        load_model(path)


@pytest.mark.parametrize(
    ("envelope", "words"),
    [
        (None, "no member 'about.json'"),
        ({}, "not written by steelyard"),
        ([], "not written by steelyard"),
        ({**ENVELOPE, "version": 2}, "model version 2 and this steelyard reads version 1"),
        ({**ENVELOPE, "about": 1}, "damaged"),
    ],
)
def test_files_that_are_not_ours(envelope, words, path):
    forge(DummyClassifier(), path, envelope)
    with pytest.raises(BadModel, match=words):
        load_model(path)
    with pytest.raises(BadModel, match=words):
        read_about(path)


def test_a_model_of_another_scikit_learn_is_loaded_with_a_word(path):
    forge(DummyClassifier().fit([[0]], [0]), path)
    with pytest.warns(UserWarning, match="made with scikit-learn 0, this is"):
        load_model(path)


def test_what_is_no_file(tmp_path):
    for place in (tmp_path / "nothing.skops", tmp_path):
        with pytest.raises(BadModel, match="cannot read the model file"):
            load_model(place)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    X, y = table()
    path = tmp_path_factory.mktemp("whole") / "model.skops"
    save_model(boosted().fit(X, y), path, about=ABOUT)
    return path.read_bytes()


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_cut_file_is_a_sentence(whole, share, path):
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadModel, match="is not read as a model"):
        load_model(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 100, bytes(range(256)) * 50])
def test_other_files_are_a_sentence(content, path):
    path.write_bytes(content)
    with pytest.raises(BadModel, match="is not read as a model"):
        load_model(path)


def test_no_flipped_byte_is_a_traceback(whole, path):
    """Damage is refused or, in a byte nobody reads (a time, say), does not matter."""
    rng = np.random.default_rng(0)
    X, _ = table()
    path.write_bytes(whole)
    expected = load_model(path).estimator.predict_proba(X)
    for at in rng.choice(len(whole), 60, replace=False):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << rng.integers(8))]) + whole[at + 1 :])
        try:
            back = load_model(path)
        except BadModel:
            continue
        np.testing.assert_array_equal(back.estimator.predict_proba(X), expected)


def test_a_full_disk_keeps_the_old_model(path, monkeypatch):
    save_model(DummyClassifier().fit([[0]], [0]), path, about={"n": 1})
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match="disk is full"):
        save_model(DummyClassifier().fit([[0]], [0]), path, about={"n": 2})
    assert path.read_bytes() == before
