"""The only door to torch: networks with scikit-learn's face, and the parts they are made of.

Importing it needs the extra ``deep``. Nothing else in the package loads torch, so whoever does not
touch this door does not pay for it.
"""

from __future__ import annotations

from steelyard.kernels.optional import require as _require

for _package in ("torch", "skorch"):
    _require(_package, extra="deep", for_="steelyard.deep")

from steelyard.deep.backbones.mlp import MLP as MLP  # noqa: E402
from steelyard.deep.estimators import DeepClassifier as DeepClassifier  # noqa: E402
from steelyard.deep.saved_net import load_net as load_net  # noqa: E402
from steelyard.deep.saved_net import save_net as save_net  # noqa: E402
from steelyard.deep.segmenter import DeepSegmenter as DeepSegmenter  # noqa: E402

__all__ = ["MLP", "DeepClassifier", "DeepSegmenter", "load_net", "save_net"]
