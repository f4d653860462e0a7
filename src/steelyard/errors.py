"""What can go wrong, as one small tree.

::

    SteelyardError
    ├── UserError (ValueError)      the command line prints it and exits with 2
    │   ├── BadTable                a file or frame that cannot be read or does not fit
    │   ├── BadTarget               a label column that cannot be learned from
    │   ├── BadOption               an option or parameter that makes no sense here
    │   ├── CannotResample          a sampler that cannot do what it was asked to
    │   ├── CannotEvaluate          too little data for an honest figure
    │   ├── BadModel                a model file that cannot be trusted or does not fit
    │   └── SealBroken              sealed bytes that are not what was sealed
    └── MissingExtra (ImportError)  an optional package that is not installed

Every message says what was expected, what was got and what to do. Anything that is not a
``SteelyardError`` is a bug and keeps its traceback.
"""

from __future__ import annotations

__all__ = [
    "BadModel",
    "BadOption",
    "BadTable",
    "BadTarget",
    "CannotEvaluate",
    "CannotResample",
    "MissingExtra",
    "SealBroken",
    "SteelyardError",
    "UserError",
]


class SteelyardError(Exception):
    """Root of every error this package raises on purpose."""


class UserError(SteelyardError, ValueError):
    """A mistake the caller can mend; the message says how."""


class BadTable(UserError):
    """A file or frame that cannot be read, or whose columns do not fit."""


class BadTarget(UserError):
    """A label column that is missing, constant, incomplete or too rare to learn from."""


class BadOption(UserError):
    """An option or parameter whose value makes no sense here."""


class CannotResample(UserError):
    """A sampler cannot do what it was asked; it never returns its input in silence."""


class CannotEvaluate(UserError):
    """Too little data for the evaluation that was asked for."""


class BadModel(UserError):
    """A model file that is damaged, not trusted, or does not fit the table given."""


class SealBroken(UserError):
    """Bytes that are not the ones that were sealed."""


class MissingExtra(SteelyardError, ImportError):
    """An optional package is needed and not installed."""
