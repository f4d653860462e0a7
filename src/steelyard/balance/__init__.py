"""Samplers, which change the rows a model is fitted on, and the estimator that uses one safely.

A sampler follows imbalanced-learn's protocol (``fit_resample``), takes any table and gives the same
kind back, and says where every row came from.
"""

from steelyard.balance.balanced import Balanced as Balanced
from steelyard.balance.base import OverSampler as OverSampler
from steelyard.balance.base import Sampler as Sampler
from steelyard.balance.base import Selector as Selector
from steelyard.balance.check_sampler import ContractBroken as ContractBroken
from steelyard.balance.check_sampler import check_sampler as check_sampler
from steelyard.balance.clean.all_knn import AllKNN as AllKNN
from steelyard.balance.clean.big_jump import BigJumpCleaner as BigJumpCleaner
from steelyard.balance.clean.edited_nearest_neighbours import (
    EditedNearestNeighbours as EditedNearestNeighbours,
)
from steelyard.balance.clean.neighbourhood_cleaning_rule import (
    NeighbourhoodCleaningRule as NeighbourhoodCleaningRule,
)
from steelyard.balance.clean.one_sided_selection import OneSidedSelection as OneSidedSelection
from steelyard.balance.clean.repeated_edited_nearest_neighbours import (
    RepeatedEditedNearestNeighbours as RepeatedEditedNearestNeighbours,
)
from steelyard.balance.clean.tomek_links import TomekLinks as TomekLinks
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP as BigJumpOMRP
from steelyard.balance.combine.smote_enn import SMOTEENN as SMOTEENN
from steelyard.balance.combine.smote_tomek import SMOTETomek as SMOTETomek
from steelyard.balance.condense.c2tc import ClassAdaptiveClustering as ClassAdaptiveClustering
from steelyard.balance.condense.herding import Herding as Herding
from steelyard.balance.condense.k_center import KCenter as KCenter
from steelyard.balance.condense.random_rows import RandomRows as RandomRows
from steelyard.balance.label_only import is_label_only as is_label_only
from steelyard.balance.named import sampler_by_name as sampler_by_name
from steelyard.balance.named import sampler_needs as sampler_needs
from steelyard.balance.named import samplers as samplers
from steelyard.balance.neighbor_finder import NeighborFinder as NeighborFinder
from steelyard.balance.over.adasyn import ADASYN as ADASYN
from steelyard.balance.over.assembled_smote import AssembledSMOTE as AssembledSMOTE
from steelyard.balance.over.borderline_smote import BorderlineSMOTE as BorderlineSMOTE
from steelyard.balance.over.ccr import CCR as CCR
from steelyard.balance.over.geometric_smote import GeometricSMOTE as GeometricSMOTE
from steelyard.balance.over.guided_smote import GuidedSMOTE as GuidedSMOTE
from steelyard.balance.over.kmeans_smote import KMeansSMOTE as KMeansSMOTE
from steelyard.balance.over.mwmote import MWMOTE as MWMOTE
from steelyard.balance.over.omrp import OMRP as OMRP
from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE as PolynomFitSMOTE
from steelyard.balance.over.prowsyn import ProWSyn as ProWSyn
from steelyard.balance.over.random_over import RandomOverSampler as RandomOverSampler
from steelyard.balance.over.rejection_smote import RejectionSMOTE as RejectionSMOTE
from steelyard.balance.over.rose import ROSE as ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE as SafeLevelSMOTE
from steelyard.balance.over.smobd import SMOBD as SMOBD
from steelyard.balance.over.smote import SMOTE as SMOTE
from steelyard.balance.over.smote_ipf import SMOTEIPF as SMOTEIPF
from steelyard.balance.over.smoten import SMOTEN as SMOTEN
from steelyard.balance.over.smotenc import SMOTENC as SMOTENC
from steelyard.balance.over.svm_smote import SVMSMOTE as SVMSMOTE
from steelyard.balance.under.cluster_centroids import ClusterCentroids as ClusterCentroids
from steelyard.balance.under.condensed_nearest_neighbour import (
    CondensedNearestNeighbour as CondensedNearestNeighbour,
)
from steelyard.balance.under.instance_hardness_threshold import (
    InstanceHardnessThreshold as InstanceHardnessThreshold,
)
from steelyard.balance.under.near_miss import NearMiss as NearMiss
from steelyard.balance.under.random_under import RandomUnderSampler as RandomUnderSampler

__all__ = [
    "ADASYN",
    "CCR",
    "MWMOTE",
    "OMRP",
    "ROSE",
    "SMOBD",
    "SMOTE",
    "SMOTEENN",
    "SMOTEIPF",
    "SMOTEN",
    "SMOTENC",
    "SVMSMOTE",
    "AllKNN",
    "AssembledSMOTE",
    "Balanced",
    "BigJumpCleaner",
    "BigJumpOMRP",
    "BorderlineSMOTE",
    "ClassAdaptiveClustering",
    "ClusterCentroids",
    "CondensedNearestNeighbour",
    "ContractBroken",
    "EditedNearestNeighbours",
    "GeometricSMOTE",
    "GuidedSMOTE",
    "Herding",
    "InstanceHardnessThreshold",
    "KCenter",
    "KMeansSMOTE",
    "NearMiss",
    "NeighborFinder",
    "NeighbourhoodCleaningRule",
    "OneSidedSelection",
    "OverSampler",
    "PolynomFitSMOTE",
    "ProWSyn",
    "RandomOverSampler",
    "RandomRows",
    "RandomUnderSampler",
    "RejectionSMOTE",
    "RepeatedEditedNearestNeighbours",
    "SMOTETomek",
    "SafeLevelSMOTE",
    "Sampler",
    "Selector",
    "TomekLinks",
    "check_sampler",
    "is_label_only",
    "sampler_by_name",
    "sampler_needs",
    "samplers",
]
