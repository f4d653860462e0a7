"""Heads: modules that turn features into logits; one a file."""
