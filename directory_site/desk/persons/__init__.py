"""Persons: identity, consents, other teams, access, retention."""
