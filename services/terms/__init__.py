"""Needs, kinds of organisation and audiences as trees: ordering, moving, merging, retiring."""
