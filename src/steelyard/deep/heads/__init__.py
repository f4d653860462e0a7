"""Heads: modules that turn features into logits; one a file."""

from steelyard.deep.heads.base import Head as Head
from steelyard.deep.heads.cosine import CosineHead as CosineHead
from steelyard.deep.heads.linear import LinearHead as LinearHead
from steelyard.deep.heads.neural_prior import NeuralPrior as NeuralPrior
from steelyard.deep.heads.neural_prior_conv import NeuralPriorConv2d as NeuralPriorConv2d
from steelyard.deep.heads.retrained import RetrainedHead as RetrainedHead
from steelyard.deep.heads.tau_normalised import TauNormalisedHead as TauNormalisedHead
from steelyard.deep.heads.with_neural_prior import WithNeuralPrior as WithNeuralPrior

__all__ = [
    "CosineHead",
    "Head",
    "LinearHead",
    "NeuralPrior",
    "NeuralPriorConv2d",
    "RetrainedHead",
    "TauNormalisedHead",
    "WithNeuralPrior",
]
