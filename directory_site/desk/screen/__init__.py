"""The screen of a call: situation, needs and search, orientations."""
