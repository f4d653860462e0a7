"""Samplers that add rows to small classes and then clean what came of it."""
