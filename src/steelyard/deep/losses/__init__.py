"""Losses for long tails: modules that take logits and targets; one a file."""
