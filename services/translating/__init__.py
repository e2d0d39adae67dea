"""Translations of listings: which are missing or older than their original, and how they are made and written."""
