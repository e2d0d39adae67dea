"""Imports in the Wagtail admin: hand in a file, look at its plan, carry it out, undo it."""
