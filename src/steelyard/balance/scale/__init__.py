"""Samplers on Parquet data sets larger than memory, on one machine or many, through Dask."""

from steelyard.balance.scale.resample_parquet import ResampledFiles as ResampledFiles
from steelyard.balance.scale.resample_parquet import resample_parquet as resample_parquet

__all__ = ["ResampledFiles", "resample_parquet"]
