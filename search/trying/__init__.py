"""Trying a search in the admin: what a change of the concepts does to its results, before anything is saved."""
