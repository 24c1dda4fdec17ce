"""Packet classes and captures."""
