"""Samplers that leave out rows of large classes."""
