"""The over-samplers that published comparisons rank, as their shared tests try them."""

from steelyard.balance.over.assembled_smote import AssembledSMOTE
from steelyard.balance.over.ccr import CCR
from steelyard.balance.over.geometric_smote import GeometricSMOTE
from steelyard.balance.over.guided_smote import GuidedSMOTE
from steelyard.balance.over.mwmote import MWMOTE
from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE
from steelyard.balance.over.prowsyn import ProWSyn
from steelyard.balance.over.rejection_smote import RejectionSMOTE
from steelyard.balance.over.rose import ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE
from steelyard.balance.over.smobd import SMOBD
from steelyard.balance.over.smote_ipf import SMOTEIPF

EACH = [
    PolynomFitSMOTE(random_state=0),
    ProWSyn(random_state=0),
    SMOTEIPF(random_state=0, n_parts=3),
    RejectionSMOTE(random_state=0),
    SMOBD(random_state=0),
    GuidedSMOTE(random_state=0),
    CCR(random_state=0),
    AssembledSMOTE(random_state=0),
    MWMOTE(random_state=0),
    GeometricSMOTE(random_state=0),
    SafeLevelSMOTE(random_state=0),
    ROSE(random_state=0),
]
VARIANTS = [
    *(PolynomFitSMOTE(random_state=0, topology=topology) for topology in ("bus", "mesh", "poly")),
    ProWSyn(random_state=0, n_levels=1, theta=0.0),
    SMOTEIPF(random_state=0),
    SMOTEIPF(random_state=0, voting="consensus", n_parts=2, fit_on="part"),
    RejectionSMOTE(random_state=0, rejection_level=0.0),
    SMOBD(random_state=0, eta=1.0, radius=0.5),
    CCR(random_state=0, cleaning_strategy="ignore"),
    CCR(random_state=0, energy=2.0),
    AssembledSMOTE(random_state=0, cosine=1.0, min_cluster=1),
    MWMOTE(random_state=0, k3=3),
    GeometricSMOTE(random_state=0, selection_strategy="minority", deformation_factor=0.5),
    GeometricSMOTE(random_state=0, selection_strategy="majority", truncation_factor=-0.5),
    SafeLevelSMOTE(random_state=0, k_neighbors=2),
    ROSE(random_state=0, shrinkage=0.3),
]


def broken_promises(sampler):
    """Promises that a sampler rightly does not keep."""
    if isinstance(sampler, ProWSyn):
        return ["independent classes"]  # every row of every other class chooses rows for a layer
    if isinstance(sampler, SMOTEIPF):
        # Rows are left out, by models of all classes, and draws follow the classes' names.
        return ["independent classes", "class counts", "any labels"]
    return []
