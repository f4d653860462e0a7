"""The checks of imbalanced-learn that every sampler is put through."""

from imblearn.utils import estimator_checks as theirs

IMBALANCED_LEARN = [
    theirs.check_target_type,
    theirs.check_samplers_one_label,
    theirs.check_samplers_fit,
    theirs.check_samplers_fit_resample,
    theirs.check_samplers_sparse,
    theirs.check_samplers_pandas,
    theirs.check_samplers_pandas_sparse,
    theirs.check_samplers_string,
    theirs.check_samplers_nan,
    theirs.check_samplers_list,
    theirs.check_samplers_multiclass_ova,
    theirs.check_samplers_preserve_dtype,
    theirs.check_samplers_2d_target,
    theirs.check_sampler_get_feature_names_out,
    theirs.check_sampler_get_feature_names_out_pandas,
]
