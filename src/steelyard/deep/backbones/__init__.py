"""Backbones: modules that turn rows into features, ``(n, ...)`` to ``(n, d)``; one a file."""
