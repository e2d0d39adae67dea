"""Verifications: recorded after a call, asked of the organisation by e-mail, answered by a signed link."""
