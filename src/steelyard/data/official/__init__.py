"""Public sets in their makers' own formats, one a file; no archive is ever unpacked to disk."""

from steelyard.data.official.ade20k import read_ade20k as read_ade20k
from steelyard.data.official.cifar import read_cifar10 as read_cifar10
from steelyard.data.official.cifar import read_cifar100 as read_cifar100
from steelyard.data.official.image_list import read_image_list as read_image_list
from steelyard.data.official.stare import read_stare as read_stare

__all__ = ["read_ade20k", "read_cifar10", "read_cifar100", "read_image_list", "read_stare"]
