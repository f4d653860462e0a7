"""Samplers by the names that the command line knows; in code, pass objects."""

from __future__ import annotations

import re
from difflib import get_close_matches
from inspect import Parameter, signature
from typing import Any, Literal

from imblearn import combine, over_sampling, under_sampling

from steelyard.balance.clean.all_knn import AllKNN
from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.clean.neighbourhood_cleaning_rule import NeighbourhoodCleaningRule
from steelyard.balance.clean.one_sided_selection import OneSidedSelection
from steelyard.balance.clean.repeated_edited_nearest_neighbours import RepeatedEditedNearestNeighbours
from steelyard.balance.clean.tomek_links import TomekLinks
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP
from steelyard.balance.combine.smote_enn import SMOTEENN
from steelyard.balance.combine.smote_tomek import SMOTETomek
from steelyard.balance.condense.c2tc import ClassAdaptiveClustering
from steelyard.balance.condense.herding import Herding
from steelyard.balance.condense.k_center import KCenter
from steelyard.balance.condense.random_rows import RandomRows
from steelyard.balance.over.adasyn import ADASYN
from steelyard.balance.over.assembled_smote import AssembledSMOTE
from steelyard.balance.over.borderline_smote import BorderlineSMOTE
from steelyard.balance.over.ccr import CCR
from steelyard.balance.over.geometric_smote import GeometricSMOTE
from steelyard.balance.over.guided_smote import GuidedSMOTE
from steelyard.balance.over.kmeans_smote import KMeansSMOTE
from steelyard.balance.over.mwmote import MWMOTE
from steelyard.balance.over.omrp import OMRP
from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE
from steelyard.balance.over.prowsyn import ProWSyn
from steelyard.balance.over.random_over import RandomOverSampler
from steelyard.balance.over.rejection_smote import RejectionSMOTE
from steelyard.balance.over.rose import ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE
from steelyard.balance.over.smobd import SMOBD
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.over.smote_ipf import SMOTEIPF
from steelyard.balance.over.smoten import SMOTEN
from steelyard.balance.over.smotenc import SMOTENC
from steelyard.balance.over.svm_smote import SVMSMOTE
from steelyard.balance.under.cluster_centroids import ClusterCentroids
from steelyard.balance.under.condensed_nearest_neighbour import CondensedNearestNeighbour
from steelyard.balance.under.instance_hardness_threshold import InstanceHardnessThreshold
from steelyard.balance.under.near_miss import NearMiss
from steelyard.balance.under.random_under import RandomUnderSampler
from steelyard.errors import BadOption

__all__ = ["sampler_by_name", "sampler_needs", "samplers"]

OURS: dict[str, type] = {
    "smote": SMOTE,
    "random-over": RandomOverSampler,
    "random-under": RandomUnderSampler,
    "tomek-links": TomekLinks,
    "edited-nearest-neighbours": EditedNearestNeighbours,
    "adasyn": ADASYN,
    "borderline-smote": BorderlineSMOTE,
    "kmeans-smote": KMeansSMOTE,
    "svm-smote": SVMSMOTE,
    "smoten": SMOTEN,
    "smotenc": SMOTENC,
    "polynom-fit-smote": PolynomFitSMOTE,
    "prowsyn": ProWSyn,
    "smote-ipf": SMOTEIPF,
    "guided-smote": GuidedSMOTE,
    "smobd": SMOBD,
    "geometric-smote": GeometricSMOTE,
    "ccr": CCR,
    "assembled-smote": AssembledSMOTE,
    "mwmote": MWMOTE,
    "safe-level-smote": SafeLevelSMOTE,
    "rejection-smote": RejectionSMOTE,
    "rose": ROSE,
    "one-sided-selection": OneSidedSelection,
    "repeated-edited-nearest-neighbours": RepeatedEditedNearestNeighbours,
    "all-knn": AllKNN,
    "neighbourhood-cleaning-rule": NeighbourhoodCleaningRule,
    "condensed-nearest-neighbour": CondensedNearestNeighbour,
    "near-miss": NearMiss,
    "instance-hardness-threshold": InstanceHardnessThreshold,
    "cluster-centroids": ClusterCentroids,
    "smote-enn": SMOTEENN,
    "smote-tomek": SMOTETomek,
    "big-jump": BigJumpCleaner,
    "omrp": OMRP,
    "big-jump-omrp": BigJumpOMRP,
    "c2tc": ClassAdaptiveClustering,
    "herding": Herding,
    "k-center": KCenter,
    "random-rows": RandomRows,
}
PREFIX = "imblearn:"
N_CLOSE = 3


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def samplers() -> dict[str, type]:
    """All samplers that can be asked for by name: our own, then those of imbalanced-learn.

    Returns
    -------
    dict of name to class
        imbalanced-learn's carry the prefix ``imblearn:``.

    Examples
    --------
    >>> list(samplers())[:3]
    ['smote', 'random-over', 'random-under']
    >>> samplers()["imblearn:borderline-smote"].__name__
    'BorderlineSMOTE'
    """
    others = {
        PREFIX + _kebab(name): getattr(module, name)
        for module in (over_sampling, under_sampling, combine)
        for name in module.__all__
    }
    return {**OURS, **dict(sorted(others.items()))}


def _known_name(name: str) -> str:
    """The name as `samplers` writes it; imbalanced-learn's class names are taken too."""
    known = samplers()
    if name in known:
        return name
    by_class = {PREFIX + kind.__name__: key for key, kind in known.items() if key.startswith(PREFIX)}
    if name in by_class:
        return by_class[name]
    close = get_close_matches(name.lower(), list(known), n=N_CLOSE)
    close += [key for key in known if key == PREFIX + _kebab(name) and key not in close]
    hint = f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
    raise BadOption(f"Unknown sampler {name!r}.{hint} See 'steelyard list samplers'.")


def sampler_by_name(name: str, random_state: Any = None, **params: Any) -> Any:
    """Make a sampler from its name.

    Parameters
    ----------
    name : str
        One of `samplers`, or ``imblearn:`` and a class name.
    random_state : int, RandomState or None
        Given to the samplers that draw.
    **params
        Further parameters of the sampler. By name, samplers that measure distances do so on
        standardised columns unless told otherwise: a table from a file comes in any units.

    Returns
    -------
    sampler

    Raises
    ------
    BadOption
        An unknown name, with the nearest ones, or a parameter the sampler does not have.

    Examples
    --------
    >>> sampler_by_name("smote", random_state=0, k_neighbors=3)
    SMOTE(k_neighbors=3, random_state=0, standardize=True)
    """
    kind = samplers()[_known_name(name)]
    known = signature(kind).parameters
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise BadOption(f"{name} has no parameter {unknown[0]!r}; it has {sorted(known)}.")
    given = {"random_state": random_state, "standardize": True, **params}
    needed = [key for key, value in known.items() if value.default is Parameter.empty and key not in given]
    if needed:
        raise BadOption(
            f"{name} needs {needed[0]!r}. For columns of categories use 'smote', which finds them."
        )
    return kind(**{key: value for key, value in given.items() if key in known})


def sampler_needs(name: str) -> Literal["native", "dense"]:
    """Tell what kind of table a sampler works on.

    Parameters
    ----------
    name : str

    Returns
    -------
    "native" or "dense"
        Any table with gaps and categories, or numbers without gaps.

    Examples
    --------
    >>> sampler_needs("smote"), sampler_needs("imblearn:adasyn")
    ('native', 'dense')
    """
    return "native" if _known_name(name) in OURS else "dense"
