"""Talks to the outside; the composition root."""
