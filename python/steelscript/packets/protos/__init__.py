"""Protocols above TCP and UDP."""
