"""Batch samplers: which rows a net learns from together; one a file."""
