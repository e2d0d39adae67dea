"""Territories of Belgium: what they are called, where they lie, and which one a point or an address is in."""
