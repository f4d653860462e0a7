"""Samplers that leave out rows which lie among another class."""
