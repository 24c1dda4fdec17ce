"""Queries over captures."""
