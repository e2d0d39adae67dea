"""Imports of files by people: received, planned, looked at, carried out in the background, undone."""
