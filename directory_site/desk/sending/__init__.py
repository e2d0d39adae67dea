"""Sending: a file to a service, details to the person, the printed sheet."""
