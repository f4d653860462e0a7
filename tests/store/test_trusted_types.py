"""The trust list names things that exist, and none that could do harm."""

import importlib
import inspect

import pytest

from steelyard.store.trusted_types import OWN_LOADERS, TRUSTED, is_trusted

OPTIONAL = ("lightgbm.",)


def found(name):
    module, _, short = name.rpartition(".")
    return getattr(importlib.import_module(module), short)


@pytest.mark.parametrize("loader", sorted(TRUSTED))
def test_every_name_exists(loader):
    for name in TRUSTED[loader]:
        if name.startswith(OPTIONAL):
            pytest.importorskip(name.partition(".")[0])
        assert found(name) is not None


def test_all_are_types_but_one_check():
    functions = {name for names in TRUSTED.values() for name in names if not inspect.isclass(found(name))}
    assert functions == {"sklearn.utils.validation.check_array"}


@pytest.mark.parametrize(
    ("loader", "name"),
    [
        ("FunctionNode", "os.system"),
        ("FunctionNode", "builtins.eval"),
        ("TypeNode", "subprocess.Popen"),
        ("ObjectNode", "subprocess.Popen"),
        ("ObjectNode", "steelyard.data.load.Path"),
        ("ObjectNode", "steelyard.records.Any"),
        ("ObjectNode", "steelyard.data.nothing.Thing"),
        ("ObjectNode", "steelyard.store.run_folder.RunFolder"),
        ("ConstructorFromReduceNode", "steelyard.records.Seal"),
        ("TypeNode", "steelyard.records.Seal"),
        ("MethodNode", "sklearn.pipeline.Pipeline"),
        ("OperatorFuncNode", "operator.methodcaller"),
        ("TypeNode", "sklearn.pipeline.Pipeline"),
        ("ObjectNode", "sklearn.neighbors._kd_tree.KDTree"),
        ("ObjectNode", "sklearn.svm._classes.SVC"),
        ("SparseMatrixNode", "scipy.sparse._csr.csr_matrix"),
        ("NoSuchNode", "builtins.dict"),
    ],
)
def test_nothing_else_is_trusted(loader, name):
    assert not is_trusted(loader, name)


def test_our_own_classes_are_trusted_as_plain_objects():
    assert is_trusted("ObjectNode", "steelyard.data.prepare_table.TablePreparer")
    assert is_trusted("ObjectNode", "steelyard.records.Column")


def test_a_users_class_is_trusted_by_name_and_only_in_ways_that_need_no_method():
    for loader in ("ObjectNode", "FunctionNode", "MethodNode", "OperatorFuncNode"):
        assert is_trusted(loader, "mine.Thing", {"mine.Thing"}) == (loader in OWN_LOADERS)
        assert not is_trusted(loader, "mine.Thing", {"mine.Other"})
