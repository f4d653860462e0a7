"""Honest comparison: folds that suit the data, intervals, paired tests, a corrected winner and a verdict."""

from steelyard.evaluate.bootstrap import percentile_interval as percentile_interval
from steelyard.evaluate.compare import compare as compare
from steelyard.evaluate.condensation_report import condensation_report as condensation_report
from steelyard.evaluate.exposure import exposure as exposure
from steelyard.evaluate.exposure_curve import Exposure as Exposure
from steelyard.evaluate.exposure_curve import ExposureCurve as ExposureCurve
from steelyard.evaluate.exposure_curve import ExposurePoint as ExposurePoint
from steelyard.evaluate.exposure_curve import flips_to_break as flips_to_break
from steelyard.evaluate.holdout import split as split
from steelyard.evaluate.iterative_stratification import IterativeStratification as IterativeStratification
from steelyard.evaluate.judge_sampler import judge_sampler as judge_sampler
from steelyard.evaluate.leak_check import leak_check as leak_check
from steelyard.evaluate.make_splitter import make_splitter as make_splitter
from steelyard.evaluate.nadeau_bengio import corrected_interval as corrected_interval
from steelyard.evaluate.nadeau_bengio import corrected_t_test as corrected_t_test
from steelyard.evaluate.promise import promise_held as promise_held
from steelyard.evaluate.protocol import System as System
from steelyard.evaluate.run import MemoryCache as MemoryCache
from steelyard.evaluate.score import score as score
from steelyard.evaluate.shuffled_labels import shuffled_label_control as shuffled_label_control
from steelyard.evaluate.signed_rank import bayesian_signed_rank as bayesian_signed_rank
from steelyard.evaluate.strata_report import strata_report as strata_report
from steelyard.evaluate.tuning_optimism import tuning_optimism as tuning_optimism
from steelyard.evaluate.wilson import wilson as wilson
from steelyard.kernels.holm import holm as holm

__all__ = [
    "Exposure",
    "ExposureCurve",
    "ExposurePoint",
    "IterativeStratification",
    "MemoryCache",
    "System",
    "bayesian_signed_rank",
    "compare",
    "condensation_report",
    "corrected_interval",
    "corrected_t_test",
    "exposure",
    "flips_to_break",
    "holm",
    "judge_sampler",
    "leak_check",
    "make_splitter",
    "percentile_interval",
    "promise_held",
    "score",
    "shuffled_label_control",
    "split",
    "strata_report",
    "tuning_optimism",
    "wilson",
]
