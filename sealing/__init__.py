"""Keeps personal texts encrypted in the database, with keys of their own that can be changed."""
