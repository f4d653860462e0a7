"""Backbones: modules that turn rows into features, ``(n, ...)`` to ``(n, d)``; one a file."""

from steelyard.deep.backbones.base import Backbone as Backbone
from steelyard.deep.backbones.ft_transformer import FTTransformer as FTTransformer
from steelyard.deep.backbones.mlp import MLP as MLP
from steelyard.deep.backbones.resnet1d import ResNet1D as ResNet1D
from steelyard.deep.backbones.resnet_cifar import CifarResNet as CifarResNet
from steelyard.deep.backbones.small_cnn import SmallCNN as SmallCNN
from steelyard.deep.backbones.tcn import TCN as TCN
from steelyard.deep.backbones.token_mean import TokenMean as TokenMean
from steelyard.deep.backbones.unet import UNet as UNet

__all__ = [
    "MLP",
    "TCN",
    "Backbone",
    "CifarResNet",
    "FTTransformer",
    "ResNet1D",
    "SmallCNN",
    "TokenMean",
    "UNet",
]
