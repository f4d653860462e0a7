"""Encoders: frozen networks that turn a sequence into a vector, all with the same face.

``encode(sequences, *, pooling, batch_size)`` gives an array (n, d) of 32-bit floats, ``poolings`` names
the ways there are to make one vector of a sequence's residues, and ``name`` stands for these weights and
no others, so that vectors can be kept under it.
"""

from __future__ import annotations

from steelyard.deep.encoders.esm import EsmEncoder as EsmEncoder
from steelyard.deep.encoders.random_esm import random_esm as random_esm
from steelyard.deep.encoders.unirep import UniRepEncoder as UniRepEncoder

__all__ = ["EsmEncoder", "UniRepEncoder", "random_esm"]
