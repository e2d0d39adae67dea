"""Plausible invented listings in any number, for scale and load; the same seed gives the same listings."""
