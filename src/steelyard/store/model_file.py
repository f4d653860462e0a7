"""The model file: a fitted estimator on disk that is read back without executing anything."""

from __future__ import annotations

import io
import json
import os
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from steelyard import __version__
from steelyard.errors import BadModel
from steelyard.kernels.optional import require
from steelyard.kernels.write_whole import write_whole
from steelyard.store.archive import open_archive, read_json
from steelyard.store.audit import audit

__all__ = ["MODEL_NAME", "Model", "load_model", "read_about", "save_model"]

MODEL_NAME = "model.skops"
FORMAT, VERSION = "steelyard-model", 1
ABOUT, TREE = "about.json", "schema.json"
MADE_WITH = ("scikit-learn", "numpy", "skops")
EXTRAS = {"lightgbm": "boost"}  # packages a model may need beyond the core, and the extra that brings each
FIRST_PROTOCOL = 2  # of skops, when this format began; older nodes are audited by older rules
PACKING_LEVEL = 6


@dataclass(frozen=True, eq=False)
class Model:
    """A model as read from its file.

    Parameters
    ----------
    estimator : estimator
        Fitted, as it was saved.
    about : dict
        What was saved beside it: columns, classes, decision, versions, hash of the data.
    """

    estimator: Any
    about: Mapping[str, Any]


def save_model(
    estimator: Any, path: str | os.PathLike[str], *, about: Mapping[str, Any], trust: Sequence[str] = ()
) -> None:
    """Write a fitted estimator so that `load_model` can read it back.

    Fitted samplers inside the estimator are replaced by unfitted ones: the file does not carry the
    training rows.

    Parameters
    ----------
    estimator : estimator
    path : path
    about : dict
        What a reader should know, as JSON knows it.
    trust : sequence of str
        Full names of your own classes in the estimator; `load_model` needs the same.

    Raises
    ------
    BadModel
        The estimator holds something that the format does not take, or does not trust.
    UserError
        The file cannot be written.
    """
    from sklearn.base import BaseEstimator
    from skops.io import dump
    from skops.io.exceptions import UnsupportedTypeException

    from steelyard.store.lean import lean

    if not isinstance(estimator, BaseEstimator):
        raise BadModel(f"a model file holds a scikit-learn estimator, got {type(estimator).__name__}.")
    buffer = io.BytesIO()
    try:
        dump(lean(estimator), buffer, compression=zipfile.ZIP_DEFLATED, compresslevel=PACKING_LEVEL)
    except (UnsupportedTypeException, TypeError, RecursionError) as error:
        raise BadModel(
            f"{type(estimator).__name__} cannot be saved: {error}. Keep only arrays, numbers, text and "
            "estimators in its attributes."
        ) from error
    content = {
        "format": FORMAT,
        "version": VERSION,
        "made_with": {"steelyard": __version__, **{name: version(name) for name in MADE_WITH}},
        "about": dict(about),
    }
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        found = audit(read_json(archive, TREE), trust)
        archive.writestr(ABOUT, json.dumps(content, indent=1))
    if found.refused or found.unknown:
        raise BadModel(
            f"{type(estimator).__name__} holds types that a model file does not trust: "
            f"{_listed(found.refused | found.unknown)}. {_mend(found.refused, found.unknown, 'trust=[...]')}"
        )
    write_whole(path, buffer.getvalue())


def _listed(names: set[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))


def _mend(refused: set[str], unknown: set[str], option: str) -> str:
    """What to do about types that are not trusted."""
    if refused:
        return "These are never read; use a model without them."
    return f"If they are your own and you know what they do, name each with {option}."


def _model_path(path: str | os.PathLike[str]) -> Path:
    given = Path(path)
    return given / MODEL_NAME if given.is_dir() else given


def _checked_about(content: Any) -> Mapping[str, Any]:
    """The envelope of ``about.json``; the reason alone where it is not ours."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadModel("it was not written by steelyard")
    if content.get("version") != VERSION:
        raise BadModel(
            f"it has model version {content.get('version')!r} and this steelyard reads version {VERSION}"
        )
    if not isinstance(content.get("about"), dict) or not isinstance(content.get("made_with"), dict):
        raise BadModel(f"its {ABOUT} is damaged")
    return content


def read_about(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    """Read what was saved beside a model, without the model.

    Parameters
    ----------
    path : path
        A model file, or the folder that holds ``model.skops``.

    Returns
    -------
    dict

    Raises
    ------
    BadModel
        The file cannot be read or is not a model of steelyard.
    """
    target = _model_path(path)
    try:
        with open(target, "rb") as file, open_archive(file) as archive:
            about: Mapping[str, Any] = _checked_about(read_json(archive, ABOUT))["about"]
            return about
    except (OSError, BadModel) as error:
        raise _refusal(target, error) from error


def _refusal(path: Path, error: Exception) -> BadModel:
    """The whole sentence about a file that is not read."""
    shown = repr(str(path))
    if isinstance(error, OSError) and not isinstance(error, BadModel):
        return BadModel(f"cannot read the model file {shown}: {error.strerror or error}. Check the path.")
    return BadModel(
        f"{shown} is not read as a model: {error}. Use the {MODEL_NAME} that "
        "'steelyard fit' wrote, or fit again."
    )


def load_model(path: str | os.PathLike[str], *, trust: Sequence[str] = ()) -> Model:
    """Read a model file; nothing in it is executed.

    The sizes of the file and of everything in it are bounded before they are read, every type in it is
    compared with a fixed list in the source, and the decision trees in it are checked.

    Parameters
    ----------
    path : path
        A model file, or the folder that holds ``model.skops``.
    trust : sequence of str
        Full names of your own classes in the file.

    Returns
    -------
    Model

    Raises
    ------
    BadModel
        The file is damaged, not ours, of another version, or holds types that are not trusted.
    MissingExtra
        The model needs a package that is not installed.
    """
    target = _model_path(path)
    try:
        # Opened once: what is made below are the bytes that were checked.
        with open(target, "rb") as file:
            with open_archive(file) as archive:
                content = _checked_about(read_json(archive, ABOUT))
                tree = read_json(archive, TREE)
            names = _trusted_names(target, tree, trust)
            file.seek(0)
            estimator = _construct(file, names)
    except _Untrusted as error:
        raise BadModel(str(error)) from None
    except (OSError, BadModel) as error:
        raise _refusal(target, error) from error
    _warn_of_version(content["made_with"])
    return Model(estimator, content["about"])


class _Untrusted(Exception):
    """A whole sentence about types, not about the file being damaged."""


def _trusted_names(path: Path, tree: Any, trust: Sequence[str]) -> list[str]:
    """Every type in the tree, once all of them are on the list."""
    protocol = tree.get("protocol") if isinstance(tree, dict) else None
    if not isinstance(protocol, int) or protocol < FIRST_PROTOCOL:
        raise BadModel("it was written in an older way than steelyard writes")
    found = audit(tree, trust)
    if found.refused or found.unknown:
        raise _Untrusted(
            f"{str(path)!r} holds types that are not trusted: {_listed(found.refused | found.unknown)}. "
            f"{_mend(found.refused, found.unknown, '--trust NAME (trust=[...])')}"
        )
    for package, extra in EXTRAS.items():
        if any(name.startswith(f"{package}.") for name in found.trusted):
            require(package, extra=extra, for_=f"the model {str(path)!r}")
    return sorted(found.trusted)


def _construct(file: BinaryIO, names: list[str]) -> Any:
    """Make the estimator, of types that have all been audited."""
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import InconsistentVersionWarning
    from skops.io import load

    from steelyard.store.check_trees import check_trees

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            estimator = load(file, trusted=names)
        if not isinstance(estimator, BaseEstimator):
            raise BadModel("it holds no estimator")
        check_trees(estimator)
    except BadModel:
        raise
    except Exception as error:
        # Whatever a damaged file makes fail in the packages below is about the file, not a bug of theirs.
        raise BadModel(f"it is damaged, or made with other versions ({error})") from error
    return estimator


def _warn_of_version(made_with: Mapping[str, Any]) -> None:
    now, then = version("scikit-learn"), made_with.get("scikit-learn")
    if now != then:
        warnings.warn(
            f"The model was made with scikit-learn {then}, this is {now}: predictions may differ. "
            "Install the version it was made with, or fit again.",
            UserWarning,
            stacklevel=3,
        )
